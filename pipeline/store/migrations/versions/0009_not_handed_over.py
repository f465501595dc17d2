"""A message that its server can't hand over holds up no other: the folder knows at which one it failed, and how often."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the two columns; no folder has failed yet."""
    op.add_column("folder", sa.Column("failed_uid", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("folder", sa.Column("failed_times", sa.Integer(), server_default="0", nullable=False))
