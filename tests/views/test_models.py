"""A listing is shown one way everywhere, exactly."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelatlas.domain.catalog import Catalog, catalog
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.money import EXACT
from modelatlas.domain.price import Condition, PromptOver, Rule, Window, usd
from modelatlas.domain.query import ModelQuery
from modelatlas.domain.snapshot import snapshot
from modelatlas.views.models import (
    FIELDS,
    EncodedListings,
    ModelsAnswer,
    listing_json,
    models_json,
    price_view,
)
from tests.builders import NOON, listing, snapshot_of


def world() -> Catalog:
    return catalog(
        [
            snapshot_of("a", "b", "c"),
            snapshot_of("a", provider="zeta", mode="embedding"),
            snapshot("omega", NOON, [listing("r", "omega")], origin="reference"),
        ]
    )


def answer(query: ModelQuery, *, of: Catalog | None = None) -> Mapping[str, Any]:
    decoded: Mapping[str, Any] = msgspec.json.decode(models_json(of or world(), query, EncodedListings()))
    return decoded


def test_the_keys_of_a_listing_are_the_agreed_ones_in_their_order() -> None:
    assert FIELDS == (
        "provider", "id", "name", "lab", "model", "variant", "mode", "status", "context_tokens",
        "max_output_tokens", "input_modalities", "output_modalities", "supported_parameters", "quantization",
        "released", "deprecated_at", "retires_at", "first_seen", "origin", "visibility", "id_is", "prices",
    )  # fmt: skip
    assert tuple(msgspec.json.decode(listing_json(listing(), "provider"))) == FIELDS


def test_a_listing_that_says_nothing_says_nothing() -> None:
    """F8, F33: unknown is null or absent, never 0 and never a guess."""
    said = msgspec.json.decode(listing_json(listing(prices=()), "store"))
    assert {name for name, value in said.items() if value not in (None, [])} == {
        "provider", "id", "status", "origin", "visibility", "id_is",
    }  # fmt: skip
    assert said["origin"] == "store"


@pytest.mark.parametrize(
    ("rule", "usd_text", "billed"),
    [
        (usd("input_token", "0.15", per="1M tokens"), "0.00000015", {"amount": "0.15", "per": "1M tokens"}),
        (usd("input_token", "4E-7"), "0.0000004", {"amount": "0.0000004", "per": "token"}),
        (Rule("input_token", "free", raw="0"), "0", None),
        (Rule("input_token", "varying", raw="-1"), None, None),
        (
            Rule("input_token", "known", Decimal("2.50"), "CNY", "1M tokens"),
            None,
            {"amount": "2.5", "currency": "CNY", "per": "1M tokens"},
        ),
    ],
)
def test_known_free_and_varying_never_look_alike(
    rule: Rule, usd_text: str | None, billed: dict[str, str] | None
) -> None:
    """F6, F8."""
    shown = msgspec.json.decode(msgspec.json.encode(price_view(rule)))
    assert shown == {
        "unit": "input_token",
        "state": rule.state,
        "usd": usd_text,
        "billed": None if billed is None else {"currency": "USD", **billed},
        "when": None,
        "source": "provider",
    }


@given(st.decimals(min_value=0, max_value=10**9, allow_nan=False, places=20))
def test_no_price_is_written_with_an_exponent_or_loses_a_digit(amount: Decimal) -> None:
    """F6, F7."""
    shown = price_view(Rule("input_token", "known", amount, per="1M tokens"))
    assert shown.usd is not None
    assert "E" not in shown.usd.upper()
    assert EXACT.multiply(Decimal(shown.usd), Decimal(1_000_000)) == amount


def test_conditions_are_told_and_only_those_that_hold_something() -> None:
    conditional = Rule(
        "input_token",
        "known",
        Decimal(1),
        when=Condition(windows=(Window(60, 240),), prompt_over=PromptOver(200_000), tier="batch"),
        valid_from="2026-08-16T16:00:00Z",
    )
    assert msgspec.json.decode(msgspec.json.encode(price_view(conditional)))["when"] == {
        "windows": [{"start": 60, "end": 240, "zone": "UTC"}],
        "prompt_over": {"tokens": 200_000, "inclusive": False},
        "tier": "batch",
        "valid_from": "2026-08-16T16:00:00Z",
    }


def test_an_answer_has_its_parts_and_adds_up() -> None:
    decoded = msgspec.json.decode(
        models_json(world(), ModelQuery(), EncodedListings()), type=ModelsAnswer, strict=True
    )
    assert (decoded.total, decoded.returned) == (5, 5)
    assert decoded.total == decoded.totals.live + decoded.totals.reference
    assert {slug: part.count for slug, part in decoded.providers.items()} == {
        "acme": 3,
        "omega": 1,
        "zeta": 1,
    }
    assert decoded.catalog == world().id
    assert [(each.provider, each.id) for each in decoded.data][:2] == [("acme", "a"), ("acme", "b")]


def test_an_answer_holds_nothing_that_its_shape_does_not_name() -> None:
    """F36."""
    told = answer(ModelQuery())
    assert set(told) == {"data", "total", "returned", "totals", "gateway", "catalog", "providers"}
    assert all(set(each) == set(FIELDS) for each in told["data"])


def test_a_provider_asked_for_by_name_is_there_with_nothing() -> None:
    """F51: to be known and to have listings are two things."""
    told = answer(ModelQuery(providers=frozenset({"acme", "gone"}), mode="embedding"))
    assert (told["total"], told["gateway"]) == (0, "acme,gone")
    assert told["providers"]["acme"] == {
        "count": 0, "origin": "provider", "content_since": "2026-11-23T12:00:00Z",
    }  # fmt: skip
    assert told["providers"]["gone"] == {"count": 0, "origin": None, "content_since": None}


def test_chosen_fields_come_in_the_order_asked_for() -> None:
    told = answer(ModelQuery(fields=("prices", "id"), limit=1))
    assert list(told["data"][0]) == ["prices", "id"]
    assert told["data"][0]["prices"][0]["usd"] == "0.0000001"


def test_a_key_that_no_listing_has_is_refused_by_name() -> None:
    with pytest.raises(BadRequest, match="did you mean 'context_tokens'"):
        models_json(world(), ModelQuery(fields=("context_token",)), EncodedListings())


def test_simulated_answers_say_so() -> None:
    assert msgspec.json.decode(models_json(world(), ModelQuery(), EncodedListings(), simulated=True))[
        "simulated"
    ]


def test_only_what_changed_is_encoded_anew() -> None:
    encoded = EncodedListings()
    acme, zeta = snapshot_of("a"), snapshot_of("a", provider="zeta")
    before = encoded.of(acme), encoded.of(zeta)
    after = encoded.of(snapshot_of("a", "b")), encoded.of(zeta)
    assert after[1] is before[1]
    assert after[0].keys() == {"a", "b"}


def test_the_same_list_from_elsewhere_is_encoded_anew() -> None:
    """F50: origin is part of what is shown, though not of the digest."""
    encoded = EncodedListings()
    told = [
        encoded.of(msgspec.structs.replace(snapshot_of("a"), origin=origin))["a"]
        for origin in ("provider", "store")
    ]
    assert [msgspec.json.decode(each)["origin"] for each in told] == ["provider", "store"]


def test_what_left_the_catalog_is_forgotten() -> None:
    encoded = EncodedListings()
    first = encoded.of(snapshot_of("a"))
    encoded.forget_all_but(catalog([snapshot_of("a", provider="zeta")]))
    assert encoded.of(snapshot_of("a")) is not first
