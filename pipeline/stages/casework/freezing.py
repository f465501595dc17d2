"""Makes an approved letter complete to the byte: its words, its files, its thread, its one recipient."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.domain import clock
from pipeline.domain.outbox import Frozen, OutboxStatus
from pipeline.letters import posting
from pipeline.letters.acknowledgement import Written
from pipeline.letters.render import build, render_text
from pipeline.stages.casework.enclosures import as_attachments
from pipeline.stages.casework.examining import refuse_wrong_facts

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.domain.ports import Ids
    from pipeline.letters.model import LetterRecord
    from pipeline.settings import Settings
    from pipeline.store import Work
    from pipeline.store.records import Case, LetterRecordRow


def freeze(
    work: Work, settings: Settings, ids: Ids, case: Case, letter: LetterRecordRow, written: LetterRecord, now: datetime
) -> Frozen:
    """The letter as it will be sent unless it is stopped in time; its recipient comes from the request and nowhere else (invariant 11)."""
    refuse_wrong_facts(case, written)
    finished = build(written, posting.authority_facts(settings), clock.received_day(now), sizes(work, letter))
    source_id, _ = work.cases.source_message_header(case)
    message_id = ids.message_id(posting.own_domain(settings))
    content = posting.seal(
        settings,
        to=case.requester_email,
        written=Written(subject=finished.subject, text=render_text(finished)),
        message_id=message_id,
        at=now,
        answers=source_id,
        attachments=as_attachments(work.letters.files(letter.id)),
    )
    times = len(work.outbox.summaries(letter_id=letter.id)) + 1
    return Frozen(
        kind=letter.kind,
        once_key=f"letter:{letter.id}:{times}",
        message_id=message_id,
        envelope_from=posting.envelope_sender(settings),
        recipients=(case.requester_email,),
        content=content,
        not_before=now + timedelta(minutes=settings.delivery.undo_minutes),
        status=OutboxStatus.WAITING,
        letter_id=letter.id,
    )


def sizes(work: Work, letter: LetterRecordRow) -> dict[str, int]:
    """The bytes of each file that goes with *letter*, for the list of them in it."""
    return {file.name: len(file.content) for file in work.letters.files(letter.id)}
