"""What the lists are asked with and what they hand out: who looks, which cases, in which order, and the rows of a page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from datetime import date, datetime

    from pipeline.domain.request import Regime, Workflow

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks at a list: it shows what domain.roles.may_see lets this officer open, and nothing else."""

    email: str
    role: str
    team: str | None = None


class Scope(StrEnum):
    """Which cases a list is about: open ones are still to be answered."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


class Sort(StrEnum):
    """What a queue is ordered by."""

    DUE = "due"
    RECEIVED = "received"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Which cases to show; everything given must hold. All days are London days, both ends included.

    *overdue_on* is today, and shows open cases whose time ran out before it; *due_until* shows open ones due up to that
    day, overdue ones too unless *due_from* is given. Neither shows a case whose clock waits for the requester.
    *answered_late* shows what was answered after its day. *owner* is an officer's address; *nobodys* shows cases that
    no officer has. *team* is that of restricted cases.
    """

    scope: Scope = Scope.OPEN
    statuses: frozenset[Workflow] = frozenset()
    laws: frozenset[Regime] = frozenset()
    owner: str | None = None
    nobodys: bool = False
    overdue_on: date | None = None
    due_from: date | None = None
    due_until: date | None = None
    answered_late: bool = False
    service_area: str | None = None
    flagged: bool | None = None
    received_from: date | None = None
    received_to: date | None = None
    team: str | None = None
    sort: Sort = Sort.DUE
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A case as a list shows it, without its text."""

    id: int
    reference: str
    own_reference: str | None
    topic: str
    requester_name: str
    requester_email: str
    regime: str
    workflow: str
    clock: str
    outcome: str | None
    owner: str | None
    team: str | None
    flagged: bool
    channel: str
    received_on: date
    due_on: date
    answered_on: date | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """A page of a list. *next* and *previous* are what to ask for its neighbours with, None where there is none.

    *more_than* is set for a search with so many hits that only the newest so many were looked through.
    """

    rows: tuple[QueueRow, ...]
    next: str | None = None
    previous: str | None = None
    more_than: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCounts:
    """The numbers on "My work": an officer's own cases, then what waits for anybody, of what this officer may see.

    *for_approval* leaves out letters that this officer wrote or submitted.
    """

    mine: int
    mine_due_soon: int
    mine_overdue: int
    open: int
    due_soon: int
    overdue: int
    nobodys: int
    flagged: int
    for_approval: int
    not_delivered: int
    uncertain: int
    exceptions: int
    new_mail: int
    unreadable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterAtWork:
    """A letter that waits for somebody, with its case; *own* says that the viewer wrote or submitted it and can't approve it."""

    letter_id: int
    kind: str
    status: str
    version: int
    submitted_by: str | None
    submitted_at: datetime | None
    approved_by: str | None
    approved_at: datetime | None
    exception: dict[str, Any] | None
    own: bool
    request_id: int
    reference: str
    topic: str
    regime: str
    clock: str
    owner: str | None
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersAtWork:
    """A page of letters that wait for somebody, the case due first in front; *next* is what to ask for the rest with."""

    rows: tuple[LetterAtWork, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterOnItsWay:
    """A letter of the outbox with its case."""

    id: int
    letter_id: int | None
    kind: str
    status: str
    attempts: int
    recipients: tuple[str, ...]
    queued_at: datetime
    not_before: datetime
    sent_at: datetime | None
    last_error: str | None
    answer: str | None
    redirected_to: str | None
    request_id: int
    reference: str
    topic: str
    regime: str
    owner: str | None
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(Generic[_Row]):
    """A page of what waits for somebody, the oldest first; *next* is what to ask for the rest with."""

    rows: tuple[_Row, ...]
    next: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPage:
    """A page of letters, the newest first; *next* is what to ask for the older ones with."""

    rows: tuple[LetterOnItsWay, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedReview:
    """An internal review that waits for its outcome."""

    reference: str
    topic: str
    regime: Regime
    owner: str | None
    asked_on: date
