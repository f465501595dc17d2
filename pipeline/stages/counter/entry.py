"""What an officer keys in for one request, and everything about it that can't be so."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from pipeline.domain.calendar import long_date
from pipeline.domain.clock_events import EventKind
from pipeline.domain.roles import Capability, may, may_see
from pipeline.letters import posting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from pipeline.domain.clock_events import Event
    from pipeline.domain.request import Regime
    from pipeline.store import Work


class Channel(StrEnum):
    """How a request reached us."""

    POST = "post"
    TELEPHONE = "telephone"
    COUNTER = "counter"
    WEB_FORM = "web_form"
    SOCIAL_MEDIA = "social_media"
    BEFORE_US = "before_us"


class Stage(StrEnum):
    """Where the work on a case from before us stands; one for approval there is drafted here, for its approval stayed behind."""

    NEW = "new"
    DRAFTING = "drafting"
    FOR_APPROVAL = "for_approval"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request as keyed in. *text* is the requester's own words; *regime* None lets the words decide; *received_on* is a London day.

    *files* are attachments by name. *spoken* says that *text* was told and not written; None where the channel says so.
    What follows *files* is for a case from before us: its number there, what happened to its clock (by ``EventKind``), its
    stage and owner, when it was acknowledged, and what letters have gone, in words.
    """

    text: str
    received_on: date
    channel: Channel
    requester_name: str = ""
    requester_email: str = ""
    postal_address: str = ""
    subject: str = ""
    topic: str = ""
    regime: Regime | None = None
    acknowledge: bool = True
    spoken: bool | None = None
    team: str = ""
    owner: str = ""
    note: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    own_reference: str = ""
    events: tuple[Event, ...] = ()
    stage: Stage = Stage.NEW
    acknowledged_on: date | None = None
    letters_sent: str = ""

    @property
    def told(self) -> bool:
        """Whether the requester spoke, rather than wrote."""
        return self.channel is Channel.TELEPHONE if self.spoken is None else self.spoken

    @property
    def from_before(self) -> bool:
        """Whether it is a case that another system began."""
        return self.channel is Channel.BEFORE_US or bool(self.own_reference)


class Mistake(NamedTuple):
    """What is wrong with one column of an entry, and what to do."""

    column: str
    words: str
    remedy: str


_NOT_BEFORE = frozenset({EventKind.RECEIVED, EventKind.SENT, EventKind.WITHDRAWN, EventKind.LAPSED})


def mistakes(work: Work, entry: Entry, ours: frozenset[str], today: date) -> Iterator[Mistake]:
    """Everything about *entry* that can't be so on the London day *today*; *ours* are our own addresses."""
    if not entry.text.strip():
        yield Mistake("text", "there are no words", "give what the requester asked for")
    yield from _requester(entry, ours)
    yield from _days(entry, today)
    if entry.stage is Stage.WAITING and not any(e.kind is EventKind.CLARIFICATION_ASKED for e in entry.events):
        yield Mistake("stage", "nothing says since when it waits", "add the event clarification_asked with its day")
    for one in entry.events:
        if one.kind in _NOT_BEFORE:
            yield Mistake("events", f"{one.kind} is not an event of an open case", "leave it out")
    yield from _people(work, entry)
    number = entry.own_reference
    if number and (known := work.cases.by_own_reference(number)):
        yield Mistake("own_reference", f"{number} is here already as {known[0].reference}", "leave this one out")


def _requester(entry: Entry, ours: frozenset[str]) -> Iterator[Mistake]:
    email = entry.requester_email
    if not (entry.requester_name or email or entry.postal_address):
        yield Mistake(
            "requester_name", "nobody is named who asks", "give a name, an e-mail address or a postal address"
        )
    if email and not posting.can_write_to(email):
        yield Mistake(
            "requester_email", f"{email} is no address that a letter can be sent to", "write it like name@example.org"
        )
    if email.casefold() in ours:
        yield Mistake("requester_email", f"{email} is one of our own addresses", "give the requester's, or none")


def _days(entry: Entry, today: date) -> Iterator[Mistake]:
    if entry.received_on > today:
        yield Mistake("received_on", f"{long_date(entry.received_on)} has not come yet", "give the day it reached us")
    for one in entry.events:
        if one.on > today:
            yield Mistake("events", f"{one.on.isoformat()} has not come yet", "give what has happened")
    on = entry.acknowledged_on
    if on is not None and not entry.received_on <= on <= today:
        yield Mistake(
            "acknowledged_on", f"{on.isoformat()} is not between receipt and today", "correct one of the days"
        )


def _people(work: Work, entry: Entry) -> Iterator[Mistake]:
    everybody = [one for one in work.officers.all() if not one.disabled]
    if entry.team and entry.team not in {one.team for one in everybody}:
        yield Mistake("team", f'nobody is in a team "{entry.team}"', "name a team that officers belong to, or none")
    if not entry.owner:
        return
    owner = next((one for one in everybody if one.email == entry.owner.strip().casefold()), None)
    if owner is None or not may(owner.role, Capability.WORK):
        yield Mistake(
            "owner", f"{entry.owner} is no officer who works on requests", "name one who is, or leave it empty"
        )
    elif not may_see(owner.role, owner.team, entry.team or None):
        yield Mistake("owner", f"{owner.email} is not in the team {entry.team}", "name an officer of that team")
