"""Takes letters back that have not gone, and lays drafts aside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.domain.errors import NotAllowedError
from pipeline.domain.outbox import OutboxStatus
from pipeline.letters.model import LetterKind

if TYPE_CHECKING:
    from pipeline.store import Work
    from pipeline.store.events import Happening
    from pipeline.store.records import Case, LetterRecordRow, OutboxSummary

# A refused letter or one that came back could be sent again by a retry, and one that a trial redirected has not gone to its requester:
# all are void with their approval.
_STILL_HERE = (
    OutboxStatus.WAITING, OutboxStatus.QUEUED, OutboxStatus.RETRY, OutboxStatus.FAILED, OutboxStatus.REDIRECTED,
    OutboxStatus.BOUNCED,
)  # fmt: skip


def take_back(
    work: Work,
    case: Case,
    by: Happening,
    *,
    why: str,
    reason: str = "",
    filed_as: str | None = None,
    but: int | None = None,
) -> list[OutboxSummary]:
    """Cancel every written letter of the case that has not gone, or those filed under one kind; *by* says who, when and by what way.

    *but* is the one of the outbox that stays.

    Raises NotAllowedError for one that is going right now.
    """
    taken: list[OutboxSummary] = []
    for row in work.outbox.summaries(request_id=case.id):
        if row.letter_id is None or row.id == but or filed_as not in (None, row.kind):
            continue
        if row.status in (OutboxStatus.SENDING, OutboxStatus.UNCERTAIN):
            state = "is being sent right now" if row.status == OutboxStatus.SENDING else "may have been delivered"
            raise NotAllowedError(f"letter {row.id} of {case.reference} {state}; see: infogov outbox")
        if row.status not in _STILL_HERE:
            continue
        happening = replace(by, kind="letter_taken_back", data={"why": why, "reason": reason})
        if not work.outbox.move(row, OutboxStatus.CANCELLED, happening):
            raise NotAllowedError(f"letter {row.id} of {case.reference} has just been taken up for sending")
        letter = work.letters.by_id(row.letter_id)
        if letter is not None and letter.status == "approved":
            void = replace(by, kind="approval_void", data={"why": why})
            work.letters.move(letter, waits_again(letter), void, approved_by=None, approved_at=None)
        taken.append(row)
    return taken


def waits_again(letter: LetterRecordRow) -> str:
    """Where *letter* goes when it is stopped: back for approval, but for a question to colleagues, which nobody needs to approve."""
    return "drafting" if letter.kind == LetterKind.SERVICE_AREA else "for_approval"


def lay_aside(work: Work, case: Case, by: Happening) -> None:
    """Put every letter of the case aside that has not gone."""
    for letter in work.letters.of_case(case.id):
        if letter.status not in ("sent", "void"):
            work.letters.move(letter, "void", replace(by, kind="draft_laid_aside"))
