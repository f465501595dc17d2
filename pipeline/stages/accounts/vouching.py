"""Somebody whom the council's identity provider vouches for, and which officer that is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.errors import NotAllowedError

if TYPE_CHECKING:
    from pipeline.domain.roles import Role
    from pipeline.store import Work
    from pipeline.store.people import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """A person as the identity provider knows them.

    *subject* is theirs for good ("tenant|object id"); *addresses*, the best first, may change hands; *role* None: nothing to do here.
    """

    subject: str
    addresses: tuple[str, ...]
    name: str
    role: Role | None


def officer_of(work: Work, person: Vouched) -> Account | None:
    """The officer who *person* is: by their subject, or the first time by an address. None for somebody new. Raises NotAllowedError.

    An address counts once only, and only where no subject is noted yet: it can be given to somebody else, a subject cannot.
    """
    known = work.officers.account_of(person.subject)
    if known is not None:
        return known
    found = {one.email: one for address in person.addresses if (one := work.officers.account(address)) is not None}
    if len(found) > 1:
        raise NotAllowedError(
            "Your council account has the addresses of several officers here. Ask an administrator which of them you are."
        )
    account = next(iter(found.values()), None)
    if account is not None and account.subject is not None:
        raise NotAllowedError(
            f"{account.email} belongs to another council account. Ask an administrator; if that account was replaced by "
            "yours, they can unlink it."
        )
    return account


def subject_digest(subject: str) -> str:
    """The SHA-256 of *subject*, for the trail."""
    return hashlib.sha256(subject.encode()).hexdigest()
