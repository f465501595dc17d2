"""The figures a council publishes, reckoned from counts: the table of the Code of Practice part 8, months, quarters, compliance, reviews.

Pure sums: where there is nothing to divide by there is no percentage, never a zero.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from pipeline.domain.request import Outcome, Regime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from pipeline.domain.calendar import Calendar

_Key = TypeVar("_Key", bound=str)
_PER_CENT = Decimal(100)
_GOOD, _ADEQUATE = Decimal(95), Decimal(90)
_REVIEW_DAYS, _LONGEST_REVIEW_DAYS = 20, 40
_MONTHS_IN_A_QUARTER = 3


class Standing(StrEnum):
    """How a request received in a period stands: once answered, in time or late for good.

    WAITING is for the requester, ENDED is over without an answer (lapsed, transferred).
    """

    IN_TIME = "in_time"
    LATE = "late"
    OPEN = "open"
    OPEN_LATE = "open_late"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


NOT_YET_PROCESSED = frozenset({Standing.OPEN, Standing.OPEN_LATE, Standing.WAITING})
PROCESSED = frozenset({Standing.IN_TIME, Standing.LATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """*count* requests that share all this; *month* is "2026-03", *extended* says that more time was taken as the law allows."""

    month: str
    regime: Regime
    outcome: Outcome | None
    standing: Standing
    extended: bool
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """*count* requests answered in a period, whenever they were received."""

    regime: Regime
    in_time: bool
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFact:
    """An internal review that was asked for, and the day its outcome went."""

    regime: Regime
    asked_on: date
    answered_on: date | None


class Band(StrEnum):
    """How the Information Commissioner reads a percentage in time (domain.md 5.3)."""

    GOOD = "good"
    ADEQUATE = "adequate"
    UNSATISFACTORY = "unsatisfactory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """*part* of *whole*."""

    part: int
    whole: int

    @property
    def per_cent(self) -> Decimal | None:
        """The percentage to one decimal, halves rounded up; None of nothing."""
        if not self.whole:
            return None
        return (_PER_CENT * self.part / self.whole).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def band(self) -> Band | None:
        """The Commissioner's band, by the unrounded value; None of nothing."""
        if not self.whole:
            return None
        exact = _PER_CENT * self.part / self.whole
        if exact >= _GOOD:
            return Band.GOOD
        return Band.ADEQUATE if exact >= _ADEQUATE else Band.UNSATISFACTORY


@dataclass(frozen=True, slots=True, kw_only=True)
class PartEight:
    """What the Code of Practice part 8 (paragraphs 8.5 and 8.6) asks for, of requests received in a period.

    *not_yet_processed* holds *waiting* (the clock stands for the requester), *overdue* and *open_extended*. *processed* is
    the sum of *within*, *extended* (in time, with more time as the law allows) and *over*, and of *granted_full*,
    *refused_full* (of these *not_held*), *granted_part* and *other* (no outcome was kept, or it is open again). *withdrawn* and *ended*
    (lapsed, transferred) are neither.
    """

    received: int
    not_yet_processed: int
    waiting: int
    overdue: int
    open_extended: int
    processed: int
    within: int
    extended: int
    over: int
    granted_full: int
    refused_full: int
    not_held: int
    granted_part: int
    other: int
    withdrawn: int
    ended: int

    @property
    def in_time(self) -> Share:
        """Answered in time, of those answered."""
        return Share(part=self.within + self.extended, whole=self.processed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """Internal reviews asked for in a period. *in_time* is of those completed: 20 working days for FOI, 40 for the EIR.

    *average_days* is working days to the outcome, to one decimal; None where none is completed.
    """

    received: int
    completed: int
    open: int
    in_time: Share
    average_days: Decimal | None


def part_eight(rows: Iterable[Received]) -> PartEight:
    """Add counts up to the table of part 8."""
    rows = list(rows)

    def count(test: Callable[[Received], bool]) -> int:
        """Add up the rows that pass *test*."""
        return sum(row.count for row in rows if test(row))

    def outcome(*wanted: Outcome) -> int:
        """How many were dealt with in one of these ways, in time or not."""
        return count(lambda row: row.standing in PROCESSED and row.outcome in wanted)

    granted, part = outcome(Outcome.GRANTED), outcome(Outcome.PART_GRANTED)
    refused, not_held = outcome(Outcome.REFUSED, Outcome.NCND, Outcome.NOT_HELD), outcome(Outcome.NOT_HELD)
    processed = count(lambda row: row.standing in PROCESSED)
    return PartEight(
        received=count(lambda _: True),
        not_yet_processed=count(lambda row: row.standing in NOT_YET_PROCESSED),
        waiting=count(lambda row: row.standing is Standing.WAITING),
        overdue=count(lambda row: row.standing is Standing.OPEN_LATE),
        open_extended=count(lambda row: row.standing in NOT_YET_PROCESSED and row.extended),
        processed=processed,
        within=count(lambda row: row.standing is Standing.IN_TIME and not row.extended),
        extended=count(lambda row: row.standing is Standing.IN_TIME and row.extended),
        over=count(lambda row: row.standing is Standing.LATE),
        granted_full=granted,
        refused_full=refused,
        not_held=not_held,
        granted_part=part,
        other=processed - granted - part - refused,
        withdrawn=count(lambda row: row.standing is Standing.WITHDRAWN),
        ended=count(lambda row: row.standing is Standing.ENDED),
    )


def by_month(rows: Iterable[Received]) -> dict[str, PartEight]:
    """The table for each month with a request, in order; the key is "2026-03"."""
    return _grouped(rows, lambda row: row.month)


def by_quarter(rows: Iterable[Received]) -> dict[str, PartEight]:
    """The table for each calendar quarter with a request, in order; the key is "2026 Q1"."""

    def quarter(row: Received) -> str:
        """The quarter of a row's month: "2026-05" gives "2026 Q2"."""
        return f"{row.month[:4]} Q{(int(row.month[5:]) - 1) // _MONTHS_IN_A_QUARTER + 1}"

    return _grouped(rows, quarter)


def by_law(rows: Iterable[Received]) -> dict[Regime, PartEight]:
    """The table for each law with a request; they are published apart."""
    found = _grouped(rows, lambda row: row.regime)
    return {law: found[law] for law in Regime if law in found}


def outcomes(rows: Iterable[Received]) -> dict[Outcome, int]:
    """How many requests ended with what, for each outcome that there is, in the order of the words."""
    found: Counter[Outcome] = Counter()
    for row in rows:
        if row.outcome is not None and row.standing not in NOT_YET_PROCESSED:
            found[row.outcome] += row.count
    return {outcome: found[outcome] for outcome in Outcome if outcome in found}


def answered_in_time(rows: Iterable[Answered]) -> Share:
    """In time, of all answered in the period: the Commissioner's own measure, whose denominator is another than part 8's."""
    rows = list(rows)
    return Share(part=sum(row.count for row in rows if row.in_time), whole=sum(row.count for row in rows))


def area_in_time(standings: Mapping[Standing, int]) -> Share:
    """In time, of the answered ones of a service area."""
    in_time = standings.get(Standing.IN_TIME, 0)
    return Share(part=in_time, whole=in_time + standings.get(Standing.LATE, 0))


def reviews(facts: Iterable[ReviewFact], calendar: Calendar) -> Reviews:
    """Sum up internal reviews; days are working days after the day of asking."""
    facts = list(facts)
    days = [
        (fact.regime, calendar.working_days_between(fact.asked_on, fact.answered_on, fact.regime))
        for fact in facts
        if fact.answered_on is not None
    ]
    in_time = sum(taken <= (_LONGEST_REVIEW_DAYS if law is Regime.EIR else _REVIEW_DAYS) for law, taken in days)
    average = None
    if days:
        average = (Decimal(sum(taken for _, taken in days)) / len(days)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Reviews(
        received=len(facts),
        completed=len(days),
        open=len(facts) - len(days),
        in_time=Share(part=in_time, whole=len(days)),
        average_days=average,
    )


def working_days_left(due_on: date, today: date, law: Regime, calendar: Calendar) -> int:
    """Working days after *today* up to the due date; negative for the days since it. 0 is due today or on the next day off."""
    if due_on >= today:
        return calendar.working_days_between(today, due_on, law)
    return -calendar.working_days_between(due_on, today, law)


def _grouped(rows: Iterable[Received], key: Callable[[Received], _Key]) -> dict[_Key, PartEight]:
    groups: dict[_Key, list[Received]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return {name: part_eight(groups[name]) for name in sorted(groups)}
