"""What has happened to a case's clock since it was received, as the deadline is worked out from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from pipeline.domain.clock_events import Event, EventKind, Ground
from pipeline.domain.request import Regime
from pipeline.store import schema
from pipeline.store.events import digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

C = schema.ClockEvent


def clock_digest(events: Sequence[Event]) -> str:
    """The digest of a case's clock events in order, as the trail carries it; one about the whole request reads as in the first versions."""
    return digest_of(
        *[
            [e.kind, e.on, e.to, e.regime, sorted(e.grounds), e.reason] + ([] if e.question is None else [e.question])
            for e in events
        ]
    )


class ClockEvents:
    """The rows of ``clock_event``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_case(self, request_id: int) -> list[Event]:
        """A case's clock events in the order in which they were recorded; its receipt stands on the case itself."""
        rows = self._connection.execute(select(C).where(C.request_id == request_id).order_by(C.id))
        return [
            Event(
                kind=EventKind(r.kind),
                on=r.day,
                to=r.to_day,
                regime=None if r.regime is None else Regime(r.regime),
                grounds=frozenset(Ground(g) for g in r.grounds),
                reason=r.reason,
                question=r.question,
            )
            for r in rows
        ]

    def add(self, request_id: int, event: Event, *, officer: str, at: datetime) -> str:
        """Keep one more; returns the digest of all of them, for the event that the caller puts on the trail."""
        self._connection.execute(
            insert(C).values(
                request_id=request_id,
                kind=event.kind,
                day=event.on,
                to_day=event.to,
                regime=event.regime,
                grounds=sorted(event.grounds),
                reason=event.reason,
                question=event.question,
                officer=officer,
                at=at,
            )
        )
        return clock_digest(self.of_case(request_id))
