"""models.dev: what its schema asks for, its prices, and what is marked as not said."""

from datetime import date
from decimal import Decimal
from typing import Any

from modelatlas.domain.identity.match import Match
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import PromptOver, usd
from modelatlas.references.models_dev import read as read_api
from modelatlas.views.exports.models_dev import METADATA, MODELS_DEV
from tests.builders import listing
from tests.views.exports.made import (
    FREE,
    IN_YUAN,
    PEAK_AND_NIGHT,
    VARYING,
    decoded,
    exported,
    lost,
    read,
    unpriced,
    when,
)
from tests.web.builders import ACME

LONG = (
    usd("input_token", "1", per="1M tokens"),
    usd("output_token", "4", per="1M tokens"),
    when(usd("input_token", "2", per="1M tokens"), 1, prompt_over=PromptOver(200_000)),
)


def model(one: Listing) -> dict[str, Any]:
    found: dict[str, Any] = next(iter(read(MODELS_DEV, one).values()))["models"][one.id]
    return found


def test_every_field_that_the_schema_asks_for_is_there_and_of_its_type() -> None:
    """The required fields, types and closed words of the project's schema (2026-07-02), in our words."""
    full = listing(
        released="2026-03",
        supported_parameters=("reasoning", "tools"),
        input_modalities=("file", "text"),
        status="deprecated",
    )
    for one in (listing(), unpriced(), full):
        found = model(one)
        assert all(
            isinstance(found[name], bool) for name in ("attachment", "reasoning", "tool_call", "open_weights")
        )
        assert all(isinstance(found[name], str) for name in ("id", "name", "release_date", "last_updated"))
        date.fromisoformat(found["release_date"] + ("-01" if len(found["release_date"]) == 7 else ""))
        assert {*found["modalities"]["input"], *found["modalities"]["output"]} <= {
            "text", "audio", "image", "video", "pdf"}  # fmt: skip
        assert found["limit"].keys() == {"context", "output"}
        assert ("reasoning_options" in found) == found["reasoning"]
        assert found.get("status") in {None, "alpha", "beta", "deprecated"}


def test_what_the_provider_does_not_say_is_named() -> None:
    found = model(unpriced(context_tokens=8_000))
    assert found["x_unknown"] == [
        "release_date", "last_updated", "limit.output", "modalities", "open_weights", "tool_call",
    ]  # fmt: skip
    assert found["limit"] == {"context": 8_000, "output": 0}
    assert found["release_date"] == "1970-01-01"


def test_a_provider_says_how_it_is_called() -> None:
    api = read(MODELS_DEV, listing(), listing("g", "groq"), listing("m", "moonshot"), providers=[ACME])
    assert api["groq"]["npm"] == "@ai-sdk/groq"
    assert "api" not in api["groq"]
    assert api["moonshotai"]["api"] == "https://api.moonshot.ai/v1"
    assert {key: value for key, value in api["acme"].items() if key != "models"} == {
        "id": "acme",
        "env": ["ACME_API_KEY"],
        "npm": "@ai-sdk/openai-compatible",
        "name": "Acme",
        "doc": "https://acme.test/docs",
    }


def test_prices_are_per_million_and_a_long_prompt_is_a_tier() -> None:
    tier = {"input": 2, "output": 4}
    assert model(listing(prices=LONG))["cost"] == {
        "input": 1,
        "output": 4,
        "tiers": [{**tier, "tier": {"type": "context", "size": 200_000}}],
        "context_over_200k": tier,
    }


def test_the_older_form_of_a_tier_is_there_only_where_there_is_one_large_one() -> None:
    small = when(usd("input_token", "2", per="1M tokens"), 1, prompt_over=PromptOver(32_000))
    assert "context_over_200k" not in model(listing(prices=(*LONG[:2], small)))["cost"]
    assert "context_over_200k" not in model(listing(prices=(*LONG, small)))["cost"]


def test_free_is_zero_and_without_both_prices_there_is_no_cost() -> None:  # F8
    assert model(listing(prices=FREE))["cost"] == {"input": 0, "output": 0}
    for one in (unpriced(), listing(prices=VARYING), listing(prices=IN_YUAN), listing(prices=LONG[:1])):
        assert "cost" not in model(one)
        assert exported(MODELS_DEV, one).losses


def test_an_embedding_has_no_output_to_pay_for() -> None:
    assert model(listing(mode="embedding", prices=LONG[:1]))["cost"] == {"input": 1, "output": 0}


def test_the_highest_price_stands_where_hours_cannot_and_that_is_said() -> None:
    export = exported(MODELS_DEV, listing(prices=PEAK_AND_NIGHT))
    found = decoded(export.content)["acme"]["models"]["acme/rocket-2"]
    assert found["cost"]["input"] == Decimal("0.5")
    assert found["x_price_varies"] == ["time"]
    assert any("highest" in reason for _, reason in lost(export))


def test_the_model_that_a_listing_is_stands_beside_it_and_has_an_entry_of_its_own() -> None:
    def matched(part: Any) -> dict[str, Match]:
        return {each.id: Match("lab/rocket-2", ("fp8",)) for each in part.listings if each.id == "r2"}

    ours = (listing("r2", context_tokens=9), listing("other"))
    api = read(MODELS_DEV, *ours, matched=matched)["acme"]["models"]
    assert (api["r2"]["canonical_id"], api["r2"]["x_variant"]) == ("lab/rocket-2", "fp8")
    export = exported(METADATA, *ours, matched=matched)
    assert decoded(export.content)["lab/rocket-2"]["limit"]["context"] == 9
    assert [loss.id for loss in export.losses] == ["other"]


def test_read_again_as_a_reference_it_says_the_same_prices() -> None:
    content = exported(MODELS_DEV, listing(prices=LONG)).content
    again = read_api(content, "1").listing("acme", "acme/rocket-2")
    assert again is not None
    assert [(rule.unit, str(rule.amount), rule.when.prompt_over) for rule in again.prices] == [
        ("input_token", "1", None),
        ("output_token", "4", None),
        ("input_token", "2", PromptOver(200_000)),
        ("output_token", "4", PromptOver(200_000)),
    ]
