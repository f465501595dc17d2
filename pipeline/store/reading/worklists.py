"""What waits for somebody: the numbers of "My work", letters for approval, letters that did not arrive, exceptions to look at."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, TextClause, and_, case, exists, func, or_, select, text, tuple_

from pipeline.domain.errors import UsageError
from pipeline.domain.outbox import OutboxStatus
from pipeline.domain.request import ClockState, Workflow
from pipeline.store import schema, waiting
from pipeline.store.listing_records import LetterAtWork, LetterOnItsWay, LetterPage, LettersAtWork, WorkCounts
from pipeline.store.reading.narrowing import IS_OPEN, mail_seen_by, seen_by
from pipeline.store.schema.table import aliased

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection, Select

    from pipeline.store.listing_records import Viewer

M, R, L, V = schema.Message, schema.Request, schema.Letter, schema.LetterVersion
O = schema.Outbox  # noqa: E741 - the table's initial, as M and R are for the others

_Condition = ColumnElement[bool] | TextClause
NOT_DELIVERED = (OutboxStatus.FAILED, OutboxStatus.BOUNCED)
_OVER = (Workflow.CLOSED, Workflow.WITHDRAWN, Workflow.NOT_A_REQUEST)
_LARGEST_PAGE = 1_000
_CURSOR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9]{1,18})", re.ASCII)
_NOT_FOUND_AGAIN = "This page of the list can't be found again. Begin the list anew."

_OF_CASE = (R.reference, R.topic, R.regime, R.owner, R.due_on, R.id.label("request_id"))
_OF_OUTBOX = (
    O.id, O.letter_id, O.kind, O.status, O.attempts, O.recipients, O.queued_at, O.not_before, O.sent_at, O.last_error,
    O.answer, O.redirected_to,
)  # fmt: skip
_OF_LETTER = (
    L.id.label("letter_id"), L.kind, L.status, L.version, L.submitted_by, L.submitted_at, L.approved_by, L.approved_at,
    L.exception, R.clock,
)  # fmt: skip


class Worklists:
    """Lists of what needs a person, of the cases that *viewer* may open."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def counts(self, viewer: Viewer, *, today: date, soon: date) -> WorkCounts:
        """The numbers of "My work"; *soon* is the last day that counts as due soon. One query, over the open cases and what waits."""
        running = R.clock == ClockState.RUNNING
        mine = R.owner == viewer.email.strip().casefold()
        overdue = and_(running, R.due_on < today)
        due_soon = and_(running, R.due_on >= today, R.due_on <= soon)
        sums = {
            "open": R.id.is_not(None), "mine": mine, "mine_due_soon": and_(mine, due_soon),
            "mine_overdue": and_(mine, overdue), "due_soon": due_soon, "overdue": overdue, "nobodys": R.owner.is_(None),
        }  # fmt: skip
        counted = [
            func.coalesce(func.sum(case((condition, 1), else_=0)), 0).label(name) for name, condition in sums.items()
        ]
        waits: dict[str, Select[Any]] = {
            "for_approval": _letters(viewer, L.status == "for_approval", ~_own(viewer)),
            "exceptions": _letters(viewer, *_UNCHECKED),
            "not_delivered": _outbox(viewer, *_FAILED_FOR_GOOD),
            "uncertain": _outbox(viewer, O.status == OutboxStatus.UNCERTAIN),
            "flagged": select(func.count())
            .select_from(R)
            .where(text(waiting.LOOK_AT), seen_by(viewer))
            .correlate(None),
            "new_mail": select(func.count()).select_from(M).where(text(waiting.LOOSE_MAIL), mail_seen_by(viewer)),
            "unreadable": select(func.count()).select_from(M).where(text(waiting.UNREADABLE)),
        }
        others = [query.scalar_subquery().label(name) for name, query in waits.items()]
        row = self._connection.execute(select(*counted, *others).where(IS_OPEN, seen_by(viewer))).mappings().one()
        return WorkCounts(**{name: int(value) for name, value in row.items()})

    # ---- letters that wait for somebody --------------------------------------------------------------------------

    def for_approval(self, viewer: Viewer, after: str | None = None, size: int = 50) -> LettersAtWork:
        """A page of letters of every kind that wait for approval, the case due first in front; *after* is a page's ``next``. One query."""
        return self._at_work(viewer, after, size, L.status == "for_approval")

    def exceptions(self, viewer: Viewer, after: str | None = None, size: int = 50) -> LettersAtWork:
        """A page of letters approved by a policy (deputy, break-glass) that nobody has looked at since. One query."""
        return self._at_work(viewer, after, size, *_UNCHECKED)

    def exception(self, viewer: Viewer, letter_id: int) -> LetterAtWork | None:
        """The row of one letter among ``exceptions``; None where it is not there. One query."""
        found = self._at_work(viewer, None, 1, L.id == letter_id, *_UNCHECKED).rows
        return found[0] if found else None

    def _at_work(self, viewer: Viewer, after: str | None, size: int, *where: _Condition) -> LettersAtWork:
        """A page in the order of due day and letter; raises UsageError for an *after* that is no page's ``next``."""
        size = max(1, min(size, _LARGEST_PAGE))
        query = select(*_OF_LETTER, *_OF_CASE, _own(viewer).label("own")).join(R, R.id == L.request_id)
        query = query.where(*where, seen_by(viewer)).order_by(R.due_on, L.id)
        if after is not None:
            query = query.where(tuple_(R.due_on, L.id) > tuple_(*_behind(after)))
        rows = [LetterAtWork(**row) for row in self._connection.execute(query.limit(size + 1)).mappings()]
        more, rows = len(rows) > size, rows[:size]
        return LettersAtWork(
            rows=tuple(rows), next=f"{rows[-1].due_on.isoformat()}.{rows[-1].letter_id}" if more else None
        )

    # ---- letters to send -----------------------------------------------------------------------------------------

    def letters(
        self, viewer: Viewer, statuses: Collection[OutboxStatus], before: str | None = None, size: int = 50
    ) -> LetterPage:
        """A page of letters of the outbox in any of *statuses*, the newest first; *before* is a page's ``next``. One query."""
        query = select(*_OF_OUTBOX, *_OF_CASE).join(R, R.id == O.request_id)
        query = query.where(O.status.in_(sorted(statuses)), seen_by(viewer))
        return self._page(query, before, size, few=OutboxStatus.SENT not in statuses)

    def not_delivered(self, viewer: Viewer, before: str | None = None, size: int = 50) -> LetterPage:
        """Letters that failed or came back, of cases that are not over and that no later letter of the kind has replaced. One query."""
        query = select(*_OF_OUTBOX, *_OF_CASE).join(R, R.id == O.request_id)
        return self._page(query.where(*_FAILED_FOR_GOOD, seen_by(viewer)), before, size, few=True)

    def letter_counts(self, viewer: Viewer) -> dict[str, int]:
        """How many letters of the outbox are in each state but ``sent``. One query."""
        query = select(O.status, func.count().label("n")).join(R, R.id == O.request_id)
        query = query.where(O.status.in_(sorted(set(OutboxStatus) - {OutboxStatus.SENT})), seen_by(viewer))
        return {row.status: row.n for row in self._connection.execute(query.group_by(O.status))}

    def _page(self, query: Select[*tuple[Any, ...]], before: str | None, size: int, *, few: bool) -> LetterPage:
        size = max(1, min(size, _LARGEST_PAGE))
        if before is not None:
            if re.fullmatch("[0-9]{1,18}", before) is None:
                raise UsageError(_NOT_FOUND_AGAIN)
            query = query.where(O.id < int(before))
        # Where few are meant they are looked up and then put in order; the plain column would have the table walked for them.
        query = query.order_by((O.id + 0 if few else O.id).desc())
        newest = self._connection.execute(query.limit(size + 1)).mappings()
        rows = [LetterOnItsWay(**{**row, "recipients": tuple(row["recipients"])}) for row in newest]
        more, rows = len(rows) > size, rows[:size]
        return LetterPage(rows=tuple(rows), next=str(rows[-1].id) if more else None)


_later = aliased(schema.Outbox)
_FAILED_FOR_GOOD: tuple[_Condition, ...] = (
    O.status.in_(NOT_DELIVERED),
    R.workflow.not_in(_OVER),
    ~exists().where(
        _later.request_id == O.request_id,
        _later.kind == O.kind,
        _later.id > O.id,
        _later.status != OutboxStatus.CANCELLED,
    ),
)
# A JSON column may hold JSON's own null, which is no exception either.
_UNCHECKED: tuple[_Condition, ...] = (
    text(waiting.UNCHECKED),
    text("CAST(exception AS TEXT) <> 'null'"),
    func.coalesce(L.status, "").in_(("approved", "sent")),
)


def _behind(after: str) -> tuple[date, int]:
    """The due day and the letter behind which a list goes on."""
    found = _CURSOR.fullmatch(after)
    try:
        if found is not None:
            return date.fromisoformat(found[1]), int(found[2])
    except ValueError:
        pass  # The 31st of February is no page's end either.
    raise UsageError(_NOT_FOUND_AGAIN)


def _own(viewer: Viewer) -> ColumnElement[bool]:
    """Whether the viewer wrote a version of the letter, or submitted it (invariant 6)."""
    email = viewer.email.strip().casefold()
    wrote = exists().where(V.letter_id == L.id, V.officer == email).correlate(L)
    return or_(wrote, func.coalesce(L.submitted_by, "") == email)


def _letters(viewer: Viewer, *where: _Condition) -> Select[Any]:
    return _count(L, L.request_id, viewer, *where)


def _outbox(viewer: Viewer, *where: _Condition) -> Select[Any]:
    return _count(O, O.request_id, viewer, *where)


def _count(table: type[schema.Table], case_id: Any, viewer: Viewer, *where: _Condition) -> Select[Any]:  # noqa: ANN401 - a column of either table
    query = select(func.count()).select_from(table).join(R, R.id == case_id).where(*where, seen_by(viewer))
    return query.correlate(None)
