"""The figures: part 8's table adds up, percentages are honest, reviews are measured in working days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain import figures
from pipeline.domain.calendar import Calendar
from pipeline.domain.figures import Answered, Band, Received, ReviewFact, Share, Standing
from pipeline.domain.request import Outcome, Regime

ROWS = st.lists(
    st.builds(
        Received,
        month=st.sampled_from(["2025-12", "2026-01", "2026-03", "2026-04"]),
        regime=st.sampled_from(Regime),
        outcome=st.none() | st.sampled_from(Outcome),
        standing=st.sampled_from(Standing),
        extended=st.booleans(),
        count=st.integers(1, 50),
    )
)


def received(standing: Standing, count: int = 1, **changes: object) -> Received:
    """A row of counts."""
    values = {"month": "2026-01", "regime": Regime.FOI, "outcome": None, "extended": False} | changes
    return Received(standing=standing, count=count, **values)  # type: ignore[arg-type]


@given(ROWS)
def test_every_request_is_counted_once(rows: list[Received]) -> None:
    """Received is what is open, answered, withdrawn and ended together; answered is the sum of times, and of outcomes."""
    table = figures.part_eight(rows)
    assert table.received == table.not_yet_processed + table.processed + table.withdrawn + table.ended
    assert table.processed == table.within + table.extended + table.over
    assert table.processed == table.granted_full + table.refused_full + table.granted_part + table.other
    assert table.not_held <= table.refused_full


@given(ROWS)
def test_months_quarters_and_laws_add_up_to_the_whole(rows: list[Received]) -> None:
    """No request falls out of a row or is in two."""
    whole = figures.part_eight(rows)
    for part in (figures.by_month(rows), figures.by_quarter(rows), figures.by_law(rows)):
        assert sum(table.received for table in part.values()) == whole.received
        assert sum(table.over for table in part.values()) == whole.over


def test_part_eight_of_a_small_year() -> None:
    """Each number of the table, from counts done by hand."""
    table = figures.part_eight(
        [
            received(Standing.IN_TIME, 6, outcome=Outcome.GRANTED),
            received(Standing.IN_TIME, 2, outcome=Outcome.PART_GRANTED, extended=True),
            received(Standing.LATE, 1, outcome=Outcome.REFUSED),
            received(Standing.LATE, 1, outcome=Outcome.NOT_HELD),
            received(Standing.OPEN, 3, extended=True),
            received(Standing.OPEN_LATE, 2),
            received(Standing.WAITING, 1),
            received(Standing.WITHDRAWN, 4),
            received(Standing.ENDED, 1, outcome=Outcome.LAPSED),
        ]
    )
    assert (table.received, table.processed, table.not_yet_processed) == (21, 10, 6)
    assert (table.within, table.extended, table.over) == (6, 2, 2)
    assert (table.granted_full, table.granted_part, table.refused_full, table.not_held) == (6, 2, 2, 1)
    assert (table.waiting, table.overdue, table.open_extended) == (1, 2, 3)
    assert (table.withdrawn, table.ended, table.other) == (4, 1, 0)
    assert table.in_time.per_cent == Decimal("80.0")


def test_quarters_are_the_calendars() -> None:
    """March is the first quarter, April the second."""
    rows = [received(Standing.OPEN, month="2026-03"), received(Standing.OPEN, month="2026-04")]
    assert list(figures.by_quarter(rows)) == ["2026 Q1", "2026 Q2"]


def test_nothing_has_no_percentage() -> None:
    """Where nothing was answered there is no figure, rather than a zero or a hundred."""
    assert figures.part_eight([]).in_time.per_cent is None
    assert Share(part=0, whole=0).band is None
    assert figures.answered_in_time([]).per_cent is None
    assert figures.area_in_time({Standing.OPEN: 3}).per_cent is None


@pytest.mark.parametrize(
    ("part", "whole", "shown", "band"),
    [
        (9495, 10_000, "95.0", Band.ADEQUATE),
        (95, 100, "95.0", Band.GOOD),
        (8_999, 10_000, "90.0", Band.UNSATISFACTORY),
        (1, 8, "12.5", Band.UNSATISFACTORY),
    ],
)
def test_bands_go_by_the_unrounded_value(part: int, whole: int, shown: str, band: Band) -> None:
    """Halves are rounded up for the eye; the band is not moved by it."""
    share = Share(part=part, whole=whole)
    assert (str(share.per_cent), share.band) == (shown, band)


def test_the_commissioners_measure_counts_what_was_answered() -> None:
    """Its denominator is another than part 8's."""
    rows = [
        Answered(regime=Regime.FOI, in_time=True, count=9),
        Answered(regime=Regime.EIR, in_time=False, count=1),
    ]
    assert figures.answered_in_time(rows) == Share(part=9, whole=10)


def test_outcomes_leave_out_what_is_still_open() -> None:
    """A case opened again has its old outcome on it, and no outcome."""
    rows = [
        received(Standing.OPEN, outcome=Outcome.GRANTED),
        received(Standing.LATE, 2, outcome=Outcome.REFUSED),
        received(Standing.ENDED, outcome=Outcome.LAPSED),
    ]
    assert figures.outcomes(rows) == {Outcome.REFUSED: 2, Outcome.LAPSED: 1}


def test_reviews_are_measured_in_working_days() -> None:
    """An FOI review after 21 working days is late, an EIR one in time; one without an outcome is open."""
    facts = [
        ReviewFact(regime=Regime.FOI, asked_on=date(2025, 9, 1), answered_on=date(2025, 9, 30)),
        ReviewFact(regime=Regime.EIR, asked_on=date(2025, 9, 1), answered_on=date(2025, 9, 30)),
        ReviewFact(regime=Regime.FOI, asked_on=date(2025, 9, 1), answered_on=None),
    ]
    found = figures.reviews(facts, Calendar())
    assert (found.received, found.completed, found.open) == (3, 2, 1)
    assert found.in_time == Share(part=1, whole=2)
    assert found.average_days == Decimal("21.0")
    assert figures.reviews([], Calendar()).average_days is None


@pytest.mark.parametrize(
    ("due_on", "left"),
    [
        (date(2026, 6, 5), 0),
        (date(2026, 6, 8), 1),
        (date(2026, 6, 12), 5),
        (date(2026, 6, 4), -1),
        (date(2026, 5, 29), -5),
    ],
)
def test_working_days_left(due_on: date, left: int) -> None:
    """On a Friday: none for that day, one for Monday, below nought once it has passed."""
    assert figures.working_days_left(due_on, date(2026, 6, 5), Regime.FOI, Calendar()) == left
