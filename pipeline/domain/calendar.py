"""UK working days: bank holidays of any part of the UK for FOI and EIR, of England and Wales alone for subject access.

The dates are data in the layout of GOV.UK's feed, laid over the ``holidays`` package. Many exist only by yearly
proclamation: what the feed lacks is a forecast, and so are those dates of 2027 that await theirs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from pipeline.domain.errors import ConfigurationError
from pipeline.domain.request import Regime

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SATURDAY = 5
_FEWEST_IN_A_YEAR = 8  # England and Wales have eight, Scotland nine, Northern Ireland ten, before any one-off.
_COVER_WANTED = timedelta(days=365)


class Division(StrEnum):
    """The three parts of the UK as GOV.UK's feed divides it."""

    ENGLAND_AND_WALES = "england-and-wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern-ireland"


_NAMES = {
    Division.ENGLAND_AND_WALES: "England and Wales",
    Division.SCOTLAND: "Scotland",
    Division.NORTHERN_IRELAND: "Northern Ireland",
}
_SUBDIVISIONS = {
    Division.ENGLAND_AND_WALES: ("ENG", "WLS"),
    Division.SCOTLAND: ("SCT",),
    Division.NORTHERN_IRELAND: ("NIR",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BankHoliday:
    """A bank holiday in one part of the UK; *proclaimed* is the day it was made, where requests already ran by then."""

    day: date
    title: str
    division: Division
    substitute: bool = False
    proclaimed: date | None = None


class _Year(NamedTuple):
    """One year under one law: its *working* days as ordinals, *reasons* by closed weekday, days *made* late by day."""

    working: tuple[int, ...]
    reasons: dict[date, str]
    made: dict[date, date]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days (FOIA section 10(6)); *listed* is what the feed gives. Years are worked out once and kept.

    For each part of the UK and year the feed is the truth where it lists any day, else the ``holidays`` package is.
    Saturdays, Sundays, Christmas Day and Good Friday never work, whatever the feed says. Council closure days do.
    """

    listed: tuple[BankHoliday, ...] = ()
    _covered: dict[tuple[Division, int], list[BankHoliday]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    _years: dict[tuple[bool, int], _Year] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for holiday in self.listed:
            self._covered.setdefault((holiday.division, holiday.day.year), []).append(holiday)

    @classmethod
    def from_feed(cls, feed: Mapping[str, Any], *, source: str = "config/bank-holidays.json") -> Calendar:
        """Read *feed*, parsed JSON in the layout of www.gov.uk/bank-holidays.json; *source* names it in errors.

        An event may carry ``proclaimed`` (a date) besides GOV.UK's own keys. Raises ConfigurationError with every
        mistake together.
        """
        problems: list[str] = []
        listed = [
            holiday for division in Division for holiday in _read_division(feed, division, source, problems.append)
        ]
        if problems:
            raise ConfigurationError(tuple(problems))
        return cls(tuple(listed))

    def is_working_day(self, day: date, regime: Regime = Regime.FOI) -> bool:
        """Whether *day* counts under *regime*."""
        return day.weekday() < _SATURDAY and day not in self._year(day.year, regime).reasons

    def why_not(self, day: date, regime: Regime = Regime.FOI) -> str:
        """Say why *day* does not count, naming the holiday and the part of the UK; empty for a working day."""
        if day.weekday() >= _SATURDAY:
            return f"{_WEEKDAYS[day.weekday()]}."
        return self._year(day.year, regime).reasons.get(day, "")

    def bank_holidays(self, year: int, regime: Regime = Regime.FOI) -> tuple[tuple[date, str], ...]:
        """All weekdays of *year* that do not count under *regime*, in order, each with its reason."""
        return tuple(sorted(self._year(year, regime).reasons.items()))

    def add_working_days(self, day: date, days: int, regime: Regime = Regime.FOI) -> date:
        """Give the working day number *days* after *day*, which itself is day 0 whether it works or not.

        No days at all give *day* back. Raises ValueError for a negative number.
        """
        if days < 0:
            raise ValueError(f"working days are counted forwards, not {days}")
        if days == 0:
            return day
        year = day.year
        working = self._year(year, regime).working
        wanted = bisect_right(working, day.toordinal()) + days - 1
        while wanted >= len(working):
            wanted -= len(working)
            year += 1
            working = self._year(year, regime).working
        return date.fromordinal(working[wanted])

    def next_working_day(self, day: date, regime: Regime = Regime.FOI) -> date:
        """Give *day* itself where it works, else the first working day after it."""
        return day if self.is_working_day(day, regime) else self.add_working_days(day, 1, regime)

    def working_days_between(self, after: date, until: date, regime: Regime = Regime.FOI) -> int:
        """Count the working days later than *after*, up to and including *until*; 0 where *until* is not later."""
        if until <= after:
            return 0
        total = -bisect_right(self._year(after.year, regime).working, after.toordinal())
        total += sum(len(self._year(year, regime).working) for year in range(after.year, until.year))
        return total + bisect_right(self._year(until.year, regime).working, until.toordinal())

    def proclaimed_after(self, day: date, received: date, regime: Regime = Regime.FOI) -> bool:
        """Whether *day* is a holiday made only after *received*; whether it then stops the clock has been disputed."""
        made = self._year(day.year, regime).made.get(day)
        return made is not None and made > received

    def is_forecast(self, year: int, regime: Regime = Regime.FOI) -> bool:
        """Whether any date of *year* that *regime* looks at comes from the package and not from the feed."""
        return any((division, year) not in self._covered for division in _divisions(regime))

    def covered_until(self) -> date | None:
        """Give the last day of the last year that the feed covers for the whole UK without a gap, if there is one."""
        years = {year for _, year in self._covered if not self.is_forecast(year)}
        if not years:
            return None
        last = min(years)
        while last + 1 in years:
            last += 1
        return date(last, 12, 31)

    def gaps(self, today: date) -> tuple[str, ...]:
        """Say what the feed lacks for the 12 months from *today*, a sentence each with its remedy."""
        sentences: list[str] = []
        for year in range(today.year, (today + _COVER_WANTED).year + 1):
            for division, name in _NAMES.items():
                found = len(self._covered.get((division, year), ()))
                if found == 0:
                    sentences.append(
                        f"The bank holidays of {name} for {year} are a forecast, because the list does not have them "
                        "yet: fetch www.gov.uk/bank-holidays.json again."
                    )
                elif found < _FEWEST_IN_A_YEAR:
                    sentences.append(
                        f"The list has only {found} of at least {_FEWEST_IN_A_YEAR} bank holidays of {name} for "
                        f"{year}, and no other is used for that year: fetch www.gov.uk/bank-holidays.json again."
                    )
        return tuple(sentences)

    def _year(self, year: int, regime: Regime) -> _Year:
        key = (regime is Regime.SAR, year)
        known = self._years.get(key)
        if known is None:
            # Two threads may both work this out; they come to the same value, so the last to store it does no harm.
            known = self._years[key] = self._work_out(year, regime)
        return known

    def _work_out(self, year: int, regime: Regime) -> _Year:
        by_day: dict[date, list[BankHoliday]] = {}
        for division in _divisions(regime):
            for holiday in self._covered.get((division, year)) or _from_package(division, year):
                if holiday.day.weekday() < _SATURDAY:
                    by_day.setdefault(holiday.day, []).append(holiday)
        reasons = {day: _sentence(found) for day, found in by_day.items()}
        for title, day in (("Good Friday", _easter(year) - timedelta(days=2)), ("Christmas Day", date(year, 12, 25))):
            if day.weekday() < _SATURDAY:
                reasons.setdefault(day, f"{title}: never a working day.")
        made: dict[date, date] = {}
        for day, found in by_day.items():
            proclaimed = [holiday.proclaimed for holiday in found if holiday.proclaimed is not None]
            if len(proclaimed) == len(found):
                made[day] = min(proclaimed)
        first, after = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1
        closed = {day.toordinal() for day in reasons}
        # Ordinal 1 was a Monday, so that an ordinal less one, modulo seven, is the weekday.
        working = tuple(o for o in range(first, after) if (o - 1) % 7 < _SATURDAY and o not in closed)
        return _Year(working, reasons, made)


def long_date(day: date) -> str:
    """Write *day* as officers say it, "Thursday 2 May 2024", whatever the machine's language is."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _divisions(regime: Regime) -> tuple[Division, ...]:
    return (Division.ENGLAND_AND_WALES,) if regime is Regime.SAR else tuple(Division)


def _easter(year: int) -> date:
    """Easter Sunday of *year* in the Gregorian calendar, by the anonymous method that Meeus prints."""
    century, rest = divmod(year, 100)
    leaps, left = divmod(century, 4)
    moon = (19 * (year % 19) + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    sunday = (32 + 2 * left + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (year % 19 + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _from_package(division: Division, year: int) -> list[BankHoliday]:
    """Take what the ``holidays`` package knows or foresees, for a year that the feed leaves out."""
    # It reads the calendars of every country of the world: 14 MB, for years that the feed seldom leaves out.
    import holidays  # noqa: PLC0415 - as said above

    found: dict[date, str] = {}
    for subdivision in _SUBDIVISIONS[division]:
        found.update(holidays.country_holidays("GB", subdiv=subdivision, years=year))
    observed = " (observed)"
    return [
        BankHoliday(day=day, title=title.replace(observed, ""), division=division, substitute=observed in title)
        for day, title in sorted(found.items())
    ]


def _sentence(found: list[BankHoliday]) -> str:
    titles = dict.fromkeys(h.title + (" (substitute day)" if h.substitute else "") for h in found)
    where = list(dict.fromkeys(_NAMES[h.division] for h in found))
    place = "throughout the UK" if len(where) == len(Division) else "in " + " and in ".join(where)
    return f"{' / '.join(titles)}: a bank holiday {place}."


def _read_division(
    feed: Mapping[str, Any], division: Division, source: str, complain: Callable[[str], None]
) -> list[BankHoliday]:
    part = feed.get(division.value) if isinstance(feed, Mapping) else None
    events = part.get("events") if isinstance(part, Mapping) else None
    if not isinstance(events, list):
        complain(
            f'{source}: "{division}" with a list of "events" is missing. '
            "Put back the file that came with infogov, or fetch www.gov.uk/bank-holidays.json."
        )
        return []
    listed = []
    for number, event in enumerate(events, start=1):
        try:
            listed.append(_read_event(event, division))
        except (KeyError, TypeError, ValueError):
            complain(
                f'{source}: "{division}" event {number} needs a "title" and a "date" such as "2027-12-27" '
                f'(and, where it has one, "proclaimed" as such a date), not {str(event)[:120]}.'
            )
    return listed


def _read_event(event: Mapping[str, Any], division: Division) -> BankHoliday:
    title = event["title"]
    if not isinstance(title, str) or not title.strip():
        raise ValueError("no title")
    made = event.get("proclaimed")
    return BankHoliday(
        day=date.fromisoformat(event["date"]),
        title=title.strip(),
        division=division,
        substitute="substitute" in str(event.get("notes", "")).casefold(),
        proclaimed=None if made is None else date.fromisoformat(made),
    )
