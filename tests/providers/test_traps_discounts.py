"""Traps of factors beside a price: discounts, and what a cache costs by how long it is asked to last."""

from decimal import Decimal
from typing import Any

import pytest

from modelatlas.domain.evaluation import Circumstances, evaluate
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule
from modelatlas.providers.reading import Reader
from modelatlas.providers.registry import declared
from tests.builders import NOON
from tests.providers.test_contract import received


def rules_of(slug: str, name: str, entry: dict[str, Any]) -> tuple[tuple[Rule, ...], list[str]]:
    provider = declared()[slug]
    of = provider.list_named(name)
    assert of is not None
    reading = Reader(provider, of).read(received(entry))
    assert isinstance(reading.result, Listing)
    return reading.result.prices, [each.reason for each in reading.unread]


def cost(rules: tuple[Rule, ...], unit: str, cache_seconds: int | None = None) -> Decimal | None:
    found = evaluate(rules, unit, Circumstances(NOON, cache_seconds=cache_seconds))
    return None if found is None else found.usd


def test_a_discount_of_openrouter_is_taken_off_every_price_and_of_those_under_conditions() -> None:
    pricing = {
        "prompt": "0.000002", "completion": "0", "image": "0.000002", "discount": 0.25,
        "overrides": [{"min_prompt_tokens": 1000, "prompt": "0.000004"}],
    }  # fmt: skip
    rules, unread = rules_of("openrouter", "models", {"id": "acme/rocket", "pricing": pricing})
    assert not unread
    assert [(rule.unit, rule.state, rule.amount, rule.raw) for rule in rules] == [
        ("input_token", "known", Decimal("0.0000015"), "0.000002 - 0.25 of it"),
        ("output_token", "free", None, "0"),
        ("input_token", "known", Decimal("0.000003"), "0.000004 - 0.25 of it"),
        ("input_image_token", "known", Decimal("0.0000015"), "0.000002 - 0.25 of it"),
    ]


@pytest.mark.parametrize("discount", [None, 0, 0.0])
def test_no_discount_leaves_a_price_as_it_was_sent(discount: object) -> None:
    entry = {"id": "acme/rocket", "pricing": {"prompt": "0.000002", "discount": discount}}
    rules, unread = rules_of("openrouter", "models", entry)
    assert [(rule.amount, rule.raw) for rule in rules] == [(Decimal("0.000002"), "0.000002")]
    assert not unread


@pytest.mark.parametrize("discount", [25, -0.1, 1.5])
def test_a_discount_that_is_no_fraction_leaves_no_price(discount: float) -> None:
    """F1: 25 may mean a quarter, and may not."""
    entry = {"id": "acme/rocket", "pricing": {"prompt": "0.000002", "discount": discount}}
    assert rules_of("openrouter", "models", entry) == (
        (),
        ["expected a fraction between 0 and 1 at pricing.discount"],
    )


def test_a_cache_of_deepinfra_costs_what_its_lifetime_does() -> None:
    """The implicit cache and the one that a request asks for are priced apart."""
    pricing = {
        "type": "tokens", "cents_per_input_token": 0.00001, "rate_per_input_token_cache_write": 1.25,
        "rate_per_explicit_cache_write_token": {"5m": 1.5, "1h": 2.0}, "discount": 0.5,
    }  # fmt: skip
    rules, unread = rules_of("deepinfra", "native", {"model_name": "acme/rocket", "pricing": pricing})
    assert not unread
    assert cost(rules, "cache_write_token") == Decimal("0.0000000625")
    assert cost(rules, "cache_write_token", 300) == Decimal("0.000000075")
    assert cost(rules, "cache_write_1h_token") == Decimal("0.0000001")


def test_another_lifetime_is_noticed() -> None:
    """F12."""
    provider = declared()["deepinfra"]
    of = provider.list_named("native")
    assert of is not None
    pricing = {"cents_per_input_token": 0.00001, "rate_per_explicit_cache_write_token": {"24h": 3}}
    entry = received({"model_name": "acme/rocket", "pricing": pricing})
    assert Reader(provider, of).surprises(entry) == {"pricing.rate_per_explicit_cache_write_token.24h"}
