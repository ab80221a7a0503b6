"""Which model a listing is, with the evidence, and an operator's word on it."""

import sqlalchemy as sa
from alembic import op

from modelatlas.storage.columns import Instant, Key

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables of matches and of words."""
    op.create_table(
        "model_matches",
        sa.Column("model_id", Key, sa.ForeignKey("models.id"), primary_key=True),
        sa.Column("match", sa.Text, nullable=False),
    )
    op.create_table(
        "model_words",
        sa.Column("provider_slug", sa.Text, primary_key=True),
        sa.Column("provider_model_id", sa.Text, primary_key=True),
        sa.Column("model", sa.Text),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
    )
