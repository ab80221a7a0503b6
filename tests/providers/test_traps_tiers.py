"""Prices by tier and by cache of which a part is said: what is read, and what is not guessed."""

from decimal import Decimal
from typing import Any

import pytest

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, Rule, usd
from modelatlas.providers.near_tiers import tier_prices
from modelatlas.providers.ranges import ranged_prices
from modelatlas.providers.vercel_ai_gateway import of_one_host

PLAIN = Listing("near", "rocket", prices=(usd("input_token", "0.000001"), usd("output_token", "0.000004")))
SHORT = {"uncachedInput": "1", "cachedInput": "0.1", "output": "4"}


def quoted(**tiers: Any) -> dict[str, Any]:
    return {"textPricing": {"version": 1, "currency": "USD", "unit": "million_tokens", "tiers": tiers}}


def test_near_prices_each_tier_where_no_price_depends_on_the_length() -> None:
    flex = {"short": {"uncachedInput": "0.5", "cacheWrite": "0.25"}}
    listing, unread = tier_prices(quoted(default={"short": SHORT}, flex=flex), PLAIN)
    assert unread == ()
    added = {(rule.unit, rule.when.tier): rule.amount for rule in listing.prices[2:]}
    assert added == {
        ("cache_read_token", "standard"): Decimal("0.1"),
        ("input_token", "flex"): Decimal("0.5"),
        ("cache_write_token", "flex"): Decimal("0.25"),
    }
    assert {rule.per for rule in listing.prices[2:]} == {"1M tokens"}


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (quoted(default={"short": SHORT, "long": SHORT}), "how long is long is not said"),
        (quoted(default={"short": SHORT}, turbo={"short": SHORT}), "a price of the tier turbo"),
        (quoted(default={"short": SHORT | {"uncachedInput": "2"}}), "another input_token than the plain one"),
        (quoted(default={"short": SHORT | {"tool": "1"}}), "a price of tool"),
        (quoted(flex={"short": SHORT | {"output": 4}}), "text"),
        ({"textPricing": quoted()["textPricing"] | {"currency": "NEAR"}}, "amounts in NEAR"),
        ({"textPricing": {"tiers": []}}, "Expected `object`"),
    ],
)
def test_near_tiers_that_are_not_known_for_sure_stay_unread(entry: dict[str, Any], reason: str) -> None:
    listing, unread = tier_prices(entry, PLAIN)
    assert listing == PLAIN
    assert [each.path for each in unread] == ["textPricing"]
    assert reason in unread[0].reason


def cached(*types: str) -> dict[str, Any]:
    quotes = [{"type": type_, "price": "0.2", "price_unit": "Per 1M tokens"} for type_ in types]
    return {"prices": [{"range_name": "Default", "prices": quotes}]}


def test_alibabas_explicit_cache_is_the_cache_of_a_model_that_has_no_other() -> None:
    listing, unread = ranged_prices(cached("input_token_cache_read"), Listing("alibaba", "rocket"))
    assert unread == ()
    assert [(rule.unit, rule.amount, rule.per, rule.when) for rule in listing.prices] == [
        ("cache_read_token", Decimal("0.2"), "1M tokens", Condition())
    ]


def test_of_two_caches_of_alibabas_the_one_that_is_read_by_itself_counts() -> None:
    entry = cached("input_token_cache", "input_token_cache_read")
    listing, unread = ranged_prices(entry, Listing("alibaba", "rocket"))
    assert [rule.unit for rule in listing.prices] == ["cache_read_token"]
    assert "a second cache" in unread[0].reason


@pytest.mark.parametrize("type_", ["thinking_output_token", "omni_input_token", "input_token_flex"])
def test_types_of_alibabas_that_we_have_no_unit_for_stay_unread(type_: str) -> None:
    listing, unread = ranged_prices(cached(type_), Listing("alibaba", "rocket"))
    assert (listing.prices, len(unread)) == ((), 1)


def test_a_price_of_vercels_that_varies_by_host_is_varying_whatever_it_is_for_one() -> None:
    """Neither known nor free, so that no cost is reckoned with it and nobody borrows it."""
    priced = Listing(
        "vercel-ai-gateway", "rocket-free", prices=(usd("input_token", "1"), Rule("output_token", "free"))
    )
    listing, unread = of_one_host({"pricing": {"varies_by_provider": True}}, priced)
    assert [(rule.unit, rule.state, rule.amount) for rule in listing.prices] == [
        ("input_token", "varying", None),
        ("output_token", "varying", None),
    ]
    assert listing.prices[0].raw == "1"
    assert [(each.path, each.raw) for each in unread] == [("pricing.varies_by_provider", "true")]


@pytest.mark.parametrize("pricing", [{}, {"varies_by_provider": False}])
def test_a_price_of_vercels_that_varies_by_no_host_is_as_said(pricing: dict[str, Any]) -> None:
    priced = Listing("vercel-ai-gateway", "rocket-free", prices=(Rule("output_token", "free"),))
    assert of_one_host({"pricing": pricing}, priced) == (priced, ())
