"""Finds what a verb acts on, or says why it can't: the officer, the request, its letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.domain.errors import NotAllowedError, NotFoundError
from pipeline.domain.request import Workflow
from pipeline.letters.particulars import ANSWERS
from pipeline.stages.casework.access import acting_officer
from pipeline.store.letters import RESEND

if TYPE_CHECKING:
    from pipeline.letters.model import LetterKind
    from pipeline.store import Work
    from pipeline.store.records import Case, LetterRecordRow

__all__ = ["RESEND", "RESPONSE", "acting_officer", "filed_as", "latest_letter", "the_case", "the_letter", "words_for"]

RESPONSE = "response"


def the_case(work: Work, reference: str, *, lock: bool = False) -> Case:
    """The request called *reference*, locked for a change when *lock*. Raises NotFoundError."""
    case = work.cases.by_reference(reference, lock=lock)
    if case is None:
        raise NotFoundError(f"there is no request {reference}; see: infogov requests")
    return case


def filed_as(kind: LetterKind) -> str:
    """The kind a letter is filed under: whatever answers a request is its response, of which there is one at a time."""
    return RESPONSE if kind in ANSWERS else kind.value


def the_letter(
    work: Work, case: Case, status: str, otherwise: str, kind: LetterKind | None = None, *, filed: str | None = None
) -> LetterRecordRow:
    """The one letter of *case* in *status*, of *kind* or *filed* so where that is given. Raises NotAllowedError that begins with *otherwise*."""
    wanted = filed if kind is None else filed_as(kind)
    open_now = [row for row in work.letters.of_case(case.id) if row.status == status]
    found = [row for row in open_now if wanted in (None, row.kind)]
    if not found:
        raise NotAllowedError(f"{otherwise} for {case.reference}; it is {words_for(case.workflow)}")
    if len(found) > 1:
        kinds = ", ".join(sorted(row.kind for row in found))
        raise NotAllowedError(f"{case.reference} has more than one such letter: say which with --kind ({kinds})")
    return found[0]


def latest_letter(work: Work, case: Case, kind: LetterKind | None = None) -> LetterRecordRow | None:
    """The newest letter of *case* that was not laid aside, of *kind* where that is given; one sent once more has no words of its own."""
    wanted = None if kind is None else filed_as(kind)
    there = [row for row in work.letters.of_case(case.id) if row.status != "void" and row.kind != RESEND]
    rows = [row for row in there if wanted in (None, row.kind)]
    return rows[-1] if rows else None


def words_for(workflow: str) -> str:
    """A workflow as it is said in a sentence."""
    return {
        Workflow.NEW: "new",
        Workflow.DRAFTING: "being drafted",
        Workflow.FOR_APPROVAL: "waiting for approval",
        Workflow.APPROVED: "approved, with its letter on the way",
        Workflow.SENT: "answered",
        Workflow.CLOSED: "closed",
        Workflow.WITHDRAWN: "withdrawn",
        Workflow.NOT_A_REQUEST: "marked as not a request",
    }[Workflow(workflow)]
