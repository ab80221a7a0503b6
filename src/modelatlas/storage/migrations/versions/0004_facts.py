"""What is observed is one kind of fact each: first sightings, changed attributes; chains without gaps."""

import sqlalchemy as sa
from alembic import op

from modelatlas.storage.columns import Instant, Key

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the tables, columns and indexes, and what stores of older versions lack in them."""
    op.add_column("providers", sa.Column("reading", sa.Integer, nullable=False, server_default="1"))
    op.add_column("models", sa.Column("visibility", sa.Text, nullable=False, server_default="public"))
    op.execute("""UPDATE models SET visibility = 'account' WHERE listing LIKE '%"visibility":"account"%'""")
    _sightings()
    _attribute_changes()
    _history()
    if op.get_bind().dialect.name == "postgresql":
        for table in ("sightings", "model_pricing_history"):
            _count_on(table)


def _count_on(table: str) -> None:
    """Number new rows after those that were numbered here; PostgreSQL's sequence has not heard of these."""
    op.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), MAX(id)) FROM {table}")  # noqa: S608


def _sightings() -> None:
    """Let sightings tell of first ones, too."""
    op.execute("CREATE TABLE kept_sightings AS SELECT * FROM sightings")
    op.drop_table("sightings")
    op.create_table(
        "sightings",
        sa.Column("id", Key, primary_key=True),
        sa.Column("model_id", Key, sa.ForeignKey("models.id"), nullable=False),
        sa.Column("run_id", Key, sa.ForeignKey("pricing_sync_log.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("observed_at", Instant, nullable=False),
        sa.CheckConstraint("kind IN ('new', 'gone', 'back')", name="kind"),
    )
    op.create_index(None, "sightings", ["model_id", "observed_at"])
    op.create_index(None, "sightings", ["observed_at"])
    op.execute("INSERT INTO sightings SELECT id, model_id, run_id, kind, observed_at FROM kept_sightings")
    op.drop_table("kept_sightings")
    op.execute(
        "INSERT INTO sightings (id, model_id, run_id, kind, observed_at) "
        "SELECT (SELECT COALESCE(MAX(id), 0) FROM sightings) + ROW_NUMBER() OVER (ORDER BY m.id), m.id, "
        "  (SELECT MIN(l.id) FROM pricing_sync_log l JOIN providers p ON p.slug = l.provider_slug "
        "   WHERE p.id = m.provider_id AND l.status = 'success'), "
        "  'new', m.first_seen FROM models m"
    )


def _attribute_changes() -> None:
    op.create_table(
        "attribute_changes",
        sa.Column("id", Key, primary_key=True),
        sa.Column("model_id", Key, sa.ForeignKey("models.id"), nullable=False),
        sa.Column("run_id", Key, sa.ForeignKey("pricing_sync_log.id"), nullable=False),
        sa.Column("attribute", sa.Text, nullable=False),
        sa.Column("old", sa.Text, nullable=False),
        sa.Column("new", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("observed_at", Instant, nullable=False),
        sa.CheckConstraint("cause IN ('provider', 'reading')", name="cause"),
    )
    op.create_index(None, "attribute_changes", ["model_id", "observed_at"])
    op.create_index(None, "attribute_changes", ["observed_at"])


def _history() -> None:
    """Close the gaps of the chains by rows that say `unknown`, and let the database see to it from now on."""
    op.execute(
        "WITH held AS (SELECT * FROM model_pricing_history WHERE superseded_by IS NULL) "
        "INSERT INTO model_pricing_history (id, model_id, unit, state, currency, per, condition, rank, "
        "  source, quote_id, reading, valid_from, valid_to) "
        "SELECT (SELECT MAX(id) FROM model_pricing_history) + ROW_NUMBER() OVER (ORDER BY r.id), r.model_id, "
        "  r.unit, 'unknown', r.currency, r.per, r.condition, r.rank, r.source, r.quote_id, r.reading, "
        "  r.valid_to, (SELECT MIN(n.valid_from) FROM held n WHERE n.model_id = r.model_id "
        "    AND n.unit = r.unit AND n.condition = r.condition AND n.rank = r.rank AND n.source = r.source "
        "    AND n.valid_from > r.valid_to) "
        "FROM held r WHERE r.valid_to IS NOT NULL AND NOT EXISTS (SELECT 1 FROM held n "
        "  WHERE n.model_id = r.model_id AND n.unit = r.unit AND n.condition = r.condition "
        "  AND n.rank = r.rank AND n.source = r.source AND n.valid_from = r.valid_to)"
    )
    op.create_index(None, "model_pricing_history", ["valid_from"])
    op.create_index(
        "uq_model_pricing_history_begins",
        "model_pricing_history",
        ["model_id", "unit", "condition", "rank", "source", "reading", "valid_from"],
        unique=True,
    )
    op.create_index(
        "uq_model_pricing_history_holds",
        "model_pricing_history",
        ["model_id", "unit", "condition", "rank", "source", "reading"],
        unique=True,
        sqlite_where=sa.text("valid_to IS NULL"),
        postgresql_where=sa.text("valid_to IS NULL"),
    )
