"""Working days: the holiday table, the feed over the package, and the properties of counting."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.calendar import BankHoliday, Calendar, Division, long_date
from pipeline.domain.errors import ConfigurationError
from pipeline.domain.request import Regime

FEED = json.loads((Path(__file__).parents[3] / "config" / "bank-holidays.json").read_text(encoding="utf-8"))
CALENDAR = Calendar.from_feed(FEED)
PACKAGE = Calendar()
MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}

# Year, weekdays closed in England and Wales, and what is closed besides: S in Scotland only, N in Northern Ireland only.
TABLE = [
    (
        2022,
        "3 Jan, 15 Apr, 18 Apr, 2 May, 2 Jun, 3 Jun, 29 Aug, 19 Sep, 26 Dec, 27 Dec",
        "4 Jan S, 17 Mar N, 12 Jul N, 1 Aug S, 30 Nov S",
    ),
    (
        2023,
        "2 Jan, 7 Apr, 10 Apr, 1 May, 8 May, 29 May, 28 Aug, 25 Dec, 26 Dec",
        "3 Jan S, 17 Mar N, 12 Jul N, 7 Aug S, 30 Nov S",
    ),
    (
        2024,
        "1 Jan, 29 Mar, 1 Apr, 6 May, 27 May, 26 Aug, 25 Dec, 26 Dec",
        "2 Jan S, 18 Mar N, 12 Jul N, 5 Aug S, 2 Dec S",
    ),
    (
        2025,
        "1 Jan, 18 Apr, 21 Apr, 5 May, 26 May, 25 Aug, 25 Dec, 26 Dec",
        "2 Jan S, 17 Mar N, 14 Jul N, 4 Aug S, 1 Dec S",
    ),
    (
        2026,
        "1 Jan, 3 Apr, 6 Apr, 4 May, 25 May, 31 Aug, 25 Dec, 28 Dec",
        "2 Jan S, 17 Mar N, 15 Jun S, 13 Jul N, 3 Aug S, 30 Nov S",
    ),
    (
        2027,
        "1 Jan, 26 Mar, 29 Mar, 3 May, 31 May, 30 Aug, 27 Dec, 28 Dec",
        "4 Jan S, 17 Mar N, 12 Jul N, 2 Aug S, 30 Nov S",
    ),
]
DAYS = st.dates(date(2005, 1, 1), date(2060, 12, 31))
TABLE_DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def read(year: int, text: str) -> dict[date, str]:
    """Read a cell of the table: the day, and the letter behind it."""
    cells = [cell.split() for cell in text.split(", ")]
    return {date(year, MONTHS[cell[1]], int(cell[0])): "".join(cell[2:]) for cell in cells}


def edited(division: str, events: list[Any]) -> dict[str, Any]:
    """Give the bundled feed with another list of events for one part of the UK."""
    return {**FEED, division: {"division": division, "events": events}}


@pytest.mark.parametrize("calendar", [CALENDAR, PACKAGE], ids=["feed", "package"])
@pytest.mark.parametrize(("year", "england", "extra"), TABLE, ids=[str(row[0]) for row in TABLE])
def test_holiday_table(calendar: Calendar, year: int, england: str, extra: str) -> None:
    """Each year has exactly the closed weekdays of the table: all of them for FOI and EIR, England's for SAR."""
    in_england, elsewhere = read(year, england), read(year, extra)
    everywhere = sorted(in_england | elsewhere)
    assert [day for day, _ in calendar.bank_holidays(year, Regime.FOI)] == everywhere
    assert [day for day, _ in calendar.bank_holidays(year, Regime.EIR)] == everywhere
    assert [day for day, _ in calendar.bank_holidays(year, Regime.SAR)] == sorted(in_england)
    names = {"S": "in Scotland.", "N": "in Northern Ireland."}
    assert all(calendar.why_not(day).endswith(names[part]) for day, part in elsewhere.items())
    assert not any(calendar.why_not(day, Regime.SAR) for day in elsewhere)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2024, 5, 4), "Saturday."),
        (date(2024, 5, 5), "Sunday."),
        (date(2024, 5, 7), ""),
        (date(2024, 3, 18), "St Patrick's Day (substitute day): a bank holiday in Northern Ireland."),
        (date(2026, 6, 15), "World Cup bank holiday: a bank holiday in Scotland."),
        (date(2024, 4, 1), "Easter Monday: a bank holiday in England and Wales and in Northern Ireland."),
        (date(2023, 5, 8), "Bank holiday for the coronation of King Charles III: a bank holiday throughout the UK."),
        (
            date(2022, 9, 19),
            "Bank holiday for the State Funeral of Queen Elizabeth II: a bank holiday throughout the UK.",
        ),
    ],
)
def test_why_not(day: date, why: str) -> None:
    """A day that does not count names its holiday and the part of the UK; a working day has nothing to say."""
    assert CALENDAR.why_not(day) == why
    assert CALENDAR.is_working_day(day) is (why == "")


def test_council_closure_days_work() -> None:
    """The days between Christmas and New Year count although council offices are shut."""
    assert all(CALENDAR.is_working_day(date(2024, 12, day)) for day in (27, 30, 31))


def test_feed_is_the_truth_for_a_year_and_division_it_lists() -> None:
    """One event for a part of the UK in a year sets the package aside for that part and year, and for no other."""
    calendar = Calendar.from_feed(edited("scotland", [{"title": "Hogmanay", "date": "2024-12-31"}]))
    assert calendar.why_not(date(2024, 12, 31)) == "Hogmanay: a bank holiday in Scotland."
    assert calendar.is_working_day(date(2024, 8, 5))
    assert not calendar.is_working_day(date(2025, 8, 4))
    assert not calendar.is_working_day(date(2024, 7, 12))


def test_package_fills_the_years_the_feed_lacks() -> None:
    """A year after the end of the feed takes its holidays from the package, and is a forecast."""
    assert CALENDAR.why_not(date(2028, 1, 4)).endswith("a bank holiday in Scotland.")
    assert CALENDAR.is_forecast(2028)
    assert not CALENDAR.is_forecast(2027)


@pytest.mark.parametrize("regime", list(Regime))
def test_good_friday_and_christmas_day_never_work(regime: Regime) -> None:
    """Good Friday and Christmas Day stay closed when every part of the feed forgets them (FOIA section 10(6))."""
    events = [{"title": "A day", "date": "2024-07-01"}]
    feed = {division.value: {"events": events} for division in Division}
    calendar = Calendar.from_feed(feed)
    assert calendar.why_not(date(2024, 3, 29), regime) == "Good Friday: never a working day."
    assert calendar.why_not(date(2024, 12, 25), regime) == "Christmas Day: never a working day."
    assert calendar.is_working_day(date(2024, 12, 26), regime)


def test_a_holiday_at_the_weekend_closes_no_other_day() -> None:
    """A listed Saturday is just a Saturday; only a listed substitute day closes a weekday."""
    calendar = Calendar((BankHoliday(day=date(2024, 11, 30), title="St Andrew's Day", division=Division.SCOTLAND),))
    assert calendar.why_not(date(2024, 11, 30)) == "Saturday."
    assert calendar.is_working_day(date(2024, 12, 2))


def test_cover() -> None:
    """The bundled feed covers the UK to the end of 2027; without a feed nothing is covered."""
    assert CALENDAR.covered_until() == date(2027, 12, 31)
    assert PACKAGE.covered_until() is None


def test_cover_stops_at_a_hole() -> None:
    """Cover ends before the first year that one part of the UK lacks, even if a later year is there."""
    scotland = [event for event in FEED["scotland"]["events"] if not event["date"].startswith("2025")]
    assert Calendar.from_feed(edited("scotland", scotland)).covered_until() == date(2024, 12, 31)


def test_no_gaps_while_the_next_twelve_months_are_listed() -> None:
    """Up to the last day of 2026 the bundled feed has all of the next 12 months."""
    assert CALENDAR.gaps(date(2026, 12, 31)) == ()


def test_gaps_name_each_part_and_year() -> None:
    """From 2027 on each part of the UK is missing for 2028, with the remedy in the sentence."""
    sentences = CALENDAR.gaps(date(2027, 1, 1))
    assert [sentence.split(" for ")[0] for sentence in sentences] == [
        "The bank holidays of England and Wales",
        "The bank holidays of Scotland",
        "The bank holidays of Northern Ireland",
    ]
    assert all("2028" in sentence and "bank-holidays.json" in sentence for sentence in sentences)


def test_gaps_notice_a_year_that_is_listed_in_part() -> None:
    """A year with fewer holidays than the law has is reported, for the package no longer fills it."""
    calendar = Calendar.from_feed(edited("scotland", [{"title": "Hogmanay", "date": "2026-12-31"}]))
    assert [s for s in calendar.gaps(date(2026, 1, 1)) if "has only 1 of at least 8" in s and "Scotland" in s]


@pytest.mark.parametrize(
    ("feed", "named"),
    [
        ({}, '"england-and-wales"'),
        ([], '"scotland"'),
        ({**FEED, "scotland": None}, '"scotland" with a list'),
        ({**FEED, "scotland": {"events": {}}}, '"scotland" with a list'),
        (edited("scotland", [{"title": "X", "date": "1 May 2024"}]), '"scotland" event 1'),
        (edited("scotland", [{"title": "X", "date": "2024-05-01"}, {"date": "2024-05-02"}]), '"scotland" event 2'),
        (edited("scotland", [{"title": " ", "date": "2024-05-01"}]), '"scotland" event 1'),
        (edited("scotland", [{"title": "X", "date": None}]), '"scotland" event 1'),
        (edited("scotland", [{"title": "X", "date": "2024-05-01", "proclaimed": "soon"}]), '"scotland" event 1'),
        (edited("scotland", ["2024-05-01"]), '"scotland" event 1'),
    ],
)
def test_wrong_feed(feed: Any, named: str) -> None:
    """A feed that cannot be read is refused with the file and the place named."""
    with pytest.raises(ConfigurationError, match="my feed") as caught:
        Calendar.from_feed(feed, source="my feed")
    assert named in str(caught.value)


def test_wrong_feed_reports_everything_together() -> None:
    """All mistakes of a feed are reported at once."""
    with pytest.raises(ConfigurationError) as caught:
        Calendar.from_feed({"scotland": {"events": [{}, {}]}})
    assert len(caught.value.problems) == 4


def test_equal_feeds_make_equal_calendars() -> None:
    """A calendar is a value: equal and equally hashed for the same feed, used or not."""
    other = Calendar.from_feed(FEED)
    assert other == CALENDAR
    assert hash(other) == hash(CALENDAR)


def test_aggregation_window() -> None:
    """Sixty consecutive working days beginning on 2 September 2024 end on 22 November 2024."""
    assert CALENDAR.add_working_days(date(2024, 9, 1), 60) == date(2024, 11, 22)


def test_counting_backwards_is_refused() -> None:
    """A negative number of working days is a mistake of the caller."""
    with pytest.raises(ValueError, match="forwards"):
        CALENDAR.add_working_days(date(2024, 9, 1), -1)


def test_long_date() -> None:
    """Dates are written as officers say them."""
    assert long_date(date(2024, 5, 2)) == "Thursday 2 May 2024"


def naive(day: date, days: int, regime: Regime) -> date:
    """Count one day at a time, as the law's words do."""
    while days:
        day += timedelta(days=1)
        days -= CALENDAR.is_working_day(day, regime)
    return day


@given(DAYS, st.integers(0, 300), st.sampled_from(Regime))
def test_counting_by_index_equals_counting_by_hand(day: date, days: int, regime: Regime) -> None:
    """The quick way over the years gives the same day as stepping through them."""
    assert CALENDAR.add_working_days(day, days, regime) == naive(day, days, regime)


@given(DAYS, st.integers(1, 300), st.sampled_from(Regime))
def test_the_day_reached_works(day: date, days: int, regime: Regime) -> None:
    """A due date is a working day, and as many working days lie up to it as were added."""
    due = CALENDAR.add_working_days(day, days, regime)
    assert CALENDAR.is_working_day(due, regime)
    assert CALENDAR.working_days_between(day, due, regime) == days
    assert CALENDAR.working_days_between(due, day, regime) == 0


@given(DAYS)
def test_twenty_and_twenty_are_forty(day: date) -> None:
    """Twice twenty is forty for every day of receipt, also one that does not work: day 20 itself always works."""
    once = CALENDAR.add_working_days(day, 20)
    assert CALENDAR.add_working_days(once, 20) == CALENDAR.add_working_days(day, 40)


@given(DAYS, DAYS)
def test_later_receipt_is_never_due_earlier(one: date, other: date) -> None:
    """Due dates keep the order of receipt."""
    first, second = sorted((one, other))
    assert CALENDAR.add_working_days(first, 20) <= CALENDAR.add_working_days(second, 20)


@given(DAYS, st.sampled_from(Regime))
def test_next_working_day(day: date, regime: Regime) -> None:
    """The next working day is the day itself or the first that works after it."""
    found = CALENDAR.next_working_day(day, regime)
    between = (found - day).days
    assert CALENDAR.is_working_day(found, regime)
    assert not any(CALENDAR.is_working_day(day + timedelta(days=n), regime) for n in range(between))


def test_every_receipt_of_four_years() -> None:
    """All 1,461 receipts of 2024 to 2027: due after 26 to 35 calendar days, and 580 would be wrong with England's days."""
    receipts = [date(2024, 1, 1) + timedelta(days=n) for n in range(1461)]
    assert receipts[-1] == date(2027, 12, 31)
    spans = {(CALENDAR.add_working_days(day, 20) - day).days for day in receipts}
    assert (min(spans), max(spans)) == (26, 35)
    wrong = [d for d in receipts if CALENDAR.add_working_days(d, 20) != CALENDAR.add_working_days(d, 20, Regime.SAR)]
    assert len(wrong) == 580


@given(TABLE_DAYS)
def test_friday_to_sunday_share_a_due_date(day: date) -> None:
    """Friday, Saturday and Sunday receipts are due together."""
    friday = day - timedelta(days=(day.weekday() - 4) % 7)
    dues = {CALENDAR.add_working_days(friday + timedelta(days=n), 20) for n in range(3)}
    assert len(dues) == 1
