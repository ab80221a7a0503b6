"""How fast a price at an instant is found among a million rows of history, beside the bare driver.

The bare lookup knows the row number of the listing and asks for one row by the index; only the ratio is worth
quoting. The store is made in a temporary directory: 2,000 listings, 5 units, 100 prices each.
"""

import random
import sqlite3
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Dialect
from sqlalchemy.dialects import sqlite

from modelatlas.storage.columns import Instant
from modelatlas.storage.engine import open_engine
from modelatlas.storage.history import SqlHistory
from modelatlas.storage.migrations import upgrade

LISTINGS, PRICES = 2_000, 100
UNITS = ("input_token", "output_token", "cache_read_token", "cache_write_token", "request")
START = datetime(2025, 1, 1, tzinfo=UTC)
STEP = timedelta(hours=6)
LOOKUPS, ROUNDS = 2_000, 5
BARE = (
    "SELECT unit, state, amount, currency, per FROM model_pricing_history "
    "WHERE model_id = ? AND unit = ? AND valid_from <= ? ORDER BY valid_from DESC LIMIT 1"
)


def fill(file: Path) -> None:
    """Write a million rows of history as a sync would have, straight through the driver."""
    times = [Instant().process_bind_param(START + n * STEP, _dialect()) for n in range(PRICES)]
    with sqlite3.connect(file) as store:
        store.execute("PRAGMA foreign_keys = OFF")
        store.execute(
            "INSERT INTO providers (id, slug, name, kind, first_seen) VALUES (1, 'acme', 'Acme', 'host', ?)",
            times[:1],
        )
        store.executemany(
            "INSERT INTO models (id, provider_id, provider_model_id, is_active, status, missed_runs, "
            "first_seen, last_changed, digest, listing) VALUES (?, 1, ?, 1, 'active', 0, ?, ?, x'', '')",
            ((n, f"model-{n}", times[0], times[0]) for n in range(1, LISTINGS + 1)),
        )
        store.executemany(
            "INSERT INTO sightings (id, model_id, run_id, kind, observed_at) VALUES (?, ?, 1, 'new', ?)",
            ((n, n, times[0]) for n in range(1, LISTINGS + 1)),
        )
        store.executemany(
            "INSERT INTO model_pricing_history (model_id, unit, state, amount, currency, per, condition, "
            "rank, source, quote_id, reading, valid_from, valid_to) "
            "VALUES (?, ?, 'known', ?, 'USD', '1M tokens', '{}', 0, 'provider', 1, 1, ?, ?)",
            (
                (n, unit, f"0.{at + 1}", times[at], times[at + 1] if at + 1 < PRICES else None)
                for n in range(1, LISTINGS + 1)
                for unit in UNITS
                for at in range(PRICES)
            ),
        )
        store.execute("ANALYZE")


def main() -> None:
    """Print microseconds for one lookup, both ways, and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "store.sqlite"
        engine = open_engine(f"sqlite:///{file}")
        upgrade(engine)
        engine.dispose()
        fill(file)
        history, bare = SqlHistory(engine), sqlite3.connect(file)
        chance = random.Random(1)
        asked = [
            (chance.randint(1, LISTINGS), chance.choice(UNITS), START + chance.random() * PRICES * STEP)
            for _ in range(LOOKUPS)
        ]
        bound = [(n, unit, Instant().process_bind_param(at, _dialect())) for n, unit, at in asked]
        ours, theirs = [], []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            for values in bound:
                bare.execute(BARE, values).fetchone()
            theirs.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            for n, unit, at in asked:
                history.prices_at("acme", f"model-{n}", at, unit)
            ours.append(time.perf_counter() - begun)
        mine, least = (statistics.median(each) / LOOKUPS * 1e6 for each in (ours, theirs))
        print(f"price at an instant: {mine:.1f} us, bare driver {least:.1f} us: {mine / least:.2f} x")
        bare.close()
        engine.dispose()


def _dialect() -> Dialect:
    return sqlite.dialect()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
