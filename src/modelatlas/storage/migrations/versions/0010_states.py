"""What the processes of one service tell one another of each provider."""

import sqlalchemy as sa
from alembic import op

from modelatlas.storage.columns import Instant

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table of states."""
    op.create_table(
        "provider_states",
        sa.Column("provider_slug", sa.Text, primary_key=True),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("shape", sa.Text, nullable=False),
        sa.Column("pointer", sa.LargeBinary, nullable=False),
        sa.Column("held", sa.LargeBinary, nullable=False),
    )
