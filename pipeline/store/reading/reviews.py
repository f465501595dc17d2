"""Internal reviews that were asked for and have no outcome yet: work with a day of its own, after the answer has gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from pipeline.domain.clock_events import EventKind, received_day
from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.request import Regime, Workflow
from pipeline.store import schema
from pipeline.store.listing_records import AskedReview
from pipeline.store.reading.narrowing import seen_by

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from pipeline.store.listing_records import Viewer

R, C = schema.Request, schema.ClockEvent
O = schema.Outbox  # noqa: E741 - the table's initial, as R and C are for the others
REVIEW_OUTCOME = "review_outcome"
_NO_MORE = (Workflow.WITHDRAWN, Workflow.NOT_A_REQUEST)


class Reviews:
    """The reviews that are to be decided, of the cases that a viewer may open."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def undecided(self, viewer: Viewer, since: date) -> list[AskedReview]:
        """The last review of each request that was asked for on *since* or later and has no outcome, the oldest first. One query."""
        query = (
            select(C.id, C.day, C.at, R.reference, R.topic, R.regime, R.owner, O.sent_at)
            .join(R, R.id == C.request_id)
            .outerjoin(
                schema.Outbox,
                (O.request_id == C.request_id) & (O.kind == REVIEW_OUTCOME) & (O.status == OutboxStatus.SENT),
            )
            .where(C.kind == EventKind.REVIEW_REQUESTED, C.day >= since, R.workflow.not_in(_NO_MORE), seen_by(viewer))
            .order_by(C.day, C.id)
        )
        found: dict[int, AskedReview] = {}
        decided: set[int] = set()
        for row in self._connection.execute(query):
            found[row.id] = AskedReview(
                reference=row.reference,
                topic=row.topic,
                regime=Regime(row.regime),
                owner=row.owner,
                asked_on=row.day,
            )
            if row.sent_at is not None and answers(row.day, row.at, row.sent_at):
                decided.add(row.id)
        last = {one.reference: one for number, one in found.items() if number not in decided}
        return sorted(last.values(), key=lambda one: one.asked_on)


def answers(asked_on: date, recorded_at: datetime, sent_at: datetime) -> bool:
    """Whether an outcome answers a review: sent on a later day than it was asked for, or on that day after it was recorded."""
    went = received_day(sent_at)
    return went > asked_on or (went == asked_on and sent_at >= recorded_at)
