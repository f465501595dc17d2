"""Accounts: signing in and out, passwords, roles, teams, and an officer who leaves. Every change is on the service's trail."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.domain.errors import NotAllowedError, NotFoundError
from pipeline.domain.roles import Capability, Role, may
from pipeline.stages.accounts import passwords
from pipeline.stages.accounts.throttling import after_failure, remaining
from pipeline.stages.accounts.vouching import Vouched, officer_of, subject_digest
from pipeline.store.events import SERVICE_CHAIN, Happening

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.domain.ports import Clock, Ids
    from pipeline.store import Store, Work
    from pipeline.store.people import Account
    from pipeline.store.sign_ins import Failures, SessionRecord

_SEEN_EVERY = timedelta(minutes=1)
_KEPT = timedelta(days=30)


class RefusedError(NotAllowedError):
    """Signing in did not work; *wait_seconds* says how long it will not be tried again."""

    def __init__(self, message: str, wait_seconds: int = 0) -> None:
        self.wait_seconds = wait_seconds
        super().__init__(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who is looking at a page, as the session's row and the officer's say at this moment."""

    email: str
    name: str
    role: str
    team: str | None
    must_change: bool
    via: str

    def may(self, capability: Capability) -> bool:
        """Whether their role allows *capability*."""
        return may(self.role, capability)


class Accounts:
    """Officers' accounts. *idle* and *longest* bound a session; *via* names the way for the trail; *passwords*: whether one lets in."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: Ids,
        *,
        idle: timedelta,
        longest: timedelta,
        via: str = "web",
        passwords: bool = True,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._idle = idle
        self._longest = longest
        self._via = via
        self._passwords = passwords

    # ---- signing in ----------------------------------------------------------------------------------------------

    def sign_in(self, email: str, password: str, address: str) -> str:
        """Begin a session; returns its token, which nobody else ever sees. Raises RefusedError.

        *address* is the network address the attempt comes from; failures count for it and for the account.
        """
        if not self._passwords:
            raise RefusedError("Passwords are switched off here. Sign in with your council account.")
        email = email.strip().casefold()[:254]
        keys = (f"account:{email}", f"address:{address}"[:300])
        now = self._clock.now()
        with self._store.read() as work:
            _refuse_too_many(work.sign_ins.failures(keys), now)
            account = work.officers.account(email)
        known = account.password_hash if account is not None and not account.disabled else None
        # Comparing takes long. What was compared while others failed counts for nothing once they are too many, right or
        # wrong: however many guesses come at once, as many are answered as one after the other would be.
        if not passwords.fits(password, known):
            self._failed(keys, now)
            raise RefusedError("The e-mail address or the password is not right.")
        with self._store.write() as work:
            _refuse_too_many(work.sign_ins.failures(keys), now)
            work.sign_ins.succeeded(keys[0])
            return self._begin(work, email, "password", now)

    def sign_in_vouched(self, person: Vouched, *, create: bool) -> str:
        """Begin a session for *person*, with the role that the identity provider gives them now. Raises NotAllowedError.

        *create* adds somebody with a role who is not an officer yet. The last administrator stays one, and the trail says so.
        """
        now = self._clock.now()
        with self._store.write() as work:
            account = officer_of(work, person)
            if account is not None and account.disabled:
                raise RefusedError(
                    f"{account.email} may no longer come in here. Ask an administrator if that is not right."
                )
            if person.role is None:
                raise RefusedError(
                    "Your council account has no role in this service. Ask your IT service to give it one."
                )
            if account is None:
                account = self._admit(work, person, person.role, now, create=create)
            if account.subject is None:
                work.officers.bind(account.email, person.subject)
                data: dict[str, object] = {"officer": account.email, "subject_sha256": subject_digest(person.subject)}
                self._note(work, "officer_linked", now, account.email, data)
            self._take_role(work, account, person.role, now)
            return self._begin(work, account.email, "oidc", now)

    def _admit(self, work: Work, person: Vouched, role: Role, now: datetime, *, create: bool) -> Account:
        if not create:
            raise RefusedError(
                "You are not an officer here. Ask an administrator to add you with your council address."
            )
        if not person.addresses:
            raise RefusedError(
                "Your council account has no e-mail address that this service can use. Ask your IT service."
            )
        email = person.addresses[0]
        work.officers.add(email, person.name or email.partition("@")[0], role, via=self._via, at=now)
        return _existing(work, email)

    def _take_role(self, work: Work, account: Account, role: Role, now: datetime) -> None:
        if account.role == role:
            return
        if account.role == Role.ADMIN and _only_one(work, account.email):
            self._note(work, "officer_role_kept", now, "oidc", {"officer": account.email, "refused": role})
            return
        work.officers.place(account.email, role=role, team=account.team)
        self._note(work, "officer_changed", now, "oidc", {"officer": account.email, "role": role})

    def _failed(self, keys: tuple[str, str], now: datetime) -> None:
        """Count one more failure, from what stands there by now. Raises RefusedError where others have failed too often meanwhile."""
        with self._store.write() as work:
            noted = work.sign_ins.failures_held(keys, now)
            _refuse_too_many(noted, now)
            for key in keys:
                work.sign_ins.failed(key, after_failure(key, noted[key], now))

    def _begin(self, work: Work, email: str, via: str, now: datetime) -> str:
        token = self._ids.token() + self._ids.token()
        work.sign_ins.forget(now - _KEPT)
        work.sign_ins.begin(_digest(token), email, via=via, at=now, ends_at=now + self._longest)
        self._note(work, "signed_in", now, email, {"officer": email, "by": via})
        return token

    def viewer(self, token: str) -> Viewer | None:
        """Who holds this session now; None when it ended, idled too long, was revoked, or its officer may no longer come in.

        One query; a second one, once a minute at most, to note that the session is in use.
        """
        now = self._clock.now()
        digest = _digest(token)
        with self._store.read() as work:
            found = work.sign_ins.find(digest)
        if found is None or self._over(found, now):
            return None
        if now - found.seen_at >= _SEEN_EVERY:
            with self._store.write() as work:
                work.sign_ins.seen(digest, now)
        return Viewer(
            email=found.email, name=found.name, role=found.role, team=found.team,
            must_change=found.must_change and found.via == "password", via=found.via,
        )  # fmt: skip

    def _over(self, found: SessionRecord, now: datetime) -> bool:
        ended = found.revoked_at is not None or now >= found.ends_at
        return ended or found.disabled or now - found.seen_at >= self._idle

    def sign_out(self, token: str) -> None:
        """End this session."""
        with self._store.write() as work:
            work.sign_ins.revoke(self._clock.now(), token_sha256=_digest(token))

    def sign_out_everywhere(self, email: str) -> None:
        """End all sessions of an officer."""
        with self._store.write() as work:
            work.sign_ins.revoke(self._clock.now(), officer=email.casefold())

    # ---- passwords -----------------------------------------------------------------------------------------------

    def change_password(self, email: str, old: str, new: str) -> None:
        """Let an officer choose another password; all their sessions end. Raises NotAllowedError saying what is wrong."""
        with self._store.read() as work:
            account = _existing(work, email)
        if not passwords.fits(old, account.password_hash):
            raise NotAllowedError("The present password is not right")
        if old == new:
            raise NotAllowedError("Choose a password other than the present one")
        if problem := passwords.weakness(new, account.email):
            raise NotAllowedError(problem)
        self._set_password(account.email, new, by=account.email, must_change=False)

    def give_password(self, email: str, by: str = "cli", password: str | None = None) -> str:
        """Give an officer a password to sign in with once and then change; returns it. All their sessions end."""
        with self._store.read() as work:
            account = _existing(work, email)
        token = self._ids.token()
        given = password or "-".join(token[at : at + 5] for at in range(0, 20, 5))
        self._set_password(account.email, given, by=by, must_change=password is None)
        return given

    def _set_password(self, email: str, new: str, *, by: str, must_change: bool) -> None:
        digest = passwords.hashed(new)
        now = self._clock.now()
        with self._store.write() as work:
            work.officers.set_password(email, digest, must_change=must_change)
            work.sign_ins.revoke(now, officer=email)
            work.sign_ins.succeeded(f"account:{email}")
            self._note(work, "password_set", now, by, {"officer": email})

    # ---- administering -------------------------------------------------------------------------------------------

    def add(self, by: str, email: str, name: str, role: str, team: str | None = None) -> str:
        """Add an officer, or let one who left come back; returns the password they sign in with once."""
        email, now = email.strip().casefold(), self._clock.now()
        with self._store.write() as work:
            self._administrator(work, by)
            known = work.officers.account(email)
            if known is not None and not known.disabled:
                raise NotAllowedError(f"{email} is an officer already")
            if known is None:
                work.officers.add(email, name or email.partition("@")[0], Role(role), via=self._via, at=now)
            else:
                work.officers.set_disabled(email, None, role=Role(role), via=self._via, at=now)
            work.officers.place(email, role=Role(role), team=team or None)
        return self.give_password(email, by)

    def place(self, by: str, email: str, role: str, team: str | None) -> None:
        """Give an officer another role or team. The last administrator stays one."""
        email, now = email.strip().casefold(), self._clock.now()
        with self._store.write() as work:
            self._administrator(work, by)
            account = _existing(work, email)
            if account.role == Role.ADMIN and role != Role.ADMIN:
                self._keep_one(work, email)
            work.officers.place(email, role=Role(role), team=team or None)
            self._note(work, "officer_changed", now, by, {"officer": email, "role": role})

    def unlink(self, by: str, email: str) -> None:
        """Forget which council account is this officer's, so that another one can be linked; their sessions end."""
        email, now = email.strip().casefold(), self._clock.now()
        with self._store.write() as work:
            self._administrator(work, by)
            account = _existing(work, email)
            work.officers.bind(account.email, None)
            work.sign_ins.revoke(now, officer=account.email)
            self._note(work, "officer_unlinked", now, by, {"officer": account.email})

    def disable(self, by: str, email: str, heir: str | None = None) -> int:
        """Keep an officer out from this moment; their open cases go to *heir*. Returns how many went.

        Raises NotAllowedError while there is open work and nobody to take it, and for the last administrator.
        """
        email, now = email.strip().casefold(), self._clock.now()
        with self._store.write() as work:
            self._administrator(work, by)
            account = _existing(work, email)
            if account.role == Role.ADMIN:
                self._keep_one(work, email)
            open_cases = work.cases.open_of(email)
            if open_cases:
                self._heir(work, email, heir, len(open_cases))
            for case in open_cases:
                happening = Happening(
                    kind="owner_changed", at=now, actor=by, via=self._via, data={"from": email, "to": heir}
                )
                work.cases.change(case, happening, owner=heir)
            work.officers.set_disabled(email, now, role=None, via=self._via, at=now)
            work.sign_ins.revoke(now, officer=email)
        return len(open_cases)

    def _heir(self, work: Work, email: str, heir: str | None, count: int) -> None:
        if not heir:
            raise NotAllowedError(f"{email} has {count} open requests: say who takes them over")
        found = work.officers.account(heir)
        if found is None or found.disabled or found.email == email or not may(found.role, Capability.WORK):
            raise NotAllowedError(f"{heir} can't take the open requests over: choose an officer who works here")

    def _administrator(self, work: Work, by: str) -> None:
        """Refuse whoever may not administer; the command line is the machine's owner."""
        if by == "cli":
            return
        found = work.officers.account(by)
        if found is None or found.disabled or not may(found.role, Capability.ADMINISTER):
            raise NotAllowedError("Only an administrator may do this")

    def _keep_one(self, work: Work, email: str) -> None:
        if _only_one(work, email):
            raise NotAllowedError(f"{email} is the only administrator: make another officer one first")

    def _note(self, work: Work, kind: str, at: datetime, actor: str, data: dict[str, object]) -> None:
        work.events.record(SERVICE_CHAIN, Happening(kind=kind, at=at, actor=actor, via=self._via, data=data))


def _refuse_too_many(noted: dict[str, Failures], now: datetime) -> None:
    if wait := max((remaining(one, now) for one in noted.values()), default=0):
        raise RefusedError(f"There were too many attempts. Try again in {_minutes(wait)}.", wait)


def _existing(work: Work, email: str) -> Account:
    account = work.officers.account(email)
    if account is None:
        raise NotFoundError(f"there is no officer {email}")
    return account


def _only_one(work: Work, email: str) -> bool:
    """Whether there is no administrator but *email*."""
    return not any(o.role == Role.ADMIN and not o.disabled and o.email != email for o in work.officers.all())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _minutes(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
