"""Traps of Google's Cloud Billing Catalog: what reads alike and is not, and what nobody may guess."""

from decimal import Decimal
from typing import Any

import pytest

from modelatlas.domain.price import Rule
from modelatlas.providers.contract import ModelList
from modelatlas.providers.google_billing import sku
from modelatlas.providers.registry import declared
from modelatlas.providers.row_reading import UNKNOWN_ID, UNKNOWN_WORDS, RowPrices
from tests.providers.rows import LONG, listed, read, reasons

VERTEX = declared()["google-vertex"].list_named("prices")
STUDIO = declared()["google-ai-studio"].list_named("prices")
GEMINI: dict[str, str | None] = {
    "gemini-2.5-flash": None, "gemini-2.5-flash-image": None, "gemini-3.5-flash": "Gemini 3.5 Flash",
}  # fmt: skip


def google(of: ModelList | None, *skus: dict[str, Any]) -> RowPrices:
    assert of is not None
    return read(of, {"skus": skus}, listed("google-vertex", GEMINI))


def only(found: RowPrices) -> tuple[str, Rule]:
    ((id_, (rule,)),) = found.rules.items()
    return id_, rule


@pytest.mark.parametrize(
    ("name", "words", "unit", "tier", "region"),
    [
        ("Gemini 3.5 Flash", "Global Text Input - Predictions", "input_token", "standard", "global"),
        ("Gemini 3.5 Flash", "Text Output - Batch Predictions", "output_token", "batch", None),
        ("Gemini 3.5 Flash", "Text Input Caching Flex", "cache_read_token", "flex", None),
        ("Gemini 2.5 Flash", "GA Input Text Caching", "cache_read_token", "standard", None),
        ("Gemini 2.5 Flash", "GA Audio Input - Predictions", "input_audio_token", "standard", None),
        ("Gemini 2.5 Flash", "GA Thinking Text Output - Predictions", "reasoning_token", "standard", None),
    ],
)
def test_a_description_is_read_to_its_last_word(
    name: str, words: str, unit: str, tier: str, region: str | None
) -> None:
    found, rule = only(google(VERTEX, sku("1", f"{name} {words}", 300)))
    assert found == name.lower().replace(" ", "-")
    assert (rule.unit, rule.when.tier, rule.when.region) == (unit, tier, region)
    assert (rule.amount, rule.per, rule.currency) == (Decimal("0.0000003"), "token", "USD")


@pytest.mark.parametrize(
    ("description", "reason"),
    [
        ("Gemini 2.5 Flash Text Input (Long) - Predictions", LONG),
        ("Gemini 2.5 Flash Text Input Caching Storage", "a price of keeping a cache, by the hour"),
        ("CodeMender Gemini 2.5 Flash Text Output", UNKNOWN_ID),
        ("Gemini 2.5 Flash Live Text Input - Predictions", UNKNOWN_ID),
        ("Gemini 2.5 Flash Text Input (>200k) - Predictions", UNKNOWN_ID),
        ("Gemini 2.5 Flash Image Output - Predictions", "its words can be read in two ways"),
        ("Grounding with Google Search on Gemini 3", UNKNOWN_WORDS),
    ],
)
def test_what_a_description_leaves_open_stays_unread(description: str, reason: str) -> None:
    found = google(VERTEX, sku("1", description, 300))
    assert (found.rules, reasons(found)) == ({}, [reason])


def test_the_prompt_of_the_gemini_api_is_no_input_where_output_is_billed() -> None:
    text = "Generate content output token count gemini 2.5 flash short input text"
    found, rule = only(google(STUDIO, sku("1", text, 2_500)))
    assert (found, rule.unit, rule.amount) == ("gemini-2.5-flash", "output_token", Decimal("0.0000025"))
    long = google(STUDIO, sku("1", text.replace("short", "long"), 2_500))
    assert (long.rules, reasons(long)) == ({}, [LONG])
    other = google(STUDIO, sku("1", "Generate content search query gemini 3 free", 2_500))
    assert reasons(other) == ["its usage is written in no form that is known"]


def test_money_is_whole_units_and_billionths() -> None:
    """B.md 37: only `nanos` would lose whole dollars, only `units` everything else."""
    dear = sku("1", "Gemini 3.5 Flash Text Input", 500_000_000)
    rate = dear["pricingInfo"][0]["pricingExpression"]["tieredRates"][0]
    rate["unitPrice"]["units"] = "12"
    assert only(google(VERTEX, dear))[1].amount == Decimal("12.5")
    rate["unitPrice"] = {"currencyCode": "USD", "nanos": 1}
    assert only(google(VERTEX, dear))[1].amount == Decimal("0.000000001")
    for wrong in (
        {"units": "1.5"},
        {"units": 1, "nanos": 10**9},
        {"units": -1, "nanos": 1},
        {"nanos": 0.5},
        7,
    ):
        rate["unitPrice"] = wrong if isinstance(wrong, int) else {"currencyCode": "USD", **wrong}
        found = google(VERTEX, dear)
        assert not found.rules
        assert reasons(found)[0] in {
            "expected units and nanos of money",
            "expected a currency of three letters",
        }


def test_a_first_tier_of_nothing_is_an_allowance_and_no_price() -> None:
    text = "Gemini 3.5 Flash Text Input"
    assert only(google(VERTEX, sku("1", text, 300, free_first=True)))[1].amount == Decimal("0.0000003")
    paid = sku("1", text, 300, free_first=True)
    paid["pricingInfo"][0]["pricingExpression"]["tieredRates"][0]["unitPrice"]["nanos"] = 1
    assert reasons(google(VERTEX, paid)) == ["a price that depends on how much is used"]


def test_a_count_shown_otherwise_is_no_token() -> None:
    picture = sku("1", "Gemini 3.5 Flash Text Input", 300)
    picture["pricingInfo"][0]["pricingExpression"]["displayQuantity"] = 1
    assert reasons(google(VERTEX, picture)) == ["the unit text 'count, shown by 1' is not known"]
    del picture["pricingInfo"]
    assert reasons(google(VERTEX, picture)) == ["the unit text 'None, shown by None' is not known"]
