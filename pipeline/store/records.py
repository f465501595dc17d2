"""What the store hands out: frozen values, never rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One message as taken from a folder; *body* is "whole", "headers" (over the size limit), "refused" (no more than headers) or "missing".

    *quiet* says why nothing goes out by itself because of it: "shadow" running, or read again after a restore ("restored").
    """

    uid: int
    size: int
    raw: bytes
    sha256: str
    content_sha256: str
    internal_date: datetime
    body: str = "whole"
    backfill: bool = False
    quiet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A message that intake has yet to read. *first_copy* is the id of the first message with this content (its own, when it is the first)."""

    id: int
    mailbox: str
    folder: str
    raw: bytes
    body: str
    size: int
    attempts: int
    internal_date: datetime
    backfill: bool
    first_copy: int
    officer_asked: bool
    quiet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A message that could not be read: visible, dated, and open to another try."""

    id: int
    mailbox: str
    folder: str
    received_on: date | None
    due_on: date | None
    sender: str | None
    subject: str | None
    reason: str | None
    attempts: int
    size: int
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSummary:
    """A message as a case's file shows it."""

    id: int
    mailbox: str
    folder: str
    state: str
    verdict: str | None
    intent: str | None
    reasons: tuple[str, ...]
    received_at: datetime | None
    author_name: str | None
    author_email: str | None
    subject: str | None
    side: str
    rung: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledMail:
    """A filed message as an officer checks it.

    *proposal* is the request a colleague's forward may hold, as plain values. *opened* is the case this message opened, *linked* those
    it stands with (that one included), *suggested* those it may belong to.
    """

    id: int
    mailbox: str
    folder: str
    internal_date: datetime
    received_at: datetime
    received_on: date
    due_on: date
    verdict: str
    intent: str
    reasons: tuple[str, ...]
    author_name: str
    author_email: str
    subject: str
    proposal: dict[str, Any] | None
    dismissed: bool
    duplicate_of: int | None
    opened: str | None
    linked: tuple[str, ...]
    suggested: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRecord:
    """One question of a case, verbatim. *key* stays with it when questions are reordered; *due_on* is its own date, where it has one."""

    position: int
    label: str
    text: str
    regime: str | None = None
    key: int = 0
    service_area: str | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A request as the queue and the casework stage see it."""

    id: int
    reference: str
    regime: str
    regime_reasons: tuple[str, ...]
    workflow: str
    clock: str
    outcome: str | None
    flagged: bool
    flag_reasons: tuple[str, ...]
    received_at: datetime
    received_on: date
    received_source: str
    due_on: date
    requester_name: str
    requester_email: str
    topic: str
    subject: str
    message_id: int | None
    acknowledge: str
    acknowledge_kind: str | None
    acknowledge_reasons: tuple[str, ...]
    acknowledged_at: datetime | None
    created_at: datetime
    owner: str | None = None
    closed_at: datetime | None = None
    channel: str = "mail"
    own_reference: str | None = None
    team: str | None = None
    merged_into: int | None = None
    legal_hold: str | None = None
    erased_at: datetime | None = None
    questions: tuple[QuestionRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRecordRow:
    """A letter being written: *record* is the draft file's text, *writers* everyone who wrote a version of it."""

    id: int
    request_id: int
    kind: str
    status: str
    version: int
    record: str
    submitted_by: str | None
    approved_by: str | None
    writers: tuple[str, ...]
    submitted_at: datetime | None = None
    approved_at: datetime | None = None
    send_at: datetime | None = None
    exception: dict[str, Any] | None = None
    exception_checked_by: str | None = None
    resends: int | None = None
    resend_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterVersionRecord:
    """One version of a letter as it was kept: its draft file's text, by whom (None for an operator) and when."""

    version: int
    record: str
    officer: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLetter:
    """A letter as a queue shows it, without its text; *kind* is what it is filed under, *resend_to* the address of one sent once more.

    *team*, *owner*, *due_on* and *topic* are its case's; *exception* says by what policy it was approved, where by one.
    """

    letter_id: int
    request_id: int
    reference: str
    kind: str
    status: str
    version: int
    writers: tuple[str, ...]
    submitted_by: str | None
    submitted_at: datetime | None
    approved_by: str | None
    approved_at: datetime | None
    send_at: datetime | None
    due_on: date
    owner: str | None
    team: str | None
    topic: str
    exception: dict[str, Any] | None = None
    resend_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeputyRecord:
    """Who approves for whom, from the first day to the last, both London days included; *ended_at* where it was ended before."""

    id: int
    officer: str
    for_officer: str
    first_day: date
    last_day: date
    set_by: str
    set_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Autosaved:
    """What an officer has typed into a letter's form and not yet kept; *base_version* is the version they began from, 0 for none."""

    officer: str
    at: datetime
    base_version: int
    form: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFile:
    """A file that goes with a letter: its bytes, and what the release check found in it, as plain values."""

    name: str
    content: bytes
    sha256: str
    findings: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """An outbox row in this worker's hand, its attempt already committed."""

    id: int
    request_id: int
    reference: str
    letter_id: int | None
    kind: str
    attempts: int
    message_id: str
    envelope_from: str
    recipients: tuple[str, ...]
    recipients_sha256: str
    content: bytes
    sha256: str
    queued_at: datetime
    end: tuple[int, str] | None = (
        None  # of its case's chain when it was claimed, where several workers share the database
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRecord:
    """One try at sending a letter: when, how it ended, and what the server said."""

    outbox_id: int
    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    code: int | None
    answer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxSummary:
    """An outbox row without its bytes."""

    id: int
    request_id: int
    reference: str
    letter_id: int | None
    kind: str
    status: str
    attempts: int
    recipients: tuple[str, ...]
    message_id: str
    sha256: str
    queued_at: datetime
    not_before: datetime
    sent_at: datetime | None
    last_error: str | None
    answer: str | None
    redirected_to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """One thing that happened to a case, for its timeline."""

    id: int
    at: datetime
    kind: str
    actor: str
    via: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerRecord:
    """A person who works here: *role* is approver, officer, admin or read_only; *team* says whose restricted cases they see."""

    email: str
    name: str
    role: str
    disabled: bool
    team: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """When a part of the worker last made progress, and how that went."""

    part: str
    at: datetime
    detail: str
    ok: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRecord:
    """What an officer wrote down about a case, for colleagues only."""

    id: int
    officer: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningRecord:
    """Who looked at what of a case, and when."""

    officer: str
    at: datetime
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRecord:
    """A file that came with a mail: *size* in bytes, *scan* what a virus scanner said ("clean", or the name of what it found)."""

    message_id: int
    position: int
    name: str
    content_type: str
    size: int
    sha256: str
    scan: str | None
    scanned_at: datetime | None

    @property
    def infected(self) -> bool:
        """Whether the scanner found something."""
        return self.scan is not None and self.scan != "clean"
