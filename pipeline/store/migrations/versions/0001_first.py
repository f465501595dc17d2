"""The first schema: mail, cases, letters, the outbox and the trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

UTC = sa.DateTime(timezone=True)
TEXT = sa.Text()


def upgrade() -> None:
    """Make every table of the first version."""
    _mailbox()
    _message()
    _message_parts()
    _request()
    _case_parts()
    _letter()
    _outbox()
    _attempt()
    _trail()
    _people()


def _mailbox() -> None:
    """How far each folder has been read."""
    op.create_table(
        "folder",
        sa.Column("mailbox", sa.String(length=64), nullable=False),
        sa.Column("folder", sa.String(length=512), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("backfill_until", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", UTC, nullable=False),
        sa.Column("left_behind", sa.Integer(), nullable=False),
        sa.Column("polled_at", UTC, nullable=True),
        sa.Column("rescans", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "folder", name=op.f("pk_folder")),
    )


def _message() -> None:
    """One row a UID."""
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.String(length=64), nullable=False),
        sa.Column("folder", sa.String(length=512), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("internal_date", UTC, nullable=False),
        sa.Column("taken_at", UTC, nullable=False),
        sa.Column("body", sa.String(length=16), nullable=False),
        sa.Column("body_wanted", sa.Boolean(), nullable=False),
        sa.Column("backfill", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", TEXT, nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("intent", sa.String(length=32), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=True),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("received_at", UTC, nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("author_name", TEXT, nullable=True),
        sa.Column("author_email", TEXT, nullable=True),
        sa.Column("subject", TEXT, nullable=True),
        sa.Column("message_id", TEXT, nullable=True),
        sa.Column("parser", sa.String(length=16), nullable=True),
        sa.Column("duplicate_of", sa.Integer(), nullable=True),
        sa.Column("moved_at", UTC, nullable=True),
        sa.Column("dismissed_at", UTC, nullable=True),
        sa.Column("dismissed_by", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["duplicate_of"], ["message.id"], name=op.f("fk_message_duplicate_of_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "mailbox", "folder", "uidvalidity", "uid", name=op.f("uq_message_mailbox_folder_uidvalidity_uid")
        ),
    )
    op.create_index(op.f("ix_message_content_sha256"), "message", ["content_sha256"], unique=False)
    op.create_index(op.f("ix_message_message_id"), "message", ["message_id"], unique=False)
    op.create_index("ix_message_moving", "message", ["mailbox", "folder", "moved_at"], unique=False)
    op.create_index("ix_message_state", "message", ["state", "id"], unique=False)


def _message_parts() -> None:
    """The bytes, the first copy of each content, and attached parts."""
    op.create_table(
        "attachment",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("content_type", TEXT, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_attachment_message_id_message")),
        sa.PrimaryKeyConstraint("message_id", "position", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_sha256"), "attachment", ["sha256"], unique=False)
    op.create_table(
        "first_copy",
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_first_copy_message_id_message")),
        sa.PrimaryKeyConstraint("content_sha256", name=op.f("pk_first_copy")),
    )
    op.create_table(
        "raw",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_raw_message_id_message")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_raw")),
    )


def _request() -> None:
    """One row a case."""
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("regime", sa.String(length=8), nullable=False),
        sa.Column("regime_reasons", sa.JSON(), nullable=False),
        sa.Column("workflow", sa.String(length=16), nullable=False),
        sa.Column("clock", sa.String(length=24), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("flag_reasons", sa.JSON(), nullable=False),
        sa.Column("received_at", UTC, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_source", TEXT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("requester_name", TEXT, nullable=False),
        sa.Column("requester_email", TEXT, nullable=False),
        sa.Column("requester_key", TEXT, nullable=False),
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("acknowledge", sa.String(length=16), nullable=False),
        sa.Column("acknowledge_kind", sa.String(length=32), nullable=True),
        sa.Column("acknowledge_reasons", sa.JSON(), nullable=False),
        sa.Column("acknowledged_at", UTC, nullable=True),
        sa.Column("owner", TEXT, nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("closed_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_request_message_id_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        sa.UniqueConstraint("message_id", name=op.f("uq_request_message_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_request_reference")),
    )
    op.create_index("ix_request_queue", "request", ["workflow", "due_on", "id"], unique=False)
    op.create_index(op.f("ix_request_requester_key"), "request", ["requester_key"], unique=False)


def _case_parts() -> None:
    """Questions, a case's messages, linked cases."""
    op.create_table(
        "case_link",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["request.id"], name=op.f("fk_case_link_other_id_request")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_case_link_request_id_request")),
        sa.PrimaryKeyConstraint("request_id", "other_id", name=op.f("pk_case_link")),
    )
    op.create_table(
        "case_message",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=16), nullable=False),
        sa.Column("rung", TEXT, nullable=False),
        sa.Column("linked_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_case_message_message_id_message")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_case_message_request_id_request")),
        sa.PrimaryKeyConstraint("request_id", "message_id", name=op.f("pk_case_message")),
    )
    op.create_index(op.f("ix_case_message_message_id"), "case_message", ["message_id"], unique=False)
    op.create_table(
        "question",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("regime", sa.String(length=8), nullable=True),
        sa.Column("service_area", TEXT, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_question_request_id_request")),
        sa.PrimaryKeyConstraint("request_id", "position", name=op.f("pk_question")),
    )


def _letter() -> None:
    """Letters being written."""
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("record", TEXT, nullable=False),
        sa.Column("submitted_by", TEXT, nullable=True),
        sa.Column("submitted_at", UTC, nullable=True),
        sa.Column("approved_by", TEXT, nullable=True),
        sa.Column("approved_at", UTC, nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_letter_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    op.create_index(op.f("ix_letter_request_id"), "letter", ["request_id"], unique=False)
    op.create_table(
        "letter_version",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("record", TEXT, nullable=False),
        sa.Column("officer", TEXT, nullable=True),
        sa.Column("at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_version_letter_id_letter")),
        sa.PrimaryKeyConstraint("letter_id", "version", name=op.f("pk_letter_version")),
    )


def _outbox() -> None:
    """Letters on their way out."""
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("once_key", sa.String(length=96), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("message_id", TEXT, nullable=False),
        sa.Column("envelope_from", TEXT, nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("recipients_sha256", sa.String(length=64), nullable=False),
        sa.Column("to_key", TEXT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("queued_at", UTC, nullable=False),
        sa.Column("not_before", UTC, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(length=64), nullable=True),
        sa.Column("claimed_at", UTC, nullable=True),
        sa.Column("phase", sa.String(length=16), nullable=True),
        sa.Column("last_error", TEXT, nullable=True),
        sa.Column("answer", TEXT, nullable=True),
        sa.Column("redirected_to", TEXT, nullable=True),
        sa.Column("sent_at", UTC, nullable=True),
        sa.Column("copied_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_outbox_letter_id_letter")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_outbox_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_id")),
        sa.UniqueConstraint("once_key", name=op.f("uq_outbox_once_key")),
    )
    op.create_index("ix_outbox_due", "outbox", ["status", "not_before", "id"], unique=False)
    op.create_index(op.f("ix_outbox_request_id"), "outbox", ["request_id"], unique=False)
    op.create_index("ix_outbox_sender_cap", "outbox", ["to_key", "queued_at"], unique=False)


def _attempt() -> None:
    """Tries at sending."""
    op.create_table(
        "attempt",
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", UTC, nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("ended_at", UTC, nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("answer", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_attempt_outbox_id_outbox")),
        sa.PrimaryKeyConstraint("outbox_id", "number", name=op.f("pk_attempt")),
    )


def _trail() -> None:
    """Hash-chained events."""
    op.create_table(
        "chain_head",
        sa.Column("chain", sa.String(length=96), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_chain_head")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(length=96), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("at", UTC, nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("via", sa.String(length=16), nullable=False),
        sa.Column("data", TEXT, nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_event_message_id_message")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_event_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("chain", "seq", name=op.f("uq_event_chain_seq")),
    )
    op.create_index(op.f("ix_event_message_id"), "event", ["message_id"], unique=False)
    op.create_index(op.f("ix_event_request_id"), "event", ["request_id"], unique=False)


def _people() -> None:
    """Officers and heartbeats."""
    op.create_table(
        "heartbeat",
        sa.Column("part", sa.String(length=96), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "officer",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("added_at", UTC, nullable=False),
        sa.Column("disabled_at", UTC, nullable=True),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_officer")),
    )
