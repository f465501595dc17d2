"""Officers, and the heartbeats of the worker's parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from pipeline.store import schema
from pipeline.store.events import SERVICE_CHAIN, Events, Happening
from pipeline.store.faults import storable
from pipeline.store.records import Heartbeat, OfficerRecord
from pipeline.store.upsert import insert_or_leave

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An officer with what signing in needs."""

    email: str
    name: str
    role: str
    team: str | None
    disabled: bool
    password_hash: str | None
    must_change: bool
    subject: str | None


class Officers:
    """The rows of ``officer``; addresses compare without regard to case."""

    def __init__(self, connection: Connection, events: Events) -> None:
        self._connection = connection
        self._events = events

    def add(self, email: str, name: str, role: str, *, via: str, at: datetime) -> bool:
        """Add an officer; False when that address is there already."""
        done = self._connection.execute(
            insert_or_leave(self._connection, schema.Officer, "email").values(
                email=_key(email), name=name, role=role, added_at=at, disabled_at=None
            )
        )
        if done.rowcount != 1:
            return False
        self._events.record(
            SERVICE_CHAIN,
            Happening(kind="officer_added", at=at, via=via, data={"officer": _key(email), "role": role}),
        )
        return True

    def set_disabled(
        self, email: str, disabled_at: datetime | None, *, role: str | None, via: str, at: datetime
    ) -> None:
        """Disable an officer, or enable them again with a role; nothing happens where there is no such officer."""
        values = {"disabled_at": disabled_at} if role is None else {"disabled_at": disabled_at, "role": role}
        done = self._connection.execute(
            update(schema.Officer).where(schema.Officer.email == _key(email)).values(**values)
        )
        if done.rowcount != 1:
            return
        kind = "officer_enabled" if disabled_at is None else "officer_disabled"
        data = {"officer": _key(email)} | ({} if role is None else {"role": role})
        self._events.record(SERVICE_CHAIN, Happening(kind=kind, at=at, via=via, data=data))

    def find(self, email: str) -> OfficerRecord | None:
        """The officer with this address, disabled or not."""
        row = self._connection.execute(select(schema.Officer).where(schema.Officer.email == _key(email))).one_or_none()
        return None if row is None else _officer(row)

    def account(self, email: str) -> Account | None:
        """The officer with this address, with what signing in needs."""
        return self._account(schema.Officer.email == _key(email))

    def account_of(self, subject: str) -> Account | None:
        """The officer whom the identity provider knows as *subject* ("tenant|object id")."""
        return self._account(schema.Officer.subject == subject)

    def _account(self, condition: ColumnElement[bool]) -> Account | None:
        row = self._connection.execute(select(schema.Officer).where(condition)).one_or_none()
        if row is None:
            return None
        return Account(
            email=row.email, name=row.name, role=row.role, team=row.team, disabled=row.disabled_at is not None,
            password_hash=row.password_hash, must_change=row.must_change, subject=row.subject,
        )  # fmt: skip

    def set_password(self, email: str, password_hash: str, *, must_change: bool) -> None:
        """Keep the hash of an officer's password."""
        self._change(email, password_hash=password_hash, must_change=must_change)

    def place(self, email: str, *, role: str, team: str | None) -> None:
        """Give an officer a role and a team."""
        self._change(email, role=role, team=team)

    def bind(self, email: str, subject: str | None) -> None:
        """Note who the officer is to the identity provider; None forgets it."""
        self._change(email, subject=subject)

    def _change(self, email: str, **values: Any) -> None:  # noqa: ANN401 - columns of several types
        self._connection.execute(update(schema.Officer).where(schema.Officer.email == _key(email)).values(**values))

    def all(self) -> list[OfficerRecord]:
        """Everybody, by address."""
        return [
            _officer(row) for row in self._connection.execute(select(schema.Officer).order_by(schema.Officer.email))
        ]


class Heartbeats:
    """The rows of ``heartbeat``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def beat(self, part: str, at: datetime, detail: str, *, ok: bool) -> None:
        """Note that *part* made progress at *at*."""
        values = {"at": at, "detail": storable(detail), "ok": ok}
        done = self._connection.execute(update(schema.Heartbeat).where(schema.Heartbeat.part == part).values(**values))
        if done.rowcount == 0:
            self._connection.execute(insert_or_leave(self._connection, schema.Heartbeat).values(part=part, **values))

    def all(self) -> list[Heartbeat]:
        """The last beat of every part."""
        rows = self._connection.execute(select(schema.Heartbeat).order_by(schema.Heartbeat.part))
        return [Heartbeat(part=r.part, at=r.at, detail=r.detail, ok=r.ok) for r in rows]


def _key(email: str) -> str:
    return email.strip().casefold()


def _officer(row: Row[Any]) -> OfficerRecord:
    return OfficerRecord(
        email=row.email,
        name=row.name,
        role=row.role,
        disabled=row.disabled_at is not None,
        team=row.team,
    )
