"""Sessions of officers in their browsers, and how often signing in has failed: rows that can be revoked, never a cookie's own word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from pipeline.store import schema
from pipeline.store.holding import held
from pipeline.store.upsert import insert_or_leave

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Select

S, T = schema.SignIn, schema.Throttle
_FAILURES = (T.key, T.failures, T.last_at, T.blocked_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """An officer's session, with who the officer is now; *ends_at* is its absolute end."""

    email: str
    name: str
    role: str
    team: str | None
    disabled: bool
    must_change: bool
    via: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """How often signing in has failed for one key, last when, and until when it is refused."""

    count: int
    last_at: datetime
    blocked_until: datetime | None


class SignIns:
    """The rows of ``sign_in`` and ``throttle``; a token is known here by its SHA-256 only."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, token_sha256: str, officer: str, *, via: str, at: datetime, ends_at: datetime) -> None:
        """Note a new session."""
        self._connection.execute(
            insert(S).values(
                token_sha256=token_sha256, officer=officer, via=via, created_at=at, seen_at=at, ends_at=ends_at
            )
        )

    def find(self, token_sha256: str) -> SessionRecord | None:
        """The session with this token's digest and its officer, in one query."""
        o = schema.Officer
        row = self._connection.execute(
            select(
                o.email,
                o.name,
                o.role,
                o.team,
                o.disabled_at,
                o.must_change,
                S.via,
                S.created_at,
                S.seen_at,
                S.ends_at,
                S.revoked_at,
            )
            .join(S, S.officer == o.email)
            .where(S.token_sha256 == token_sha256)
        ).one_or_none()
        if row is None:
            return None
        return SessionRecord(
            email=row.email, name=row.name, role=row.role, team=row.team, disabled=row.disabled_at is not None,
            must_change=row.must_change, via=row.via, created_at=row.created_at, seen_at=row.seen_at,
            ends_at=row.ends_at, revoked_at=row.revoked_at,
        )  # fmt: skip

    def seen(self, token_sha256: str, at: datetime) -> None:
        """Note that a session is in use."""
        self._connection.execute(update(S).where(S.token_sha256 == token_sha256).values(seen_at=at))

    def revoke(self, at: datetime, *, token_sha256: str | None = None, officer: str | None = None) -> None:
        """End one session, or all of an officer's."""
        wanted = S.token_sha256 == token_sha256 if officer is None else S.officer == officer
        self._connection.execute(update(S).where(wanted, S.revoked_at.is_(None)).values(revoked_at=at))

    def forget(self, before: datetime) -> None:
        """Drop sessions that ended, and failures that happened, before *before*."""
        self._connection.execute(delete(S).where(S.ends_at < before))
        self._connection.execute(delete(T).where(T.last_at < before))

    # ---- failures ------------------------------------------------------------------------------------------------

    def failures(self, keys: tuple[str, ...]) -> dict[str, Failures]:
        """What is noted for each of *keys*."""
        return self._noted(select(*_FAILURES).where(T.key.in_(keys)))

    def failures_held(self, keys: tuple[str, ...], at: datetime) -> dict[str, Failures]:
        """The same for this transaction alone until it ends, with a row for every key: a row that isn't there could not be held."""
        for key in sorted(keys):  # in one order, so that no two writers wait for each other in a circle
            none_yet = insert_or_leave(self._connection, T, "key").values(key=key, failures=0, last_at=at)
            self._connection.execute(none_yet)
        return self._noted(held(self._connection, select(*_FAILURES).where(T.key.in_(keys)).order_by(T.key)))

    def _noted(self, query: Select[str, int, datetime, datetime | None]) -> dict[str, Failures]:
        return {
            row.key: Failures(count=row.failures, last_at=row.last_at, blocked_until=row.blocked_until)
            for row in self._connection.execute(query)
        }

    def failed(self, key: str, failures: Failures) -> None:
        """Note the failures of *key*, which is held."""
        values = {"failures": failures.count, "last_at": failures.last_at, "blocked_until": failures.blocked_until}
        self._connection.execute(update(T).where(T.key == key).values(**values))

    def succeeded(self, key: str) -> None:
        """Forget the failures of *key*."""
        self._connection.execute(delete(T).where(T.key == key))

    # ---- the key of forms ----------------------------------------------------------------------------------------

    def signing_key(self, fresh: str, at: datetime) -> str:
        """The key that signs forms in browsers, the same for every process; *fresh* becomes it where there is none.

        It opens no session: those are rows, and a thief of this key could only make a form look like ours.
        """
        self._connection.execute(
            insert_or_leave(self._connection, schema.SigningKey, "name").values(name="forms", value=fresh, made_at=at)
        )
        found = self._connection.scalar(select(schema.SigningKey.value).where(schema.SigningKey.name == "forms"))
        return str(found)
