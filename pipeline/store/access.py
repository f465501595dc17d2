"""The one door to a case: whether the officer who acts may do this, and may see this case. Every stage comes through here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.domain.errors import NotAllowedError, NotFoundError, RestrictedError
from pipeline.domain.roles import Capability, may, may_see

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.store.records import Case, OfficerRecord
    from pipeline.store.store import Work

_CANNOT = {
    Capability.LOOK: "may not look at requests; ask an administrator for a role",
    Capability.WORK: "may look but not act",
    Capability.APPROVE: "is not an approver; ask one, or an administrator to change the role",
    Capability.ADMINISTER: "is not an administrator; ask one",
}


def acting_officer(work: Work, email: str, capability: Capability = Capability.WORK) -> OfficerRecord:
    """The officer called *email*, who has to be allowed to do *capability*. Raises NotFoundError, NotAllowedError."""
    found = work.officers.find(email)
    if found is None:
        raise NotFoundError(f"there is no officer {email}; an administrator adds one with: infogov officer add {email}")
    if found.disabled:
        raise NotAllowedError(
            f"{found.email} is disabled; an administrator enables it with: infogov officer add {found.email}"
        )
    if not may(found.role, capability):
        raise NotAllowedError(f"{found.email} {_CANNOT[capability]}")
    return found


def visible_case(work: Work, reference: str, who: OfficerRecord, *, lock: bool = False) -> Case:
    """The request called *reference*, which *who* has to be allowed to open; locked for a change when *lock*.

    Raises NotFoundError where there is none, NotAllowedError where only another team sees it, or for a change where it is erased.
    """
    case = work.cases.by_reference(reference, lock=lock)
    unknown = f"there is no request {reference}; see: infogov requests"
    if case is None:
        raise NotFoundError(unknown)
    refuse_hidden(who, case, unknown)
    if lock and case.erased_at is not None:
        raise NotAllowedError(
            f"the content of {case.reference} was erased on {case.erased_at:%d %B %Y}; only its figures are kept"
        )
    return case


def refuse_hidden(who: OfficerRecord, case: Case, unknown: str = "There is no such request") -> None:
    """Raise RestrictedError where only another team sees *case*; *unknown* is what is said of one that there is not."""
    if not may_see(who.role, who.team, case.team):
        said = f"only the team {case.team} sees {case.reference}; ask that team or an administrator"
        raise RestrictedError(said, unknown=unknown)


def refuse_hidden_mail(work: Work, who: OfficerRecord, references: Sequence[str], unknown: str) -> None:
    """Raise RestrictedError for mail that stands with cases of which *who* may see none."""
    cases = work.cases.by_references(references) if references else []
    if cases and not any(may_see(who.role, who.team, case.team) for case in cases):
        raise RestrictedError(
            f"only the team {cases[0].team} sees this mail; ask that team or an administrator", unknown=unknown
        )
