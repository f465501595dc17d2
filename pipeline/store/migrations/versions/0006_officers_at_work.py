"""What officers at a screen need: signing in, deputies, notes, restricted cases, autosaved forms, notices, and erasure with its proof."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables and columns of officers' accounts, notes, notices and erasure."""
    _new_tables()
    _people_and_forms()
    _what_is_typed_and_erased()
    _what_is_kept_of_a_case()
    _new_columns()


def _new_tables() -> None:
    op.create_table(
        "alarm",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_alarm")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("once_key", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("stale_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("once_key", name=op.f("uq_notice_once_key")),
    )
    op.create_index("ix_notice_due", "notice", ["status", "not_before", "id"], unique=False)
    op.create_index(op.f("ix_notice_message_id"), "notice", ["message_id"], unique=False)
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "signing_key",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_signing_key")),
    )


def _people_and_forms() -> None:
    op.create_table(
        "deputy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer", sa.String(length=254), nullable=False),
        sa.Column("for_officer", sa.String(length=254), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["for_officer"], ["officer.email"], name=op.f("fk_deputy_for_officer_officer")),
        sa.ForeignKeyConstraint(["officer"], ["officer.email"], name=op.f("fk_deputy_officer_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputy")),
    )
    op.create_index(op.f("ix_deputy_for_officer"), "deputy", ["for_officer"], unique=False)
    op.create_index(op.f("ix_deputy_officer"), "deputy", ["officer"], unique=False)
    op.create_table(
        "sign_in",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("officer", sa.String(length=254), nullable=False),
        sa.Column("via", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["officer"], ["officer.email"], name=op.f("fk_sign_in_officer_officer")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_officer"), "sign_in", ["officer"], unique=False)


def _what_is_typed_and_erased() -> None:
    op.create_table(
        "autosave",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("officer", sa.String(length=254), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_autosave_request_id_request")),
        sa.PrimaryKeyConstraint("request_id", "kind", "officer", name=op.f("pk_autosave")),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("digests", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_erasure_message_id_message")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_erasure_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_message_id"), "erasure", ["message_id"], unique=False)
    op.create_index(op.f("ix_erasure_request_id"), "erasure", ["request_id"], unique=False)


def _what_is_kept_of_a_case() -> None:
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_note_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index(op.f("ix_note_request_id"), "note", ["request_id"], unique=False)
    op.create_table(
        "opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_opening_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
    )
    op.create_index("ix_opening_case", "opening", ["request_id", "at"], unique=False)


def _new_columns() -> None:
    op.add_column("folder", sa.Column("quiet_until", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("message", sa.Column("quiet", sa.String(length=16), nullable=True))
    op.add_column("attachment", sa.Column("scan", sa.Text(), nullable=True))
    op.add_column("attachment", sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("clock_event", sa.Column("question", sa.Integer(), nullable=True))
    op.add_column("letter", sa.Column("send_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("letter", sa.Column("exception", sa.JSON(), nullable=True))
    op.add_column("letter", sa.Column("exception_checked_by", sa.Text(), nullable=True))
    op.add_column("letter", sa.Column("exception_checked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("letter", sa.Column("resends", sa.Integer(), nullable=True))
    op.add_column("letter", sa.Column("resend_to", sa.Text(), nullable=True))
    op.create_index("ix_letter_status", "letter", ["status", "id"], unique=False)
    op.add_column("officer", sa.Column("team", sa.Text(), nullable=True))
    op.add_column("officer", sa.Column("password_hash", sa.Text(), nullable=True))
    op.add_column("officer", sa.Column("must_change", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("officer", sa.Column("subject", sa.Text(), nullable=True))
    op.create_index(op.f("ix_officer_subject"), "officer", ["subject"], unique=True)
    op.add_column("question", sa.Column("key", sa.Integer(), server_default="0", nullable=False))
    op.add_column("request", sa.Column("channel", sa.String(length=16), server_default="mail", nullable=False))
    op.add_column("request", sa.Column("own_reference", sa.Text(), nullable=True))
    op.add_column("request", sa.Column("team", sa.Text(), nullable=True))
    op.add_column("request", sa.Column("merged_into", sa.Integer(), nullable=True))
    op.add_column("request", sa.Column("legal_hold", sa.Text(), nullable=True))
    op.add_column("request", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_request_own_reference"), "request", ["own_reference"], unique=False)
    # Every question so far keeps the place it has as its lasting key.
    op.execute(sa.text("UPDATE question SET key = position"))
