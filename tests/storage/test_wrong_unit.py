"""A declaration with a wrong unit is corrected: the next run heals all, and what was said stays known."""

import json
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import msgspec
import pytest

from modelatlas.domain.history import rules_at
from modelatlas.domain.price import usd_per_unit
from modelatlas.domain.snapshot import READING_VERSION
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.contract import Provider
from modelatlas.providers.registry import declared
from modelatlas.providers.rereading import Rereader
from modelatlas.storage.history import SqlHistory
from modelatlas.storage.ledger import SqlLedger
from tests.recount import Prices, lists
from tests.storage.checks import check_chains, check_rows
from tests.storage.stores import Store
from tests.storage.test_replay import DAY, ODD, START, Dated, entry, real

OPENROUTER = declared()["openrouter"]
CORRECTED = READING_VERSION + 1
MILLION = Decimal(1_000_000)
TOKENS = {"input_token", "output_token", "cache_read_token", "cache_write_token", "reasoning_token"}
"""Units that the wrong declaration says for a million of what they are for."""


def wrong() -> Provider:
    """OpenRouter, declared as if its prices of tokens were for a million."""
    (models,) = OPENROUTER.lists
    replace = msgspec.structs.replace
    prices = {
        unit: replace(price, per="1M tokens") if unit in TOKENS else price
        for unit, price in models.prices.items()
    }
    return replace(OPENROUTER, lists=(replace(models, prices=prices),))


def synced(store: Store, declaration: Provider, dated: Dated, reading: int) -> None:
    """Write each list as this declaration reads it, in a version that heals what older ones read."""
    rereader = Rereader(declaration)
    store.ledger = SqlLedger(store.engine, reread=lambda _, texts: rereader(texts))
    for at, payload in dated:
        part = read_snapshot(declaration, {"models": [payload]}, at)
        store.sync(msgspec.structs.replace(part, reading=reading), "gateway")


@pytest.mark.parametrize("until", [1, 4, 8])
def test_after_the_correction_every_price_ever_said_is_the_right_one(store: Store, until: int) -> None:  # F4
    check(store, ODD, until)


def test_the_real_lists_heal_too(store: Store, shared: Path) -> None:  # F4
    check(store, real(shared)[::4], 4)


def check(store: Store, dated: Dated, until: int) -> None:
    synced(store, wrong(), dated[:until], READING_VERSION)
    said_before = history_of(store, dated[:until], None)
    synced(store, OPENROUTER, dated[until:], CORRECTED)
    right = lists([payload for _, payload in dated])
    assert history_of(store, dated, None) == right
    known_then = history_of(store, dated[:until], READING_VERSION)
    assert known_then == said_before == [slipped(each) for each in right[:until]]
    assert known_then != right[:until]
    check_rows(store, "openrouter")
    check_chains(store, "openrouter")


def history_of(store: Store, dated: Dated, reading: int | None) -> list[dict[str, Prices]]:
    """Return what the history says at each list, of what was in it, as a version reads it."""
    history = cache(lambda id_: SqlHistory(store.engine).of("openrouter", id_))
    found = []
    for (at, _), listed in zip(dated, lists([payload for _, payload in dated]), strict=True):
        said = {}
        for id_ in listed:
            known = history(id_)
            assert known is not None
            rules = rules_at(known.spells, at + timedelta(minutes=1), reading)
            said[id_] = {
                each.unit: usd_per_unit(each) if each.state == "known" else each.state for each in rules
            }
        found.append(said)
    return found


def slipped(listed: dict[str, Prices]) -> dict[str, Prices]:
    """Return prices as the wrong declaration understands the same texts."""
    return {
        id_: {
            unit: said / MILLION if unit in TOKENS and isinstance(said, Decimal) else said
            for unit, said in prices.items()
        }
        for id_, prices in listed.items()
    }


def test_prices_under_conditions_heal_also_of_a_listing_that_is_gone(store: Store) -> None:
    over = {"overrides": [{"min_prompt_tokens": 1000, "prompt": "0.000002"}]}
    odd = [entry("a", prompt="0.000001"), entry("gone", prompt="0.000001")]
    for each in odd:
        each["pricing"] |= over
    then, now = payload(odd), payload(odd[:1])
    synced(store, wrong(), [(START, then)], READING_VERSION)
    synced(store, OPENROUTER, [(START + DAY, now)], CORRECTED)
    assert costs(store, "a") == {0: "0.000001", 1: "0.000002"}
    assert costs(store, "gone") == {0: "0.000001", 1: "0.000002"}
    check_chains(store, "openrouter")


def costs(store: Store, id_: str) -> dict[int, str]:
    """Return rank -> USD of a token of the prompt, as history has it today."""
    found = store.rows(
        "SELECT h.rank, h.usd FROM model_pricing_history h JOIN models m ON m.id = h.model_id "
        "WHERE m.provider_model_id = :id AND h.superseded_by IS NULL AND h.valid_to IS NULL",
        id=id_,
    )
    assert len(found) == len({rank for rank, _ in found})
    return dict(found)


def payload(entries: Sequence[object]) -> bytes:
    return json.dumps({"data": entries}).encode()
