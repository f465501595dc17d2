"""How long things are kept: the rules, and from which moment on each rule lets content go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_LONDON = ZoneInfo("Europe/London")
_FEBRUARY_29 = (2, 29)


class Rule(StrEnum):
    """Why something may be erased."""

    REQUEST = "request"
    SAR = "sar"
    RAW_MAIL = "raw_mail"
    OTHER_MAIL = "other_mail"
    QUARANTINED = "quarantined"
    COPY = "copy"
    OPENINGS = "openings"
    NOTICES = "notices"


WORDS = {
    Rule.REQUEST: "its time after closing is over",
    Rule.SAR: "its time after closing is over",
    Rule.RAW_MAIL: "the time for which the original mail of a closed request is kept is over",
    Rule.OTHER_MAIL: "it belongs to no request, waits for nobody, and its time is over",
    Rule.QUARANTINED: "it could not be read, was dismissed, and its time is over",
    Rule.COPY: "it is a copy of mail that was erased",
    Rule.OPENINGS: "the time for which it is kept who looked at which case is over",
    Rule.NOTICES: "the time for which mails to our own people are kept is over",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long each rule keeps: *years* and *days* by rule; a rule that is missing or 0 keeps for good."""

    years: dict[Rule, int]
    days: dict[Rule, int]

    def until(self, rule: Rule, now: datetime) -> datetime | None:
        """What ended before this instant may go under *rule*; None where the rule keeps everything.

        Whole days in London count: what ended on a day is kept for all of the last day of its time.
        """
        today = now.astimezone(_LONDON).date()
        if self.years.get(rule):
            return datetime.combine(years_before(today, self.years[rule]), time(), _LONDON)
        if self.days.get(rule):
            return datetime.combine(today - timedelta(days=self.days[rule]), time(), _LONDON)
        return None


def years_before(day: date, years: int) -> date:
    """The same day *years* earlier; the 28th where there was no 29 February."""
    if (day.month, day.day) == _FEBRUARY_29:
        return date(day.year - years, 2, 28)
    return day.replace(year=day.year - years)
