"""Tables of letters: what is written, what is frozen to be sent and how far that has come, and mails to our own people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    text,
)

from pipeline.store.columns import Code, Words
from pipeline.store.schema.table import Mapped, Table, mapped_column
from pipeline.store.waiting import TO_SEND, UNCHECKED


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


class Outbox(Table):
    """A letter frozen to the byte, and how far its sending has come."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_to_send", "not_before", "id", sqlite_where=text(TO_SEND), postgresql_where=text(TO_SEND)),
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
