"""The tables, as SQLAlchemy's typed declarative classes used for their columns only: no object of these classes ever leaves the store."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from pipeline.store.columns import Code, UtcDateTime, Words
from pipeline.store.waiting import LOOK_AT, LOOSE_MAIL, OPEN_REQUEST, UNCHECKED, UNREADABLE

# Fixed names, so that a migration on either database can speak of a constraint.
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(DeclarativeBase):
    """What every table shares."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        str: Words,
        dict[str, Any]: JSON,
        list[str]: JSON,
        bytes: LargeBinary,
    }


class Folder(Table):
    """How far one folder of one mailbox has been read."""

    __tablename__ = "folder"
    mailbox: Mapped[str] = mapped_column(Code(64), primary_key=True)
    folder: Mapped[str] = mapped_column(Code(512), primary_key=True)
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    cursor: Mapped[int] = mapped_column(BigInteger)
    # UIDs up to this one were there on first contact or at a rescan: the age rule for acknowledgements holds for them only.
    backfill_until: Mapped[int] = mapped_column(BigInteger)
    first_seen_at: Mapped[datetime]
    left_behind: Mapped[int]
    polled_at: Mapped[datetime | None]
    rescans: Mapped[int]
    # UIDs up to this one are recorded quietly, because they are read again after a restore; -1 until the next reading says which.
    quiet_until: Mapped[int] = mapped_column(BigInteger, server_default="0")


class Message(Table):
    """One UID of one folder: where it lay, its digests, and what intake made of it."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),
        Index("ix_message_state", "state", "id"),
        Index("ix_message_moving", "mailbox", "folder", "moved_at"),
        Index("ix_message_loose", "id", sqlite_where=text(LOOSE_MAIL), postgresql_where=text(LOOSE_MAIL)),
        Index("ix_message_unreadable", "id", sqlite_where=text(UNREADABLE), postgresql_where=text(UNREADABLE)),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox: Mapped[str] = mapped_column(Code(64))
    folder: Mapped[str] = mapped_column(Code(512))
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    uid: Mapped[int] = mapped_column(BigInteger)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Code(64))
    content_sha256: Mapped[str] = mapped_column(Code(64), index=True)
    internal_date: Mapped[datetime]
    taken_at: Mapped[datetime]
    body: Mapped[str] = mapped_column(Code(16))  # whole | headers | missing
    body_wanted: Mapped[bool]
    backfill: Mapped[bool]
    state: Mapped[str] = mapped_column(Code(16))  # received | filed | quarantined
    attempts: Mapped[int]
    last_error: Mapped[str | None]
    verdict: Mapped[str | None] = mapped_column(Code(16))
    intent: Mapped[str | None] = mapped_column(Code(32))
    reasons: Mapped[list[str] | None]
    flagged: Mapped[bool]
    received_at: Mapped[datetime | None]
    received_on: Mapped[date | None]
    due_on: Mapped[date | None]
    author_name: Mapped[str | None]
    author_email: Mapped[str | None]
    subject: Mapped[str | None]
    message_id: Mapped[str | None] = mapped_column(Words, index=True)
    parser: Mapped[str | None] = mapped_column(Code(16))
    duplicate_of: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    moved_at: Mapped[datetime | None]
    dismissed_at: Mapped[datetime | None]
    dismissed_by: Mapped[str | None]
    # Whether it belongs to a case, on whichever side of it but "suggested".
    placed: Mapped[bool] = mapped_column(server_default=false())
    # Why nothing goes out by itself because of this message: it was taken in "shadow" running, or again after a restore ("restored").
    quiet: Mapped[str | None] = mapped_column(Code(16))
    # The request that a colleague's forward may hold, until an officer has confirmed it.
    proposal: Mapped[dict[str, Any] | None]


class Raw(Table):
    """The bytes of a message exactly as fetched, apart from its row so that lists never load them (D2)."""

    __tablename__ = "raw"
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    content: Mapped[bytes]


class FirstCopy(Table):
    """Which message first had this content: the unique key behind "one mail, one request"."""

    __tablename__ = "first_copy"
    content_sha256: Mapped[str] = mapped_column(Code(64), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))


class Attachment(Table):
    """One attached part of a message, found again in the raw bytes by its digest."""

    __tablename__ = "attachment"
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Code(64), index=True)
    # What the virus scanner said, where one is configured: clean, or the name of what it found.
    scan: Mapped[str | None]
    scanned_at: Mapped[datetime | None]


class Request(Table):
    """One case: who asked what, under which law, by when, and where the work stands."""

    __tablename__ = "request"
    __table_args__ = (
        Index("ix_request_queue", "workflow", "due_on", "id"),
        Index("ix_request_due", "due_on", "id"),
        Index("ix_request_owner", "owner", "due_on", "id"),
        # What the figures are counted from, so that they never read the rows themselves.
        Index(
            "ix_request_received",
            *("received_on", "id", "regime", "workflow", "outcome", "answered_on", "due_on", "clock"),
        ),
        Index("ix_request_answered", "answered_on", "due_on", "regime"),
        # The open cases, with all that "My work" counts; the words of the condition must be those of the queries.
        Index(
            "ix_request_open",
            *("due_on", "id", "owner", "team", "flagged", "clock", "received_on", "workflow"),
            sqlite_where=text(OPEN_REQUEST),
            postgresql_where=text(OPEN_REQUEST),
        ),
        Index("ix_request_flagged", "due_on", "id", sqlite_where=text(LOOK_AT), postgresql_where=text(LOOK_AT)),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(Code(32), unique=True)
    regime: Mapped[str] = mapped_column(Code(8))
    regime_reasons: Mapped[list[str]]
    workflow: Mapped[str] = mapped_column(Code(16))
    clock: Mapped[str] = mapped_column(Code(24))
    outcome: Mapped[str | None] = mapped_column(Code(32))
    flagged: Mapped[bool]
    flag_reasons: Mapped[list[str]]
    received_at: Mapped[datetime]
    received_on: Mapped[date]
    received_source: Mapped[str]
    due_on: Mapped[date]
    requester_name: Mapped[str]
    requester_email: Mapped[str]
    requester_key: Mapped[str] = mapped_column(Words, index=True)
    topic: Mapped[str]
    subject: Mapped[str]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), unique=True)
    acknowledge: Mapped[str] = mapped_column(Code(16))  # automatic | release | officer | none
    acknowledge_kind: Mapped[str | None] = mapped_column(Code(32))
    acknowledge_reasons: Mapped[list[str]]
    acknowledged_at: Mapped[datetime | None]
    owner: Mapped[str | None]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    # The London day on which its answer first went.
    answered_on: Mapped[date | None]
    wording_sha256: Mapped[str | None] = mapped_column(Code(64), index=True)
    # How it reached us: mail, or what an officer logged (post, telephone, counter, web_form, before_us).
    channel: Mapped[str] = mapped_column(Code(16), server_default="mail")
    # The number that a case from before us bears in the council's old system.
    own_reference: Mapped[str | None] = mapped_column(Words, index=True)
    # Only this team sees the case; None where everybody does.
    team: Mapped[str | None]
    merged_into: Mapped[int | None]
    # Why nothing of the case may be erased; None where its retention simply runs.
    legal_hold: Mapped[str | None]
    erased_at: Mapped[datetime | None]


class Question(Table):
    """One question of a request, verbatim, with its own law, service area and due date where they differ (D9)."""

    __tablename__ = "question"
    __table_args__ = (Index("ix_question_area", "service_area", "request_id"),)
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    text: Mapped[str]
    regime: Mapped[str | None] = mapped_column(Code(8))
    service_area: Mapped[str | None]
    due_on: Mapped[date | None]
    # Stays with the question when officers reorder, split or merge: the events of its own clock name it.
    key: Mapped[int] = mapped_column(server_default="0")


class CaseMessage(Table):
    """A message that belongs to a case, and on which side of it: the requester's, or our own people's (invariant 11)."""

    __tablename__ = "case_message"
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True, index=True)
    side: Mapped[str] = mapped_column(Code(16))  # requester | internal | suggested
    rung: Mapped[str]
    linked_at: Mapped[datetime]


class CaseLink(Table):
    """Two cases that have to do with each other, and why."""

    __tablename__ = "case_link"
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("request.id"), primary_key=True)
    why: Mapped[str]


class Letter(Table):
    """A letter being written for a case; its text is the draft file, version by version."""

    __tablename__ = "letter"
    __table_args__ = (
        Index("ix_letter_status", "status", "id"),
        Index("ix_letter_unchecked", "id", sqlite_where=text(UNCHECKED), postgresql_where=text(UNCHECKED)),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    kind: Mapped[str] = mapped_column(Code(32))
    status: Mapped[str] = mapped_column(Code(16))  # drafting | for_approval | approved | sent | void
    version: Mapped[int]
    record: Mapped[str]
    submitted_by: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    # When the approver wants it to go; None for after the time in which it can be stopped.
    send_at: Mapped[datetime | None]
    # By what policy somebody approved who otherwise could not (deputy, break_glass), and who has looked at it since.
    exception: Mapped[dict[str, Any] | None]
    exception_checked_by: Mapped[str | None]
    exception_checked_at: Mapped[datetime | None]
    # A letter of kind "resend": which one of the outbox it sends once more, and to which corrected address.
    resends: Mapped[int | None]
    resend_to: Mapped[str | None]


class LetterVersion(Table):
    """Who wrote which version of a letter: nobody of these may approve it (invariant 6)."""

    __tablename__ = "letter_version"
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[str]
    officer: Mapped[str | None]
    at: Mapped[datetime]


class LetterFile(Table):
    """A file that goes with a letter, and what the release check found in it."""

    __tablename__ = "letter_file"
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), primary_key=True)
    name: Mapped[str] = mapped_column(Code(255), primary_key=True)
    position: Mapped[int]
    sha256: Mapped[str] = mapped_column(Code(64))
    content: Mapped[bytes]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class Outbox(Table):
    """A letter frozen to the byte, and how far its sending has come."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "status", "not_before", "id"),
        Index("ix_outbox_sender_cap", "to_key", "queued_at"),
        Index("ix_outbox_list", "status", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    kind: Mapped[str] = mapped_column(Code(32))
    # What may exist once only: a request's acknowledgement, a letter's approval (invariants 4 and 7).
    once_key: Mapped[str] = mapped_column(Code(96), unique=True)
    status: Mapped[str] = mapped_column(Code(16))
    message_id: Mapped[str] = mapped_column(Words, unique=True)
    envelope_from: Mapped[str]
    recipients: Mapped[list[str]]
    recipients_sha256: Mapped[str] = mapped_column(Code(64))
    to_key: Mapped[str]
    content: Mapped[bytes]
    sha256: Mapped[str] = mapped_column(Code(64))
    queued_at: Mapped[datetime]
    not_before: Mapped[datetime]
    attempts: Mapped[int]
    claim: Mapped[str | None] = mapped_column(Code(64))
    claimed_at: Mapped[datetime | None]
    phase: Mapped[str | None] = mapped_column(Code(16))
    last_error: Mapped[str | None]
    answer: Mapped[str | None]
    redirected_to: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    copied_at: Mapped[datetime | None]


class Attempt(Table):
    """One try at sending, written before the server is dialled."""

    __tablename__ = "attempt"
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    phase: Mapped[str] = mapped_column(Code(16))
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(Code(16))
    code: Mapped[int | None]
    answer: Mapped[str | None]


class Event(Table):
    """What happened, in words and digests; each carries the hash of the one before it in its chain (invariant 8)."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("chain", "seq"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(Code(96))
    seq: Mapped[int]
    request_id: Mapped[int | None] = mapped_column(ForeignKey("request.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(Code(48))
    actor: Mapped[str]
    via: Mapped[str] = mapped_column(Code(16))
    data: Mapped[str]  # canonical JSON, kept as text so that its hash never depends on a driver
    previous: Mapped[str] = mapped_column(Code(64))
    hash: Mapped[str] = mapped_column(Code(64))


class ChainHead(Table):
    """The last link of each chain, so that cutting its end off is seen."""

    __tablename__ = "chain_head"
    chain: Mapped[str] = mapped_column(Code(96), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(Code(64))


class ClockEvent(Table):
    """Something that happened to a case's clock after its receipt; the deadline is worked out from these."""

    __tablename__ = "clock_event"
    __table_args__ = (Index("ix_clock_event_kind", "kind", "day", "request_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    kind: Mapped[str] = mapped_column(Code(32))
    day: Mapped[date]
    to_day: Mapped[date | None]
    regime: Mapped[str | None] = mapped_column(Code(8))
    grounds: Mapped[list[str]]
    # The key of the question whose clock it moves; None for the whole request.
    question: Mapped[int | None]
    reason: Mapped[str]
    officer: Mapped[str]
    at: Mapped[datetime]


class Officer(Table):
    """A person who works here; disabled, never deleted, for their name stands in events."""

    __tablename__ = "officer"
    email: Mapped[str] = mapped_column(Code(254), primary_key=True)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(Code(16))
    added_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    # The teams whose restricted cases this officer may open.
    team: Mapped[str | None]
    password_hash: Mapped[str | None]
    # True until the officer has chosen a password of their own.
    must_change: Mapped[bool] = mapped_column(server_default=false())
    # Who they are to the identity provider: "tenant|object id".
    subject: Mapped[str | None] = mapped_column(Words, index=True, unique=True)


class SignIn(Table):
    """A session of an officer in a browser; the token itself is only in the cookie."""

    __tablename__ = "sign_in"
    token_sha256: Mapped[str] = mapped_column(Code(64), primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officer.email"), index=True)
    via: Mapped[str] = mapped_column(Code(16))  # password | oidc
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Throttle(Table):
    """How often signing in has failed for an account or from an address."""

    __tablename__ = "throttle"
    key: Mapped[str] = mapped_column(Code(300), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class SigningKey(Table):
    """A key that all processes of the service share, made when it is first wanted."""

    __tablename__ = "signing_key"
    name: Mapped[str] = mapped_column(Code(32), primary_key=True)
    value: Mapped[str]
    made_at: Mapped[datetime]


class Deputy(Table):
    """An officer who approves for another between two days, both included."""

    __tablename__ = "deputy"
    id: Mapped[int] = mapped_column(primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officer.email"), index=True)
    for_officer: Mapped[str] = mapped_column(ForeignKey("officer.email"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    set_by: Mapped[str]
    set_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Note(Table):
    """What an officer wrote down about a case, for colleagues only."""

    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    officer: Mapped[str]
    at: Mapped[datetime]
    text: Mapped[str]


class Opening(Table):
    """Who looked at what of a case, and when."""

    __tablename__ = "opening"
    __table_args__ = (Index("ix_opening_case", "request_id", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"))
    officer: Mapped[str]
    at: Mapped[datetime]
    what: Mapped[str]


class Autosave(Table):
    """What an officer has typed into a form and not yet kept."""

    __tablename__ = "autosave"
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Code(32), primary_key=True)
    officer: Mapped[str] = mapped_column(Code(254), primary_key=True)
    at: Mapped[datetime]
    # The version of the letter the typing began from; 0 where there was none.
    base_version: Mapped[int]
    form: Mapped[dict[str, Any]]


class Notice(Table):
    """A mail of ours to our own people: the morning summary, a reminder, an alarm. No requester ever gets one."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_due", "status", "not_before", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    once_key: Mapped[str] = mapped_column(Code(300), unique=True)
    kind: Mapped[str] = mapped_column(Code(32))
    recipient: Mapped[str]
    content: Mapped[bytes]
    status: Mapped[str] = mapped_column(Code(16))  # domain/reminding.NoticeStatus
    attempts: Mapped[int]
    not_before: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    # By which an answer or a bounce is known as one to this mail.
    message_id: Mapped[str | None] = mapped_column(Words, index=True)
    # From when on the mail is of no use any more and stays unsent; None where it always is.
    stale_at: Mapped[datetime | None]


class Erasure(Table):
    """Proof that the content of a case was erased: when, by whom, under which rule, and the digests of what is gone."""

    __tablename__ = "erasure"
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("request.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    at: Mapped[datetime]
    officer: Mapped[str]
    rule: Mapped[str]
    digests: Mapped[dict[str, Any]]


class Alarm(Table):
    """Something that is wrong with the service, and when somebody was last told; gone when it is over."""

    __tablename__ = "alarm"
    key: Mapped[str] = mapped_column(Code(160), primary_key=True)
    since: Mapped[datetime]
    told_at: Mapped[datetime]
    words: Mapped[str]


class Heartbeat(Table):
    """When each part of the worker last made progress."""

    __tablename__ = "heartbeat"
    part: Mapped[str] = mapped_column(Code(96), primary_key=True)
    at: Mapped[datetime]
    detail: Mapped[str]
    ok: Mapped[bool]
