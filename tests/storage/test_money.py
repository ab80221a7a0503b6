"""An amount comes back from every place it is stored in, equal to the last digit."""

import gzip
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from modelatlas.domain.money import exact
from modelatlas.domain.price import Rule, usd_per_unit
from modelatlas.domain.snapshot import snapshot
from modelatlas.domain.units import PER, UNITS
from modelatlas.storage.encoding import listing_from
from modelatlas.storage.engine import reading, writing
from modelatlas.storage.snapshots import SqlSnapshots
from modelatlas.storage.tables import model_pricing, model_pricing_history, models, price_quotes, providers
from tests.builders import NOON, listing
from tests.storage.stores import Store

TOKENS = [unit for unit, thing in UNITS.items() if thing == "token"]
QUANTITIES = [per for per, (thing, _) in PER.items() if thing == "token"]

new_provider = count()
amounts = st.builds(
    lambda digits, exponent: Decimal(f"{digits}E{exponent}"),
    st.integers(1, 10**30 - 1),
    st.integers(-42, -27),
)  # up to 30 digits; the largest are about 1e3
rules = st.builds(
    lambda unit, amount, per: Rule(unit, "known", amount, per=per, raw=str(amount), path=unit),
    st.sampled_from(TOKENS),
    amounts,
    st.sampled_from(QUANTITIES),
)


@given(st.lists(rules, min_size=1, unique_by=lambda rule: rule.unit))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_exact_amount_survives_every_table(store: Store, rules: list[Rule]) -> None:  # F6, F7
    assert_survives(store, f"provider-{next(new_provider)}", rules)


def test_every_recorded_number_survives_every_table(store: Store, shared: Path) -> None:  # F7
    recorded = sorted({number for path in (shared / "payloads").iterdir() for number in numbers_in(path)})
    assert len(recorded) > 1_000
    assert_survives(
        store,
        "recorded",
        *([Rule("input_token", "known", exact(text), raw=text, path="pricing.prompt")] for text in recorded),
    )


@pytest.mark.parametrize("wrong", [0.1, 1, "0.1", Decimal("NaN"), Decimal("Infinity")])
def test_only_a_finite_decimal_is_money(store: Store, wrong: Any) -> None:  # F7
    row = {
        "model_id": 1,
        "position": 0,
        "unit": "input_token",
        "state": "known",
        "amount": wrong,
        "currency": "USD",
        "per": "token",
        "condition": "{}",
        "rank": 0,
        "source": "provider",
    }
    with writing(store.engine) as connection, pytest.raises(StatementError, match="no finite Decimal"):
        connection.execute(insert(model_pricing).values(row))


def test_money_is_plain_text_in_sqlite(store: Store) -> None:  # F6, F7
    if store.engine.dialect.name == "sqlite":
        assert_survives(store, "acme", [Rule("input_token", "known", Decimal("1.5E-7"), raw="1.5E-7")])
        assert store.rows("SELECT amount, usd, typeof(amount), typeof(usd) FROM model_pricing") == [
            ("0.00000015", "0.00000015", "text", "text")
        ]


def assert_survives(store: Store, slug: str, *prices: Sequence[Rule]) -> None:
    """Store a listing with each of these prices, and read them back from everywhere."""
    part = snapshot(
        slug, NOON, [listing(str(at), slug, prices=tuple(rules)) for at, rules in enumerate(prices)]
    )
    store.sync(part)
    SqlSnapshots(store.engine).save(part, b"")
    assert part in SqlSnapshots(store.engine).load()
    said = {(each.id, rule.unit): rule for each in part.listings for rule in each.prices}
    billed = {key: rule.amount for key, rule in said.items()}
    single = {key: usd_per_unit(rule) for key, rule in said.items()}
    with reading(store.engine) as connection:
        theirs = select(models).join(providers).where(providers.c.slug == slug)
        rows = connection.execute(theirs).all()
        assert {listing_from(row.listing) for row in rows} == set(part.listings)
        id_of = {row.id: row.provider_model_id for row in rows}
        for column, expected in (
            (price_quotes.c.amount, billed),
            (model_pricing.c.amount, billed),
            (model_pricing.c.usd, single),
            (model_pricing_history.c.amount, billed),
            (model_pricing_history.c.usd, single),
        ):
            table = column.table
            kept = connection.execute(select(table.c.model_id, table.c.unit, column))
            assert {(id_of[row], unit): value for row, unit, value in kept if row in id_of} == expected


def numbers_in(path: Path) -> Iterator[str]:
    """Every number of a recording, and every text that is one, as it was sent."""
    if ".json" in path.suffixes:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8") as file:
            yield from texts_in(json.load(file, parse_float=str, parse_int=str))


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from texts_in(item)
    elif isinstance(value, str) and len(value) < 60 and (amount := exact(value)) is not None and amount >= 0:
        yield value
