"""Figures as the database counts them: each against a count by hand of the same cases."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from listing import ADMIN, OFFICER, TODAY, add_history, fill, noon, statements
from storing import make_store

from pipeline.domain.clock_events import Event, EventKind
from pipeline.domain.figures import NOT_YET_PROCESSED, Standing
from pipeline.store.listing_records import QueueFilter, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.store import Store
    from pipeline.store.listing_records import QueueRow

OPEN = {"new", "drafting", "for_approval", "approved"}
FIRST, LAST = TODAY - timedelta(days=45), TODAY


@pytest.fixture(scope="module")
def filled(database_engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with cases of every sort, for tests that only look."""
    opened = make_store(tmp_path_factory.mktemp(database_engine))
    fill(opened)
    yield opened
    opened.close()


def standing(row: QueueRow) -> Standing:
    """How a case stands, by the plain rule."""
    if row.answered_on is not None:
        return Standing.IN_TIME if row.answered_on <= row.due_on else Standing.LATE
    if row.workflow in OPEN:
        if row.clock != "running":
            return Standing.WAITING
        return Standing.OPEN_LATE if row.due_on < TODAY else Standing.OPEN
    if row.workflow == "withdrawn":
        return Standing.WITHDRAWN
    return Standing.ENDED


def cases(store: Store) -> list[QueueRow]:
    """The requests received in the period."""
    with store.read() as work:
        rows = list(work.queue.every(QueueFilter(scope=Scope.ALL), ADMIN))
    return [row for row in rows if FIRST <= row.received_on <= LAST and row.workflow != "not_a_request"]


def test_requests_received_in_a_period(filled: Store) -> None:
    """By month, law and standing; mail that was no request does not count; both ends of the period do."""
    store = filled
    with store.read() as work:
        found = work.figures.received(FIRST, LAST, TODAY)
    counted = Counter({(r.month, r.regime, r.standing): 0 for r in found})
    for row in found:
        counted[row.month, row.regime, row.standing] += row.count
    rows = cases(store)
    assert counted == Counter((f"{row.received_on:%Y-%m}", row.regime, standing(row)) for row in rows)
    assert {Standing.IN_TIME, Standing.OPEN_LATE, Standing.WAITING} <= {row.standing for row in found}


def test_an_extension_is_told_apart(store: Store) -> None:
    """Only the case that was given more time counts as extended, not one with another event."""
    fill(store)
    add_history(store)
    with store.read() as work:
        found = work.figures.received(TODAY - timedelta(days=90), LAST, TODAY)
    assert sum(row.count for row in found if row.extended) == 1


def test_service_areas(filled: Store) -> None:
    """Each case counts once in each of its areas, and one without any under the empty name."""
    store = filled
    with store.read() as work:
        found = work.figures.by_area(FIRST, LAST, TODAY)
        areas = {case.id: {q.service_area or "" for q in case.questions} for case in work.cases.every()}
    expected: dict[str, Counter[Standing]] = {}
    for row in cases(store):
        for area in areas[row.id]:
            expected.setdefault(area, Counter())[standing(row)] += 1
    assert found == expected
    assert set(found) == {"", "Highways", "Education"}


def test_what_was_answered_in_a_period(filled: Store) -> None:
    """By the day of the answer, whenever it was received."""
    store = filled
    with store.read() as work:
        found = work.figures.answered(FIRST, LAST)
        rows = [row for row in work.queue.every(QueueFilter(scope=Scope.ALL), ADMIN) if row.answered_on]
    in_period = [row for row in rows if row.answered_on and FIRST <= row.answered_on <= LAST]
    assert in_period
    assert sum(row.count for row in found) == len(in_period)
    assert sum(row.count for row in found if row.in_time) == sum(
        row.answered_on is not None and row.answered_on <= row.due_on for row in in_period
    )


def test_provisions_and_reviews(store: Store) -> None:
    """A provision counts once for each case, as last approved; a review has the day its outcome went, London time."""
    fill(store)
    add_history(store)
    with store.read() as work:
        assert work.figures.provisions(TODAY - timedelta(days=90), LAST) == [("s.21", 2), ("s.40(2)", 1)]
        assert work.figures.provisions(TODAY + timedelta(days=1), TODAY + timedelta(days=2)) == []
        reviews = work.figures.reviews(TODAY - timedelta(days=31), TODAY)
    assert [fact.answered_on for fact in reviews] == [TODAY - timedelta(days=16), None]
    assert {fact.asked_on for fact in reviews} == {TODAY - timedelta(days=30)}


def test_each_review_has_the_first_outcome_after_it(store: Store) -> None:
    """A second review is not completed by the outcome of the first, also where it is asked for on the day of that outcome."""
    fill(store)
    add_history(store)
    first = TODAY - timedelta(days=16)
    with store.write() as work:
        for asked_on, recorded in ((first, noon(first) + timedelta(hours=1)), (TODAY, noon(TODAY))):
            again = Event(kind=EventKind.REVIEW_REQUESTED, on=asked_on)
            work.clock_events.add(list(work.cases.every())[2].id, again, officer=OFFICER.email, at=recorded)
    with store.read() as work:
        reviews = work.figures.reviews(TODAY - timedelta(days=31), TODAY)
    assert [(fact.asked_on, fact.answered_on) for fact in reviews] == [
        (TODAY - timedelta(days=30), first),
        (TODAY - timedelta(days=30), None),
        (first, None),
        (TODAY, None),
    ]


@pytest.mark.parametrize(
    ("law", "then", "extended"),
    [
        ("foi", Event(kind=EventKind.CLARIFICATION_RECEIVED, on=TODAY), 0),
        ("foi", Event(kind=EventKind.CLARIFICATION_RECEIVED, on=TODAY - timedelta(days=1)), 1),
        ("foi", Event(kind=EventKind.CLARIFICATION_RECEIVED, on=TODAY, question=1), 1),
        ("eir", Event(kind=EventKind.REVIEW_REQUESTED, on=TODAY), 0),
    ],
)
def test_an_extension_that_fell_away_does_not_count(store: Store, law: str, then: Event, extended: int) -> None:
    """A later clarification of the whole request begins its days anew without the extension; under the EIR there is none of FOIA's."""
    fill(store)
    with store.write() as work:
        case = next(one for one in work.cases.every() if one.regime == law)
        given = Event(kind=EventKind.PIT_EXTENSION, on=TODAY, to=TODAY + timedelta(days=20))
        for event in (given, then):
            work.clock_events.add(case.id, event, officer=OFFICER.email, at=noon(TODAY))
    with store.read() as work:
        found = work.figures.received(TODAY - timedelta(days=90), LAST, TODAY)
    assert sum(row.count for row in found if row.extended) == extended


def test_each_is_one_statement(filled: Store) -> None:
    """However many cases are counted."""
    store = filled
    with store.read() as work:
        for ask in (
            lambda: work.figures.received(FIRST, LAST, TODAY),
            lambda: work.figures.by_area(FIRST, LAST, TODAY),
            lambda: work.figures.answered(FIRST, LAST),
            lambda: work.figures.provisions(FIRST, LAST),
            lambda: work.figures.reviews(FIRST, LAST),
        ):
            with statements(store) as seen:
                ask()
            assert len(seen) == 1
    assert any(standing(row) in NOT_YET_PROCESSED for row in cases(store))
