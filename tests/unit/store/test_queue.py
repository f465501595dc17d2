"""The queue: every filter against the plain rule, pages that neither lose nor repeat a case, one statement however many rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from listing import ADMIN, KIM, OFFICER, SAM, TODAY, fill, noon, statements
from storing import make_store

from pipeline.domain.errors import UsageError
from pipeline.domain.request import Regime, Workflow
from pipeline.domain.roles import Role, may_see
from pipeline.store.events import Happening
from pipeline.store.listing_records import QueueFilter, QueueRow, Scope, Sort, Viewer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipeline.store import Store
    from pipeline.store.records import Case

ALL = QueueFilter(scope=Scope.ALL)
OPEN = {"new", "drafting", "for_approval", "approved"}
MONTH = timedelta(days=30)

FILTERS: dict[str, tuple[QueueFilter, Callable[[Case], bool]]] = {
    "open": (QueueFilter(), lambda c: c.workflow in OPEN),
    "closed": (QueueFilter(scope=Scope.CLOSED), lambda c: c.workflow not in OPEN),
    "all": (ALL, lambda _: True),
    "one status": (replace(ALL, statuses=frozenset({Workflow.SENT})), lambda c: c.workflow == "sent"),
    "two statuses": (
        replace(ALL, statuses=frozenset({Workflow.SENT, Workflow.NEW})),
        lambda c: c.workflow in ("sent", "new"),
    ),
    "two open statuses": (
        QueueFilter(statuses=frozenset({Workflow.DRAFTING, Workflow.NEW})),
        lambda c: c.workflow in ("drafting", "new"),
    ),
    "a status outside the scope": (QueueFilter(statuses=frozenset({Workflow.SENT})), lambda _: False),
    "laws": (replace(ALL, laws=frozenset({Regime.EIR, Regime.SAR})), lambda c: c.regime in ("eir", "sar")),
    "owner": (replace(ALL, owner=KIM.upper()), lambda c: c.owner == KIM),
    "owner, open": (QueueFilter(owner=SAM), lambda c: c.owner == SAM and c.workflow in OPEN),
    "nobody's": (replace(ALL, nobodys=True), lambda c: c.owner is None),
    "nobody's, open": (QueueFilter(nobodys=True), lambda c: c.owner is None and c.workflow in OPEN),
    "overdue": (
        replace(ALL, overdue_on=TODAY),
        lambda c: c.workflow in OPEN and c.clock == "running" and c.due_on < TODAY,
    ),
    "due soon": (
        QueueFilter(due_from=TODAY, due_until=TODAY + timedelta(days=14)),
        lambda c: c.workflow in OPEN and c.clock == "running" and TODAY <= c.due_on <= TODAY + timedelta(days=14),
    ),
    "flagged": (replace(ALL, flagged=True), lambda c: c.flagged),
    "not flagged": (replace(ALL, flagged=False), lambda c: not c.flagged),
    "area": (replace(ALL, service_area="Highways"), lambda c: "Highways" in {q.service_area for q in c.questions}),
    "no such area": (replace(ALL, service_area="Nowhere"), lambda _: False),
    "received": (
        replace(ALL, received_from=TODAY - MONTH, received_to=TODAY - timedelta(days=9)),
        lambda c: TODAY - MONTH <= c.received_on <= TODAY - timedelta(days=9),
    ),
    "team": (replace(ALL, team="Children"), lambda c: c.team == "Children"),
    "several": (
        QueueFilter(laws=frozenset({Regime.FOI}), flagged=False, owner=KIM, service_area="Highways"),
        lambda c: c.workflow in OPEN and c.regime == "foi" and not c.flagged and c.owner == KIM,
    ),
}
KEYS: dict[Sort, Callable[[QueueRow], Any]] = {
    Sort.DUE: lambda row: (row.due_on, row.id),
    Sort.RECEIVED: lambda row: (row.received_on, row.id),
    Sort.REFERENCE: lambda row: row.reference,
}


@pytest.fixture(scope="module")
def filled(database_engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with cases of every sort, for tests that only look."""
    opened = make_store(tmp_path_factory.mktemp(database_engine))
    fill(opened)
    yield opened
    opened.close()


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("viewer", [ADMIN, OFFICER], ids=["admin", "officer"])
def test_a_filter_leaves_what_its_rule_says(filled: Store, name: str, viewer: Viewer) -> None:
    """The list holds the cases for which the rule holds and which the viewer may open, and its count agrees."""
    store = filled
    wanted, rule = FILTERS[name]
    with store.read() as work:
        cases = list(work.cases.every())
        shown = [row.reference for row in work.queue.every(wanted, viewer)]
        expected = {c.reference for c in cases if rule(c) and may_see(viewer.role, viewer.team, c.team)}
        assert sorted(shown) == sorted(expected)
        assert work.queue.count(wanted, viewer) == len(shown)
    assert expected or name in {"a status outside the scope", "no such area", "several"}


@pytest.mark.parametrize("role", [*Role, "nobody we know"])
@pytest.mark.parametrize("team", [None, "Children", "Adults"])
def test_a_viewer_sees_what_they_may_open(filled: Store, role: str, team: str | None) -> None:
    """The list and the rule about restricted cases never disagree, whatever the role and team."""
    store = filled
    viewer = Viewer(email=KIM, role=role, team=team)
    with store.read() as work:
        allowed = [case.reference for case in work.cases.every() if may_see(role, team, case.team)]
        assert {row.reference for row in work.queue.every(ALL, viewer)} == set(allowed)


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("descending", [False, True], ids=["up", "down"])
def test_pages_follow_each_other_both_ways(filled: Store, sort: Sort, *, descending: bool) -> None:
    """Forwards every case comes once and in order; backwards the same pages come again, the first of them without a way back."""
    store = filled
    wanted = replace(ALL, sort=sort, descending=descending)
    with store.read() as work:
        pages = [work.queue.page(wanted, ADMIN, size=7)]
        while at := pages[-1].next:
            pages.append(work.queue.page(wanted, ADMIN, at, size=7))
        rows = [row for page in pages for row in page.rows]
        keys = [KEYS[sort](row) for row in rows]
        assert len(rows) == 48
        assert all((a > b) if descending else (a < b) for a, b in pairwise(keys))
        back = pages[-1]
        for page in reversed(pages[:-1]):
            assert back.previous is not None
            back = work.queue.page(wanted, ADMIN, back.previous, size=7)
            assert back.rows == page.rows
            assert back.next == page.next
        assert back.previous is None
        assert pages[0].previous is None


def test_a_page_goes_on_where_it_was_when_cases_come_and_go(store: Store) -> None:
    """A case that was closed meanwhile does not make the next page skip one."""
    fill(store, 24)
    with store.read() as work:
        everything = list(work.queue.every(QueueFilter(), ADMIN))
        first = work.queue.page(QueueFilter(), ADMIN, size=5)
    with store.write() as work:
        gone = work.cases.by_ids([first.rows[-1].id])[0]
        work.cases._connection.exec_driver_sql(f"UPDATE request SET workflow = 'closed' WHERE id = {gone.id}")  # noqa: S608 - a number of ours
    with store.read() as work:
        second = work.queue.page(QueueFilter(), ADMIN, first.next, size=5)
    assert list(second.rows) == everything[5:10]


@pytest.mark.parametrize(
    "after", ["", "x", "a.2025-13-01.1", "a.2025-01-01", "b.2025-01-01.x", "a.2025-01-01.1; DROP", "a.FOI1", "a.1" * 90]
)
def test_a_page_that_nobody_gave_out(store: Store, after: str) -> None:
    """A cursor that was tampered with is an error in plain words."""
    with store.read() as work, pytest.raises(UsageError, match="Begin the list anew"):
        work.queue.page(ALL, ADMIN, after)


def test_a_cursor_of_another_order(filled: Store) -> None:
    """The place of one order is no place in another."""
    store = filled
    with store.read() as work:
        at = work.queue.page(replace(ALL, sort=Sort.REFERENCE), ADMIN, size=3).next
        assert at is not None
        with pytest.raises(UsageError):
            work.queue.page(ALL, ADMIN, at)


def test_the_number_of_statements_does_not_grow(filled: Store) -> None:
    """A page is one statement, two with a service area, whether it has 3 rows or 40."""
    store = filled
    area = replace(ALL, service_area="Highways")
    for size in (3, 40):
        with statements(store) as seen, store.read() as work:
            assert len(work.queue.page(ALL, ADMIN, size=size).rows) == size
        assert len(seen) == 1
        with statements(store) as seen, store.read() as work:
            work.queue.page(area, ADMIN, size=size)
        assert len(seen) == 2
        with statements(store) as seen, store.read() as work:
            work.queue.count(ALL, ADMIN)
        assert len(seen) == 1


def test_a_count_stops_where_it_was_told(filled: Store) -> None:
    """So many or more, without counting on."""
    store = filled
    with store.read() as work:
        assert work.queue.count(ALL, ADMIN, at_most=10) == 10


def test_the_day_of_the_answer_is_kept_once(filled: Store) -> None:
    """A case marked as sent has the London day of it, and one closed without an answer has none."""
    store = filled
    with store.read() as work:
        rows = {row.workflow: row for row in work.queue.every(ALL, ADMIN)}
    assert rows["sent"].answered_on == rows["sent"].received_on + timedelta(days=20)
    assert rows["closed"].answered_on is None


def test_a_case_sent_again_keeps_its_day(store: Store) -> None:
    """The first answer counts, whatever is sent when the case has been opened again."""
    fill(store, 5)
    with store.write() as work:
        [case] = [case for case in work.cases.every() if case.workflow == "sent"]
        work.cases.change(case, Happening(kind="reopened", at=noon(TODAY)), workflow="drafting")
        work.cases.change(case, Happening(kind="response_sent", at=noon(TODAY + MONTH)), workflow="sent")
        [row] = work.queue.page(replace(ALL, statuses=frozenset({Workflow.SENT})), ADMIN).rows
    assert row.answered_on == row.received_on + timedelta(days=20)
