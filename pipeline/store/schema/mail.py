"""Tables of mail: how far each folder has been read, each message, its bytes and its files."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    UniqueConstraint,
    false,
    text,
)

from pipeline.store.columns import Code, Words
from pipeline.store.schema.table import Mapped, Table, mapped_column
from pipeline.store.waiting import LOOSE_MAIL, TO_READ, UNREADABLE


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
    # The first UID of the batch that the server did not hand over when the folder was last read, and how many polls in a row ended there.
    failed_uid: Mapped[int] = mapped_column(BigInteger, server_default="0")
    failed_times: Mapped[int] = mapped_column(server_default="0")


class Message(Table):
    """One UID of one folder: where it lay, its digests, and what intake made of it."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),
        Index("ix_message_state", "state", "id"),
        Index("ix_message_moving", "mailbox", "folder", "moved_at"),
        # In the order in which it is read: of much mail at once the next few are found without sorting all.
        Index("ix_message_to_read", "mailbox", "id", sqlite_where=text(TO_READ), postgresql_where=text(TO_READ)),
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
    body: Mapped[str] = mapped_column(Code(16))  # whole | headers | refused | missing
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
