"""Deputies: who approves for whom, and from which day to which (invariant 6: an exception has a name and a trail)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from pipeline.store import schema
from pipeline.store.events import SERVICE_CHAIN, Events, Happening
from pipeline.store.records import DeputyRecord

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection

D = schema.Deputy


class Deputies:
    """The rows of ``deputy``; officers are named by their addresses as ``officer`` has them."""

    def __init__(self, connection: Connection, events: Events) -> None:
        self._connection = connection
        self._events = events

    def add(
        self, officer: str, for_officer: str, first_day: date, last_day: date, *, by: str, via: str, at: datetime
    ) -> int:
        """Let *officer* approve for *for_officer* on these London days, both included; returns the row's id."""
        values = {"officer": officer, "for_officer": for_officer, "first_day": first_day, "last_day": last_day}
        deputy_id: int = self._connection.scalars(
            insert(D).values(**values, set_by=by, set_at=at).returning(D.id)
        ).one()
        data: dict[str, Any] = {"deputy": deputy_id, **values}
        self._events.record(SERVICE_CHAIN, Happening(kind="deputy_set", at=at, actor=by, via=via, data=data))
        return deputy_id

    def end(self, deputy_id: int, *, by: str, via: str, at: datetime) -> None:
        """End it before its last day; what is ended already stays as it is."""
        done = self._connection.execute(update(D).where(D.id == deputy_id, D.ended_at.is_(None)).values(ended_at=at))
        if done.rowcount == 1:
            happening = Happening(kind="deputy_ended", at=at, actor=by, via=via, data={"deputy": deputy_id})
            self._events.record(SERVICE_CHAIN, happening)

    def by_id(self, deputy_id: int) -> DeputyRecord | None:
        """One of them."""
        rows = self._read(D.id == deputy_id)
        return rows[0] if rows else None

    def of(self, officer: str, day: date) -> list[DeputyRecord]:
        """For whom *officer* may approve on the London day *day*."""
        return self._read((D.officer == officer) & (D.first_day <= day) & (D.last_day >= day) & D.ended_at.is_(None))

    def current(self, day: date) -> list[DeputyRecord]:
        """All that hold on *day* or later."""
        return self._read((D.last_day >= day) & D.ended_at.is_(None))

    def _read(self, condition: ColumnElement[bool]) -> list[DeputyRecord]:
        rows = self._connection.execute(select(D).where(condition).order_by(D.first_day, D.id))
        return [
            DeputyRecord(
                id=r.id, officer=r.officer, for_officer=r.for_officer, first_day=r.first_day, last_day=r.last_day,
                set_by=r.set_by, set_at=r.set_at, ended_at=r.ended_at,
            )
            for r in rows
        ]  # fmt: skip
