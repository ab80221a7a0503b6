"""The first tables: providers, listings, prices and their history, runs, snapshots, overrides."""

import sqlalchemy as sa
from alembic import op

from modelatlas.storage.columns import ExactNumber, Instant, Key

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "store_stamp",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("created_at", Instant, nullable=False),
    )
    op.create_table(
        "providers",
        sa.Column("id", Key, primary_key=True),
        sa.Column("slug", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("first_seen", Instant, nullable=False),
    )
    op.create_table(
        "models",
        sa.Column("id", Key, primary_key=True),
        sa.Column("provider_id", Key, sa.ForeignKey("providers.id"), nullable=False),
        sa.Column("provider_model_id", sa.Text, nullable=False),
        sa.Column("model_name", sa.Text),
        sa.Column("canonical_model", sa.Text),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("mode", sa.Text),
        sa.Column("lab", sa.Text),
        sa.Column("context_tokens", Key),
        sa.Column("max_output_tokens", Key),
        sa.Column("missed_runs", sa.Integer, nullable=False),
        sa.Column("first_seen", Instant, nullable=False),
        sa.Column("last_changed", Instant, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("listing", sa.Text, nullable=False),
        sa.UniqueConstraint("provider_id", "provider_model_id"),
    )
    op.create_index(None, "models", ["provider_id", "is_active"])
    op.create_table(
        "pricing_sync_log",
        sa.Column("id", Key, primary_key=True),
        sa.Column("provider_slug", sa.Text, nullable=False),
        sa.Column("sync_started_at", Instant, nullable=False),
        sa.Column("sync_completed_at", Instant),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("models_fetched", sa.Integer, nullable=False),
        sa.Column("models_inserted", sa.Integer, nullable=False),
        sa.Column("models_updated", sa.Integer, nullable=False),
        sa.Column("models_unchanged", sa.Integer, nullable=False),
        sa.Column("models_skipped", sa.Integer, nullable=False),
        sa.Column("models_deactivated", sa.Integer, nullable=False),
        sa.Column("prices_changed", sa.Integer, nullable=False),
        sa.Column("error_message", sa.Text),
        sa.Column("snapshot_at", Instant),
        sa.Column("snapshot_digest", sa.Text),
        sa.Column("after_run_id", Key, sa.ForeignKey("pricing_sync_log.id")),
        sa.CheckConstraint(
            "status IN ('running', 'success', 'partial', 'failed', 'cancelled', 'skipped')", name="status"
        ),
    )
    op.create_index(None, "pricing_sync_log", ["provider_slug", "status"])
    op.create_index(None, "pricing_sync_log", ["sync_started_at"])
    op.create_table(
        "price_quotes",
        sa.Column("id", Key, primary_key=True),
        sa.Column("model_id", Key, sa.ForeignKey("models.id"), nullable=False),
        sa.Column("run_id", Key, sa.ForeignKey("pricing_sync_log.id"), nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("raw", sa.Text, nullable=False),
        sa.Column("unit_text", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("amount", ExactNumber),
        sa.Column("condition", sa.Text, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("reading", sa.Integer, nullable=False),
        sa.Column("observed_at", Instant, nullable=False),
        sa.CheckConstraint("(state = 'known') = (amount IS NOT NULL)", name="known_amount"),
    )
    op.create_index(None, "price_quotes", ["model_id", "observed_at"])
    op.create_table(
        "model_pricing",
        sa.Column("model_id", Key, sa.ForeignKey("models.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("amount", ExactNumber),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("per", sa.Text, nullable=False),
        sa.Column("usd", ExactNumber),
        sa.Column("usd_per_million_approx", sa.Double),
        sa.Column("condition", sa.Text, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.CheckConstraint("(state = 'known') = (amount IS NOT NULL)", name="known_amount"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "model_pricing_history",
        sa.Column("id", Key, primary_key=True),
        sa.Column("model_id", Key, sa.ForeignKey("models.id"), nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("amount", ExactNumber),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("per", sa.Text, nullable=False),
        sa.Column("usd", ExactNumber),
        sa.Column("usd_per_million_approx", sa.Double),
        sa.Column("condition", sa.Text, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("quote_id", Key, sa.ForeignKey("price_quotes.id"), nullable=False),
        sa.Column("reading", sa.Integer, nullable=False),
        sa.Column("valid_from", Instant, nullable=False),
        sa.Column("valid_to", Instant),
        sa.Column("superseded_by", Key, sa.ForeignKey("model_pricing_history.id")),
        sa.CheckConstraint("(state = 'known') = (amount IS NOT NULL)", name="known_amount"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="forward"),
    )
    op.create_index(None, "model_pricing_history", ["model_id", "unit", "valid_from"])
    op.create_table(
        "sightings",
        sa.Column("id", Key, primary_key=True),
        sa.Column("model_id", Key, sa.ForeignKey("models.id"), nullable=False),
        sa.Column("run_id", Key, sa.ForeignKey("pricing_sync_log.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("observed_at", Instant, nullable=False),
        sa.CheckConstraint("kind IN ('gone', 'back')", name="kind"),
    )
    op.create_index(None, "sightings", ["model_id", "observed_at"])
    op.create_table(
        "sync_exclusions",
        sa.Column("id", Key, primary_key=True),
        sa.Column("provider_slug", sa.Text, nullable=False),
        sa.Column("provider_model_id", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("run_id", Key, sa.ForeignKey("pricing_sync_log.id"), nullable=False),
        sa.Column("ended_run_id", Key, sa.ForeignKey("pricing_sync_log.id")),
    )
    op.create_index(None, "sync_exclusions", ["provider_slug", "ended_run_id"])
    op.create_table(
        "synced_ids",
        sa.Column("provider_slug", sa.Text, primary_key=True),
        sa.Column("run_id", Key, sa.ForeignKey("pricing_sync_log.id"), nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("ids", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "overrides",
        sa.Column("provider_slug", sa.Text, primary_key=True),
        sa.Column("provider_model_id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.CheckConstraint("kind IN ('exclude', 'keep')", name="kind"),
    )
    op.create_table(
        "provider_snapshots",
        sa.Column("provider_slug", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("fetched_at", Instant, nullable=False),
        sa.Column("content_since", Instant, nullable=False),
        sa.Column("reading", sa.Integer, nullable=False),
        sa.Column("listings", sa.Integer, nullable=False),
        sa.Column("snapshot_hash", sa.LargeBinary, nullable=False),
        sa.Column("snapshot", sa.LargeBinary, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
    )
