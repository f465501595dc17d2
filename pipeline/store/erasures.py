"""What may be erased now, by the schedule: closed requests without a hold, mail that waits for nobody. Finding only; erasing is next door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, or_, select

from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.reminding import NoticeStatus
from pipeline.domain.retention import Rule
from pipeline.store import schema
from pipeline.store.columns import UtcDateTime
from pipeline.store.erasing import Eraser
from pipeline.store.holding import held

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select

    from pipeline.store.events import Events

M, R, L, O = schema.Message, schema.Request, schema.CaseMessage, schema.Outbox  # noqa: E741 - the tables' initials
N, P, E = schema.Notice, schema.Opening, schema.Event
_DONE = ("closed", "withdrawn", "not_a_request")
_UNDER_WAY = (OutboxStatus.WAITING, OutboxStatus.QUEUED, OutboxStatus.SENDING, OutboxStatus.RETRY)
_NOTICE_DONE = tuple(s for s in NoticeStatus if s not in ("queued", "claimed", "sending"))
LAWS = {Rule.REQUEST: ("foi", "eir"), Rule.SAR: ("sar",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCase:
    """A closed case whose time is over; *since* is when it was closed."""

    id: int
    reference: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DueMail:
    """A message without a case whose time is over."""

    id: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was erased when, by whom, under which rule; *digests* are those of what is gone."""

    id: int
    reference: str | None
    message_id: int | None
    at: datetime
    officer: str
    rule: str
    digests: dict[str, Any]


class Erasures(Eraser):
    """The rows of ``erasure``, what may become one, and (by Eraser) the erasing itself."""

    def __init__(self, connection: Connection, events: Events) -> None:
        super().__init__(connection, events)
        self._reading = connection

    def cases(self, rule: Rule, until: datetime, case_id: int | None = None) -> list[DueCase]:
        """Closed requests of *rule*'s law that ended before *until*; with *case_id* only that one, locked for what follows."""
        query = self._closed(until).where(R.regime.in_(LAWS[rule]))
        return self._due_cases(query, case_id)

    def with_raw_mail(self, until: datetime, case_id: int | None = None) -> list[DueCase]:
        """Closed requests of any law that ended before *until* and have original mail that no other case needs."""
        raw = exists().where(L.request_id == R.id, L.message_id == schema.Raw.message_id, ~_needed_by_another())
        return self._due_cases(self._closed(until).where(raw), case_id)

    def _closed(self, until: datetime) -> Select[int, str, datetime]:
        """Nothing that is open, held, called to an officer, or has a letter under way."""
        last = select(func.max(E.at)).where(E.request_id == R.id).correlate(R).scalar_subquery()
        ended = func.coalesce(R.closed_at, last)
        under_way = exists().where(O.request_id == R.id, O.status.in_(_UNDER_WAY))
        return select(R.id, R.reference, func.coalesce(R.closed_at, last, type_=UtcDateTime()).label("since")).where(
            R.workflow.in_(_DONE),
            R.erased_at.is_(None),
            R.legal_hold.is_(None),
            R.flagged.is_(False),
            ended < until,
            ~under_way,
        )

    def _due_cases(self, query: Select[int, str, datetime], case_id: int | None) -> list[DueCase]:
        if case_id is not None:
            query = held(self._reading, query.where(R.id == case_id), R)
        rows = self._reading.execute(query.order_by(R.id))
        return [DueCase(id=row.id, reference=row.reference, since=row.since) for row in rows]

    def mail(self, rule: Rule, until: datetime | None, message_id: int | None = None) -> list[DueMail]:
        """Messages that may go under *rule*: other mail, dismissed quarantine, or copies of erased mail (which need no *until*)."""
        since = func.coalesce(M.dismissed_at, M.received_at, M.taken_at, type_=UtcDateTime())
        query = select(M.id, since.label("since")).where(_mail_of(rule))
        if until is not None:
            query = query.where(since < until)
        if message_id is not None:
            query = held(self._reading, query.where(M.id == message_id))
        return [DueMail(id=row.id, since=row.since) for row in self._reading.execute(query.order_by(M.id))]

    def openings(self, until: datetime) -> int:
        """How many records of looking are older than *until*; those of a case on hold are kept."""
        return self._reading.scalar(select(func.count()).select_from(P).where(old_openings(until))) or 0

    def notices(self, until: datetime) -> int:
        """How many mails to our own people, queued before *until* and done with, still have their text."""
        return self._reading.scalar(select(func.count()).select_from(N).where(old_notices(until))) or 0

    def proofs(self, request_id: int | None = None) -> list[Proof]:
        """What was erased, the oldest first; of one case where *request_id* is given."""
        table = schema.Erasure
        query = select(table, R.reference).outerjoin(R, R.id == table.request_id).order_by(table.id)
        if request_id is not None:
            query = query.where(table.request_id == request_id)
        return [
            Proof(
                id=row.id,
                reference=row.reference,
                message_id=row.message_id,
                at=row.at,
                officer=row.officer,
                rule=row.rule,
                digests=row.digests,
            )
            for row in self._reading.execute(query)
        ]


def old_openings(until: datetime) -> ColumnElement[bool]:
    """Records of looking from before *until* at cases that are on no hold."""
    held = select(R.id).where(R.legal_hold.is_not(None))
    return and_(P.at < until, P.request_id.not_in(held))


def old_notices(until: datetime) -> ColumnElement[bool]:
    """Mails from before *until* that are done with and have their text."""
    return and_(N.created_at < until, N.status.in_(_NOTICE_DONE), func.length(N.content) > 0)


def _needed_by_another() -> ColumnElement[bool]:
    """Whether the message of ``case_message`` stands with another case, too, that is not erased."""
    other, case = schema.CaseMessage.__table__.alias("other_link"), schema.Request.__table__.alias("other_case")
    return (
        exists()
        .where(other.c.message_id == L.message_id, other.c.request_id != L.request_id)
        .where(case.c.id == other.c.request_id, case.c.erased_at.is_(None))
    )


def _mail_of(rule: Rule) -> ColumnElement[bool]:
    if rule is Rule.QUARANTINED:
        return and_(M.state == "quarantined", M.dismissed_at.is_not(None))
    live = exists().where(L.message_id == M.id, R.id == L.request_id, R.erased_at.is_(None))
    if rule is Rule.COPY:
        first = schema.Message.__table__.alias("first")
        gone = exists().where(first.c.id == M.duplicate_of, first.c.state == "erased")
        return and_(M.state == "filed", M.intent == "duplicate", gone, ~live)
    belongs = exists().where(L.message_id == M.id, L.side != "suggested")
    waits_for_nobody = or_(
        M.dismissed_at.is_not(None), M.intent == "duplicate", and_(M.verdict == "automatic", M.flagged.is_(False))
    )
    return and_(M.state == "filed", M.verdict.not_in(("request", "reply")), ~belongs, waits_for_nobody)
