"""Exports that are kept under the hash of their bytes."""

import sqlalchemy as sa
from alembic import op

from modelatlas.storage.columns import Instant

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table of pins."""
    op.create_table(
        "pins",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("format", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("catalog", sa.Text, nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("losses", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
