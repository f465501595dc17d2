"""Lists that stay fast with a million cases: their indexes, the words of every case, the day of the answer, and provisions for the figures."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from pipeline.domain.clock_events import received_day
from pipeline.store.columns import UtcDateTime
from pipeline.store.searching import index

if TYPE_CHECKING:
    from sqlalchemy import Connection

revision = "0007"
down_revision = "0006"

_OPEN = "workflow NOT IN ('sent', 'closed', 'withdrawn', 'not_a_request')"
_LOOSE = (
    "placed IS FALSE AND dismissed_at IS NULL AND intent <> 'duplicate' "
    "AND (verdict IN ('internal', 'other', 'bounce') OR (verdict = 'automatic' AND flagged IS TRUE))"
)
_UNREADABLE = "dismissed_at IS NULL AND NOT state <> 'quarantined'"
_LOOK_AT = "flagged IS TRUE AND workflow NOT IN ('closed', 'withdrawn', 'not_a_request')"
_UNCHECKED = "exception IS NOT NULL AND exception_checked_at IS NULL"
_BATCH = 1_000


def upgrade() -> None:
    """Add the lists' columns and indexes, work out what they hold for what is there, and index the words of every case."""
    _tables()
    op.add_column("message", sa.Column("placed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("request", sa.Column("answered_on", sa.Date(), nullable=True))
    connection = op.get_bind()
    op.execute(
        sa.text(
            "UPDATE message SET placed = TRUE WHERE EXISTS (SELECT 1 FROM case_message "
            "WHERE case_message.message_id = message.id AND case_message.side <> 'suggested')"
        )
    )
    _answered(connection)
    _indexes()
    index.create(connection)
    deque(index.rebuild(connection), maxlen=0)


def _tables() -> None:
    op.create_table(
        "request_search",
        sa.Column("request_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_request_search_request_id_request")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_request_search")),
    )
    op.create_table(
        "letter_provision",
        sa.Column("letter_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("provision", sa.String(length=64).with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_letter_provision_request_id_request")),
        sa.PrimaryKeyConstraint("letter_id", "provision", name=op.f("pk_letter_provision")),
    )
    op.create_index(op.f("ix_letter_provision_request_id"), "letter_provision", ["request_id"], unique=False)


def _answered(connection: Connection) -> None:
    """Find the day on which each answer so far went: what the server accepted first."""
    outbox = sa.table(
        "outbox",
        sa.column("request_id", sa.Integer()),
        sa.column("kind", sa.String()),
        sa.column("sent_at", UtcDateTime()),
    )
    request = sa.table("request", sa.column("id", sa.Integer()), sa.column("answered_on", sa.Date()))
    first = sa.func.min(outbox.c.sent_at, type_=UtcDateTime()).label("at")
    query = sa.select(outbox.c.request_id, first).where(outbox.c.kind == "response", outbox.c.sent_at.is_not(None))
    rows = connection.execute(query.group_by(outbox.c.request_id)).all()
    change = sa.update(request).where(request.c.id == sa.bindparam("of")).values(answered_on=sa.bindparam("day"))
    for start in range(0, len(rows), _BATCH):
        portion = rows[start : start + _BATCH]
        connection.execute(change, [{"of": row.request_id, "day": received_day(row.at)} for row in portion])


def _indexes() -> None:
    wide = ["received_on", "id", "regime", "workflow", "outcome", "answered_on", "due_on", "clock"]
    op.create_index("ix_request_due", "request", ["due_on", "id"], unique=False)
    op.create_index("ix_request_owner", "request", ["owner", "due_on", "id"], unique=False)
    op.create_index("ix_request_received", "request", wide, unique=False)
    op.create_index("ix_request_answered", "request", ["answered_on", "due_on", "regime"], unique=False)
    counted = ["due_on", "id", "owner", "team", "flagged", "clock", "received_on", "workflow"]
    for name, table, columns, condition in (
        ("ix_request_open", "request", counted, _OPEN),
        ("ix_request_flagged", "request", ["due_on", "id"], _LOOK_AT),
        ("ix_message_loose", "message", ["id"], _LOOSE),
        ("ix_message_unreadable", "message", ["id"], _UNREADABLE),
        ("ix_letter_unchecked", "letter", ["id"], _UNCHECKED),
    ):
        where = sa.text(condition)
        op.create_index(name, table, columns, unique=False, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_outbox_list", "outbox", ["status", "id"], unique=False)
    op.create_index("ix_question_area", "question", ["service_area", "request_id"], unique=False)
    op.create_index("ix_clock_event_kind", "clock_event", ["kind", "day", "request_id"], unique=False)
