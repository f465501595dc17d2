"""Reports: working days left, files that no spreadsheet runs, and the figures put together."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from fakes import FixedClock
from hypothesis import given
from hypothesis import strategies as st
from listing import ADMIN, OFFICER, TODAY, add_case, add_history, fill, noon
from storing import make_store

from pipeline.domain.calendar import Calendar
from pipeline.stages.reports import Reports, as_csv
from pipeline.store.listing_records import QueueFilter, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.store import Store

ALL = QueueFilter(scope=Scope.ALL)


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An empty store."""
    opened = make_store(tmp_path_factory.mktemp("reports"))
    yield opened
    opened.close()


@pytest.fixture
def reports(store: Store) -> Reports:
    """The stage, on the day that the cases are made for."""
    return Reports(store, FixedClock(noon(TODAY)), Calendar())


def read(pieces: Iterator[str]) -> list[list[str]]:
    """A CSV file as a program reads it."""
    text = "".join(pieces)
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_days_left_stand_where_time_runs(store: Store, reports: Reports) -> None:
    """Working days for an open case, below nought when overdue; none for one that is answered or waits for the requester."""
    with store.write() as work:
        add_case(work, 1)
        add_case(work, 2, workflow="closed")
        add_case(work, 3, clock="waiting_for_requester")
    lines = {line.case.id: line for line in reports.queue_page(ALL, ADMIN).lines}
    due = lines[1].case.due_on
    away = Calendar().working_days_between(min(TODAY, due), max(TODAY, due))
    assert lines[1].days_left == (away if due >= TODAY else -away)
    assert (lines[2].days_left, lines[3].days_left) == (None, None)


def test_a_file_holds_every_case_that_the_list_shows(store: Store, reports: Reports) -> None:
    """All of a filter, in its order and for this viewer, with days in ISO form."""
    fill(store, 24)
    with store.read() as work:
        rows = list(work.queue.every(QueueFilter(), OFFICER))
    heading, *lines = read(reports.queue_csv(QueueFilter(), OFFICER))
    assert [line[0] for line in lines] == [row.reference for row in rows]
    assert [line[heading.index("Due")] for line in lines] == [row.due_on.isoformat() for row in rows]
    assert {line[heading.index("To look at")] for line in lines} == {"yes", "no"}
    found = read(reports.queue_csv(QueueFilter(), ADMIN, "parking "))[1:]
    assert found
    assert {line[heading.index("Topic")] for line in found} == {"Parking fines"}


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_a_requesters_words_are_no_formula(store: Store, reports: Reports, sign: str) -> None:
    """A topic that begins like a formula is text in a spreadsheet."""
    with store.write() as work:
        add_case(work, 1, topic=f"{sign}HYPERLINK(1)", requester_name=f" {sign}1+1")
    heading, line = read(reports.queue_csv(ALL, ADMIN))
    assert line[heading.index("Topic")] == f"'{sign}HYPERLINK(1)"
    assert line[heading.index("Requester")].startswith("'")


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=2, max_size=4))
def test_any_text_comes_through_a_file(cells: list[str]) -> None:
    """What was written is what is read, but for the mark before what looks like a formula, and nothing read begins like one."""
    [found] = csv.reader(io.StringIO(as_csv([cells]), newline=""))
    assert [cell.removeprefix("'") for cell in found] == [cell.removeprefix("'") for cell in cells]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in found)


def test_our_own_numbers_stay_numbers() -> None:
    """Days overdue are below nought, and a spreadsheet may add them up."""
    assert as_csv([(-3, TODAY, None, True)]) == "-3,2025-06-02,,yes\r\n"


def test_the_numbers_of_my_work(store: Store, reports: Reports) -> None:
    """They are counted for the London day, and soon is as many working days on as configured."""
    fill(store, 8)
    found = reports.work_counts(ADMIN)
    assert found.today == TODAY
    assert found.soon == TODAY + timedelta(days=7)
    assert found.counts.open == 4


def test_the_figures_of_a_period(store: Store, reports: Reports) -> None:
    """Subject access stands by itself; months and areas add up; the file has a row for each part."""
    fill(store)
    add_history(store)
    first = TODAY - timedelta(days=90)
    found = reports.figures(first, TODAY)
    foi_and_eir = [part for law, part in found.by_law.items() if law != "sar"]
    assert len(found.by_law) == 3
    assert found.total.received == sum(part.received for part in foi_and_eir)
    assert found.total.received == sum(part.received for part in found.by_month.values())
    assert (found.reviews.received, found.reviews.completed) == (1, 0)
    assert dict(found.provisions) == {"s.21": 2, "s.40(2)": 1}
    assert found.in_time_of_answered.whole
    heading, *lines = read(reports.figures_csv(first, TODAY))
    assert heading[:2] == ["Period", "Received"]
    assert len(lines) == 1 + len(found.by_law) + len(found.by_quarter) + len(found.by_month)
    assert int(lines[0][1]) == found.total.received
