"""Makes an approved letter complete to the byte: its words, its files, its thread, its one recipient."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pipeline.domain import clock
from pipeline.domain.outbox import Frozen, OutboxStatus
from pipeline.letters import posting
from pipeline.letters.acknowledgement import Written
from pipeline.letters.composing import Attachment
from pipeline.letters.html import render_html
from pipeline.letters.model import LetterKind
from pipeline.letters.pdf import render_pdf
from pipeline.letters.render import build, render_text
from pipeline.letters.word import render_word
from pipeline.settings_fields import AttachedForm
from pipeline.stages.casework.enclosures import as_attachments
from pipeline.stages.casework.examining import refuse_wrong_facts
from pipeline.stages.casework.internal import colleagues, refuse_names

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.domain.ports import Ids
    from pipeline.letters.model import LetterRecord
    from pipeline.letters.render import Letter
    from pipeline.settings import Settings
    from pipeline.store import Work
    from pipeline.store.records import Case, LetterRecordRow

_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def freeze(
    work: Work, settings: Settings, ids: Ids, case: Case, letter: LetterRecordRow, written: LetterRecord,
    *, at: datetime, not_before: datetime,
) -> list[Frozen]:  # fmt: skip
    """The letter as it will be sent unless it is stopped before *not_before*: one mail for each recipient, *at* being its date.

    The recipient comes from the request and from nowhere else (invariant 11); a question to a service area goes to the
    colleagues whom the officer named, in no thread of the requester's.
    """
    posting.refuse_in_shadow(settings)
    refuse_wrong_facts(case, written)
    finished = build(written, posting.authority_facts(settings), clock.received_day(at), sizes(work, letter))
    text = render_text(finished)
    internal = written.kind is LetterKind.SERVICE_AREA
    recipients: tuple[str, ...] = (case.requester_email,)
    if internal:
        refuse_names(f"{finished.subject}\n{text}", case)
        recipients = colleagues(written, case, settings)
    source_id = None if internal else work.cases.source_message_header(case)[0]
    files = as_attachments(work.letters.files(letter.id)) + (() if internal else itself(finished, settings))
    page = render_html(finished) if settings.letters.html and not internal else ""
    seal = partial(
        posting.seal,
        settings,
        written=Written(subject=finished.subject, text=text),
        at=at, answers=source_id, html=page, attachments=files,
    )  # fmt: skip
    times = len(work.outbox.summaries(letter_id=letter.id))
    numbered = enumerate(recipients, start=times + 1)
    ready = [(number, to, ids.message_id(posting.own_domain(settings))) for number, to in numbered]
    return [
        Frozen(
            kind=letter.kind,
            once_key=f"letter:{letter.id}:{number}",
            message_id=message_id,
            envelope_from=posting.envelope_sender(settings),
            recipients=(to,),
            content=seal(to=to, message_id=message_id),
            not_before=not_before,
            status=OutboxStatus.WAITING,
            letter_id=letter.id,
        )
        for number, to, message_id in ready
    ]


def itself(finished: Letter, settings: Settings) -> tuple[Attachment, ...]:
    """The letter itself as the files that the configuration asks for."""
    made = []
    for form in dict.fromkeys(settings.letters.attach):
        if form is AttachedForm.PDF:
            pdf = render_pdf(finished)
            made.append(Attachment(name=f"{finished.reference}.pdf", data=pdf, content_type="application/pdf"))
        else:
            word = render_word(finished)
            made.append(Attachment(name=f"{finished.reference}.docx", data=word, content_type=_WORD_TYPE))
    return tuple(made)


def sizes(work: Work, letter: LetterRecordRow) -> dict[str, int]:
    """The bytes of each file that goes with *letter*, for the list of them in it."""
    return {file.name: len(file.content) for file in work.letters.files(letter.id)}
