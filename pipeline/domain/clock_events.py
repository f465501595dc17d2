"""What happens to a request's clock, as frozen events, and how officers write days and events on the command line."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from pipeline.domain.errors import NotAllowedError, UsageError
from pipeline.domain.request import ClockState, Regime

if TYPE_CHECKING:
    from collections.abc import Sequence

LONDON = ZoneInfo("Europe/London")
_FIRST_YEAR, _LAST_YEAR = 2000, 2099
_SHOWN = 60
_CLARIFY_MONTHS = 2


class EventKind(StrEnum):
    """The events that a clock knows (domain.md 2.3, 2.4, 2.8)."""

    RECEIVED = "received"
    RECEIPT_CORRECTED = "receipt_corrected"
    CLARIFICATION_ASKED = "clarification_asked"
    # Asked about part of it, where nobody can say which questions that is: nothing waits, and the reply is recorded for a question.
    PART_CLARIFICATION_ASKED = "part_clarification_asked"
    CLARIFICATION_RECEIVED = "clarification_received"
    FEES_NOTICE = "fees_notice"
    FEES_PAID = "fees_paid"
    PIT_EXTENSION = "pit_extension"
    EIR_EXTENSION = "eir_extension"
    SAR_EXTENSION = "sar_extension"
    IDENTITY_ASKED = "identity_asked"
    IDENTITY_RECEIVED = "identity_received"
    REVIEW_REQUESTED = "review_requested"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    REGIME_CHANGED = "regime_changed"
    SENT = "sent"


ASKED_IN_PART = "Part of it was asked about on {}: the rest goes on, and the reply is recorded for the question that it makes clear."
SENT_IN_WAIT = "The answer went while the requester's word or money was awaited and no time was running, on"
ENDS = frozenset({EventKind.SENT, EventKind.WITHDRAWN, EventKind.LAPSED})


class Ground(StrEnum):
    """Why more time is taken; which ones the law accepts depends on the law."""

    QUALIFIED = "qualified"
    COMPLEX = "complex"
    VOLUMINOUS = "voluminous"
    NUMEROUS = "numerous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event on its London calendar day *on*: for a notice the day it was given, for a correction the true day of receipt.

    *to* is the new date an extension aims at, or the last day that a letter gives for a clarification; *regime* is the law
    changed to, *grounds* and *reason* are what an extension rests on:
    QUALIFIED says that every exemption weighed is a qualified one (FOIA section 2(2)). *question* is the key of the one question
    it is about; None for the whole request.
    """

    kind: EventKind
    on: date
    to: date | None = None
    regime: Regime | None = None
    grounds: frozenset[Ground] = frozenset()
    reason: str = ""
    question: int | None = None


class CountedDay(NamedTuple):
    """One calendar day on the way to the deadline: whether it *counts*, and *why*, as a sentence."""

    date: date
    counts: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A request's clock: the answer is due by the end of *due_on*, London time; None while the clock does not run.

    *received_on* never moves with the law; *counted_from* is day 0 (the clarification's day, once it came). *notice_by* is the
    last day for telling the requester of more time, *longest_on* the last day that more time normally reaches. *requester_by*
    is the last day for the requester to pay (law) or to clarify (policy, two months). *stopped_on* is when it was sent,
    withdrawn or lapsed; *sent_in_wait* says that it was sent while no time ran, because the requester's word or money was
    awaited. *days* explain the date one by one; *notes* are sentences for the officer.
    """

    regime: Regime
    received_on: date
    counted_from: date
    due_on: date | None
    state: ClockState
    notice_by: date
    longest_on: date
    requester_by: date | None = None
    stopped_on: date | None = None
    sent_in_wait: bool = False
    days: tuple[CountedDay, ...] = ()
    notes: tuple[str, ...] = ()


class Judge:
    """Says no: raises NotAllowedError, or lets the event fall away with a note where it was lawful when it was recorded.

    Events that stand before a later change of law or correction of receipt were judged by what was known then; with
    *strict* off (for lists, which must not fail) every unlawful event falls away; so does one of *settled*, which was judged elsewhere.
    """

    def __init__(self, events: Sequence[Event], *, strict: bool, settled: Sequence[Event] = ()) -> None:
        self.notes: list[str] = []
        revising = (EventKind.REGIME_CHANGED, EventKind.RECEIPT_CORRECTED)
        last = max((at for at, event in enumerate(events) if event.kind in revising), default=-1)
        self._settled = list(events) if not strict else [*events[: last + 1], *settled]

    def refuse(self, event: Event, because: str) -> None:
        """Refuse *event*; *because* is a whole sentence that names the rule and what to do instead."""
        if not any(event is settled for settled in self._settled):
            raise NotAllowedError(because)
        self.note(f"{because} (So the {event.kind.replace('_', ' ')} of {event.on.isoformat()} has no effect.)")

    def note(self, sentence: str) -> None:
        """Tell the officer something without refusing anything."""
        self.notes.append(sentence)


def receipt(events: Sequence[Event]) -> date:
    """Find the day of receipt, as last corrected. Raises NotAllowedError unless exactly one ``received`` is there."""
    received = [event.on for event in events if event.kind is EventKind.RECEIVED]
    if len(received) != 1:
        raise NotAllowedError(
            f"A request is received exactly once; here it is {len(received)} times. Give one such event."
        )
    corrected = [event.on for event in events if event.kind is EventKind.RECEIPT_CORRECTED]
    return corrected[-1] if corrected else received[0]


def in_force(recorded: Sequence[Event], newest: Sequence[Event] = (), *, is_open: bool) -> list[Event]:
    """Those of *recorded*, in the order of recording, that still hold now that *newest* is recorded as well.

    A request that was opened again is no longer ended by what had ended it; only a question's own end stays. When it is answered
    again the first answer counts, by which the law measures, and an end that something else has followed since is undone.
    """
    ended = not is_open or any(event.kind is EventKind.SENT for event in newest)
    if not ended:
        return [event for event in recorded if event.question is not None or event.kind not in ENDS]
    happened = [*recorded, *newest]
    moves = [at for at, event in enumerate(happened) if event.kind is not EventKind.REVIEW_REQUESTED]
    last = max(moves, default=-1)
    return [
        event
        for at, event in enumerate(recorded)
        if at == last or event.question is not None or event.kind not in ENDS - {EventKind.SENT}
    ]


def law_now(regime: Regime, events: Sequence[Event]) -> Regime:
    """Give the law that governs in the end: that of the last change in the given order, else *regime*."""
    changes = [event.regime for event in events if event.kind is EventKind.REGIME_CHANGED and event.regime is not None]
    return changes[-1] if changes else regime


def in_order(events: Sequence[Event], received_on: date, judge: Judge) -> list[Event]:
    """Sort what happened after receipt by day, keeping the given order within a day; refuse what is dated before it."""
    first = (EventKind.RECEIVED, EventKind.RECEIPT_CORRECTED, EventKind.REGIME_CHANGED)
    later = [event for event in events if event.kind not in first]
    for event in later:
        if event.on < received_on:
            judge.refuse(
                event,
                f"The {event.kind.replace('_', ' ')} is dated {event.on.isoformat()}, before the request was received on "
                f"{received_on.isoformat()}: correct one of the two days.",
            )
    return sorted((event for event in later if event.on >= received_on), key=lambda event: event.on)


def add_months(day: date, months: int) -> date:
    """The same day-number *months* later, or that month's last day where there is none."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def clarify_by(asked: Event) -> date:
    """The last day for a clarification: the one that the letter gives, else about two months (policy, after the 2018 Code)."""
    return asked.to or add_months(asked.on, _CLARIFY_MONTHS)


def last_of_months_beginning(day: date, months: int) -> date:
    """The last day of a period of *months* that begins with *day* itself: 3 months beginning 9 September end 8 December."""
    end = add_months(day, months)
    return end if end.day < day.day else end - timedelta(days=1)


def united(periods: Sequence[tuple[date, date]]) -> list[tuple[date, date]]:
    """The same days as *periods* (first and last day of each) in order and without overlaps: no day is given back twice."""
    apart: list[tuple[date, date]] = []
    for first, last in sorted(periods):
        if apart and first <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(last, apart[-1][1]))
        else:
            apart.append((first, last))
    return apart


def received_day(instant: datetime) -> date:
    """The day of receipt: the London calendar day of *instant*, which must be aware. No hour is too late for it.

    FOIA section 10 knows no close of business (Berend v ICO and LB Richmond, EA/2006/0049). Raises ValueError for a naive one.
    """
    if instant.tzinfo is None:
        raise ValueError("a moment of receipt needs its time zone")
    return instant.astimezone(LONDON).date()


_WHEN = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ](?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?) ?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?",
    re.IGNORECASE,
)
_ACCEPTED = "2024-05-02, 2024-05-02T23:30 (UK time), 2024-05-02T22:30Z (UTC) or 2024-05-02T23:30+01:00"


def parse_when(text: str) -> date:
    """Read a day, or a moment of which the London day is wanted; a time without a zone is London's.

    Raises UsageError saying what is accepted.
    """
    found = _WHEN.fullmatch(text.strip()[: _SHOWN + 1])
    if found is None:
        raise UsageError(f'"{text[:_SHOWN]}" is not a day that can be read. Write it as {_ACCEPTED}.')
    try:
        day = date.fromisoformat(found["day"])
        if found["zone"] is not None:
            day = received_day(_moment(found["day"], found["time"], found["zone"].upper()))
        elif found["time"] is not None:
            datetime.fromisoformat(f"{found['day']}T{found['time']}")
    except (ValueError, OverflowError) as error:
        raise UsageError(f'There is no such day or time as "{text[:_SHOWN]}". Write it as {_ACCEPTED}.') from error
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise UsageError(f'The year of "{text[:_SHOWN]}" must lie between {_FIRST_YEAR} and {_LAST_YEAR}.')
    return day


def _moment(day: str, time: str, zone: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{time}{'+00:00' if zone == 'Z' else zone}").astimezone(UTC)


def parse_event(text: str) -> Event:
    """Read an event as officers type it: KIND=WHEN, then ",to=…", grounds and ",reason=…" where it takes them.

    For instance ``clarification_asked=2024-12-03``, ``pit_extension=2025-05-01,to=2025-06-02,qualified`` or
    ``regime_changed=2025-05-01,to=eir``. A reason runs to the end of the text. Raises UsageError.
    """
    kind_text, equals, rest = text.partition("=")
    kind = _kind(kind_text, whole=text)
    if not equals:
        raise UsageError(f'"{text[:_SHOWN]}" says no day. Write {kind}=2024-05-02.')
    when, *options = rest.split(",")
    event = Event(kind=kind, on=parse_when(when))
    for at, option in enumerate(options):
        key, _, value = option.strip().partition("=")
        if key == "reason":
            value = ",".join([value, *options[at + 1 :]])
            event = replace(event, reason=value.strip())
            break
        event = _with_option(event, key, value, whole=text)
    if kind is EventKind.REGIME_CHANGED and event.regime is None:
        raise UsageError(f'"{text[:_SHOWN]}" does not say to which law. Write {kind}={event.on.isoformat()},to=eir.')
    return event


def _kind(text: str, *, whole: str) -> EventKind:
    try:
        return EventKind(text.strip().lower())
    except ValueError as error:
        raise UsageError(
            f'"{whole[:_SHOWN]}" is not an event. Write KIND=DAY, where KIND is one of: {", ".join(EventKind)}.'
        ) from error


def _with_option(event: Event, key: str, value: str, *, whole: str) -> Event:
    if key == "to" and event.kind is EventKind.REGIME_CHANGED:
        try:
            return replace(event, regime=Regime(value.strip().lower()))
        except ValueError as error:
            raise UsageError(f'In "{whole[:_SHOWN]}" the law must be one of: {", ".join(Regime)}.') from error
    if key == "to":
        return replace(event, to=parse_when(value))
    if key in set(Ground) and not value:
        return replace(event, grounds=event.grounds | {Ground(key)})
    raise UsageError(
        f'In "{whole[:_SHOWN]}" the part "{key[:_SHOWN]}" is not known. After the day may follow, with commas between: '
        f"to=DAY, reason=TEXT, {', '.join(Ground)}."
    )
