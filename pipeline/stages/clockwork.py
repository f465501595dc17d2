"""Clockwork: what officers record about the time of a case or of one question, the dates that follow, and all dates again for a new calendar."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.domain import clock
from pipeline.domain.calendar import long_date
from pipeline.domain.clock_events import in_force
from pipeline.domain.clock_questions import Part, Standing, standing
from pipeline.domain.errors import NotAllowedError, NotFoundError, RecordError
from pipeline.domain.request import ClockState, Regime, Workflow
from pipeline.letters import same_question
from pipeline.letters.effects import clock_event
from pipeline.letters.model import LetterKind
from pipeline.letters.record import load_record
from pipeline.store.access import acting_officer, visible_case
from pipeline.store.events import Happening

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from pipeline.domain.calendar import Calendar
    from pipeline.domain.ports import Clock
    from pipeline.letters.model import LetterRecord
    from pipeline.store import Store, Work
    from pipeline.store.records import Case, LetterRecordRow

OPEN = (Workflow.NEW, Workflow.DRAFTING, Workflow.FOR_APPROVAL, Workflow.APPROVED)
_OTHER_VERBS = {
    clock.EventKind.RECEIVED: "correct the date of receipt, with a reason (receipt_corrected)",
    clock.EventKind.WITHDRAWN: "note that the requester has withdrawn (infogov withdraw)",
    clock.EventKind.LAPSED: "close the request as lapsed, or with a reason (infogov close)",
    clock.EventKind.SENT: "the clock stops by itself when the letter is sent",
}
# One question may be withdrawn or lapse while the others go on.
_OF_A_QUESTION = (clock.EventKind.WITHDRAWN, clock.EventKind.LAPSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A due date that the calendar has moved; *question* is its place in the request where it is one question's own."""

    reference: str
    before: date
    after: date
    question: int | None = None


class Clockwork:
    """Verbs on a case's clock; each is one transaction and raises NotFoundError, NotAllowedError with the law's reason."""

    def __init__(self, store: Store, clock_port: Clock, calendar: Calendar, *, via: str = "cli") -> None:
        self._store = store
        self._clock = clock_port
        self._calendar = calendar
        self._via = via

    # ---- looking -------------------------------------------------------------------------------------------------

    def standing(self, reference: str) -> Standing:
        """All clocks of a request, each with every day on the way to its date, as things stand."""
        with self._store.read() as work:
            return self._standing(work, _case(work, reference))

    def review(self, reference: str) -> clock.Review | None:
        """The clock of the last internal review that was asked for; None where none was, and for subject access."""
        with self._store.read() as work:
            case = _case(work, reference)
            events = work.clock_events.of_case(case.id)
        return None if case.regime == Regime.SAR else clock.review(Regime(case.regime), events, self._calendar)

    def foresee(self, reference: str, event: clock.Event, officer: str) -> clock.Deadline:
        """What *event* would make of the clock, for whoever is about to record it; nothing is. Raises NotAllowedError with the law's reason."""
        with self._store.read() as work:
            case = visible_case(work, reference, acting_officer(work, officer))
            _refuse(case, event, clock.received_day(self._clock.now()))
            self._refuse_unnamed(work, case, event)
            return self._standing(work, case, event).of(event.question)

    def explain(self, reference: str, question: int | None = None) -> clock.Deadline:
        """The deadline of a request, or of the question with the key *question*, with every day on the way to it."""
        with self._store.read() as work:
            case = _case(work, reference)
            _known(case, question)
            return self._standing(work, case).of(question)

    def key_of(self, reference: str, place: int) -> int:
        """The lasting key of the question at *place* (1 is the first). Raises NotFoundError."""
        with self._store.read() as work:
            case = _case(work, reference)
        found = next((one.key for one in case.questions if one.position == place), None)
        if found is None:
            raise NotFoundError(f"{case.reference} has no question {place}; it has {len(case.questions)}")
        return found

    # ---- recording -----------------------------------------------------------------------------------------------

    def record(self, reference: str, event: clock.Event, officer: str) -> clock.Deadline:
        """Put *event* on a case's clock, or on that of the question it names, if the law allows it; returns the deadline that follows."""
        with self._store.write() as work:
            who = acting_officer(work, officer)
            return self.recorded(work, visible_case(work, reference, who, lock=True), event, who.email)

    def recorded(self, work: Work, case: Case, event: clock.Event, officer: str) -> clock.Deadline:
        """The same in the caller's transaction, for a *case* that it holds and an *officer* whom it knows."""
        now = self._clock.now()
        _known(case, event.question)
        by = Happening(kind="clock_event_recorded", at=now, actor=officer, via=self._via)
        if event.kind is clock.EventKind.REVIEW_REQUESTED:
            return self._review_asked(work, case, event, by)
        _refuse(case, event, clock.received_day(now))
        self._refuse_unnamed(work, case, event)
        return self.put(work, case, [event], by).of(event.question)

    def _review_asked(self, work: Work, case: Case, event: clock.Event, by: Happening) -> clock.Deadline:
        """Note that a review is wanted: it has a clock of its own, moves no other, and calls an officer to the case."""
        if case.workflow == Workflow.NOT_A_REQUEST:
            raise NotAllowedError(f"{case.reference} is marked as not a request; open it again first")
        _refuse_future(event, clock.received_day(by.at))
        events = [*work.clock_events.of_case(case.id), event]
        found = clock.review(Regime(case.regime), events, self._calendar)
        digest = work.clock_events.add(case.id, event, officer=by.actor, at=by.at)
        data = {"event": event.kind, "on": event.on, "digests": {"clock": digest}}
        why = "an internal review was asked for" + (
            f"; its outcome is due on {long_date(found.due_on)}" if found else ""
        )
        work.cases.change(case, replace(by, data=data), flagged=True, flag_reasons=[*case.flag_reasons, why])
        return self._standing(work, case).of(None)

    def put(
        self,
        work: Work,
        case: Case,
        events: Sequence[clock.Event],
        by: Happening,
        *,
        officer: str = "",
        **values: object,
    ) -> Standing:
        """Put *events* on the clock of *case* in the caller's transaction, and write what follows with *values*.

        *by* is the event for the trail; *officer* stands with the clock's event where that is not its actor. Raises
        NotAllowedError, before anything is written, for what the law does not allow.
        """
        events = self._spread(work, case, events)
        found = self._standing(work, case, *events)
        for event in events:
            digest = work.clock_events.add(case.id, event, officer=officer or by.actor, at=by.at)
            data = {"event": event.kind, "on": event.on, "due_on": found.due_on, "digests": {"clock": digest}}
            data |= {"question": event.question} if event.question is not None else {}
            digests = {**by.data.get("digests", {}), "clock": digest}
            told = replace(by, data={**data, **by.data, "digests": digests})
            if event is not events[-1]:
                work.cases.note(case.id, told)
                continue
            moved = {"clock": found.state, "received_on": found.whole.received_on, "regime": found.whole.regime}
            work.cases.change(case, told, **{**moved, "due_on": found.measured_by or case.due_on, **values})
        self._new_laws(work, case, events, found)
        work.questions.set_dates(case.id, found.own_dates())
        return found

    def _spread(self, work: Work, case: Case, events: Sequence[clock.Event]) -> Sequence[clock.Event]:
        """*events*, with an answer as that of each question that does not wait, where others do: theirs goes on when the requester replies."""
        if not any(one.kind is clock.EventKind.SENT and one.question is None for one in events):
            return events
        before = self._standing(work, case)
        idle = [key for key, one in before.parts.items() if one.state in (ClockState.WAITING, ClockState.PAUSED)]
        answered = [one.key for one in case.questions if one.key not in idle]
        if not idle or not answered:
            return events
        return [
            replace(one, question=key)
            for one in events
            for key in (answered if one.kind is clock.EventKind.SENT else [one.question])
        ]

    def settle(self, work: Work, case: Case, by: Happening, **values: object) -> Standing:
        """Work the dates of *case*, as it stands in the caller's transaction, out afresh, and write them with *values* under the event *by*."""
        found = self._standing(work, case)
        moved = {"clock": found.state, "due_on": found.measured_by or case.due_on}
        work.cases.change(case, by, **{**moved, **values})
        work.questions.set_dates(case.id, found.own_dates())
        return found

    def _refuse_unnamed(self, work: Work, case: Case, event: clock.Event) -> None:
        """Say that a question is wanted, where a clarification or payment is recorded for a request that as a whole awaits none."""
        awaited = {
            clock.EventKind.CLARIFICATION_RECEIVED: clock.EventKind.CLARIFICATION_ASKED,
            clock.EventKind.FEES_PAID: clock.EventKind.FEES_NOTICE,
        }.get(event.kind)
        if awaited is None or event.question is not None:
            return
        recorded = work.clock_events.of_case(case.id)
        keys = {one.question for one in recorded if one.kind is awaited}
        if keys and None not in keys:
            places = ", ".join(str(one.position) for one in case.questions if one.key in keys)
            raise NotAllowedError(f"{awaited.replace('_', ' ')} stands with question {places} only: name the question")
        in_part = any(one.kind is clock.EventKind.PART_CLARIFICATION_ASKED for one in recorded)
        if in_part and not keys and awaited is clock.EventKind.CLARIFICATION_ASKED:
            raise NotAllowedError(
                "only part of the request was asked about: name the question that the reply makes clear"
            )

    def _new_laws(self, work: Work, case: Case, events: Sequence[clock.Event], found: Standing) -> None:
        """Keep the law that an event has given to a question; one under the request's own law needs none."""
        laws = {e.question: e.regime for e in events if e.kind is clock.EventKind.REGIME_CHANGED and e.question}
        if laws:
            ruled = [
                replace(one, regime=laws[one.key] if laws[one.key] != found.whole.regime else None)
                if one.key in laws
                else one
                for one in case.questions
            ]
            work.questions.rewrite(case.id, ruled)

    def letter_sent(self, work: Work, letter: LetterRecordRow, at: datetime) -> None:
        """Put what a letter that has just gone does to its case's clock there, in the transaction that records its sending.

        What the law no longer allows, because the case has moved on since the approval, an officer is called to: that
        the letter has gone must be kept all the same. One sent once more, after it came back, has moved the clock before: of an answer the
        day counts all the same, for the requester's time to ask for a review.
        """
        rows = () if letter.resends is None else work.outbox.summaries(outbox_id=letter.resends)
        again = any(row.sent_at for row in rows)
        case = work.cases.by_ids([letter.request_id])[0]
        try:
            written = load_record(letter.record, f"a letter of {case.reference}")
            events = _events_of(written, case, clock.received_day(at))
            if again:
                events = [one for one in events if one.kind is clock.EventKind.SENT]
            if written.kind is LetterKind.CORRECTION and not self._answered(work, case):
                events = []
            if not events:
                return
            by = Happening(kind="clock_event_recorded", at=at, data={"letter": letter.id})
            answers = any(one.kind is clock.EventKind.SENT for one in events)
            if answers and case.workflow in OPEN and case.workflow != Workflow.APPROVED:
                # Opened again before it was known that the answer had gone, or while it is corrected: what is open stays so.
                self._kept(work, case, events, by, letter.approved_by or "")
            else:
                self.put(work, case, events, by, officer=letter.approved_by or "", **_told_of(events, case))
        except (NotAllowedError, RecordError) as error:
            why = f"a letter ({letter.kind}) went and does not fit the clock: {error}"
            happening = Happening(kind="officer_needed", at=at, data={"letter": letter.id, "why": letter.kind})
            work.cases.change(case, happening, flagged=True, flag_reasons=[*case.flag_reasons, why])

    def _answered(self, work: Work, case: Case) -> bool:
        """Whether an answer to *case* has gone; the letter that a correction corrects may be another."""
        return any(one.kind is clock.EventKind.SENT for one in work.clock_events.of_case(case.id))

    def _kept(self, work: Work, case: Case, events: Sequence[clock.Event], by: Happening, officer: str) -> None:
        """Keep *events* that move nothing now."""
        for event in events:
            digest = work.clock_events.add(case.id, event, officer=officer, at=by.at)
            data = {"event": event.kind, "on": event.on, **by.data, "digests": {"clock": digest}}
            work.cases.note(case.id, replace(by, data=data))

    # ---- all of them again ---------------------------------------------------------------------------------------

    def reckon_again(self) -> list[Moved]:
        """Work out every open case's dates afresh; those that the calendar has moved are changed, with an event that says from when to when."""
        now = self._clock.now()
        with self._store.read() as work:
            changed = [case for case in work.cases.every() if case.workflow in OPEN and self._moved(work, case)]
        moved: list[Moved] = []
        for stale in changed:
            with self._store.write() as work:
                case = _case(work, stale.reference, lock=True)
                found = self._moved(work, case)
                if found is None:
                    continue
                due_on = found.due_on or case.due_on
                questions = [_question_moved(case, found, one.key) for one in case.questions]
                own = [one for one in questions if one is not None]
                data: dict[str, object] = {"from": case.due_on, "to": due_on}
                data |= {"questions": {str(one.question): one.after for one in own}} if own else {}
                data |= {"why": "the calendar of bank holidays has changed"}
                work.cases.change(
                    case, Happening(kind="due_date_moved", at=now, via=self._via, data=data), due_on=due_on
                )
                work.questions.set_dates(case.id, found.own_dates())
                if due_on != case.due_on:
                    moved.append(Moved(reference=case.reference, before=case.due_on, after=due_on))
                moved += own
        return moved

    def _moved(self, work: Work, case: Case) -> Standing | None:
        """The clocks of a case whose dates are not those that are kept; None where they are, or where no clock runs."""
        if case.clock not in (ClockState.RUNNING, ClockState.PAUSED):
            return None
        found = self._standing(work, case)
        kept = {one.key: one.due_on for one in case.questions if one.due_on is not None}
        same = (found.due_on or case.due_on) == case.due_on and found.own_dates() == kept
        return None if same else found

    def _standing(self, work: Work, case: Case, *newest: clock.Event) -> Standing:
        """Work the clocks out from the case's receipt, what was recorded, and *newest*; only what is newest is judged strictly."""
        recorded = in_force(work.clock_events.of_case(case.id), newest, is_open=case.workflow in OPEN)
        laws = {one.question: one.regime for one in newest if one.regime is not None and one.question is not None}
        parts = [
            Part(key=one.key, regime=laws.get(one.key, Regime(one.regime) if one.regime else None))
            for one in case.questions
        ]
        return standing(Regime(case.regime), case.received_on, recorded, parts, self._calendar, newest=newest)


def _events_of(written: LetterRecord, case: Case, day: date) -> list[clock.Event]:
    """What a letter does to the clock: its own event, or, where it asks about some questions while the rest is answered, theirs.

    Which those are is known where the letter names some of the request's questions, and no others.
    """
    event = clock_event(written, day)
    if event is None or event.kind is not clock.EventKind.PART_CLARIFICATION_ASKED:
        return [event] if event is not None else []
    drafted = [(one.label, one.text) for one in written.questions]
    asked = same_question.by_key(drafted, {one.key: (one.label, one.text) for one in case.questions})
    if len(asked) < len(written.questions) or not 0 < len(asked) < len(case.questions):
        return [event]
    return [replace(event, kind=clock.EventKind.CLARIFICATION_ASKED, question=key) for key in sorted(asked)]


def _told_of(events: Sequence[clock.Event], case: Case) -> dict[str, object]:
    """The mark on a case of which part was asked about and nobody can tell which, for the officer who gets the reply."""
    if not any(one.kind is clock.EventKind.PART_CLARIFICATION_ASKED for one in events):
        return {}
    why = (
        "a letter asked about part of the request; when the reply comes, record it for the question that it makes clear"
    )
    return {"flagged": True, "flag_reasons": [*case.flag_reasons, why]}


def _question_moved(case: Case, found: Standing, key: int) -> Moved | None:
    """How the calendar has moved the date of one question with a clock of its own."""
    one = next(one for one in case.questions if one.key == key)
    before, after = one.due_on, found.own_dates().get(key)
    if before is None or after is None or before == after:
        return None
    return Moved(reference=case.reference, before=before, after=after, question=one.position)


def _refuse(case: Case, event: clock.Event, today: date) -> None:
    """Refuse what is recorded by another verb, too early, or too late."""
    of_one = event.question is not None
    if event.kind in _OTHER_VERBS and not (of_one and event.kind in _OF_A_QUESTION):
        raise NotAllowedError(f"{event.kind} is not recorded by hand: {_OTHER_VERBS[event.kind]}")
    if case.workflow not in OPEN:
        raise NotAllowedError(
            f"{case.reference} is {case.workflow.replace('_', ' ')}; its clock stands still: open it again first"
        )
    _refuse_future(event, today)
    if event.kind is clock.EventKind.RECEIPT_CORRECTED and not event.reason.strip():
        raise NotAllowedError("a corrected date of receipt needs its reason: receipt_corrected=DAY,reason=…")


def _refuse_future(event: clock.Event, today: date) -> None:
    if event.on > today:
        raise NotAllowedError(f"{event.on.isoformat()} has not come yet: record it on the day it happens")


def _known(case: Case, question: int | None) -> None:
    if question is not None and question not in {one.key for one in case.questions}:
        raise NotFoundError(f"{case.reference} has no such question any more; look at it again")


def _case(work: Work, reference: str, *, lock: bool = False) -> Case:
    case = work.cases.by_reference(reference, lock=lock)
    if case is None:
        raise NotFoundError(f"there is no request {reference}; see: infogov requests")
    return case
