"""What is held to be true today of one price is true once; a provider's newest run is found by one seek."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_TODAY = sa.text("superseded_by IS NULL")
_HOLDS = sa.text("valid_to IS NULL AND superseded_by IS NULL")
_CHAIN = ["model_id", "unit", "condition", "rank", "source"]

_SAME = " AND ".join(f"h.{name} = n.{name}" for name in _CHAIN) + " AND h.superseded_by IS NULL"
_REFUSE = f"""
CREATE FUNCTION model_pricing_history_refuses_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong bigint;
BEGIN
  SELECT n.id INTO wrong FROM written n WHERE n.superseded_by IS NULL AND (
    EXISTS (SELECT 1 FROM model_pricing_history h WHERE {_SAME} AND h.valid_from > n.valid_from
      AND h.valid_from < COALESCE(n.valid_to, 'infinity'))
    OR n.valid_from < (SELECT COALESCE(h.valid_to, 'infinity') FROM model_pricing_history h
      WHERE {_SAME} AND h.valid_from < n.valid_from ORDER BY h.valid_from DESC LIMIT 1)
  ) LIMIT 1;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'row % of model_pricing_history overlaps another of the same price', wrong
      USING ERRCODE = 'exclusion_violation';
  END IF;
  RETURN NULL;
END $$
"""  # noqa: S608 - our own names


def upgrade() -> None:
    """Let chains be unique over all readings, in indexes that find the price at an instant by themselves.

    PostgreSQL also refuses an overlap, by looking at the two neighbours of each row that was written, once
    per statement. Why this is no exclusion constraint stands in docs/architecture.md.
    """
    op.drop_index("uq_model_pricing_history_begins", "model_pricing_history")
    op.drop_index("uq_model_pricing_history_holds", "model_pricing_history")
    op.create_index(
        "uq_model_pricing_history_begins",
        "model_pricing_history",
        [*_CHAIN, "valid_from"],
        unique=True,
        sqlite_where=_TODAY,
        postgresql_where=_TODAY,
    )
    op.create_index(
        "uq_model_pricing_history_holds",
        "model_pricing_history",
        _CHAIN,
        unique=True,
        sqlite_where=_HOLDS,
        postgresql_where=_HOLDS,
    )
    op.drop_index("ix_pricing_sync_log_provider_slug_status", "pricing_sync_log")
    op.create_index(
        "ix_pricing_sync_log_provider_slug_status_id", "pricing_sync_log", ["provider_slug", "status", "id"]
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_REFUSE)
        for event in ("INSERT", "UPDATE"):
            op.execute(
                f"CREATE TRIGGER model_pricing_history_{event.lower()} AFTER {event} "
                "ON model_pricing_history REFERENCING NEW TABLE AS written FOR EACH STATEMENT "
                "EXECUTE FUNCTION model_pricing_history_refuses_overlap()"
            )
