"""The clock of FOI and EIR: worked examples, every event, and what the law refuses."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.clock import (
    Calendar,
    Deadline,
    Event,
    EventKind,
    deadline,
    parse_event,
    parse_when,
)
from pipeline.domain.errors import NotAllowedError
from pipeline.domain.request import ClockState, Regime

CALENDAR = Calendar.from_feed(
    json.loads((Path(__file__).parents[3] / "config" / "bank-holidays.json").read_text(encoding="utf-8"))
)

# Case, receipt as written, due date, day 40, weekday holidays skipped on the way.
EXAMPLES = [
    ("plain week, no holiday", "2024-06-03T10:15", "2024-07-01", "2024-07-30", 0),
    (
        "only receipt date whose 20th day is 2 May 2024, the seed letter date",
        "2024-04-04T09:00",
        "2024-05-02",
        "2024-06-03",
        0,
    ),
    ("crosses St Patrick's substitute 18 Mar 2024 + Easter", "2024-03-15T16:59", "2024-04-17", "2024-05-16", 3),
    ("received on St Patrick's Day 17 Mar 2025 (NI only)", "2025-03-17T12:00", "2025-04-14", "2025-05-15", 0),
    ("crosses Easter 2025 and 5 May", "2025-04-10T09:30", "2025-05-13", "2025-06-11", 3),
    ("received on Good Friday 2025", "2025-04-18T08:00", "2025-05-20", "2025-06-18", 2),
    ("received Easter Monday 2025", "2025-04-21T13:00", "2025-05-20", "2025-06-18", 1),
    ("Easter 2027 (26/29 Mar) + 17 Mar NI", "2027-03-16T10:00", "2027-04-16", "2027-05-17", 3),
    ("coronation 8 May 2023 + 1 May + 29 May", "2023-04-28T10:00", "2023-05-31", "2023-06-28", 3),
    ("state funeral 19 Sep 2022", "2022-09-05T10:00", "2022-10-04", "2022-11-01", 1),
    ("Scottish World Cup holiday Mon 15 Jun 2026", "2026-06-01T10:00", "2026-06-30", "2026-07-29", 1),
    ("12 July 2024 is a Friday (NI)", "2024-06-20T10:00", "2024-07-19", "2024-08-19", 1),
    ("12 July 2025 Saturday -> Mon 14 Jul (NI)", "2025-06-25T10:00", "2025-07-24", "2025-08-22", 1),
    ("12 July 2026 Sunday -> Mon 13 Jul (NI) + 3 Aug (SCT)", "2026-07-09T10:00", "2026-08-10", "2026-09-08", 2),
    ("both August holidays 2024 (5 SCT, 26 ENG)", "2024-08-01T10:00", "2024-09-02", "2024-09-30", 2),
    ("St Andrew's Sat 30 Nov 2024 -> Mon 2 Dec", "2024-11-11T10:00", "2024-12-10", "2025-01-13", 1),
    ("St Andrew's Sun 30 Nov 2025 -> Mon 1 Dec, + Christmas", "2025-11-28T15:00", "2025-12-31", "2026-01-30", 3),
    ("St Andrew's Mon 30 Nov 2026 (received that day)", "2026-11-30T09:00", "2026-12-30", "2027-01-29", 2),
    ("Christmas 2023: 25, 26 Dec, 1 Jan, 2 Jan (SCT)", "2023-12-15T10:00", "2024-01-18", "2024-02-15", 4),
    ("Christmas 2024, office closure days count as working days", "2024-12-20T16:00", "2025-01-23", "2025-02-20", 4),
    ("received Christmas Day 2024", "2024-12-25T11:11", "2025-01-27", "2025-02-24", 3),
    ("received 2 Jan 2025 (Scottish holiday, English office open)", "2025-01-02T09:05", "2025-01-30", "2025-02-27", 0),
    ("Christmas 2026: 25 Fri, 28 Mon subst., 1 Jan Fri", "2026-12-18T10:00", "2027-01-21", "2027-02-18", 4),
    ("2 Jan 2027 is Saturday -> Mon 4 Jan (SCT)", "2026-12-31T23:30", "2027-02-01", "2027-03-01", 2),
    (
        "Christmas 2027: 27 and 28 Dec substitutes, 3 Jan + 4 Jan 2028",
        "2027-12-24T12:00",
        "2028-01-27",
        "2028-02-24",
        4,
    ),
    ("Friday 23:30 BST", "2024-05-17T23:30", "2024-06-17", "2024-07-16", 1),
    ("Saturday", "2024-05-18T09:00", "2024-06-17", "2024-07-16", 1),
    ("Sunday 23:59", "2024-05-19T23:59", "2024-06-17", "2024-07-16", 1),
    ("Monday 00:01", "2024-05-20T00:01", "2024-06-18", "2024-07-17", 1),
    ("23:30 London in BST, header 22:30Z same date", "2024-07-01T22:30Z", "2024-07-30", "2024-08-29", 1),
    ("header 23:30Z in BST = 00:30 next day in London", "2024-07-01T23:30Z", "2024-07-31", "2024-08-30", 1),
    ("header 23:30Z in GMT = same date in London", "2024-01-15T23:30Z", "2024-02-12", "2024-03-11", 0),
    ("Sun 31 Mar 2024 spring-forward night, 00:30Z=00:30 GMT", "2024-03-31T00:30Z", "2024-04-29", "2024-05-29", 1),
    ("Sun 27 Oct 2024 23:30Z (clocks back that morning) -> Sun", "2024-10-27T23:30Z", "2024-11-22", "2024-12-23", 0),
    ("Sat 26 Oct 2024 23:30Z = Sun 00:30 BST", "2024-10-26T23:30Z", "2024-11-22", "2024-12-23", 0),
    ("leap day", "2024-02-29T12:00", "2024-04-02", "2024-04-30", 3),
]


def clock(regime: Regime, *events: str, strict: bool = True) -> Deadline:
    """Work out a deadline from events as officers type them."""
    return deadline(regime, [parse_event(event) for event in events], CALENDAR, strict=strict)


def day(text: str) -> date:
    """Read a day."""
    return date.fromisoformat(text)


@pytest.mark.parametrize("regime", [Regime.FOI, Regime.EIR])
@pytest.mark.parametrize(
    ("received", "due", "day_40", "skipped"), [row[1:] for row in EXAMPLES], ids=[r[0] for r in EXAMPLES]
)
def test_worked_examples(regime: Regime, received: str, due: str, day_40: str, skipped: int) -> None:
    """Each worked example has its due date, its day 40, and skips as many weekday holidays as it should."""
    found = clock(regime, f"received={received}")
    assert found.due_on == found.notice_by == day(due)
    assert found.longest_on == day(day_40)
    assert found.received_on == found.counted_from == parse_when(received)
    assert sum("bank holiday" in d.why for d in found.days) == skipped
    assert found.state is ClockState.RUNNING


def test_days_explain_the_date() -> None:
    """Every calendar day from receipt to the due date is there once, with the reason why it counts or not."""
    found = clock(Regime.FOI, "received=2024-03-15")
    assert [d.date for d in found.days] == [day("2024-03-15") + timedelta(days=n) for n in range(34)]
    said = {d.date.isoformat(): (d.counts, d.why) for d in found.days}
    assert said["2024-03-15"] == (False, "Day of receipt: day 1 is the next working day.")
    assert said["2024-03-16"] == (False, "Saturday.")
    assert said["2024-03-18"] == (
        False,
        "St Patrick's Day (substitute day): a bank holiday in Northern Ireland.",
    )
    assert said["2024-03-19"] == (True, "Working day 1 of 20.")
    assert said["2024-04-17"] == (True, "Working day 20 of 20.")


@given(st.dates(date(2005, 1, 1), date(2060, 12, 31)), st.sampled_from([Regime.FOI, Regime.EIR]))
def test_twenty_days_count(received: date, regime: Regime) -> None:
    """For any receipt exactly 20 days count, each of them works, and the last one is the due date."""
    found = deadline(regime, [Event(kind=EventKind.RECEIVED, on=received)], CALENDAR)
    counted = [d.date for d in found.days if d.counts]
    assert len(counted) == 20
    assert all(map(CALENDAR.is_working_day, counted))
    assert counted[-1] == found.due_on == found.days[-1].date


def test_strictest_reading_of_a_late_proclamation() -> None:
    """The day of the state funeral does not count, but a request older than its proclamation shows the stricter date."""
    assert "Monday 3 October 2022" in clock(Regime.FOI, "received=2022-09-05").notes[0]
    assert clock(Regime.FOI, "received=2022-09-12").notes == ()


def test_forecast_is_said() -> None:
    """A due date in a year that the feed lacks says that it may move."""
    assert clock(Regime.FOI, "received=2027-12-24").notes == (
        "The bank holidays of 2028 are a forecast, so the date may still move.",
    )


def test_clarification() -> None:
    """While clarification is awaited nothing is due; when it comes, a full 20 working days begin."""
    asked = clock(Regime.FOI, "received=2024-11-20", "clarification_asked=2024-12-03")
    assert (asked.due_on, asked.state) == (None, ClockState.WAITING)
    assert asked.notice_by == day("2024-12-19")
    assert asked.requester_by == day("2025-02-03")
    assert "Waiting for the requester's clarification" in asked.days[-1].why
    events = ("received=2024-11-20", "clarification_asked=2024-12-03", "clarification_received=2025-01-06")
    for regime in (Regime.FOI, Regime.EIR):
        found = clock(regime, *events)
        assert found.due_on == day("2025-02-03")
        assert found.received_on == day("2024-11-20")
        assert found.counted_from == day("2025-01-06")
        assert found.requester_by is None
        assert sum(d.counts for d in found.days) == 20
        assert min(d.date for d in found.days if d.counts) > day("2025-01-06")


def test_events_come_in_any_order() -> None:
    """The order in which events are handed over does not matter, only their days."""
    events = ("clarification_received=2025-01-06", "received=2024-11-20", "clarification_asked=2024-12-03")
    assert clock(Regime.FOI, *events).due_on == day("2025-02-03")


def test_fees_foi() -> None:
    """The working days from fees notice to payment, both included, are ignored; FOI gives three months to pay."""
    asked = clock(Regime.FOI, "received=2024-09-02", "fees_notice=2024-09-09")
    assert (asked.due_on, asked.state, asked.requester_by) == (None, ClockState.PAUSED, day("2024-12-08"))
    paid = clock(Regime.FOI, "received=2024-09-02", "fees_notice=2024-09-09", "fees_paid=2024-09-23")
    assert (paid.due_on, paid.state, paid.requester_by) == (day("2024-10-15"), ClockState.RUNNING, None)
    assert sum("section 10(2)" in d.why for d in paid.days) == 15
    assert sum(d.counts for d in paid.days) == 20


def test_fees_eir() -> None:
    """Under the EIR the requester has 60 working days to pay."""
    asked = clock(Regime.EIR, "received=2024-09-02", "fees_notice=2024-09-09")
    assert asked.requester_by == day("2024-12-03")
    paid = clock(Regime.EIR, "received=2024-09-02", "fees_notice=2024-09-09", "fees_paid=2024-12-03")
    assert paid.due_on == CALENDAR.add_working_days(day("2024-12-03"), 16)
    assert any("EIR regulation 8" in d.why for d in paid.days)


def test_a_day_shared_by_two_fees_is_ignored_once() -> None:
    """Paid on the day of the next notice: of 25 February to 2 March four working days are ignored, not five (FOIA section 10(2))."""
    first = ("fees_notice=2026-02-25", "fees_paid=2026-02-27")
    second = ("fees_notice=2026-02-27", "fees_paid=2026-03-02")
    assert clock(Regime.FOI, "received=2026-02-23", *first, *second).due_on == day("2026-03-30")


@pytest.mark.parametrize("extended_on", ["2026-03-02", "2026-03-16"])
def test_an_eir_extension_and_a_fee_in_either_order(extended_on: str) -> None:
    """Regulation 8(7): the days of the fee do not count for the 40 either, whether the extension came before them or after."""
    extension = f"eir_extension={extended_on},complex,voluminous"
    fee = ("fees_notice=2026-03-02", "fees_paid=2026-03-16")
    in_turn = (extension, *fee) if extended_on == "2026-03-02" else (*fee, extension)
    assert clock(Regime.EIR, "received=2026-02-23", *in_turn).due_on == day("2026-05-11")
    promised = f"eir_extension={extended_on},complex,voluminous,to=2026-04-20"
    if extended_on == "2026-03-02":
        assert clock(Regime.EIR, "received=2026-02-23", promised, *fee).due_on == day("2026-05-06")


def test_fee_unpaid_lapses() -> None:
    """After the last day to pay the request can lapse; not on that day, and not while the clock runs."""
    events = ("received=2024-09-02", "fees_notice=2024-09-09")
    lapsed = clock(Regime.FOI, *events, "lapsed=2024-12-09")
    assert (lapsed.due_on, lapsed.state, lapsed.stopped_on) == (None, ClockState.STOPPED, day("2024-12-09"))
    with pytest.raises(NotAllowedError, match="may pay until Sunday 8 December 2024"):
        clock(Regime.FOI, *events, "lapsed=2024-12-08")
    with pytest.raises(NotAllowedError, match="only while"):
        clock(Regime.FOI, "received=2024-09-02", "lapsed=2024-12-09")


def test_public_interest_extension() -> None:
    """Told by day 20 of a qualified exemption, the date moves to the estimate, which is normally day 40 at most."""
    found = clock(Regime.FOI, "received=2025-04-01", "pit_extension=2025-05-01,to=2025-06-02,qualified")
    assert found.due_on == found.longest_on == day("2025-06-02")
    assert found.notice_by == day("2025-05-01")
    assert sum(d.counts for d in found.days) == 40
    assert found.days[-1].why == "Working day 40, in the extension to Monday 2 June 2025."


def test_public_interest_beyond_day_40_needs_a_reason() -> None:
    """Past day 40 the reason for the exceptional case is asked for, and kept in the notes."""
    events = ("received=2025-04-01", "pit_extension=2025-05-01,to=2025-06-03,qualified")
    with pytest.raises(NotAllowedError, match="give the reason"):
        clock(Regime.FOI, *events)
    assert clock(Regime.FOI, *events, strict=False).due_on == day("2025-05-01")
    found = clock(Regime.FOI, events[0], events[1] + ",reason=third parties, abroad")
    assert found.due_on == found.longest_on == day("2025-06-03")
    assert found.notes[0].endswith("because: third parties, abroad")


def test_promise_of_a_weekend_is_named() -> None:
    """An estimate on a Saturday stands, for no law forbids it, but the officer is told."""
    found = clock(Regime.FOI, "received=2025-04-01", "pit_extension=2025-05-01,to=2025-05-31,qualified")
    assert found.due_on == day("2025-05-31")
    assert found.notes == ("The date promised, Saturday 31 May 2025, is not a working day.",)


def test_second_public_interest_notice_does_not_stack() -> None:
    """A second notice may correct the estimate while the first one lasts, but day 40 is reckoned from receipt."""
    first = ("received=2025-04-01", "pit_extension=2025-04-20,to=2025-05-15,qualified")
    assert clock(Regime.FOI, *first, "pit_extension=2025-05-12,to=2025-06-02,qualified").due_on == day("2025-06-02")
    with pytest.raises(NotAllowedError, match="More than 40"):
        clock(Regime.FOI, *first, "pit_extension=2025-05-12,to=2025-06-03,qualified")
    too_late = (*first, "pit_extension=2025-05-16,to=2025-06-02,qualified")
    with pytest.raises(NotAllowedError, match="has passed already"):
        clock(Regime.FOI, *too_late)
    assert clock(Regime.FOI, *too_late, strict=False).due_on == day("2025-05-15")


def test_eir_extension() -> None:
    """Told by day 20, a complex and voluminous request has until day 40 of receipt."""
    found = clock(Regime.EIR, "received=2025-12-01", "eir_extension=2025-12-31,complex,voluminous")
    assert found.notice_by == day("2025-12-31")
    assert found.due_on == day("2026-01-30")
    sooner = clock(Regime.EIR, "received=2025-12-01", "eir_extension=2025-12-31,to=2026-01-15,complex,voluminous")
    assert sooner.due_on == day("2026-01-15")


REFUSALS = [
    (Regime.EIR, "pit_extension=2025-04-10,to=2025-06-02,qualified", "EIR have no extension for the public interest"),
    (Regime.FOI, "eir_extension=2025-04-10,complex,voluminous", "FOIA has no extension for complexity"),
    (Regime.FOI, "sar_extension=2025-04-10,complex", "only for subject access, not under FOI"),
    (Regime.FOI, "identity_asked=2025-04-10", "proof of identity must not be demanded"),
    (Regime.EIR, "identity_received=2025-04-10", "proof of identity must not be demanded"),
    (Regime.FOI, "pit_extension=2025-05-02,to=2025-06-02,qualified", "by working day 20, Thursday 1 May 2025"),
    (Regime.FOI, "pit_extension=2025-05-01,to=2025-06-02", "only for a qualified exemption"),
    (Regime.FOI, "pit_extension=2025-05-01,qualified", "must estimate when"),
    (Regime.FOI, "pit_extension=2025-05-01,to=2025-05-01,qualified", "give a date after Thursday 1 May 2025"),
    (Regime.EIR, "eir_extension=2025-05-02,complex,voluminous", "by working day 20"),
    (Regime.EIR, "eir_extension=2025-05-01,complex", "both complex and voluminous"),
    (Regime.EIR, "eir_extension=2025-05-01,voluminous", "both complex and voluminous"),
    (Regime.EIR, "eir_extension=2025-05-01,to=2025-06-03,complex,voluminous", "and no further"),
    (Regime.FOI, "fees_notice=2025-05-02", "A fees notice must be given by working day 20"),
    (Regime.EIR, "clarification_asked=2025-05-02", "regulation 12"),
    (Regime.FOI, "clarification_received=2025-04-10", "No clarification was awaited"),
    (Regime.FOI, "fees_paid=2025-04-10", "No fee was awaited"),
    (Regime.FOI, "sent=2025-03-31", "before the request was received"),
]


@pytest.mark.parametrize(("regime", "event", "because"), REFUSALS, ids=[f"{r[0]} {r[1]}" for r in REFUSALS])
def test_what_the_law_refuses(regime: Regime, event: str, because: str) -> None:
    """What the law does not allow is refused by name; leniently, it falls away with the same words as a note."""
    with pytest.raises(NotAllowedError, match=because):
        clock(regime, "received=2025-04-01", event)
    found = clock(regime, "received=2025-04-01", event, strict=False)
    assert found.due_on == day("2025-05-01")
    assert found.state is ClockState.RUNNING
    assert because in found.notes[0]


@pytest.mark.parametrize("waiting", ["clarification_asked=2025-04-10", "fees_notice=2025-04-10"])
@pytest.mark.parametrize(
    "event",
    [
        "clarification_asked=2025-04-11",
        "fees_notice=2025-04-11",
        "pit_extension=2025-04-11,to=2025-06-02,qualified",
    ],
)
def test_nothing_is_asked_or_extended_while_the_clock_stands(waiting: str, event: str) -> None:
    """While the requester is awaited, neither a further question nor an extension is possible."""
    with pytest.raises(NotAllowedError, match="The clock does not run: since Thursday 10 April 2025"):
        clock(Regime.FOI, "received=2025-04-01", waiting, event)
    lenient = clock(Regime.FOI, "received=2025-04-01", waiting, event, strict=False)
    assert lenient.requester_by == clock(Regime.FOI, "received=2025-04-01", waiting).requester_by


def test_late_payment_is_a_new_request() -> None:
    """A fee paid after its last day does not revive the request."""
    with pytest.raises(NotAllowedError, match="new request"):
        clock(Regime.FOI, "received=2024-09-02", "fees_notice=2024-09-09", "fees_paid=2024-12-09")


def test_late_clarification_is_noted_for_foi() -> None:
    """FOI has no last day for asking, but an answer that was overdue already is named."""
    found = clock(Regime.FOI, "received=2025-04-01", "clarification_asked=2025-05-02")
    assert found.state is ClockState.WAITING
    assert "already overdue" in found.notes[0]


def test_clarification_begins_everything_anew() -> None:
    """After a clarification the notice of more time is reckoned from it, and an older extension is gone."""
    events = (
        "received=2025-04-01",
        "pit_extension=2025-04-20,to=2025-06-02,qualified",
        "clarification_asked=2025-05-20",
        "clarification_received=2025-06-10",
    )
    found = clock(Regime.FOI, *events)
    assert found.due_on == day("2025-07-08")
    again = clock(Regime.FOI, *events, "pit_extension=2025-07-08,to=2025-08-07,qualified")
    assert again.due_on == again.longest_on == day("2025-08-07")


@pytest.mark.parametrize("events", [(), ("sent=2025-04-01",), ("received=2025-04-01", "received=2025-04-02")])
def test_received_exactly_once(events: tuple[str, ...]) -> None:
    """A request without a receipt, or with two, is refused."""
    with pytest.raises(NotAllowedError, match="exactly once"):
        clock(Regime.FOI, *events)


def test_sent_in_time_and_late() -> None:
    """An answer stops the clock and leaves the due date to compare with; lateness is counted in working days."""
    in_time = clock(Regime.FOI, "received=2024-04-04", "sent=2024-05-02")
    assert (in_time.due_on, in_time.stopped_on, in_time.state) == (
        day("2024-05-02"),
        day("2024-05-02"),
        ClockState.STOPPED,
    )
    assert in_time.notes == ()
    late = clock(Regime.FOI, "received=2024-04-04", "sent=2024-05-07")
    assert late.notes == ("Sent on Tuesday 7 May 2024, after the due date (2 working days).",)


def test_withdrawn() -> None:
    """After a withdrawal nothing is due; the explanation ends that day."""
    found = clock(Regime.FOI, "received=2024-04-04", "withdrawn=2024-04-10")
    assert (found.due_on, found.state, found.stopped_on) == (None, ClockState.STOPPED, day("2024-04-10"))
    assert found.days[-1].date == day("2024-04-10")


def test_after_the_end() -> None:
    """A second letter or a late withdrawal changes nothing any more; asking for clarification is refused."""
    events = ("received=2024-04-04", "sent=2024-05-02")
    assert clock(Regime.FOI, *events, "sent=2024-06-20", "withdrawn=2024-06-21") == clock(Regime.FOI, *events)
    with pytest.raises(NotAllowedError, match="The clock stopped on Thursday 2 May 2024"):
        clock(Regime.FOI, *events, "clarification_asked=2024-05-03")
