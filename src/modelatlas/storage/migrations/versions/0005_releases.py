"""Prices that operators let out of quarantine."""

import sqlalchemy as sa
from alembic import op

from modelatlas.storage.columns import Instant

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table of releases."""
    op.create_table(
        "quarantine_releases",
        sa.Column("provider_slug", sa.Text, primary_key=True),
        sa.Column("provider_model_id", sa.Text, primary_key=True),
        sa.Column("unit", sa.Text, primary_key=True),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("released_at", Instant, nullable=False),
    )
