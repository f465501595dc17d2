"""Raw numbers for the figures, counted by the database: cases by month, law, outcome and time, by service area, provisions and reviews.

They are about the whole council and name nobody, so no viewer narrows them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, delete, distinct, exists, func, insert, or_, select

from pipeline.domain.clock_events import EventKind, received_day
from pipeline.domain.figures import Answered, Received, ReviewFact, Standing
from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.request import ClockState, Outcome, Regime, Workflow
from pipeline.store import schema
from pipeline.store.index_tables import LetterProvision
from pipeline.store.reading.narrowing import OPEN
from pipeline.store.reading.reviews import REVIEW_OUTCOME, answers
from pipeline.store.schema.table import aliased

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Connection

R, Q, C = schema.Request, schema.Question, schema.ClockEvent
O = schema.Outbox  # noqa: E741 - the table's initial, as R and Q are for the others
P = LetterProvision

_EXTENSIONS = {
    EventKind.PIT_EXTENSION: Regime.FOI,
    EventKind.EIR_EXTENSION: Regime.EIR,
    EventKind.SAR_EXTENSION: Regime.SAR,
}


class FigureRows:
    """Counts of cases, each over a period of London days with both ends included."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def received(self, first: date, last: date, today: date) -> list[Received]:
        """Cases received in the period, counted by month, law, outcome, how they stand on *today*, and extension. One query."""
        month, standing, extended = self._month(R.received_on), _standing(today), _extended()
        parts = (month.label("month"), R.regime, R.outcome, standing.label("standing"), extended.label("extended"))
        query = select(*parts, func.count().label("n")).where(*_received_in(first, last)).group_by(*parts)
        return [
            Received(
                month=row.month,
                regime=Regime(row.regime),
                outcome=None if row.outcome is None else Outcome(row.outcome),
                standing=Standing(row.standing),
                extended=bool(row.extended),
                count=row.n,
            )
            for row in self._connection.execute(query)
        ]

    def by_area(self, first: date, last: date, today: date) -> dict[str, dict[Standing, int]]:
        """Cases received in the period by service area ("" for none) and standing; one with several areas counts in each. One query."""
        areas = (
            select(Q.request_id, Q.service_area)
            .join(R, R.id == Q.request_id)
            .where(Q.service_area.is_not(None), *_received_in(first, last))
            .distinct()
            .subquery()
        )
        area = func.coalesce(areas.c.service_area, "")
        standing = _standing(today)
        query = (
            select(area.label("area"), standing.label("standing"), func.count().label("n"))
            .select_from(R)
            .outerjoin(areas, areas.c.request_id == R.id)
            .where(*_received_in(first, last))
            .group_by(area, standing)
        )
        found: dict[str, dict[Standing, int]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.area, {})[Standing(row.standing)] = row.n
        return found

    def answered(self, first: date, last: date) -> list[Answered]:
        """Cases answered in the period, whenever they were received, by law and whether in time. One query."""
        in_time = case((R.answered_on <= R.due_on, 1), else_=0)
        query = (
            select(R.regime, in_time.label("in_time"), func.count().label("n"))
            .where(R.answered_on >= first, R.answered_on <= last)
            .group_by(R.regime, in_time)
        )
        return [
            Answered(regime=Regime(row.regime), in_time=bool(row.in_time), count=row.n)
            for row in self._connection.execute(query)
        ]

    def provisions(self, first: date, last: date) -> list[tuple[str, int]]:
        """In how many cases received in the period each provision was relied on, the most used first. One query."""
        used = func.count(distinct(P.request_id))
        query = (
            select(P.provision, used.label("n"))
            .join(R, R.id == P.request_id)
            .where(*_received_in(first, last))
            .group_by(P.provision)
            .order_by(used.desc(), P.provision)
        )
        return [(row.provision, row.n) for row in self._connection.execute(query)]

    def reviews(self, first: date, last: date) -> list[ReviewFact]:
        """Internal reviews asked for in the period, each with the day of the first outcome after it, if there is one. One query."""
        query = (
            select(C.id, R.regime, C.day, C.at, O.sent_at)
            .join(R, R.id == C.request_id)
            .outerjoin(
                schema.Outbox,
                (O.request_id == C.request_id) & (O.kind == REVIEW_OUTCOME) & (O.status == OutboxStatus.SENT),
            )
            .where(C.kind == EventKind.REVIEW_REQUESTED, C.day >= first, C.day <= last)
            .order_by(C.day, C.id, O.sent_at)
        )
        facts: dict[int, ReviewFact] = {}
        for row in self._connection.execute(query):
            fact = facts.setdefault(row.id, ReviewFact(regime=Regime(row.regime), asked_on=row.day, answered_on=None))
            if fact.answered_on is None and row.sent_at is not None and answers(row.day, row.at, row.sent_at):
                facts[row.id] = replace(fact, answered_on=received_day(row.sent_at))
        return list(facts.values())

    def keep_provisions(self, letter_id: int, request_id: int, provisions: Sequence[str]) -> None:
        """Note what an approved letter relies on, each in one spelling such as "s.40(2)", in place of what was noted for it before."""
        self._connection.execute(delete(P).where(P.letter_id == letter_id))
        rows = [
            {"letter_id": letter_id, "request_id": request_id, "provision": provision}
            for provision in dict.fromkeys(provisions)
        ]
        if rows:
            self._connection.execute(insert(P), rows)

    def _month(self, day: Any) -> ColumnElement[str]:  # noqa: ANN401 - a column of dates
        """The month of a day, "2026-03"."""
        if self._connection.dialect.name == "sqlite":
            return func.substr(day, 1, 7)
        return func.to_char(day, "YYYY-MM")


def _received_in(first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    return (R.received_on >= first, R.received_on <= last, R.workflow != Workflow.NOT_A_REQUEST)


def _standing(today: date) -> ColumnElement[str]:
    """How a case stands: see domain.figures.Standing. What was answered stays so, also where it was opened again to add something."""
    still_open = R.workflow.in_(sorted(OPEN))
    return case(
        (R.answered_on <= R.due_on, Standing.IN_TIME),
        (R.answered_on.is_not(None), Standing.LATE),
        (still_open & (R.clock != ClockState.RUNNING), Standing.WAITING),
        (still_open & (R.due_on < today), Standing.OPEN_LATE),
        (still_open, Standing.OPEN),
        (R.workflow == Workflow.WITHDRAWN, Standing.WITHDRAWN),
        else_=Standing.ENDED,
    )


def _extended() -> ColumnElement[int]:
    """Whether more time still holds: not where the law has changed since, nor where a clarification began the days anew."""
    anew, of = aliased(schema.ClockEvent), aliased(schema.Request)
    begun_anew = exists().where(
        anew.request_id == C.request_id,
        anew.kind == EventKind.CLARIFICATION_RECEIVED,
        or_(anew.question.is_(None), anew.question == C.question),
        or_(anew.day > C.day, and_(anew.day == C.day, anew.id > C.id)),
    )
    lawful = or_(*(and_(C.kind == kind, of.regime == law) for kind, law in _EXTENSIONS.items()))
    # A question may be under another law than its request, and a clarification only pauses a month (UK GDPR article 12A).
    holding = select(C.request_id).join(of, of.id == C.request_id)
    holding = holding.where(
        C.kind.in_(sorted(_EXTENSIONS)),
        or_(C.question.is_not(None), lawful),
        or_(C.kind == EventKind.SAR_EXTENSION, ~begun_anew),
    )
    return case((R.id.in_(holding), 1), else_=0)
