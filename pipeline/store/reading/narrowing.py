"""The conditions of a list: whose cases a viewer sees, and what a filter asks for, in words that the indexes know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import false, func, or_, select, text, true

from pipeline.domain.request import ClockState, Workflow
from pipeline.domain.roles import Role
from pipeline.store import schema
from pipeline.store.listing_records import Scope
from pipeline.store.waiting import OPEN_REQUEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, TextClause

    from pipeline.store.listing_records import QueueFilter, Viewer

R, Q = schema.Request, schema.Question

OPEN = frozenset({Workflow.NEW, Workflow.DRAFTING, Workflow.FOR_APPROVAL, Workflow.APPROVED})
# Only these very words let both databases use the index of the open cases; a bound value would not.
IS_OPEN = text(OPEN_REQUEST)


def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """Whether *viewer* may open the case, as domain.roles.may_see has it."""
    if viewer.role == Role.ADMIN:
        return true()
    if viewer.team is None:
        return R.team.is_(None)
    return or_(R.team.is_(None), R.team == viewer.team)


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
    yield from _in_time(wanted)


def _in_states(left: frozenset[Workflow]) -> Iterator[ColumnElement[bool] | TextClause]:
    """Narrow to some states. Many states are no way into a table: closed cases are nearly all, so these are walked in the list's own order."""
    if not left:
        yield false()
    elif left <= OPEN:
        yield IS_OPEN
        if left != OPEN:
            yield func.coalesce(R.workflow, "").in_(sorted(left))
    elif len(left) == 1:
        yield R.workflow == next(iter(left))
    elif left != frozenset(Workflow):
        yield func.coalesce(R.workflow, "").in_(sorted(left))


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


def in_area(area: str, *, few: bool) -> ColumnElement[bool]:
    """Whether a question of the case belongs to *area*: looked up first where the cases are few, asked case by case where they are many."""
    asked = select(Q.request_id).where(Q.service_area == area)
    return R.id.in_(asked) if few else asked.where(Q.request_id == R.id).correlate(R).exists()
