"""The tables: what is stored of listings, prices, runs and snapshots, in every database alike.

`models` holds listings (design: the SQL names are older than our words). What was observed is appended
and never changed: `price_quotes`, `sightings`, `attribute_changes`. `model_pricing_history` is derived from
the quotes: of its rows only the ends, and what supersedes them, are ever written.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from modelatlas.storage.columns import ExactNumber, Instant, Key

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

store_stamp = Table(
    "store_stamp",
    metadata,
    Column("kind", Text, primary_key=True),  # real or simulated; there is one row
    Column("created_at", Instant, nullable=False),
)

providers = Table(
    "providers",
    metadata,
    Column("id", Key, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("reading", Integer, nullable=False, server_default="1"),  # that its history was derived with
)

models = Table(
    "models",
    metadata,
    Column("id", Key, primary_key=True),
    Column("provider_id", Key, ForeignKey("providers.id"), nullable=False),
    Column("provider_model_id", Text, nullable=False),
    Column("model_name", Text),  # null: the provider does not name it
    Column("canonical_model", Text),  # lab/name, where the model is known
    Column("is_active", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("mode", Text),
    Column("lab", Text),
    Column("context_tokens", Key),
    Column("max_output_tokens", Key),
    Column("missed_runs", Integer, nullable=False),  # runs in a row that did not find it
    Column("first_seen", Instant, nullable=False),
    Column("last_changed", Instant, nullable=False),  # when its content changed, not whether it was there
    Column("digest", LargeBinary, nullable=False),  # of the listing as written
    Column("listing", Text, nullable=False),  # the whole listing as JSON
    Column("visibility", Text, nullable=False, server_default="public"),
    UniqueConstraint("provider_id", "provider_model_id"),
    Index(None, "provider_id", "is_active"),
)

pricing_sync_log = Table(
    "pricing_sync_log",
    metadata,
    Column("id", Key, primary_key=True),
    Column("provider_slug", Text, nullable=False),
    Column("sync_started_at", Instant, nullable=False),
    Column("sync_completed_at", Instant),
    Column("status", Text, nullable=False),
    Column("models_fetched", Integer, nullable=False, default=0),
    Column("models_inserted", Integer, nullable=False, default=0),
    Column("models_updated", Integer, nullable=False, default=0),
    Column("models_unchanged", Integer, nullable=False, default=0),
    Column("models_skipped", Integer, nullable=False, default=0),
    Column("models_deactivated", Integer, nullable=False, default=0),
    Column("prices_changed", Integer, nullable=False, default=0),
    Column("error_message", Text),
    Column("snapshot_at", Instant),  # when the written snapshot was fetched
    Column("snapshot_digest", Text),
    Column("after_run_id", Key, ForeignKey("pricing_sync_log.id")),  # the last success when this run started
    Column("workflow_id", Text),  # the durable run behind this one
    Column("executor_id", Text),  # the process that has it in hand
    CheckConstraint(
        "status IN ('running', 'success', 'partial', 'failed', 'cancelled', 'skipped')", name="status"
    ),
    Index(None, "provider_slug", "status", "id"),
    Index(None, "sync_started_at"),
    Index(None, "workflow_id", unique=True),
    Index(  # one running run of a provider, whoever starts it (F44)
        "ix_pricing_sync_log_running",
        "provider_slug",
        unique=True,
        sqlite_where=text("status = 'running'"),
        postgresql_where=text("status = 'running'"),
    ),
)

executors = Table(
    "executors",
    metadata,
    Column("id", Text, primary_key=True),  # host and slot
    Column("host", Text, nullable=False),
    Column("slot", Integer, nullable=False),
    Column("token", Text, nullable=False),  # whose lease it is
    Column("started_at", Instant, nullable=False),
    Column("lease_until", Instant, nullable=False),
)

price_quotes = Table(
    "price_quotes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("model_id", Key, ForeignKey("models.id"), nullable=False),
    Column("run_id", Key, ForeignKey("pricing_sync_log.id"), nullable=False),
    Column("unit", Text, nullable=False),
    Column("path", Text, nullable=False),  # where it stood in the entry
    Column("raw", Text, nullable=False),  # the text as received; empty when it is gone
    Column("unit_text", Text, nullable=False),  # currency per quantity
    Column("state", Text, nullable=False),  # unknown: the provider does not say it any more
    Column("amount", ExactNumber),  # what the text was read as
    Column("condition", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("reading", Integer, nullable=False),
    Column("observed_at", Instant, nullable=False),
    CheckConstraint("(state = 'known') = (amount IS NOT NULL)", name="known_amount"),
    Index(None, "model_id", "observed_at"),
)

model_pricing = Table(
    "model_pricing",
    metadata,
    Column("model_id", Key, ForeignKey("models.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("unit", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("amount", ExactNumber),  # as billed: in `currency`, for `per`
    Column("currency", Text, nullable=False),
    Column("per", Text, nullable=False),
    Column("usd", ExactNumber),  # for one single unit; null when varying or in another currency
    Column("usd_per_million_approx", Double),  # for ORDER BY only
    Column("condition", Text, nullable=False),  # JSON; {} is always
    Column("rank", Integer, nullable=False),
    Column("source", Text, nullable=False),
    CheckConstraint("(state = 'known') = (amount IS NOT NULL)", name="known_amount"),
    sqlite_with_rowid=False,
)

model_pricing_history = Table(
    "model_pricing_history",
    metadata,
    Column("id", Key, primary_key=True),
    Column("model_id", Key, ForeignKey("models.id"), nullable=False),
    Column("unit", Text, nullable=False),
    Column("state", Text, nullable=False),  # unknown: the provider did not say it any more
    Column("amount", ExactNumber),
    Column("currency", Text, nullable=False),
    Column("per", Text, nullable=False),
    Column("usd", ExactNumber),
    Column("usd_per_million_approx", Double),
    Column("condition", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("quote_id", Key, ForeignKey("price_quotes.id"), nullable=False),  # what it was read from
    Column("reading", Integer, nullable=False),
    Column("valid_from", Instant, nullable=False),  # when it was first observed
    Column("valid_to", Instant),  # when it was first observed to be otherwise; null: it still holds
    Column(
        "superseded_by", Key, ForeignKey("model_pricing_history.id")
    ),  # what a better reading of the quotes put in its place
    CheckConstraint("(state = 'known') = (amount IS NOT NULL)", name="known_amount"),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="forward"),
    Index(None, "model_id", "unit", "valid_from"),
    Index(None, "valid_from"),
    Index(  # one beginning of each chain at a time, as it is read today
        "uq_model_pricing_history_begins",
        *("model_id", "unit", "condition", "rank", "source", "valid_from"),
        unique=True,
        sqlite_where=text("superseded_by IS NULL"),
        postgresql_where=text("superseded_by IS NULL"),
    ),
    Index(  # one open end of each chain, as it is read today
        "uq_model_pricing_history_holds",
        *("model_id", "unit", "condition", "rank", "source"),
        unique=True,
        sqlite_where=text("valid_to IS NULL AND superseded_by IS NULL"),
        postgresql_where=text("valid_to IS NULL AND superseded_by IS NULL"),
    ),  # and no overlap, on PostgreSQL: migration 0007
)

sightings = Table(
    "sightings",
    metadata,
    Column("id", Key, primary_key=True),
    Column("model_id", Key, ForeignKey("models.id"), nullable=False),
    Column("run_id", Key, ForeignKey("pricing_sync_log.id"), nullable=False),
    Column("kind", Text, nullable=False),  # new, gone (at the first absence), or back
    Column("observed_at", Instant, nullable=False),
    CheckConstraint("kind IN ('new', 'gone', 'back')", name="kind"),
    Index(None, "model_id", "observed_at"),
    Index(None, "observed_at"),
)

attribute_changes = Table(
    "attribute_changes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("model_id", Key, ForeignKey("models.id"), nullable=False),
    Column("run_id", Key, ForeignKey("pricing_sync_log.id"), nullable=False),
    Column("attribute", Text, nullable=False),  # a key of the listing, prices apart
    Column("old", Text, nullable=False),  # JSON
    Column("new", Text, nullable=False),
    Column("cause", Text, nullable=False),  # provider; or reading: a better reading of the same words
    Column("observed_at", Instant, nullable=False),
    CheckConstraint("cause IN ('provider', 'reading')", name="cause"),
    Index(None, "model_id", "observed_at"),
    Index(None, "observed_at"),
)

sync_exclusions = Table(
    "sync_exclusions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("provider_slug", Text, nullable=False),
    Column("provider_model_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("run_id", Key, ForeignKey("pricing_sync_log.id"), nullable=False),  # the first that left it out
    Column("ended_run_id", Key, ForeignKey("pricing_sync_log.id")),  # the first that did not any more
    Index(None, "provider_slug", "ended_run_id"),
)

synced_ids = Table(
    "synced_ids",
    metadata,
    Column("provider_slug", Text, primary_key=True),
    Column(
        "run_id", Key, ForeignKey("pricing_sync_log.id"), nullable=False
    ),  # the first that wrote this list
    Column("digest", LargeBinary, nullable=False),
    Column("count", Integer, nullable=False),
    Column("ids", LargeBinary, nullable=False),  # the sorted ids of the snapshot, zstd
)

overrides = Table(
    "overrides",
    metadata,
    Column("provider_slug", Text, primary_key=True),
    Column("provider_model_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # exclude or keep
    Column("note", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("kind IN ('exclude', 'keep')", name="kind"),
)

model_matches = Table(
    "model_matches",
    metadata,
    Column("model_id", Key, ForeignKey("models.id"), primary_key=True),
    Column("match", Text, nullable=False),  # which model the listing is, with the evidence, as JSON
)

model_words = Table(
    "model_words",
    metadata,
    Column("provider_slug", Text, primary_key=True),
    Column("provider_model_id", Text, primary_key=True),
    Column("model", Text),  # lab/name, as an operator says; null: it is none
    Column("note", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)

quarantine_releases = Table(
    "quarantine_releases",
    metadata,
    Column("provider_slug", Text, primary_key=True),
    Column("provider_model_id", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("amount", ExactNumber),  # of one single unit; None in releases of before amounts were kept
    Column("currency", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("released_by", Text, nullable=False),
    Column("released_at", Instant, nullable=False),
)

provider_snapshots = Table(
    "provider_snapshots",
    metadata,
    Column("provider_slug", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    Column("content_since", Instant, nullable=False),
    Column("reading", Integer, nullable=False),
    Column("listings", Integer, nullable=False),
    Column("snapshot_hash", LargeBinary, nullable=False),  # of the encoded snapshot without its times
    Column("snapshot", LargeBinary, nullable=False),  # msgpack, zstd
    Column("payload", LargeBinary, nullable=False),  # the raw entries, zstd
)

provider_states = Table(
    "provider_states",
    metadata,
    Column("provider_slug", Text, primary_key=True),
    Column("made_at", Instant, nullable=False),
    Column("shape", Text, nullable=False),  # of what follows; one that is not ours is not read
    Column("pointer", LargeBinary, nullable=False),  # msgpack; its snapshot is in provider_snapshots
    Column("held", LargeBinary, nullable=False),  # msgpack: hash -> bytes of what is held
)

pins = Table(
    "pins",
    metadata,
    Column("hash", Text, primary_key=True),  # SHA-256 of the content, in hexadecimal
    Column("format", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("catalog", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("losses", Integer, nullable=False),
    Column("size", Integer, nullable=False),  # bytes of the content
    Column("content", LargeBinary, nullable=False),  # zstd
)
