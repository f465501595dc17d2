"""Which of our own people get a mail now, and what about: the morning mail, the summary, the warning at noon, a flood of requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline.domain.request import ClockState, Regime, Workflow
from pipeline.domain.roles import Capability, may, may_see

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.domain.calendar import Calendar

LONDON = ZoneInfo("Europe/London")
# England's own bank holidays count for our people; the law of subject access is the one that counts these alone.
_ENGLAND = Regime.SAR
OPEN = frozenset({Workflow.NEW, Workflow.DRAFTING, Workflow.FOR_APPROVAL, Workflow.APPROVED})
_UNAPPROVED = OPEN - {Workflow.APPROVED}


class NoticeKind(StrEnum):
    """What a mail to our own people is about."""

    MORNING = "morning"
    SUMMARY = "summary"
    ESCALATION = "escalation"
    FLOOD = "flood"
    BREAK_GLASS = "break_glass"


class NoticeStatus(StrEnum):
    """Where such a mail stands: in hand (claimed) a second try is safe, from DATA on (sending) it is not; lapsed came too late to be of use."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    REDIRECTED = "redirected"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who works here and may get mail; *team* says whose restricted cases they see."""

    email: str
    name: str
    role: str
    team: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """As much of an open case as a mail may say: never who asked. *undelivered* counts letters that did not arrive."""

    reference: str
    topic: str
    due_on: date
    workflow: str
    clock: str
    owner: str | None = None
    team: str | None = None
    undelivered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """When mails go: full hours in London; *due_soon_days* are working days; *managers* are addresses, empty for all who approve."""

    enabled: bool = True
    hour: int = 8
    escalate_hour: int = 12
    due_soon_days: int = 5
    managers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """That *person* is to get a mail of *kind* now; *once_key* is unique, *stale_at* when it is of no use any more."""

    kind: NoticeKind
    person: Person
    once_key: str
    day: date
    stale_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One case in a mail; *topic* is empty where this reader may not open the case, *days* working days left (below 0: overdue by)."""

    reference: str
    topic: str
    due_on: date
    workflow: str
    owner: str | None
    days: int
    undelivered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What one reader is told: their own cases (*mine*) or, with *whole_house*, everybody's."""

    whole_house: bool
    overdue: tuple[Line, ...]
    today: tuple[Line, ...]
    soon: tuple[Line, ...]
    nobodys: tuple[Line, ...]
    for_approval: tuple[Line, ...]
    undelivered: tuple[Line, ...]
    open_count: int
    by_owner: tuple[tuple[str, int, int], ...] = ()


def in_london(at: datetime) -> datetime:
    """The instant *at* by the clocks of London."""
    return at.astimezone(LONDON)


def calls(now: datetime, calendar: Calendar, people: Iterable[Person], rules: Rules) -> list[Call]:
    """Everybody whose mail of today is due by *now*; whether they have it already, the once_key says.

    The morning mail and the summary are one mail: a person gets one a day. Only working days of England count; what was
    not sent on its day is not sent later. Nobody gets a mail who is no officer.
    """
    here = in_london(now)
    day = here.date()
    if not rules.enabled or not calendar.is_working_day(day, _ENGLAND):
        return []
    stale = datetime.combine(day + timedelta(days=1), time(), LONDON)
    everybody = list(people)
    managing = managers(everybody, rules)
    found: list[Call] = []
    if here.hour >= rules.hour:
        for person in everybody:
            kind = NoticeKind.SUMMARY if person in managing else NoticeKind.MORNING
            if kind is NoticeKind.SUMMARY or may(person.role, Capability.WORK):
                found.append(_call(kind, "morning", person, day, stale))
    if here.hour >= rules.escalate_hour:
        approving = [person for person in everybody if may(person.role, Capability.APPROVE)]
        found += [_call(NoticeKind.ESCALATION, "escalation", person, day, stale) for person in approving]
    return found


def managers(people: Iterable[Person], rules: Rules) -> list[Person]:
    """Who gets the summary: the officers named, or all who may approve."""
    if not rules.managers:
        return [person for person in people if may(person.role, Capability.APPROVE)]
    named = {address.strip().casefold() for address in rules.managers}
    return [person for person in people if person.email.casefold() in named]


def flood_calls(now: datetime, people: Iterable[Person], mark: str) -> list[Call]:
    """Tell everybody who works on requests, once a day, of a flood; *mark* stands for its sender without naming them."""
    day = in_london(now).date()
    return [
        _call(NoticeKind.FLOOD, f"flood:{mark}", person, day, None)
        for person in people
        if may(person.role, Capability.WORK)
    ]


def _call(kind: NoticeKind, family: str, person: Person, day: date, stale: datetime | None) -> Call:
    once_key = f"{family}:{day.isoformat()}:{person.email.casefold()}"
    return Call(kind=kind, person=person, once_key=once_key, day=day, stale_at=stale)


def lists(call: Call, cases: Sequence[OpenCase], calendar: Calendar, rules: Rules) -> Lists:
    """What *call*'s reader is told of *cases*: their own, or the whole house's, each list with what is due first."""
    whole = call.kind is not NoticeKind.MORNING
    reader, day = call.person, call.day
    held = [case for case in cases if case.workflow in OPEN]
    told = [case for case in held if whole or _is(case.owner, reader.email)]
    running = [case for case in told if case.clock in (ClockState.RUNNING, ClockState.PAUSED)]
    soon_until = calendar.add_working_days(day, rules.due_soon_days, _ENGLAND)
    waiting = held if may(reader.role, Capability.APPROVE) else told

    def listed(chosen: Iterable[OpenCase]) -> tuple[Line, ...]:
        """The chosen cases as lines of the mail, the one due first in front."""
        ordered = sorted(chosen, key=lambda case: (case.due_on, case.reference))
        return tuple(_line(case, reader, day, calendar) for case in ordered)

    return Lists(
        whole_house=whole,
        overdue=listed(case for case in running if case.due_on < day),
        today=listed(case for case in running if case.due_on == day),
        soon=listed(case for case in running if day < case.due_on <= soon_until),
        nobodys=listed(case for case in held if not case.owner),
        for_approval=listed(case for case in waiting if case.workflow == Workflow.FOR_APPROVAL),
        undelivered=listed(case for case in told if case.undelivered),
        open_count=len(told),
        by_owner=_by_owner(held, day) if whole else (),
    )


def unapproved_today(cases: Sequence[OpenCase], call: Call, calendar: Calendar) -> tuple[Line, ...]:
    """What is due today and not approved, for the warning at noon; empty where there is nothing to warn of."""
    late = [
        case
        for case in cases
        if case.due_on == call.day and case.workflow in _UNAPPROVED and case.clock == ClockState.RUNNING
    ]
    ordered = sorted(late, key=lambda case: case.reference)
    return tuple(_line(case, call.person, call.day, calendar) for case in ordered)


def _line(case: OpenCase, reader: Person, day: date, calendar: Calendar) -> Line:
    left = calendar.working_days_between(day, case.due_on, _ENGLAND)
    return Line(
        reference=case.reference,
        topic=case.topic if may_see(reader.role, reader.team, case.team) else "",
        due_on=case.due_on,
        workflow=case.workflow,
        owner=case.owner,
        days=left or -calendar.working_days_between(case.due_on, day, _ENGLAND),
        undelivered=case.undelivered,
    )


def _by_owner(cases: Iterable[OpenCase], day: date) -> tuple[tuple[str, int, int], ...]:
    """(officer, open, overdue), by officer; what is nobody's stands in its own list."""
    counted: dict[str, list[int]] = {}
    for case in cases:
        if case.owner:
            numbers = counted.setdefault(case.owner.casefold(), [0, 0])
            numbers[0] += 1
            numbers[1] += case.due_on < day and case.clock in (ClockState.RUNNING, ClockState.PAUSED)
    return tuple((owner, numbers[0], numbers[1]) for owner, numbers in sorted(counted.items()))


def _is(owner: str | None, email: str) -> bool:
    return owner is not None and owner.strip().casefold() == email.strip().casefold()
