"""The clock of subject access: the month, what it waits for, what it is extended by, and what is refused."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.clock import Calendar, Deadline, Event, EventKind, deadline, parse_event
from pipeline.domain.errors import NotAllowedError
from pipeline.domain.request import ClockState, Regime

CALENDAR = Calendar.from_feed(
    json.loads((Path(__file__).parents[3] / "config" / "bank-holidays.json").read_text(encoding="utf-8"))
)


def clock(*events: str, strict: bool = True) -> Deadline:
    """Work out a deadline from events as officers type them."""
    return deadline(Regime.SAR, [parse_event(event) for event in events], CALENDAR, strict=strict)


def day(text: str) -> date:
    """Read a day."""
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("received", "month", "three"),
    [
        ("2024-01-31", "2024-02-29", "2024-04-30"),
        ("2025-01-31", "2025-02-28", "2025-04-30"),
        ("2024-02-29", "2024-04-02", "2024-05-29"),
        ("2024-08-31", "2024-09-30", "2024-12-02"),
        ("2024-11-25", "2024-12-27", "2025-02-25"),
        ("2024-12-01", "2025-01-02", "2025-03-03"),
        ("2025-02-17", "2025-03-17", "2025-05-19"),
        ("2025-03-18", "2025-04-22", "2025-06-18"),
        ("2024-09-03", "2024-10-03", "2024-12-03"),
    ],
)
def test_table(received: str, month: str, three: str) -> None:
    """One month, and three with the extension, end as the table of worked examples has them."""
    plain = clock(f"received={received}")
    assert plain.due_on == plain.notice_by == day(month)
    assert plain.longest_on == day(three)
    extended = clock(f"received={received}", f"sar_extension={received},complex")
    assert extended.due_on == day(three)
    assert extended.notice_by == day(month)


def test_days_explain_the_date() -> None:
    """Calendar days count, the day of receipt does not, and a last day on a weekend says that it moves."""
    found = clock("received=2024-08-31", "sar_extension=2024-09-10,numerous")
    said = {d.date.isoformat(): (d.counts, d.why) for d in found.days}
    assert said["2024-08-31"][0] is False
    assert said["2024-09-01"] == (True, "Day 1.")
    assert said["2024-11-30"] == (False, "Saturday. The last day moves to the next working day.")
    assert said["2024-12-02"] == (True, "The first working day after three months have passed: the answer is due.")
    assert clock("received=2024-09-03").days[-1].why == "Day 30: one month has passed, the answer is due."


def test_clarification_pauses() -> None:
    """A clarification gives back the days from asking to the day it came, both of them (article 12A(5)(b)), and does not start the month again."""
    asked = clock("received=2025-05-01", "clarification_asked=2025-05-12")
    assert (asked.due_on, asked.state, asked.requester_by) == (None, ClockState.PAUSED, day("2025-07-12"))
    found = clock("received=2025-05-01", "clarification_asked=2025-05-12", "clarification_received=2025-05-22")
    assert found.due_on == day("2025-06-12")
    assert found.counted_from == day("2025-05-01")
    assert sum("Paused" in d.why for d in found.days) == 11
    november = clock("received=2026-11-02", "clarification_asked=2026-11-05", "clarification_received=2026-11-10")
    assert november.due_on == day("2026-12-08")


def test_a_day_shared_by_two_pauses_is_given_back_once() -> None:
    """A clarification that comes on the day on which the next is asked for: six days stand still, not seven; day 0 is never given back."""
    first = ("clarification_asked=2026-11-05", "clarification_received=2026-11-08")
    second = ("clarification_asked=2026-11-08", "clarification_received=2026-11-10")
    assert clock("received=2026-11-02", *first, *second).due_on == day("2026-12-08")
    at_once = clock("received=2026-11-02", "clarification_asked=2026-11-02", "clarification_received=2026-11-03")
    assert at_once.due_on == day("2026-12-03")


def test_a_paused_month_is_not_over() -> None:
    """While the requester is asked, more time and proof of identity can be asked for on a day that the pause has moved the end beyond."""
    asked = ("received=2026-02-23", "clarification_asked=2026-03-10")
    extended = clock(*asked, "sar_extension=2026-03-30,complex", "clarification_received=2026-04-01")
    assert extended.due_on == day("2026-06-15")
    assert clock(*asked, "identity_asked=2026-03-30").state is ClockState.WAITING
    before_it_began = clock("received=2026-02-23", "identity_asked=2026-02-24", "sar_extension=2026-04-30,complex")
    assert before_it_began.state is ClockState.WAITING
    with pytest.raises(NotAllowedError, match="too late"):
        clock(*asked, "clarification_received=2026-03-12", "sar_extension=2026-03-30,complex")


def test_identity_begins_the_month() -> None:
    """Until proof of identity has come the month has not begun; then it runs from that day."""
    asked = clock("received=2025-05-01", "identity_asked=2025-05-02")
    assert (asked.due_on, asked.state) == (None, ClockState.WAITING)
    assert "Waiting for proof of identity" in asked.days[-1].why
    found = clock("received=2025-05-01", "identity_asked=2025-05-02", "identity_received=2025-05-09")
    assert (found.received_on, found.counted_from, found.due_on) == (
        day("2025-05-01"),
        day("2025-05-09"),
        day("2025-06-09"),
    )
    assert clock("received=2025-05-01", "identity_received=2025-05-09") == found


def test_fee_begins_the_month() -> None:
    """Where a fee is asked for, the month runs from the later of payment and proof of identity."""
    events = ("received=2025-05-01", "fees_notice=2025-05-02", "identity_asked=2025-05-02")
    assert clock(*events, "identity_received=2025-05-06").state is ClockState.WAITING
    found = clock(*events, "fees_paid=2025-05-12", "identity_received=2025-05-06")
    assert found.due_on == day("2025-06-12")


def test_pause_before_the_month_began_gives_nothing_back() -> None:
    """Only the part of a pause that lies in the running month is given back."""
    events = ("clarification_asked=2025-05-02", "clarification_received=2025-05-12", "identity_received=2025-05-09")
    found = clock("received=2025-05-01", *events)
    assert found.due_on == day("2025-06-12")


@pytest.mark.parametrize(
    ("event", "because"),
    [
        ("pit_extension=2025-05-12,to=2025-07-01,qualified", "no extension for the public interest"),
        ("eir_extension=2025-05-12,complex,voluminous", "no extension for the public interest or under the EIR"),
        ("sar_extension=2025-05-12", "complex or one of many"),
        ("sar_extension=2025-06-03,complex", "by Monday 2 June 2025"),
        ("sar_extension=2025-05-12,complex,to=2025-07-01", "runs to Friday 1 August 2025"),
        ("clarification_asked=2025-06-03", "does not stop the clock"),
        ("identity_asked=2025-06-03", "does not stop the clock"),
        ("clarification_received=2025-05-12", "The clarification was not awaited"),
        ("fees_paid=2025-05-12", "The fee was not awaited"),
        ("lapsed=2025-05-12", "lapses only while"),
    ],
)
def test_what_the_law_refuses(event: str, because: str) -> None:
    """What the law does not allow is refused by name; leniently, it falls away with the same words as a note."""
    with pytest.raises(NotAllowedError, match=because):
        clock("received=2025-05-01", event)
    found = clock("received=2025-05-01", event, strict=False)
    assert (found.due_on, found.state) == (day("2025-06-02"), ClockState.RUNNING)
    assert because in found.notes[0]


def test_asking_twice_is_refused() -> None:
    """The same thing is not asked for twice while it is awaited."""
    with pytest.raises(NotAllowedError, match="asked for already"):
        clock("received=2025-05-01", "identity_asked=2025-05-02", "identity_asked=2025-05-05")


def test_the_end() -> None:
    """Sent, withdrawn and lapsed stop the clock; only an answer keeps the date to compare with."""
    sent = clock("received=2025-05-01", "sent=2025-06-05", "sent=2025-06-06")
    assert (sent.due_on, sent.stopped_on, sent.state) == (day("2025-06-02"), day("2025-06-05"), ClockState.STOPPED)
    assert sent.notes == ("Sent on Thursday 5 June 2025, after the due date (3 days).",)
    withdrawn = clock("received=2025-05-01", "withdrawn=2025-05-06")
    assert (withdrawn.due_on, withdrawn.days[-1].date) == (None, day("2025-05-06"))
    lapsed = clock("received=2025-05-01", "identity_asked=2025-05-02", "lapsed=2025-09-01")
    assert (lapsed.due_on, lapsed.state) == (None, ClockState.STOPPED)
    with pytest.raises(NotAllowedError, match="The clock stopped"):
        clock("received=2025-05-01", "withdrawn=2025-05-06", "identity_asked=2025-05-07")


def test_forecast_is_said() -> None:
    """A due date in a year that the feed lacks says that it may move."""
    assert "2028 are a forecast" in clock("received=2027-12-10").notes[0]


@given(st.dates(date(2005, 1, 1), date(2060, 12, 31)))
def test_due_on_a_day_that_england_works(received: date) -> None:
    """The month ends on a working day of England, 28 days after receipt at the least and 36 at the most."""
    due = deadline(Regime.SAR, [Event(kind=EventKind.RECEIVED, on=received)], CALENDAR).due_on
    assert due is not None
    assert CALENDAR.is_working_day(due, Regime.SAR)
    assert timedelta(days=28) <= due - received <= timedelta(days=36)
