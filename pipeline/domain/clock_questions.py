"""One request, several clocks: what each question's own law and events make of its due date, and what follows for the whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.domain.clock import deadline
from pipeline.domain.clock_events import Event, EventKind
from pipeline.domain.request import ClockState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from pipeline.domain.calendar import Calendar
    from pipeline.domain.clock_events import Deadline
    from pipeline.domain.request import Question, Regime

# While one question runs, the request runs; it has stopped when all of them have.
_ORDER = (ClockState.RUNNING, ClockState.WAITING, ClockState.PAUSED, ClockState.STOPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A question as its clock sees it: its lasting *key*, and the law it has by itself (None: the request's)."""

    key: int
    regime: Regime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The clocks of a request: the *whole*; in *parts*, by key, each question with a clock of its own; in *followers* the keys of the others."""

    whole: Deadline
    parts: dict[int, Deadline] = field(default_factory=dict)
    followers: tuple[int, ...] = ()

    def of(self, key: int | None) -> Deadline:
        """The clock that the question *key* follows: its own, else that of the whole."""
        return self.whole if key is None else self.parts.get(key, self.whole)

    @property
    def due_on(self) -> date | None:
        """The first day on which anything is due, or was where all has stopped; None while the requester alone is waited for."""
        return min((one.due_on for one in self._going if one.due_on is not None), default=None)

    @property
    def measured_by(self) -> date | None:
        """The day that lists and figures hold the answer to; where it went while no time ran, the day on which it went: it was in time."""
        answered = [one.due_on for one in self._counted if one.due_on is not None]
        in_wait = [one.stopped_on for one in self._counted if one.sent_in_wait and one.stopped_on is not None]
        return self.due_on or min(answered, default=None) or min(in_wait, default=None)

    @property
    def state(self) -> ClockState:
        """The state of the request: running while any of its questions does."""
        return min((one.state for one in self._counted), key=_ORDER.index)

    def own_dates(self) -> dict[int, date]:
        """By key, the due date of each question where that is not the request's; one that is answered while others go on has none."""
        going = self._going
        dates = {key: self.of(key).due_on for key in (*self.parts, *self.followers) if self.of(key) in going}
        return {key: day for key, day in dates.items() if day is not None and day != self.due_on}

    @property
    def _going(self) -> tuple[Deadline, ...]:
        """The clocks that have not stopped; all of them where all have."""
        return tuple(one for one in self._counted if one.state is not ClockState.STOPPED) or self._counted

    @property
    def _counted(self) -> tuple[Deadline, ...]:
        """The whole counts while a question follows it, or where there are no questions at all."""
        whole = (self.whole,) if self.followers or not self.parts else ()
        return (*whole, *self.parts.values())


def at_receipt(law: Regime, asked: Sequence[Question], received_on: date, calendar: Calendar) -> Standing:
    """The clocks of a request that has only just been received; its questions, in their order, have the keys from 1 on."""
    parts = [Part(key=key, regime=one.regime) for key, one in enumerate(asked, 1)]
    return standing(law, received_on, (), parts, calendar)


def standing(
    regime: Regime,
    received_on: date,
    events: Sequence[Event],
    parts: Sequence[Part],
    calendar: Calendar,
    *,
    newest: Sequence[Event] = (),
) -> Standing:
    """Work out every clock of a request from its law, its day of receipt, what was recorded, and *newest*, in the order of recording.

    An event without a question moves all of them. What was recorded falls away with a note where it is no longer lawful;
    what is newest raises NotAllowedError. A question with a law of its own does not follow a change of the request's law.
    """
    received = Event(kind=EventKind.RECEIVED, on=received_on)
    happened = [*events, *newest]
    common = [event for event in happened if event.question is None]
    # That an answer went is a fact: it is no occasion to judge again what was recorded before it.
    strict = any(event.question is None and event.kind is not EventKind.SENT for event in newest)
    whole = deadline(regime, [received, *common], calendar, strict=strict)
    clocks: dict[int, Deadline] = {}
    for part in parts:
        own = [event for event in happened if event.question == part.key]
        if not own and part.regime in (None, whole.regime):
            continue
        told = any(event.question == part.key and event.kind is not EventKind.SENT for event in newest)
        clocks[part.key] = deadline(
            part.regime or regime,
            [received, *_in_turn(happened, part, own)],
            calendar,
            strict=told,
            settled=[event for event in events if event.question is None],
        )
    return Standing(whole=whole, parts=clocks, followers=tuple(part.key for part in parts if part.key not in clocks))


def _in_turn(happened: Sequence[Event], part: Part, own: Sequence[Event]) -> list[Event]:
    """The events that *part* follows: a day of receipt or a law of its own stands before the request's."""
    receipts = [event for event in own if event.kind is EventKind.RECEIPT_CORRECTED]
    not_theirs = {EventKind.RECEIPT_CORRECTED} if receipts else set()
    if part.regime is not None:
        not_theirs.add(EventKind.REGIME_CHANGED)
    return receipts[-1:] + [
        event
        for event in happened
        if event.question in (None, part.key)
        and not (event.kind is EventKind.RECEIPT_CORRECTED and event.question is not None)
        and not (event.question is None and event.kind in not_theirs)
    ]
