"""Recorded prices on their whole way: payload, listing, what is published, each store, each view."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from modelatlas.domain.catalog import catalog
from modelatlas.domain.evaluation import Circumstances
from modelatlas.domain.identity.matches import Matches
from modelatlas.domain.money import plain
from modelatlas.domain.ports import PriceSource
from modelatlas.domain.precedence import Quoted, settle
from modelatlas.domain.priced import Priced, costed
from modelatlas.domain.publishing import published
from modelatlas.domain.query import ModelQuery
from modelatlas.domain.usage import Usage
from modelatlas.prices.files import CuratedPrices, bundled
from modelatlas.references.genai_prices import GenaiPrices
from modelatlas.references.sources import Document
from modelatlas.storage.history import SqlHistory
from modelatlas.storage.lists import SqlLists
from modelatlas.views.costs import cost_answer
from modelatlas.views.models_answer import models_json
from modelatlas.views.price_history import looked_up
from modelatlas.views.rows import EncodedListings
from tests.builders import NOON
from tests.providers.test_recordings import entries_of, priced, snapshot_of
from tests.storage.stores import Store

RECORDED = ["openrouter", "deepinfra"]


@pytest.fixture(scope="module")
def sources(shared: Path) -> list[PriceSource]:
    """Curated files and two references, as a service asks them."""
    map_ = Document("litellm", shared / "data" / "litellm" / "2026-11-23_1.109.1.json.gz")
    return [CuratedPrices(bundled()), GenaiPrices().load(), map_.load()]


@pytest.mark.usefixtures("trapped")
@pytest.mark.parametrize("name", RECORDED)
def test_every_published_price_is_the_recorded_number(
    name: str, shared: Path, sources: list[PriceSource], store: Store
) -> None:
    """F1, F3, F7: in memory, in the store and in every answer, whatever references say."""
    recorded = {id_: prices for id_, entry in entries_of(name, shared) if (prices := priced(name, entry))}
    assert sum(map(len, recorded.values())) > 170
    found = published(snapshot_of(name, shared), sources, NOON)
    assert found.suspects == {}
    store.sync(found.snapshot, kind="gateway")
    stored = SqlLists(store.engine).load({})[name].snapshot
    assert stored is not None
    assert stored.listings == tuple(each for each in found.snapshot.listings if each.prices)
    for part in (found.snapshot, stored):
        answer = models_json(catalog([part]), ModelQuery(), EncodedListings(Matches().of))
        assert own_usd(json.loads(answer.joined())["data"]) == recorded


@pytest.mark.usefixtures("trapped")
@pytest.mark.parametrize("name", RECORDED)
def test_a_price_at_an_instant_and_a_cost_are_the_recorded_number(
    name: str, shared: Path, store: Store
) -> None:
    """F7: out of the history of the store, and multiplied by one."""
    part = snapshot_of(name, shared)
    store.sync(part, kind="gateway")
    history = SqlHistory(store.engine)
    recorded = {id_: prices for id_, entry in entries_of(name, shared) if (prices := priced(name, entry))}
    for id_, prices in sorted(recorded.items())[::7]:
        then = history.prices_at(name, id_, NOON, None)
        assert then is not None
        settled = settle([Quoted("provider", "provider", then.rules)], NOON)
        costs = Priced(name, id_, NOON, settled).costs(Circumstances(NOON))
        told = looked_up(name, id_, NOON, costs.values(), None).prices or {}
        assert {unit: told[unit].usd for unit in prices} == texts(prices)
        one = Usage("test", "beside", dict.fromkeys(prices, Decimal(1)))
        answer = cost_answer(costed(Priced(name, id_, NOON, settled), one))
        assert {line.unit: line.usd for line in answer.lines if line.unit in prices} == texts(prices)


def own_usd(listings: list[dict[str, Any]]) -> dict[str, dict[str, Decimal | None]]:
    """The provider's own prices that hold always, as an answer tells them."""
    found = {
        each["id"]: {
            price["unit"]: None if price["usd"] is None else Decimal(price["usd"])
            for price in each["prices"]
            if price["when"] is None and price["source"] == "provider"
        }
        for each in listings
    }
    return {id_: prices for id_, prices in found.items() if prices}


def texts(prices: dict[str, Decimal | None]) -> dict[str, str | None]:
    return {unit: None if amount is None else plain(amount) for unit, amount in prices.items()}
