"""Traps of Cloudflare's two lists: one model, two units, two places and three ways to write an id."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from modelatlas.domain.snapshot import Snapshot
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.registry import declared
from tests.builders import NOON
from tests.providers.short import said

CLOUDFLARE = declared()["cloudflare-workers-ai"]
MODEL = {
    "name": "@cf/acme/rocket-2",
    "task": {"name": "Text Generation"},
    "properties": [
        {
            "property_id": "price",
            "value": [{"unit": "per M input tokens", "price": 0.35, "currency": "USD"}],
        }
    ],
}
OLDER = {"name": "@hf/acme/rocket-1", "task": {"name": "Text Generation"}, "properties": []}


def read(entries: list[dict[str, Any]], place: str = "data") -> Snapshot:
    document: Any = entries
    for key in reversed(place.split(".")):
        document = {key: document}
    models = msgspec.json.encode({"success": True, "result": [MODEL, OLDER]})
    return read_snapshot(CLOUDFLARE, {"models": [models], "tokens": [msgspec.json.encode(document)]}, NOON)


def entry(id_: str, **pricing: str) -> dict[str, Any]:
    return {"id": id_, "max_output_length": 4096, "pricing": pricing}


@pytest.mark.parametrize("place", ["data", "result", "result.data"])
@pytest.mark.parametrize("id_", ["@cf/acme/rocket-2", "workers-ai/@cf/acme/rocket-2", "acme/rocket-2"])
def test_what_both_lists_say_is_said_once_and_what_one_says_is_added(place: str, id_: str) -> None:
    """F1: 0.35 for 1M tokens and 0.00000035 for one are the same price."""
    found = read([entry(id_, prompt="0.00000035", completion="0.00000075")], place)
    model = found.listings[0]
    assert said(model) == {"input_token": Decimal("0.00000035"), "output_token": Decimal("0.00000075")}
    assert model.max_output_tokens == 4096
    assert not found.unread


def test_an_id_with_another_sign_stays_as_it_is() -> None:
    found = read([entry("@hf/acme/rocket-1", prompt="0.0000001")])
    assert said(found.listings[1]) == {"input_token": Decimal("0.0000001")}


def test_two_prices_of_one_thing_are_not_averaged_but_told() -> None:
    found = read([entry("@cf/acme/rocket-2", prompt="0.35")])
    assert said(found.listings[0]) == {"input_token": Decimal("0.00000035")}
    assert [(each.raw, each.reason) for each in found.unread] == [
        ("0.35", "an earlier list of the provider says another price")
    ]


def test_a_zero_is_not_free() -> None:
    found = read([entry("@cf/acme/rocket-2", completion="0", internal_reasoning="0")])
    assert set(said(found.listings[0])) == {"input_token"}
