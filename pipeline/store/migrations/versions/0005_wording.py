"""A case knows the digest of its wording, so that the same words from several people are seen to be the same."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the digest and its index; cases from before keep none and are compared with nobody's."""
    op.add_column("request", sa.Column("wording_sha256", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_request_wording_sha256"), "request", ["wording_sha256"], unique=False)
