"""Prices under conditions through the store: read back as they were heard, with a history of their own."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.registry import declared
from modelatlas.storage.encoding import listing_from
from tests.builders import NOON
from tests.storage.stores import Store

PUBLISHED = "SELECT unit, amount, condition, rank FROM model_pricing ORDER BY position"
HISTORY = (
    "SELECT unit, amount, condition, rank, valid_to IS NULL AS holds FROM model_pricing_history ORDER BY id"
)
HALF_PAST_TEN = {"utc_start": 2230, "utc_end": 600, "prompt": "0.000001"}


def listed(hours: int, long_price: str) -> Any:
    pricing = {"prompt": "0.000002", "completion": "0.000008", "overrides": [
        HALF_PAST_TEN, {"min_prompt_tokens": 128000, "prompt": long_price}]}  # fmt: skip
    payload = msgspec.json.encode({"data": [{"id": "acme/rocket", "pricing": pricing}]})
    return read_snapshot(declared()["openrouter"], {"models": [payload]}, NOON + timedelta(hours=hours))


def test_what_a_list_says_under_conditions_is_stored_and_read_back(store: Store) -> None:  # F12, F15
    heard = listed(0, "0.000004")
    store.sync(heard, "gateway")
    (row,) = store.rows("SELECT listing FROM models")
    assert listing_from(row[0]) == heard.listings[0]
    conditions = [text for _, _, text, _ in store.rows(PUBLISHED)]
    kept = [msgspec.json.decode(text, type=Condition) for text in conditions]
    assert kept == [rule.when for rule in heard.listings[0].prices]
    assert [rank for *_, rank in store.rows(PUBLISHED)] == [0, 0, 1, 2]


def test_a_new_price_of_long_prompts_ends_that_one_only(store: Store) -> None:  # F15
    store.sync(listed(0, "0.000004"), "gateway")
    assert store.sync(listed(1, "0.000005"), "gateway").prices_changed == 1
    history = store.rows(HISTORY)
    assert [(unit, Decimal(amount), rank, bool(holds)) for unit, amount, _, rank, holds in history] == [
        ("input_token", Decimal("0.000002"), 0, True),
        ("output_token", Decimal("0.000008"), 0, True),
        ("input_token", Decimal("0.000001"), 1, True),
        ("input_token", Decimal("0.000004"), 2, False),
        ("input_token", Decimal("0.000005"), 2, True),
    ]
    assert history[3][2] == history[4][2]


def test_saying_the_same_again_changes_nothing(store: Store) -> None:  # F15
    store.sync(listed(0, "0.000004"), "gateway")
    run = store.sync(listed(1, "0.000004"), "gateway")
    assert (run.unchanged, run.prices_changed) == (1, 0)


def test_the_digest_tells_conditions_apart() -> None:
    assert listed(0, "0.000004").digest != listed(0, "0.000005").digest
    assert isinstance(listed(0, "0.000004").listings[0], Listing)
