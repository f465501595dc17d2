"""Who may do what: the roles of officers, what each may do, and whose restricted cases they see."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What an officer is here to do."""

    OFFICER = "officer"
    APPROVER = "approver"
    ADMIN = "admin"
    READ_ONLY = "read_only"


class Capability(StrEnum):
    """A kind of thing that somebody who is signed in may do; pages and stages ask for one, never for a role."""

    LOOK = "look"
    WORK = "work"
    APPROVE = "approve"
    ADMINISTER = "administer"


MAY: dict[Role, frozenset[Capability]] = {
    Role.READ_ONLY: frozenset({Capability.LOOK}),
    Role.OFFICER: frozenset({Capability.LOOK, Capability.WORK}),
    Role.APPROVER: frozenset({Capability.LOOK, Capability.WORK, Capability.APPROVE}),
    Role.ADMIN: frozenset(Capability),
}


def may(role: str, capability: Capability) -> bool:
    """Whether *role* (as stored) may do *capability*; a role that isn't known may do nothing."""
    return role in set(Role) and capability in MAY[Role(role)]


def may_see(role: str, own_team: str | None, case_team: str | None) -> bool:
    """Whether an officer of *role* and *own_team* may open a case that only *case_team* sees (None: everybody).

    An administrator sees every case, and every look at one is on record.
    """
    return case_team is None or role == Role.ADMIN or own_team == case_team
