"""Who has a run in hand: the durable run behind it, the process with its lease; one running run each."""

import sqlalchemy as sa
from alembic import op

from modelatlas.storage.columns import Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add columns and table; a run of an older version that is still running has no lease, so it ends."""
    op.execute(
        "UPDATE pricing_sync_log SET status = 'failed', sync_completed_at = sync_started_at, "
        "error_message = 'a newer version took over while it ran: sync again' WHERE status = 'running'"
    )
    op.add_column("pricing_sync_log", sa.Column("workflow_id", sa.Text))
    op.add_column("pricing_sync_log", sa.Column("executor_id", sa.Text))
    op.create_index(None, "pricing_sync_log", ["workflow_id"], unique=True)
    op.create_index(
        "ix_pricing_sync_log_running",
        "pricing_sync_log",
        ["provider_slug"],
        unique=True,
        sqlite_where=sa.text("status = 'running'"),
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_table(
        "executors",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("slot", sa.Integer, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("started_at", Instant, nullable=False),
        sa.Column("lease_until", Instant, nullable=False),
    )
