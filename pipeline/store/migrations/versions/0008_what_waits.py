"""Of much mail that waits for intake, or many letters that wait to be sent, the next few are found without sorting all of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_TO_READ = "body_wanted IS FALSE AND NOT state <> 'received'"
_TO_SEND = "NOT status NOT IN ('waiting', 'queued', 'retry')"


def upgrade() -> None:
    """Change the indexes; nothing that is stored changes."""
    op.drop_index("ix_outbox_due", "outbox")
    for name, table, columns, condition in (
        ("ix_message_to_read", "message", ["mailbox", "id"], _TO_READ),
        ("ix_outbox_to_send", "outbox", ["not_before", "id"], _TO_SEND),
    ):
        where = sa.text(condition)
        op.create_index(name, table, columns, unique=False, sqlite_where=where, postgresql_where=where)
