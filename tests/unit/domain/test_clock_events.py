"""How days and events are written on the command line, and the reckoning in months."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from pipeline.domain.clock_events import (
    Event,
    EventKind,
    Ground,
    add_months,
    last_of_months_beginning,
    parse_event,
    parse_when,
    received_day,
)
from pipeline.domain.errors import UsageError
from pipeline.domain.request import Regime


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-05-02", "2024-05-02"),
        (" 2024-05-02 ", "2024-05-02"),
        ("2024-05-02T23:30", "2024-05-02"),
        ("2024-05-02 23:30:15", "2024-05-02"),
        ("2024-07-01T22:30Z", "2024-07-01"),
        ("2024-07-01T23:30Z", "2024-07-02"),
        ("2024-07-01T23:30z", "2024-07-02"),
        ("2024-01-15T23:30Z", "2024-01-15"),
        ("2024-10-26T23:30Z", "2024-10-27"),
        ("2024-10-27T23:30Z", "2024-10-27"),
        ("2024-07-01T23:30:59.5+00:00", "2024-07-02"),
        ("2024-07-02T00:30+01:00", "2024-07-02"),
        ("2024-07-02T00:30+0200", "2024-07-01"),
        ("2024-07-01T20:30-05:00", "2024-07-02"),
        ("2024-02-29", "2024-02-29"),
    ],
)
def test_parse_when(text: str, day: str) -> None:
    """A day, a London time, and a time with a zone all give the London day."""
    assert parse_when(text) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "02/05/2024",
        "2 May 2024",
        "2024-5-2",
        "20240502",
        "2024-W18-4",
        "yesterday",
        "2024-05-02T",
        "2024-05-02T23",
        "2024-05-02Z",
        "2024-05-02T23:30 BST",
        "2024-05-02\n2024-05-03",
        "\uff12024-05-02",
        "9" * 1_000_000,
    ],
)
def test_not_a_day(text: str) -> None:
    """Anything else is refused with what is accepted, and without repeating a long text."""
    with pytest.raises(UsageError, match="2024-05-02T22:30Z") as caught:
        parse_when(text)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    "text", ["2023-02-29", "2024-13-01", "2024-05-02T24:30", "2024-05-02T10:61Z", "2024-05-02T10:00+99:00"]
)
def test_no_such_day(text: str) -> None:
    """A day, time or zone that does not exist is refused as such."""
    with pytest.raises(UsageError, match="no such day or time"):
        parse_when(text)


@pytest.mark.parametrize("text", ["1924-05-02", "2204-05-02", "0001-01-01", "9999-12-31"])
def test_year_out_of_reach(text: str) -> None:
    """A slip in the year is caught."""
    with pytest.raises(UsageError, match="between 2000 and 2099"):
        parse_when(text)


def test_the_ends_of_time() -> None:
    """A zone that would carry the moment out of the calendar is refused, not a traceback."""
    with pytest.raises(UsageError):
        parse_when("0001-01-01T00:00+10:00")


def test_received_day() -> None:
    """The day of receipt is London's, to the last second of it."""
    assert received_day(datetime(2024, 7, 1, 22, 59, 59, tzinfo=UTC)) == date(2024, 7, 1)
    assert received_day(datetime(2024, 7, 1, 23, 0, tzinfo=UTC)) == date(2024, 7, 2)
    assert received_day(datetime(2024, 1, 1, 4, 0, tzinfo=timezone(timedelta(hours=5)))) == date(2023, 12, 31)


def test_received_day_needs_a_zone() -> None:
    """A moment without a zone has no day in London."""
    with pytest.raises(ValueError, match="time zone"):
        received_day(datetime(2024, 7, 1, 23, 0))  # noqa: DTZ001 - a naive moment is what is being refused


def test_parse_event() -> None:
    """An event is a kind and a day, and what the kind needs after that."""
    assert parse_event("clarification_asked=2024-12-03") == Event(
        kind=EventKind.CLARIFICATION_ASKED, on=date(2024, 12, 3)
    )
    assert parse_event(" Received = 2024-07-01T23:30Z") == Event(kind=EventKind.RECEIVED, on=date(2024, 7, 2))
    assert parse_event("pit_extension=2025-05-01, to=2025-06-02, qualified, reason=many, many papers") == Event(
        kind=EventKind.PIT_EXTENSION,
        on=date(2025, 5, 1),
        to=date(2025, 6, 2),
        grounds=frozenset({Ground.QUALIFIED}),
        reason="many, many papers",
    )
    assert parse_event("eir_extension=2025-05-01,complex,voluminous").grounds == {Ground.COMPLEX, Ground.VOLUMINOUS}
    assert parse_event("regime_changed=2025-05-01,to=EIR").regime is Regime.EIR


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "KIND=DAY"),
        ("asked=2024-12-03", "clarification_asked"),
        ("sent", "Write sent=2024-05-02"),
        ("sent=", "is not a day"),
        ("sent=tomorrow", "is not a day"),
        ("sent=2024-12-03,quickly", '"quickly" is not known'),
        ("sent=2024-12-03,qualified=yes", '"qualified" is not known'),
        ("pit_extension=2025-05-01,to=june", "is not a day"),
        ("regime_changed=2025-05-01", "to which law"),
        ("regime_changed=2025-05-01,to=dpa", "foi, eir, sar"),
    ],
)
def test_wrong_event(text: str, named: str) -> None:
    """An event that cannot be read is refused with what is accepted."""
    with pytest.raises(UsageError) as caught:
        parse_event(text)
    assert named in str(caught.value)


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-12-15", 1, "2025-01-15"),
        ("2024-11-30", 3, "2025-02-28"),
        ("2024-05-31", 12, "2025-05-31"),
    ],
)
def test_add_months(day: str, months: int, end: str) -> None:
    """The same day-number later, or the last day of a shorter month."""
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("day", "end"),
    [
        ("2024-09-09", "2024-12-08"),
        ("2024-09-01", "2024-11-30"),
        ("2024-11-30", "2025-02-28"),
        ("2024-08-31", "2024-11-30"),
        ("2023-11-29", "2024-02-28"),
        ("2023-11-30", "2024-02-29"),
    ],
)
def test_three_months_beginning(day: str, end: str) -> None:
    """Three months beginning with a day end on the day-number before it, or on the last day of a shorter month."""
    assert last_of_months_beginning(date.fromisoformat(day), 3) == date.fromisoformat(end)
