"""A store of a version without first sightings, with gaps in its history, becomes a whole one and goes on."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, insert

from modelatlas.domain.history import rules_at
from modelatlas.domain.price import usd, usd_per_unit
from modelatlas.domain.snapshot import listing_digest, snapshot
from modelatlas.storage import migrations
from modelatlas.storage.encoding import listing_text
from modelatlas.storage.engine import writing
from modelatlas.storage.history import SqlHistory
from modelatlas.storage.migrations import upgrade
from modelatlas.storage.tables import (
    model_pricing,
    model_pricing_history,
    models,
    price_quotes,
    pricing_sync_log,
    providers,
    sightings,
)
from tests.builders import NOON, listing
from tests.storage.checks import check_chains, check_rows
from tests.storage.stores import Store

HOUR = timedelta(hours=1)
FIRST, THEN, LATER, LAST = (NOON + hours * HOUR for hours in range(4))
SAID = {"condition": "{}", "rank": 0, "source": "provider", "reading": 1}
USD = {"currency": "USD", "per": "token"}


@pytest.fixture
def old(empty: Engine) -> Store:
    """`a` had no price for an hour; `b` was gone for an hour, and has none since; `c` is not public."""
    with writing(empty) as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        counts = ("fetched", "inserted", "updated", "unchanged", "skipped", "deactivated")
        run = {"provider_slug": "acme", **{f"models_{each}": 0 for each in counts}, "prices_changed": 0}

        def put(table: Any, **row: Any) -> None:
            connection.execute(insert(table).values(row))

        for at, status in ((FIRST, "failed"), (FIRST, "success"), (THEN, "success"), (LATER, "success")):
            put(pricing_sync_log, **run, sync_started_at=at, status=status, snapshot_at=at)
        put(providers, slug="acme", name="Acme", kind="host", first_seen=FIRST)
        for number, id_ in enumerate("abc", 1):
            price = usd("input_token", str(number), path="p")
            made = listing(
                id_,
                prices=() if id_ == "b" else (price,),
                visibility="account" if id_ == "c" else "public",
            )
            put(
                models, provider_id=1, provider_model_id=id_, is_active=True, status="active",
                missed_runs=0, first_seen=FIRST, last_changed=FIRST,
                digest=listing_digest(made), listing=listing_text(made),
            )  # fmt: skip
            amount = Decimal(number)
            known = {"model_id": number, "unit": "input_token", "state": "known", "amount": amount, **SAID}
            quote = {"run_id": 2, "path": "p", "raw": str(number), "unit_text": "USD per token"}
            put(price_quotes, **known, **quote, id=number, observed_at=FIRST)
            if id_ != "c":
                unsaid = {**known, **quote, "state": "unknown", "amount": None, "raw": "", "run_id": 3}
                put(price_quotes, **unsaid, id=number + 3, observed_at=THEN)
            begun = {
                **known,
                **USD,
                "usd": amount,
                "quote_id": number,
                "usd_per_million_approx": number * 1e6,
            }
            put(model_pricing_history, **begun, valid_from=FIRST, valid_to=None if id_ == "c" else THEN)
            if id_ == "a":
                put(price_quotes, **known, **{**quote, "run_id": 4}, id=6, observed_at=LATER)
                put(model_pricing_history, **{**begun, "quote_id": 6}, valid_from=LATER)
            if id_ != "b":
                now = {name: begun[name] for name in (each.name for each in model_pricing.c) if name in begun}
                put(model_pricing, **now, position=0)
        put(sightings, model_id=2, run_id=3, kind="gone", observed_at=THEN)
        put(sightings, model_id=2, run_id=4, kind="back", observed_at=LATER)
        if connection.dialect.name == "postgresql":  # quotes were numbered here
            connection.exec_driver_sql("SELECT setval(pg_get_serial_sequence('price_quotes', 'id'), 6)")
    return Store(empty)


def test_facts_that_were_not_kept_are_filled_in_and_gaps_are_closed(old: Store) -> None:
    upgrade(old.engine)
    found = old.rows("SELECT model_id, kind, run_id, observed_at FROM sightings ORDER BY 1, observed_at")
    first, then, later = (f"2026-11-23T{hour}:00:00.000000Z" for hour in (12, 13, 14))
    assert found == [
        (1, "new", 2, first),
        (2, "new", 2, first),
        (2, "gone", 3, then),
        (2, "back", 4, later),
        (3, "new", 2, first),
    ]
    assert old.rows(
        "SELECT model_id, state, amount, valid_from, valid_to FROM model_pricing_history ORDER BY 1, 4"
    ) == [
        (1, "known", "1", first, then),
        (1, "unknown", None, then, later),
        (1, "known", "1", later, None),
        (2, "known", "2", first, then),
        (2, "unknown", None, then, None),
        (3, "known", "3", first, None),
    ]
    assert old.rows("SELECT provider_model_id FROM models WHERE visibility <> 'public'") == [("c",)]
    check_rows(old, "acme")
    check_chains(old, "acme")


def test_a_migrated_store_goes_on(old: Store) -> None:
    upgrade(old.engine)
    dearer = usd("input_token", "7", path="p")
    ids = ("a", "b", "d")
    run = old.sync(snapshot("acme", LAST, [listing(id_, prices=(dearer,)) for id_ in ids]))
    assert (run.status, run.inserted, run.updated) == ("success", 1, 2)
    check_rows(old, "acme")
    check_chains(old, "acme")
    history = SqlHistory(old.engine).of("acme", "a")
    assert history is not None
    told = [
        [usd_per_unit(rule) for rule in rules_at(history.spells, at)] for at in (FIRST, THEN, LATER, LAST)
    ]
    assert told == [[1], [], [1], [7]]
