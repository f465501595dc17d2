"""The deadline as a pure function of law, events and calendar, explained day by day; and that of a review.

It is worked out afresh every time and never stored as the truth: a proclaimed holiday or a corrected receipt simply gives
another date. Where the questions of one request stand differently, each is asked about with its own events.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipeline.domain.calendar import Calendar, long_date
from pipeline.domain.clock_events import (
    CountedDay,
    Deadline,
    Event,
    EventKind,
    Ground,
    Judge,
    in_order,
    law_now,
    parse_event,
    parse_when,
    receipt,
    received_day,
)
from pipeline.domain.errors import NotAllowedError
from pipeline.domain.request import Regime
from pipeline.domain.sar_clock import SarClock
from pipeline.domain.working_clock import ANSWER_DAYS, LONGEST_DAYS, WorkingDayClock

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Calendar",
    "CountedDay",
    "Deadline",
    "Event",
    "EventKind",
    "Ground",
    "Review",
    "deadline",
    "due_on",
    "parse_event",
    "parse_when",
    "received_day",
    "review",
    "review_window_ends",
]

_REVIEW_WINDOW_DAYS = 40  # Code part 5, EIR regulation 11(2).
_COMPLAINT_DAYS = 30  # Data Protection Act 2018 section 164A: to acknowledge a complaint, in calendar days.


def deadline(
    regime: Regime,
    events: Sequence[Event],
    calendar: Calendar,
    *,
    strict: bool = True,
    settled: Sequence[Event] = (),
) -> Deadline:
    """Work out when the answer is due, and why.

    *regime* is the law at receipt; the last ``regime_changed`` decides, and the day of receipt stays. *events* may come
    in any order; those of one day are taken as given. Raises NotAllowedError for what the law does not allow; with
    *strict* off such an event falls away with a note instead, which suits lists; those of *settled* (the same objects) always do.
    """
    judge = Judge(events, strict=strict, settled=settled)
    received_on = receipt(events)
    law = law_now(regime, events)
    if law is not regime:
        judge.note(f"The law was changed from {regime.upper()} to {law.upper()}; the day of receipt stays.")
    happened = in_order(events, received_on, judge)
    if law is Regime.SAR:
        return SarClock(received_on, calendar, judge).run(happened)
    return WorkingDayClock(law, received_on, calendar, judge).run(happened)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The clock of an internal review: *due_on* is FOI's target of 20 working days (Code part 5) or the EIR's legal 40.

    *longest_on* is day 40, which FOI reaches only where the requester is told. *asked_by* was the last day for asking,
    None where no answer had been sent; *late* says that it had passed, so that the review is for the council to grant.
    """

    regime: Regime
    requested_on: date
    due_on: date
    longest_on: date
    asked_by: date | None
    late: bool
    notes: tuple[str, ...] = ()


def review(regime: Regime, events: Sequence[Event], calendar: Calendar) -> Review | None:
    """Work out the clock of the last review asked for; None where none was.

    *regime* is as for ``deadline``. Raises NotAllowedError for subject access, which knows complaints but no review.
    """
    asked = [event.on for event in events if event.kind is EventKind.REVIEW_REQUESTED]
    if not asked:
        return None
    law, requested_on = law_now(regime, events), max(asked)
    if law is Regime.SAR:
        by = requested_on + timedelta(days=_COMPLAINT_DAYS)
        raise NotAllowedError(
            "Subject access has no internal review: this is a data protection complaint, to be acknowledged by "
            f"{long_date(by)} (Data Protection Act 2018 section 164A)."
        )
    sent = [event.on for event in events if event.kind is EventKind.SENT and event.on <= requested_on]
    asked_by = review_window_ends(max(sent), calendar) if sent else None
    late = asked_by is not None and requested_on > asked_by
    target = calendar.add_working_days(requested_on, ANSWER_DAYS)
    longest = calendar.add_working_days(requested_on, LONGEST_DAYS)
    notes = []
    if asked_by is not None and late:
        notes.append(
            f"A review could be asked for until {long_date(asked_by)}. Whether to take it all the same is the "
            "council's choice: record the reason."
        )
    if law is Regime.EIR:
        notes.append(f"A duty under regulation 11: as soon as possible, and no later than {long_date(longest)}.")
    else:
        notes.append(f"A complex review may take until {long_date(longest)}, if the requester is told so.")
    return Review(
        regime=law,
        requested_on=requested_on,
        due_on=longest if law is Regime.EIR else target,
        longest_on=longest,
        asked_by=asked_by,
        late=late,
        notes=tuple(notes),
    )


def review_window_ends(sent_on: date, calendar: Calendar) -> date:
    """Give the last day for asking for a review of an answer issued on *sent_on*: 40 working days, also for FOI."""
    return calendar.add_working_days(sent_on, _REVIEW_WINDOW_DAYS)


def due_on(regime: Regime, received_on: date, calendar: Calendar) -> date:
    """The last day for an answer to a request that has only just been received."""
    received = Event(kind=EventKind.RECEIVED, on=received_on)
    due = deadline(regime, [received], calendar).due_on
    if due is None:  # pragma: no cover - a clock that has only been started runs
        raise AssertionError("a request that was just received has a due date")
    return due
