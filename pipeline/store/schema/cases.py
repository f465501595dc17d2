"""Tables of a case: the request, its questions, its messages and links, its clock, notes, and the proof of its erasure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    text,
)

from pipeline.store.columns import Code, Words
from pipeline.store.schema.table import Mapped, Table, mapped_column
from pipeline.store.waiting import LOOK_AT, OPEN_REQUEST


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
