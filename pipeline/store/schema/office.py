"""Tables of the office: officers and their sessions, the trail of events, and the service's own pulse."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    ForeignKey,
    UniqueConstraint,
    false,
)

from pipeline.store.columns import Code, Words
from pipeline.store.schema.table import Mapped, Table, mapped_column


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
