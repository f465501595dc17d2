"""The conditions of a list: whose cases a viewer sees, and what a filter asks for, in words that the indexes know."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, exists, false, func, or_, select, text, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from pipeline.domain.request import ClockState, Workflow
from pipeline.domain.roles import Role
from pipeline.store import schema
from pipeline.store.listing_records import Scope, Sort
from pipeline.store.waiting import OPEN_REQUEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, TextClause
    from sqlalchemy.sql.compiler import SQLCompiler

    from pipeline.store.listing_records import QueueFilter, Viewer

R, Q = schema.Request, schema.Question
M, L = schema.Message, schema.CaseMessage

OPEN = frozenset({Workflow.NEW, Workflow.DRAFTING, Workflow.FOR_APPROVAL, Workflow.APPROVED})
_FEW_DAYS = timedelta(days=366)
# Only these very words let both databases use the index of the open cases; a bound value would not.
IS_OPEN = text(OPEN_REQUEST)


class no_way_in(FunctionElement[str]):  # noqa: N801 - reads as the function that it is in SQL
    """A column for SQLite to look at but not to go by; PostgreSQL, which keeps count of its values, may do as it likes."""

    inherit_cache = True
    type = String()


@compiles(no_way_in)
def _as_it_is(element: no_way_in, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 - what SQLAlchemy hands down
    return compiler.process(element.clauses, **how)


@compiles(no_way_in, "sqlite")
def _with_a_plus(element: no_way_in, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 - the same
    return f"+{compiler.process(element.clauses, **how)}"


def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """Whether *viewer* may open the case, as domain.roles.may_see has it."""
    if viewer.role == Role.ADMIN:
        return true()
    if viewer.team is None:
        return R.team.is_(None)
    return or_(R.team.is_(None), R.team == viewer.team)


def mail_seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """Mail of no case, or of one at least that *viewer* may open; a mail that may belong to a restricted case is its team's."""
    if viewer.role == Role.ADMIN:
        return true()
    of_a_case = exists().where(L.message_id == M.id)
    visible = exists().where(L.message_id == M.id, R.id == L.request_id, seen_by(viewer))
    return or_(~of_a_case, visible)


def states(wanted: QueueFilter) -> frozenset[Workflow]:
    """The workflow states that a filter leaves; all of them where it names none."""
    scope = {Scope.OPEN: OPEN, Scope.CLOSED: frozenset(Workflow) - OPEN, Scope.ALL: frozenset(Workflow)}[wanted.scope]
    found = scope & wanted.statuses if wanted.statuses else scope
    return found & OPEN if wanted.overdue_on or wanted.due_from or wanted.due_until else found


def conditions(wanted: QueueFilter, viewer: Viewer) -> Iterator[ColumnElement[bool] | TextClause]:
    """Everything that must hold for a case to be on the list."""
    yield from _in_states(states(wanted))
    yield seen_by(viewer)
    if wanted.laws:
        yield R.regime.in_(sorted(wanted.laws))
    yield from _whose(wanted)
    if wanted.flagged is not None:
        yield R.flagged.is_(wanted.flagged)
    if wanted.team is not None:
        yield R.team == wanted.team
    if wanted.answered_late:
        yield R.answered_on > R.due_on
    yield from _in_time(wanted)


def _in_states(left: frozenset[Workflow]) -> Iterator[ColumnElement[bool] | TextClause]:
    """Narrow to some states. Many states are no way into a table: closed cases are nearly all, so these are walked in the list's own order."""
    if not left:
        yield false()
    elif left <= OPEN:
        yield IS_OPEN
        if left != OPEN:
            yield no_way_in(R.workflow).in_(sorted(left))
    elif len(left) == 1:
        yield R.workflow == next(iter(left))
    elif left != frozenset(Workflow):
        yield no_way_in(R.workflow).in_(sorted(left))


def _whose(wanted: QueueFilter) -> Iterator[ColumnElement[bool]]:
    """Narrow to an officer's cases; among the open ones by looking at these, for an officer's closed ones are very many."""
    few = states(wanted) <= OPEN
    if wanted.owner is not None:
        email = wanted.owner.strip().casefold()
        yield (func.coalesce(R.owner, "") == email) if few else R.owner == email
    if wanted.nobodys:
        yield (func.coalesce(R.owner, "") == "") if few else R.owner.is_(None)


def _in_time(wanted: QueueFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.overdue_on or wanted.due_from or wanted.due_until:
        yield R.clock == ClockState.RUNNING
    if wanted.overdue_on is not None:
        yield R.due_on < wanted.overdue_on
    if wanted.due_from is not None:
        yield R.due_on >= wanted.due_from
    if wanted.due_until is not None:
        yield R.due_on <= wanted.due_until
    if wanted.received_from is not None:
        yield R.received_on >= wanted.received_from
    if wanted.received_to is not None:
        yield R.received_on <= wanted.received_to


def few_beside_the_order(wanted: QueueFilter) -> bool:
    """Whether a filter leaves few cases that lie far from where its order begins: then they are found first and put in order after.

    Open cases are the newest of very many, and so are those of a month long past or just gone: to walk the order until
    fifty of them have come by would be to walk nearly all.
    """
    if states(wanted) <= OPEN:
        return wanted.sort is not Sort.DUE
    if wanted.received_from is None or wanted.received_to is None or wanted.sort is Sort.RECEIVED:
        return False
    return wanted.received_to - wanted.received_from <= _FEW_DAYS


def in_area(area: str, *, few: bool) -> ColumnElement[bool]:
    """Whether a question of the case belongs to *area*: looked up first where the cases are few, asked case by case where they are many."""
    asked = select(Q.request_id).where(Q.service_area == area)
    return R.id.in_(asked) if few else asked.where(Q.request_id == R.id).correlate(R).exists()
