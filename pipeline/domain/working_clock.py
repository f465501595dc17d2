"""The clock of FOI and EIR: twenty working days, what suspends and what extends them, and the explanation day by day."""

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
    clarify_by,
    last_of_months_beginning,
    united,
)
from pipeline.domain.request import ClockState, Regime

if TYPE_CHECKING:
    from pipeline.domain.calendar import Calendar
    from pipeline.domain.clock_events import Judge

ANSWER_DAYS = 20  # FOIA section 10(1), EIR regulation 5(2).
LONGEST_DAYS = 40  # EIR regulation 7(1); for FOI the Commissioner's "no more than a further 20".
_EIR_FEE_DAYS = 60  # EIR regulation 8.
_FOI_FEE_MONTHS = 3  # FOIA section 9(2).
_ONE_DAY = timedelta(days=1)
_LABELS = tuple(f"Working day {number} of {ANSWER_DAYS}." for number in range(ANSWER_DAYS + 1))


class WorkingDayClock:
    """Twenty working days after the day of receipt (FOIA section 10, EIR regulations 5 and 7)."""

    def __init__(self, regime: Regime, received_on: date, calendar: Calendar, judge: Judge) -> None:
        self.regime = regime
        self.calendar = calendar
        self.judge = judge
        self.received_on = self.start = received_on
        self.state = ClockState.RUNNING
        self.owed = True
        self.open_since = received_on
        self.waits: list[tuple[date, date]] = []
        self.ignored: list[tuple[date, date]] = []
        self.extended_to: date | None = None
        self.requester_by: date | None = None
        self.stopped_on: date | None = None
        self.sent_in_wait = self.asked_late = False
        self.part_asked: date | None = None
        self.pending = ""

    def run(self, happened: list[Event]) -> Deadline:
        """Take the events after receipt, sorted by day; raises NotAllowedError unless the judge is lenient."""
        for event in happened:
            if event.kind is not EventKind.REVIEW_REQUESTED:  # A review has a clock of its own.
                self._step(event)
        due = max(self._nth(ANSWER_DAYS), self.extended_to or self.start)
        end = self.stopped_on or self.open_since
        days = self._explain(due if self.owed else end if self.pending else min(end, due))
        if self.owed:
            self._remark(due, days)
        return Deadline(
            regime=self.regime,
            received_on=self.received_on,
            counted_from=self.start,
            due_on=due if self.owed else None,
            state=self.state,
            notice_by=self._nth(ANSWER_DAYS),
            longest_on=max(self._nth(LONGEST_DAYS), self.extended_to or self.start),
            requester_by=self.requester_by,
            stopped_on=self.stopped_on,
            sent_in_wait=self.sent_in_wait,
            days=days,
            notes=tuple(self.judge.notes),
        )

    def _step(self, event: Event) -> None:
        if self.stopped_on is not None:
            if event.kind not in ENDS:  # A second letter or a late withdrawal stops nothing that still runs.
                self.judge.refuse(
                    event, f"The clock stopped on {long_date(self.stopped_on)}: make a new request of this."
                )
            return
        steps = {
            EventKind.CLARIFICATION_ASKED: self._clarification_asked,
            EventKind.PART_CLARIFICATION_ASKED: self._part_asked,
            EventKind.CLARIFICATION_RECEIVED: self._clarification_received,
            EventKind.FEES_NOTICE: self._fees_notice,
            EventKind.FEES_PAID: self._fees_paid,
            EventKind.PIT_EXTENSION: self._pit_extension,
            EventKind.EIR_EXTENSION: self._eir_extension,
            EventKind.LAPSED: self._lapsed,
            EventKind.WITHDRAWN: self._withdrawn,
            EventKind.SENT: self._sent,
        }
        steps.get(event.kind, self._sar_only)(event)

    def _nth(self, number: int) -> date:
        """Working day *number* from day 0, without those that a fees notice takes out."""
        return self.calendar.add_working_days(self.start, number + self._taken())

    def _taken(self) -> int:
        """How many working days fees notices take out; one on which a fee came and the next was asked for counts once."""
        return sum(
            self.calendar.working_days_between(max(notice - _ONE_DAY, self.start), paid)
            for notice, paid in united(self.ignored)
        )

    def _must_run(self, event: Event) -> bool:
        if self.state is not ClockState.RUNNING:
            self.judge.refuse(
                event,
                f"The clock does not run: since {long_date(self.open_since)} the requester's answer or payment is "
                "awaited. Record that first.",
            )
        return self.state is ClockState.RUNNING

    def _in_time(self, event: Event, what: str, rule: str) -> bool:
        last = self._nth(ANSWER_DAYS)
        if event.on > last:
            self.judge.refuse(
                event,
                f"{what} must be given by working day {ANSWER_DAYS}, {long_date(last)} ({rule}); "
                f"{long_date(event.on)} is too late. Answer the request.",
            )
        return event.on <= last

    def _clarification_asked(self, event: Event) -> None:
        if not self._must_run(event):
            return
        late = event.on > max(self._nth(ANSWER_DAYS), self.extended_to or self.start)
        if self.regime is Regime.EIR:
            if not self._in_time(event, "Under the EIR the notice that a request is unclear", "regulation 12(4)(c)"):
                return
        elif late:
            self.judge.note(
                f"The clarification was asked for on {long_date(event.on)}, when the answer was already overdue."
            )
        self.asked_late = late
        self._wait(event.on, ClockState.WAITING, clarify_by(event))
        self.pending = f"Waiting for the requester's clarification, asked for on {long_date(event.on)}."

    def _part_asked(self, event: Event) -> None:
        late = "Under the EIR the notice that a request is unclear"
        if self.regime is not Regime.EIR or self._in_time(event, late, "regulation 12(4)(c)"):
            self.part_asked = event.on
            self.judge.note(ASKED_IN_PART.format(long_date(event.on)))

    def _clarification_received(self, event: Event) -> None:
        if self.state is ClockState.RUNNING and self.part_asked is not None and event.question is not None:
            # Only now it is known which question the letter had asked about.
            self.state, self.open_since = ClockState.WAITING, self.part_asked
        if self.state is not ClockState.WAITING:
            self.judge.refuse(
                event, "No clarification was awaited: record when it was asked for, or make a new request of this."
            )
            return
        self.waits.append((self.open_since, event.on))
        self.start = self.open_since = event.on
        self.ignored.clear()
        self.extended_to = None
        self._resume()
        self.judge.note(
            f"The clarification of {long_date(event.on)} starts a full {ANSWER_DAYS} working days; reports keep the "
            f"receipt of {long_date(self.received_on)}."
        )

    def _fees_notice(self, event: Event) -> None:
        rule = "EIR regulation 8" if self.regime is Regime.EIR else "FOIA section 9"
        if not self._must_run(event) or not self._in_time(event, "A fees notice", rule):
            return
        by_months = last_of_months_beginning(event.on, _FOI_FEE_MONTHS)
        by_days = self.calendar.add_working_days(event.on, _EIR_FEE_DAYS)
        self._wait(event.on, ClockState.PAUSED, by_days if self.regime is Regime.EIR else by_months)
        self.pending = f"Waiting for the fee, asked for on {long_date(event.on)}."

    def _fees_paid(self, event: Event) -> None:
        if self.state is not ClockState.PAUSED or self.requester_by is None:
            self.judge.refuse(event, "No fee was awaited: record the fees notice first.")
        elif event.on > self.requester_by:
            self.judge.refuse(
                event,
                f"The fee could be paid until {long_date(self.requester_by)}; on {long_date(event.on)} the duty to "
                "answer had lapsed. Treat the payment as a new request.",
            )
        else:
            before = self._taken()
            self.ignored.append((self.open_since, event.on))
            if self.extended_to is not None and self.regime is Regime.EIR:
                # Regulation 8(7): the days do not count for the longer period of regulation 7(1) either. FOIA section 10(2)
                # names the twentieth working day alone, and the date of a decision is promised by section 17(2).
                self.extended_to = self.calendar.add_working_days(self.extended_to, self._taken() - before)
            self._resume()

    def _pit_extension(self, event: Event) -> None:
        if self.regime is Regime.EIR:
            self.judge.refuse(
                event,
                "The EIR have no extension for the public interest test: only regulation 7(1), for a request that is "
                "both complex and voluminous.",
            )
            return
        if not self._must_run(event):
            return
        if Ground.QUALIFIED not in event.grounds:
            self.judge.refuse(
                event,
                "Time for the public interest test exists only for a qualified exemption (FOIA section 10(3)); an "
                "absolute one has no such test. Name the qualified exemption or answer the request.",
            )
            return
        if self.extended_to is None:
            if not self._in_time(event, "The notice of more time for the public interest test", "FOIA section 17(2)"):
                return
        elif event.on > self.extended_to:
            self.judge.refuse(event, f"The date given before, {long_date(self.extended_to)}, has passed already.")
            return
        self._aim(event)

    def _aim(self, event: Event) -> None:
        normal, longest = self._nth(ANSWER_DAYS), self._nth(LONGEST_DAYS)
        if event.to is None or event.to <= normal:
            self.judge.refuse(
                event,
                "The notice must estimate when the decision will be made (FOIA section 17(2)): give a date after "
                f"{long_date(normal)}.",
            )
            return
        if event.to > longest:
            if not event.reason.strip():
                self.judge.refuse(
                    event,
                    f"More than {LONGEST_DAYS} working days in all, until {long_date(longest)}, are taken only in an "
                    "exceptional case: give the reason, or an earlier date.",
                )
                return
            self.judge.note(f"Longer than {LONGEST_DAYS} working days in all, because: {event.reason.strip()}")
        self.extended_to = event.to

    def _eir_extension(self, event: Event) -> None:
        if self.regime is Regime.FOI:
            self.judge.refuse(
                event,
                "FOIA has no extension for complexity or volume: only section 10(3), for the public interest test of "
                "a qualified exemption. Consider section 12 (cost) and help to narrow the request.",
            )
            return
        longest = self._nth(LONGEST_DAYS)
        if not self._must_run(event) or not self._in_time(event, "The notice of more time", "EIR regulation 7(3)"):
            return
        if not {Ground.COMPLEX, Ground.VOLUMINOUS} <= event.grounds:
            self.judge.refuse(
                event, "More time under EIR regulation 7(1) needs a request that is both complex and voluminous."
            )
        elif event.to is not None and not self._nth(ANSWER_DAYS) < event.to <= longest:
            self.judge.refuse(
                event,
                f"EIR regulation 7(1) reaches from after {long_date(self._nth(ANSWER_DAYS))} to working day "
                f"{LONGEST_DAYS}, {long_date(longest)}, and no further.",
            )
        else:
            self.extended_to = event.to or longest

    def _sar_only(self, event: Event) -> None:
        if event.kind is EventKind.SAR_EXTENSION:
            self.judge.refuse(event, f"Two more months exist only for subject access, not under {self.regime.upper()}.")
        else:
            self.judge.refuse(
                event,
                "FOI and EIR are blind to who asks: proof of identity must not be demanded and does not move the clock.",
            )

    def _lapsed(self, event: Event) -> None:
        if self.state is ClockState.RUNNING:
            self.judge.refuse(event, "A request lapses only while the requester's answer or payment is awaited.")
        elif self.state is ClockState.PAUSED and self.requester_by is not None and event.on <= self.requester_by:
            self.judge.refuse(event, f"The requester may pay until {long_date(self.requester_by)}: wait for that.")
        else:
            self._withdrawn(event)

    def _withdrawn(self, event: Event) -> None:
        self.owed = False
        self._sent(event)

    def _sent(self, event: Event) -> None:
        # Asked for when the answer was overdue already, a clarification that never came excuses nothing.
        if event.kind is EventKind.SENT and not self.owed and not self.asked_late:
            self.sent_in_wait = True
            self.judge.note(f"{SENT_IN_WAIT} {long_date(event.on)}.")
        self.state, self.stopped_on, self.requester_by = ClockState.STOPPED, event.on, None

    def _wait(self, since: date, state: ClockState, requester_by: date) -> None:
        self.state, self.open_since, self.requester_by, self.owed = state, since, requester_by, False

    def _resume(self) -> None:
        self.state, self.requester_by, self.owed, self.pending = ClockState.RUNNING, None, True, ""
        self.asked_late = False

    def _explain(self, until: date) -> tuple[CountedDay, ...]:
        """Say of each day from receipt to *until* whether it counts; as many count as the law gives days."""
        days: list[CountedDay] = []
        day, number = self.received_on, 0
        while day <= until:
            why = self._why_not(day)
            number += not why
            days.append(CountedDay(day, not why, why or self._label(number)))
            day += _ONE_DAY
        return tuple(days)

    def _label(self, number: int) -> str:
        if number <= ANSWER_DAYS:
            return _LABELS[number]
        return f"Working day {number}, in the extension to {long_date(self.extended_to or self.start)}."

    def _why_not(self, day: date) -> str:
        if day <= self.start:
            return self._before_day_1(day)
        if self.pending and day >= self.open_since:
            return self.pending
        if any(notice <= day <= paid for notice, paid in self.ignored):
            rule = "EIR regulation 8" if self.regime is Regime.EIR else "FOIA section 10(2)"
            return f"From the day of the fees notice to the day of payment no day counts ({rule})."
        return self.calendar.why_not(day, self.regime)

    def _before_day_1(self, day: date) -> str:
        if day == self.start == self.received_on:
            return "Day of receipt: day 1 is the next working day."
        if day == self.start:
            return f"Day the clarification came: day 1 of a new {ANSWER_DAYS} is the next working day."
        if any(asked <= day < came for asked, came in self.waits):
            return "Waiting for the requester's clarification."
        if day == self.received_on:
            return f"Day of receipt; counting began again with the clarification of {long_date(self.start)}."
        return f"Counting began again with the clarification of {long_date(self.start)}."

    def _remark(self, due: date, days: tuple[CountedDay, ...]) -> None:
        """Add what an officer should know of *due*: a disputed holiday, a forecast year, an answer sent late."""
        if not self.calendar.is_working_day(due, self.regime):
            self.judge.note(f"The date promised, {long_date(due)}, is not a working day.")
        disputed = {
            d.date
            for d in days
            if not d.counts
            and d.date > self.start
            and self.calendar.proclaimed_after(d.date, self.start, self.regime)
            and d.why == self.calendar.why_not(d.date, self.regime)
        }
        if disputed and self.extended_to is None:
            strict = [d.date for d in days if d.counts or d.date in disputed][ANSWER_DAYS - 1]
            self.judge.note(
                f"{' and '.join(map(long_date, sorted(disputed)))} became a holiday after the request was received; "
                f"on the strictest reading the answer is due on {long_date(strict)}."
            )
        for year in range(self.start.year, due.year + 1):
            if self.calendar.is_forecast(year, self.regime):
                self.judge.note(f"The bank holidays of {year} are a forecast, so the date may still move.")
        if self.stopped_on is not None and self.stopped_on > due:
            late = self.calendar.working_days_between(due, self.stopped_on, self.regime)
            self.judge.note(
                f"Sent on {long_date(self.stopped_on)}, after the due date ({late} working day{'s' * (late != 1)})."
            )
