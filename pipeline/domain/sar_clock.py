"""The clock of subject access requests: one month by day-number, two more for a hard case, pauses given back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipeline.domain.calendar import long_date
from pipeline.domain.clock_events import (
    ASKED_IN_PART,
    ENDS,
    SENT_IN_WAIT,
    CountedDay,
    Deadline,
    Event,
    EventKind,
    Ground,
    add_months,
    clarify_by,
    united,
)
from pipeline.domain.request import ClockState, Regime

if TYPE_CHECKING:
    from pipeline.domain.calendar import Calendar
    from pipeline.domain.clock_events import Judge

_LONGEST_MONTHS = 3  # UK GDPR article 12(3): one month and two further ones.
_ONE_DAY = timedelta(days=1)
_AWAITED = {
    EventKind.CLARIFICATION_ASKED: "the clarification",
    EventKind.FEES_NOTICE: "the fee",
    EventKind.IDENTITY_ASKED: "proof of identity",
}


class SarClock:
    """One month from the latest of receipt, proof of identity and fee (UK GDPR articles 12 and 12A).

    A clarification pauses the month from the day it was asked for to the day it came, neither of which counts (article
    12A(5)(b)). A last day on which England does not work moves to the next working day; holidays of Scotland or Northern
    Ireland alone do not help.
    """

    def __init__(self, received_on: date, calendar: Calendar, judge: Judge) -> None:
        self.calendar = calendar
        self.judge = judge
        self.received_on = self.start = received_on
        self.months = 1
        self.awaited: dict[EventKind, date] = {}
        self.pauses: list[tuple[date, date]] = []
        self.stopped_on: date | None = None
        self.part_asked: date | None = None
        self.clarify_by: date | None = None
        self.answered = False

    def run(self, happened: list[Event]) -> Deadline:
        """Take the events after receipt, sorted by day; raises NotAllowedError unless the judge is lenient."""
        for event in happened:
            if event.kind is not EventKind.REVIEW_REQUESTED:  # A complaint has a clock of its own.
                self._step(event)
        due = self._due(self.months)
        owed = not self.awaited and (self.stopped_on is None or self.answered)
        end = self.stopped_on or max(self.awaited.values(), default=due)
        days = self._explain(due if owed else end if self.awaited else min(end, due))
        if owed:
            self._remark(due)
        return Deadline(
            regime=Regime.SAR,
            received_on=self.received_on,
            counted_from=self.start,
            due_on=due if owed else None,
            state=self._state(),
            notice_by=self._due(1),
            longest_on=self._due(_LONGEST_MONTHS),
            requester_by=None if self.stopped_on else self.clarify_by,
            stopped_on=self.stopped_on,
            sent_in_wait=self.answered and bool(self.awaited),
            days=days,
            notes=tuple(self.judge.notes),
        )

    def _state(self) -> ClockState:
        """Name the state; before identity or fee has come the month has not begun, while a clarification pauses it."""
        if self.stopped_on is not None:
            return ClockState.STOPPED
        if not self.awaited:
            return ClockState.RUNNING
        return ClockState.PAUSED if set(self.awaited) == {EventKind.CLARIFICATION_ASKED} else ClockState.WAITING

    def _nominal(self, months: int, until: date | None = None) -> date:
        """Give the last day before weekends and holidays are looked at: the day-number of the start, and the pauses.

        Of a pause both ends are given back; day 0 is not, for it is not counted. A pause that still lasts is reckoned *until* a day.
        """
        asked_on = self.awaited.get(EventKind.CLARIFICATION_ASKED)
        lasting = [(asked_on, until)] if asked_on is not None and until is not None else []
        day_1 = self.start + _ONE_DAY
        paused = sum(max((came - max(asked, day_1)).days + 1, 0) for asked, came in united([*self.pauses, *lasting]))
        return add_months(self.start, months) + timedelta(days=paused)

    def _due(self, months: int, until: date | None = None) -> date:
        """Give the last day, moved off weekends and holidays; *until* as for ``_nominal``."""
        return self.calendar.next_working_day(self._nominal(months, until), Regime.SAR)

    def _too_late(self, event: Event, last: date) -> bool:
        """Whether *event* comes after *last*, the end of a time that runs: before identity or fee has come, none has begun."""
        return event.on > last and not {EventKind.IDENTITY_ASKED, EventKind.FEES_NOTICE} & set(self.awaited)

    def _step(self, event: Event) -> None:
        """Let one event act."""
        if self.stopped_on is not None:
            if event.kind not in ENDS:  # A second letter or a late withdrawal stops nothing that still runs.
                self.judge.refuse(
                    event, f"The clock stopped on {long_date(self.stopped_on)}: make a new request of this."
                )
            return
        steps = {
            EventKind.CLARIFICATION_ASKED: self._asked,
            EventKind.PART_CLARIFICATION_ASKED: self._part_asked,
            EventKind.FEES_NOTICE: self._asked,
            EventKind.IDENTITY_ASKED: self._asked,
            EventKind.CLARIFICATION_RECEIVED: self._clarified,
            EventKind.FEES_PAID: self._paid,
            EventKind.IDENTITY_RECEIVED: self._identified,
            EventKind.SAR_EXTENSION: self._extended,
            EventKind.LAPSED: self._lapsed,
            EventKind.WITHDRAWN: self._withdrawn,
            EventKind.SENT: self._sent,
        }
        steps.get(event.kind, self._foreign)(event)

    def _asked(self, event: Event) -> None:
        """Begin to wait for the requester; not when the month is over, for waiting cures no answer that is late."""
        last = self._due(self.months, until=event.on)
        if event.kind in self.awaited:
            self.judge.refuse(
                event, f"{_AWAITED[event.kind].capitalize()} has been asked for already and has not come."
            )
        elif self._too_late(event, last):
            self.judge.refuse(
                event,
                f"The answer was due on {long_date(last)}: asking for {_AWAITED[event.kind]} after that does not stop "
                "the clock. Answer the request.",
            )
        else:
            self.awaited[event.kind] = event.on
            if event.kind is EventKind.CLARIFICATION_ASKED:
                self.clarify_by = clarify_by(event)

    def _part_asked(self, event: Event) -> None:
        self.part_asked = event.on
        self.judge.note(ASKED_IN_PART.format(long_date(event.on)))

    def _came(self, event: Event, asked: EventKind) -> date | None:
        """End the wait for what *asked* had asked for; gives the day of asking."""
        if asked not in self.awaited:
            self.judge.refuse(event, f"{_AWAITED[asked].capitalize()} was not awaited: record when it was asked for.")
        return self.awaited.pop(asked, None)

    def _clarified(self, event: Event) -> None:
        if (
            EventKind.CLARIFICATION_ASKED not in self.awaited
            and self.part_asked is not None
            and event.question is not None
        ):
            # Only now it is known which question the letter had asked about.
            self.awaited[EventKind.CLARIFICATION_ASKED] = self.part_asked
        asked_on = self._came(event, EventKind.CLARIFICATION_ASKED)
        self.clarify_by = None
        if asked_on is not None:
            self.pauses.append((asked_on, event.on))

    def _paid(self, event: Event) -> None:
        if self._came(event, EventKind.FEES_NOTICE) is not None:
            self.start = max(self.start, event.on)

    def _identified(self, event: Event) -> None:
        # Proof may come unasked, with nothing recorded before it.
        self.awaited.pop(EventKind.IDENTITY_ASKED, None)
        self.start = max(self.start, event.on)

    def _lapsed(self, event: Event) -> None:
        if self.awaited:
            self._withdrawn(event)
        else:
            self.judge.refuse(event, "A request lapses only while the requester's answer or payment is awaited.")

    def _withdrawn(self, event: Event) -> None:
        self.stopped_on = event.on

    def _sent(self, event: Event) -> None:
        self.stopped_on, self.answered = event.on, True
        if self.awaited:
            self.judge.note(f"{SENT_IN_WAIT} {long_date(event.on)}.")

    def _foreign(self, event: Event) -> None:
        self.judge.refuse(
            event,
            "Subject access has no extension for the public interest or under the EIR: only two more months for a "
            "request that is complex or one of many from the same person (UK GDPR article 12(3)).",
        )

    def _extended(self, event: Event) -> None:
        """Take two more months, if the requester was told in the first one and the request is hard enough."""
        last = self._due(1, until=event.on)
        if not event.grounds & {Ground.COMPLEX, Ground.NUMEROUS}:
            self.judge.refuse(
                event,
                "Two more months need a request that is complex or one of many from the same person (UK GDPR article "
                "12(3)): say which.",
            )
        elif self._too_late(event, last):
            self.judge.refuse(
                event,
                f"The person must be told of more time, with reasons, within the first month, by {long_date(last)}; "
                f"{long_date(event.on)} is too late. Answer the request.",
            )
        elif event.to not in {None, self._due(_LONGEST_MONTHS)}:
            self.judge.refuse(
                event,
                f"An extension of subject access runs to {long_date(self._due(_LONGEST_MONTHS))}: give that date or none.",
            )
        else:
            self.months = _LONGEST_MONTHS

    def _explain(self, until: date) -> tuple[CountedDay, ...]:
        """Say of each day from receipt to *until* whether it counts; months are reckoned in calendar days."""
        days: list[CountedDay] = []
        day, number, nominal = self.received_on, 0, self._nominal(self.months)
        while day <= until:
            why = self._why_not(day, nominal)
            number += not why
            days.append(CountedDay(day, not why, why or self._label(day, number, nominal)))
            day += _ONE_DAY
        return tuple(days)

    def _label(self, day: date, number: int, nominal: date) -> str:
        """Word a day that counts."""
        passed = "one month has passed" if self.months == 1 else "three months have passed"
        if day > nominal:
            return f"The first working day after {passed}: the answer is due."
        if day == nominal:
            return f"Day {number}: {passed}, the answer is due."
        return f"Day {number}."

    def _why_not(self, day: date, nominal: date) -> str:
        """Say why *day* does not count; empty where it does."""
        if day == self.start:
            if self.start != self.received_on:
                return "Day the identity was proved or the fee paid: the month begins."
            return "Day of receipt: the month ends on the same day-number of the next month."
        if day < self.start:
            return "Day of receipt." if day == self.received_on else "Waiting for proof of identity or the fee."
        if any(asked <= day <= came for asked, came in self.pauses):
            return "Paused for the requester's clarification; the day is given back at the end."
        for kind, asked_on in self.awaited.items():
            if day >= asked_on:
                return f"Waiting for {_AWAITED[kind]}, asked for on {long_date(asked_on)}."
        closed = self.calendar.why_not(day, Regime.SAR) if day >= nominal else ""
        return f"{closed} The last day moves to the next working day." if closed else ""

    def _remark(self, due: date) -> None:
        """Add what an officer should know of *due*: a forecast year, an answer sent late."""
        if self.calendar.is_forecast(due.year, Regime.SAR):
            self.judge.note(f"The bank holidays of {due.year} are a forecast, so the date may still move.")
        if self.stopped_on is not None and self.stopped_on > due:
            late = (self.stopped_on - due).days
            self.judge.note(
                f"Sent on {long_date(self.stopped_on)}, after the due date ({late} day{'s' * (late != 1)})."
            )
