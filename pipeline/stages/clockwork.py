"""Clockwork: what officers record about a case's time, the date that follows, and all dates again when the calendar has changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain import clock
from pipeline.domain.errors import NotAllowedError, NotFoundError, RecordError
from pipeline.domain.request import ClockState, Regime, Workflow
from pipeline.letters.effects import clock_event
from pipeline.letters.record import load_record
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from datetime import date, datetime

    from pipeline.domain.calendar import Calendar
    from pipeline.domain.ports import Clock
    from pipeline.store import Store, Work
    from pipeline.store.records import Case, LetterRecordRow

OPEN = (Workflow.NEW, Workflow.DRAFTING, Workflow.FOR_APPROVAL, Workflow.APPROVED)
_OTHER_VERBS = {
    clock.EventKind.RECEIVED: "use receipt_corrected, with a reason",
    clock.EventKind.WITHDRAWN: "use: infogov withdraw",
    clock.EventKind.LAPSED: "use: infogov close, with a reason",
    clock.EventKind.SENT: "the clock stops by itself when the letter is sent",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A due date that the calendar has moved."""

    reference: str
    before: date
    after: date


class Clockwork:
    """Verbs on a case's clock; each is one transaction and raises NotFoundError, NotAllowedError with the law's reason."""

    def __init__(self, store: Store, clock_port: Clock, calendar: Calendar, *, via: str = "cli") -> None:
        self._store = store
        self._clock = clock_port
        self._calendar = calendar
        self._via = via

    def explain(self, reference: str) -> clock.Deadline:
        """A case's deadline with every day on the way to it, as things stand."""
        with self._store.read() as work:
            case = _case(work, reference)
            return self._deadline(work, case, strict=False)

    def record(self, reference: str, event: clock.Event, officer: str) -> clock.Deadline:
        """Put *event* on a case's clock if its law allows it; returns the deadline that follows."""
        now = self._clock.now()
        with self._store.write() as work:
            who = work.officers.find(officer)
            if who is None or who.disabled or who.role == "read_only":
                raise NotAllowedError(f"there is no active officer {officer}; see: infogov officer list")
            case = _case(work, reference, lock=True)
            if event.kind in _OTHER_VERBS:
                raise NotAllowedError(f"{event.kind} is not recorded by hand: {_OTHER_VERBS[event.kind]}")
            if case.workflow not in OPEN:
                raise NotAllowedError(f"{case.reference} is {case.workflow}; its clock stands still")
            if event.kind is clock.EventKind.RECEIPT_CORRECTED and not event.reason:
                raise NotAllowedError("a corrected date of receipt needs its reason: receipt_corrected=DAY,reason=…")
            result = self._deadline(work, case, event, strict=True)
            digest = work.clock_events.add(case.id, event, officer=who.email, at=now)
            data = {"event": event.kind, "on": event.on, "due_on": result.due_on, "digests": {"clock": digest}}
            happening = Happening(kind="clock_event_recorded", at=now, actor=who.email, via=self._via, data=data)
            values = {"clock": result.state, "received_on": result.received_on, "regime": result.regime}
            work.cases.change(case, happening, **values, due_on=result.due_on or case.due_on)
        return result

    def letter_sent(self, work: Work, letter: LetterRecordRow, at: datetime) -> None:
        """Put what a letter that has just gone does to its case's clock there, in the transaction that records its sending.

        What the law no longer allows, because the case has moved on since the approval, an officer is called to: that
        the letter has gone must be kept all the same.
        """
        case = work.cases.by_ids([letter.request_id])[0]
        try:
            event = clock_event(load_record(letter.record, f"a letter of {case.reference}"), clock.received_day(at))
            if event is None:
                return
            result = self._deadline(work, case, event, strict=True)
        except (NotAllowedError, RecordError) as error:
            why = f"a letter ({letter.kind}) went and does not fit the clock: {error}"
            happening = Happening(kind="officer_needed", at=at, data={"letter": letter.id, "why": letter.kind})
            work.cases.change(case, happening, flagged=True, flag_reasons=[*case.flag_reasons, why])
            return
        digest = work.clock_events.add(case.id, event, officer=letter.approved_by or "", at=at)
        data = {"event": event.kind, "on": event.on, "due_on": result.due_on, "digests": {"clock": digest}}
        happening = Happening(kind="clock_event_recorded", at=at, data={**data, "letter": letter.id})
        work.cases.change(case, happening, clock=result.state, due_on=result.due_on or case.due_on)

    def reckon_again(self) -> list[Moved]:
        """Work out every open case's date afresh; one that the calendar has moved is changed, with an event that says from when to when."""
        now = self._clock.now()
        with self._store.read() as work:
            changed = [case for case in work.cases.every() if case.workflow in OPEN and self._moved_to(work, case)]
        moved: list[Moved] = []
        for stale in changed:
            with self._store.write() as work:
                case = _case(work, stale.reference, lock=True)
                due_on = self._moved_to(work, case)
                if due_on is None:
                    continue
                data = {"from": case.due_on, "to": due_on, "why": "the calendar of bank holidays has changed"}
                happening = Happening(kind="due_date_moved", at=now, via=self._via, data=data)
                work.cases.change(case, happening, due_on=due_on)
                moved.append(Moved(reference=case.reference, before=case.due_on, after=due_on))
        return moved

    def _moved_to(self, work: Work, case: Case) -> date | None:
        if case.clock not in (ClockState.RUNNING, ClockState.PAUSED):
            return None
        due_on = self._deadline(work, case, strict=False).due_on
        return due_on if due_on != case.due_on else None

    def _deadline(self, work: Work, case: Case, *more: clock.Event, strict: bool) -> clock.Deadline:
        """Work the deadline out from the case's receipt, what was recorded, and *more*; only the newest event is judged strictly."""
        received = clock.Event(kind=clock.EventKind.RECEIVED, on=case.received_on)
        events = [received, *work.clock_events.of_case(case.id), *more]
        return clock.deadline(Regime(case.regime), events, self._calendar, strict=strict)


def _case(work: Work, reference: str, *, lock: bool = False) -> Case:
    case = work.cases.by_reference(reference.strip().upper(), lock=lock)
    if case is None:
        raise NotFoundError(f"there is no request {reference}; see: infogov requests")
    return case
