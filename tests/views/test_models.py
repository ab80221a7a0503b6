"""A listing is shown one way everywhere, exactly."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from modelatlas.domain.money import EXACT
from modelatlas.domain.price import Condition, PromptOver, Rule, Window, usd
from modelatlas.views.models import FIELDS, listing_json, price_view
from tests.builders import listing


def test_the_keys_of_a_listing_are_the_agreed_ones_in_their_order() -> None:
    assert FIELDS == (
        "provider", "id", "name", "lab", "model", "variant", "mode", "status", "context_tokens",
        "max_output_tokens", "input_modalities", "output_modalities", "supported_parameters", "quantization",
        "released", "deprecated_at", "retires_at", "first_seen", "origin", "visibility", "id_is", "varies_by",
        "prices",
    )  # fmt: skip
    assert tuple(msgspec.json.decode(listing_json(listing(), "provider"))) == FIELDS


def test_a_listing_that_says_nothing_says_nothing() -> None:
    """F8, F33: unknown is null or absent, never 0 and never a guess."""
    said = msgspec.json.decode(listing_json(listing(prices=()), "store"))
    assert {name for name, value in said.items() if value not in (None, [])} == {
        "provider", "id", "status", "origin", "visibility", "id_is",
    }  # fmt: skip
    assert said["origin"] == "store"


def test_what_prices_depend_on_is_said_of_the_listing() -> None:
    long = replace(usd("input_token", "2"), when=Condition(prompt_over=PromptOver(128_000)), rank=1)
    night = replace(usd("output_token", "1"), when=Condition(windows=(Window(0, 60),)), rank=1)
    rules = (usd("input_token", "1"), usd("output_token", "2"), long, night)
    for prices, expected in ((rules, ["prompt", "time"]), (rules[:3], ["prompt"]), (rules[:2], [])):
        said = msgspec.json.decode(listing_json(listing(prices=prices), "provider"))
        assert said["varies_by"] == expected


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


def test_a_room_that_is_lent_again_keeps_nothing_of_the_row_before() -> None:
    room = bytearray()
    names = ("n" * 5_000, "short", "m" * 9_000)
    rows = [listing_json(listing(name=name), "provider", room=room) for name in names]
    assert rows == [listing_json(listing(name=name), "provider") for name in names]
