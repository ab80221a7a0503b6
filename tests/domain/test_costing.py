"""A usage costs the sum of its lines, exactly, or it is not known."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from modelatlas.domain.costing import bill
from modelatlas.domain.evaluation import Circumstances
from modelatlas.domain.precedence import Quoted, settle
from modelatlas.domain.price import Condition, Factor, PromptOver, Rule, Tier, usd
from modelatlas.domain.priced import Priced, costed
from modelatlas.domain.usage_forms import read_usage

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PLAIN = Circumstances(NOON)
RULES = (
    usd("input_token", "3", per="1M tokens"),
    usd("output_token", "15", per="1M tokens"),
    usd("cache_read_token", "0.30", per="1M tokens"),
)
USAGE = {
    "prompt_tokens": 1_000,
    "completion_tokens": 100,
    "prompt_tokens_details": {"cached_tokens": 400},
    "completion_tokens_details": {"reasoning_tokens": 60},
}


def test_every_unit_has_its_line_and_the_total_is_exact() -> None:
    found = bill(RULES, (), read_usage(USAGE), PLAIN)
    assert {line.unit: (line.quantity, line.priced_as, line.usd) for line in found.lines} == {
        "input_token": (Decimal(600), "input_token", Decimal("0.0018")),
        "cache_read_token": (Decimal(400), "cache_read_token", Decimal("0.00012")),
        "output_token": (Decimal(40), "output_token", Decimal("0.0006")),
        "reasoning_token": (Decimal(60), "output_token", Decimal("0.0009")),
    }
    assert found.usd == Decimal("0.00342")


def test_a_part_without_a_price_leaves_the_total_unknown() -> None:
    """F8, F10: it is not 0, and what is known is still said."""
    found = bill(RULES[:2], (), read_usage(USAGE), PLAIN)
    assert found.usd is None
    assert found.known_usd == Decimal("0.0033")
    assert found.reasons == ("cache_read_token has no price",)


def test_free_costs_nothing_and_is_known() -> None:
    free = (Rule("input_token", "free"), Rule("output_token", "free"))
    found = bill(free, (), read_usage({"prompt_tokens": 9, "completion_tokens": 9}), PLAIN)
    assert (found.usd, found.reasons) == (Decimal(0), ())


def test_varying_foreign_and_unread_parts_are_named() -> None:
    rules = (Rule("input_token", "varying"), Rule("output_token", "known", Decimal(2), "CNY", "1M tokens"))
    usage = read_usage({"prompt_tokens": 9, "completion_tokens": 9, "hologram_tokens": 1})
    assert bill(rules, (), usage, PLAIN).reasons == (
        "the price of input_token varies",
        "the price of output_token is in CNY",
        "hologram_tokens is a quantity whose unit is not known here",
    )


def test_a_request_that_has_a_price_is_counted_once() -> None:
    rules = (*RULES, usd("request", "5", per="1K requests"))
    found = bill(rules, (), read_usage({"prompt_tokens": 0, "completion_tokens": 0}), PLAIN)
    assert [(line.unit, line.usd) for line in found.lines] == [("request", Decimal("0.005"))]


def test_the_length_of_the_whole_prompt_and_the_tier_decide() -> None:
    long = replace(
        usd("input_token", "6", per="1M tokens"), when=Condition(prompt_over=PromptOver(900)), rank=1
    )
    half = Factor(Decimal("0.5"), when=Condition(tier="batch"))
    usage = read_usage(USAGE)
    found = bill((*RULES, long), (half,), usage, Circumstances(NOON, usage.prompt_tokens, "batch"))
    lines = {line.unit: line for line in found.lines}
    assert lines["input_token"].usd == Decimal(
        "0.0018"
    )  # no batch price of its own: the standard one, halved
    assert lines["input_token"].cost is not None
    assert lines["input_token"].cost.factors == (half,)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.decimals(0, 1000, places=12).filter(bool))
def test_no_digit_is_lost(prompt: int, made: int, price: Decimal) -> None:
    """F7: the total is the fraction that paper and pencil give."""
    rules = (
        usd("input_token", str(price), per="1M tokens"),
        usd("output_token", str(price), per="1M tokens"),
    )
    found = bill(rules, (), read_usage({"prompt_tokens": prompt, "completion_tokens": made}), PLAIN)
    assert found.usd is not None
    assert found.usd * 10**18 == int(price * 10**12) * (prompt + made)


@pytest.mark.parametrize(
    ("said", "asked", "cost"),
    [
        ("default", None, "0.000003"),
        ("BATCH", None, "0.0000015"),
        ("scale", None, None),
        ("scale", "batch", "0.0000015"),
    ],
)
def test_a_tier_that_is_not_known_has_no_price(said: str, asked: Tier | None, cost: str | None) -> None:
    """F8: the standard price is not the price of another tier."""
    half = Factor(Decimal("0.5"), when=Condition(tier="batch"))
    settled = settle([Quoted("provider", "provider", RULES, (half,))], NOON)
    usage = read_usage({"prompt_tokens": 1, "service_tier": said})
    found = costed(Priced("acme", "rocket", NOON, settled), usage, asked)
    assert found.bill.usd == (None if cost is None else Decimal(cost))
    assert (found.bill.reasons == ()) == (cost is not None)
