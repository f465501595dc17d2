"""Finds what a verb acts on, or says why it can't: the officer, the request, its letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.domain.errors import NotAllowedError, NotFoundError
from pipeline.domain.request import Workflow

if TYPE_CHECKING:
    from pipeline.store import Work
    from pipeline.store.records import Case, LetterRecordRow, OfficerRecord

RESPONSE = "response"


def acting_officer(work: Work, email: str) -> OfficerRecord:
    """The officer called *email*, who has to be allowed to act. Raises NotFoundError, NotAllowedError."""
    found = work.officers.find(email)
    if found is None:
        raise NotFoundError(f"there is no officer {email}; add one with: infogov officer add {email}")
    if found.disabled:
        raise NotAllowedError(f"{found.email} is disabled; enable with: infogov officer add {found.email}")
    if found.role == "read_only":
        raise NotAllowedError(f"{found.email} may look but not act")
    return found


def the_case(work: Work, reference: str, *, lock: bool = False) -> Case:
    """The request called *reference*, locked for a change when *lock*. Raises NotFoundError."""
    case = work.cases.by_reference(reference.strip().upper(), lock=lock)
    if case is None:
        raise NotFoundError(f"there is no request {reference}; see: infogov requests")
    return case


def the_letter(work: Work, case: Case, status: str, otherwise: str) -> LetterRecordRow:
    """The open letter of *case* in *status*. Raises NotAllowedError that begins with *otherwise*."""
    letter = work.letters.open_letter(case.id, RESPONSE)
    if letter is None or letter.status != status:
        raise NotAllowedError(f"{otherwise} for {case.reference}; it is {words_for(case.workflow)}")
    return letter


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
