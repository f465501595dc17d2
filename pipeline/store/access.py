"""The one door to a case: whether the officer who acts may do this, and may see this case. Every stage comes through here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.domain.errors import NotAllowedError, NotFoundError
from pipeline.domain.roles import Capability, may, may_see

if TYPE_CHECKING:
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
    case = work.cases.by_reference(reference.strip().upper(), lock=lock)
    if case is None:
        raise NotFoundError(f"there is no request {reference}; see: infogov requests")
    if not may_see(who.role, who.team, case.team):
        raise NotAllowedError(f"only the team {case.team} sees {case.reference}; ask that team or an administrator")
    if lock and case.erased_at is not None:
        raise NotAllowedError(f"the content of {case.reference} was erased on {case.erased_at:%d %B %Y}; only its figures are kept")
    return case
