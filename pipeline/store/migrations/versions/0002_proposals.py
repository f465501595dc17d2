"""A message can carry the request that a colleague's forward may hold, until an officer has confirmed it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column, empty."""
    op.add_column("message", sa.Column("proposal", sa.JSON(), nullable=True))
