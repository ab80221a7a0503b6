"""LiteLLM's cost map becomes labelled listings: each field by its name, nothing guessed, nothing lost."""

import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from modelatlas.domain.errors import Unreadable
from modelatlas.domain.evaluation import Circumstances, evaluate
from modelatlas.domain.price import Condition, PromptOver, Tier, Window
from modelatlas.domain.rule_sets import contradictions
from modelatlas.domain.units import PER, UNITS
from modelatlas.references.litellm import read, read_entry, slug_of, without_route
from modelatlas.references.litellm_fields import BASES, SECONDS_BY_MODE, is_cost, priced_field
from modelatlas.references.litellm_hours import off_peak
from tests.builders import is_same_float

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOURCE = "reference:litellm@1"


def entry(provider: str = "acme", **fields: Any) -> dict[str, Any]:
    return {"litellm_provider": provider, "mode": "chat", **fields}


def cost(fields: dict[str, Any], unit: str = "input_token", **asked: Any) -> Decimal | None:
    listing, _ = read_entry("acme/rocket-2", entry(**fields), SOURCE)
    found = evaluate(listing.prices, unit, Circumstances(asked.pop("at", NOON), **asked), listing.factors)
    return None if found is None else found.amount


def test_each_unit_is_priced_per_its_own_kind() -> None:
    assert all(PER[per][0] == UNITS[unit] for unit, per in BASES.values())
    assert all(UNITS[unit] == "second" for unit in SECONDS_BY_MODE.values())


@pytest.mark.parametrize(
    ("name", "unit", "when"),
    [
        ("input_cost_per_token", "input_token", Condition()),
        ("output_cost_per_token_batches", "output_token", Condition(tier="batch")),
        (
            "cache_read_input_token_cost_above_272k_tokens_priority",
            "cache_read_token",
            Condition(prompt_over=PromptOver(272_000), tier="priority"),
        ),
        ("cache_creation_input_token_cost_above_1hr", "cache_write_1h_token", Condition()),
        ("cache_creation_input_token_cost_above_12hr", "cache_write_token", Condition(cache_seconds=43_200)),
    ],
)
def test_a_name_is_a_base_and_conditions(name: str, unit: str, when: Condition) -> None:
    field = priced_field(name, "chat")
    assert field is not None
    assert (field.unit, field.when) == (unit, when)


@pytest.mark.parametrize(
    "name",
    [
        "input_cost_per_token_ultrafast",
        "output_cost_per_second",
        "output_cost_per_second_1080p",
        "output_cost_per_image_4K",
        "input_cost_per_token_above_1hr",
        "input_cost_per_token_batches_flex",
        "input_dbu_cost_per_token",
    ],
)
def test_a_name_with_a_part_that_is_not_known_is_not_read(name: str) -> None:
    """F2: neither the unit nor the condition is guessed."""
    assert is_cost(name)
    assert priced_field(name, "chat") is None
    listing, unread = read_entry("rocket-2", entry(**{name: "0.5"}), SOURCE)
    assert listing.prices == ()
    assert [(each.path, each.raw) for each in unread] == [(name, "0.5")]


def test_a_second_is_of_what_the_model_makes() -> None:
    units = [
        found.unit
        for mode in ("audio_speech", "video_generation")
        if (found := priced_field("output_cost_per_second", mode)) is not None
    ]
    assert units == ["output_audio_second", "output_video_second"]


LONG = {
    "input_cost_per_token": "1e-06",
    "input_cost_per_token_above_128k_tokens": "2e-06",
    "input_cost_per_token_above_200k_tokens": "3e-06",
    "input_cost_per_token_batches": "5e-07",
}


@pytest.mark.parametrize(
    ("prompt", "tier", "amount"),
    [
        (0, "standard", "0.000001"),
        (128_000, "standard", "0.000001"),
        (128_001, "standard", "0.000002"),
        (200_001, "standard", "0.000003"),
        (10, "batch", "0.0000005"),
    ],
)
def test_long_prompts_and_tiers_cost_what_their_fields_say(prompt: int, tier: Tier, amount: str) -> None:
    assert cost(LONG, prompt_tokens=prompt, tier=tier) == Decimal(amount)


def test_a_threshold_may_be_inclusive() -> None:
    inclusive = {**LONG, "threshold_is_inclusive": True}
    assert cost(inclusive, prompt_tokens=200_000) == Decimal("0.000003")


TIERED = {
    "tiered_pricing": [
        {"input_cost_per_token": "4e-07", "range": [0, "256000.0"]},
        {"input_cost_per_token": "1.2e-06", "range": ["256000.0", "1000000.0"]},
    ]
}


def test_tiered_pricing_is_by_the_range_of_the_prompt() -> None:
    amounts = [cost(TIERED, prompt_tokens=tokens) for tokens in (1, 256_000, 256_001)]
    assert amounts == [Decimal("4E-7"), Decimal("4E-7"), Decimal("0.0000012")]


OFF_PEAK = {
    "input_cost_per_token": "3e-07",
    "off_peak_pricing": {
        "input_cost_per_token": "1.5e-07",
        "weekday_timezone": "Asia/Shanghai",
        "windows": [
            {"hours_utc": ["10:00-00:00"], "weekdays": [1, 2, 3, 4, 5]},
            {"hours_utc": "16:00-16:00", "weekdays": [6, 7]},
        ],
    },
}


@pytest.mark.parametrize(
    ("at", "amount"),
    [
        ("2026-10-05T09:59", "3E-7"),  # Monday
        ("2026-10-05T10:00", "1.5E-7"),
        ("2026-10-02T15:59", "1.5E-7"),  # still Friday in Shanghai
        ("2026-10-02T16:00", "1.5E-7"),  # Saturday there
        ("2026-10-04T15:59", "1.5E-7"),  # Sunday
        ("2026-10-05T00:00", "3E-7"),
    ],
)
def test_hours_of_utc_on_weekdays_of_another_zone(at: str, amount: str) -> None:
    assert cost(OFF_PEAK, at=datetime.fromisoformat(at).replace(tzinfo=UTC)) == Decimal(amount)


@pytest.mark.parametrize(
    "value",
    [
        "16:30-00:30",
        {"hours_utc": "25:00-01:00"},
        {"hours_utc": "01:00-02:00", "weekday_timezone": "Europe/Berlin"},
        {"hours_utc": "01:00-02:00", "weekday_timezone": "Nowhere/There"},
        {"windows": [{"hours_utc": "01:00-02:00", "weekdays": [8]}]},
    ],
)
def test_hours_of_another_form_are_not_read(value: Any) -> None:
    assert off_peak(value) is None


def test_hours_without_weekdays_hold_every_day() -> None:
    assert off_peak({"hours_utc": "16:30-00:30"}) == [Condition(windows=(Window(990, 30),))]


def test_a_search_has_a_price_where_every_size_costs_the_same() -> None:
    sizes = {"search_context_size_low": "0.01", "search_context_size_high": "0.01"}
    assert cost({"search_context_cost_per_query": sizes}, "web_search") == Decimal("0.01")
    sizes["search_context_size_high"] = "0.02"
    assert cost({"search_context_cost_per_query": sizes}, "web_search") is None


def test_uplifts_are_factors_of_a_region() -> None:
    fields = {"input_cost_per_token": "1e-06", "regional_processing_uplift_multiplier_eu": "1.1"}
    assert cost(fields) == Decimal("0.000001")
    assert cost(fields, region="eu") == Decimal("0.0000011")


def test_a_zero_is_not_free() -> None:
    """F8, F9: the map has zeros for free models, for subscriptions and for the unknown alike."""
    listing, unread = read_entry(
        "rocket-2", entry(input_cost_per_token="0.0", output_cost_per_token=0), SOURCE
    )
    assert listing.prices == ()
    assert {each.reason for each in unread} == {"a zero of a reference does not say free"}


@pytest.mark.parametrize(
    ("mode", "billed", "free"),
    [
        ("embedding", {"input_cost_per_token": "1e-07"}, True),
        ("rerank", {"input_cost_per_query": "0.002"}, True),
        ("embedding", {"input_cost_per_token": 0}, False),
        ("embedding", {}, False),
        ("chat", {"input_cost_per_token": "1e-07"}, False),
    ],
)
def test_a_zero_for_the_output_of_what_has_none_says_that_it_is_not_billed(
    mode: str, billed: dict[str, Any], free: bool
) -> None:
    fields = entry(**billed, output_cost_per_token="0.0", output_cost_per_token_batches=0, mode=mode)
    listing, _ = read_entry("acme/rocket-2", fields, SOURCE)
    zeros = [(rule.state, rule.amount) for rule in listing.prices if rule.unit == "output_token"]
    assert zeros == ([("free", None)] * 2 if free else [])


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2.0000000000000002E-7", "2E-7"),
        ("0.000009999990000000002", "0.00000999999"),
        ("9.499999999999999E-7", "9.5E-7"),
        ("0.000033333333333333335", "0.000033333333333333335"),
        ("2.384185791015625E-8", "2.384185791015625E-8"),
        ("0.123456789012345678", "0.123456789012345678"),
        ("0.00000014", "0.00000014"),
    ],
)
def test_the_noise_of_a_float_is_no_digit_of_a_price(said: str, meant: str) -> None:
    """F7: what was reckoned in floats is read as the decimal that it misses by a float's last digits."""
    listing, _ = read_entry("acme/rocket-2", entry(input_cost_per_token=said), SOURCE)
    assert [(rule.amount, rule.raw) for rule in listing.prices] == [(Decimal(meant), said)]


@pytest.mark.parametrize(
    ("key", "provider", "id_"),
    [
        ("gpt-4o", "openai", "gpt-4o"),
        ("groq/openai/gpt-oss-20b", "groq", "openai/gpt-oss-20b"),
        ("vertex_ai/claude-x@1", "vertex_ai-anthropic_models", "claude-x@1"),
        ("bedrock/us-east-1/rocket", "bedrock_converse", "us-east-1/rocket"),
        ("openai/rocket", "acme", "openai/rocket"),
    ],
)
def test_an_id_is_a_name_without_its_own_route(key: str, provider: str, id_: str) -> None:
    assert without_route(key, provider) == id_


def test_words_for_a_provider_become_our_slugs() -> None:
    assert slug_of("vertex_ai-anthropic_models") == "google-vertex"
    assert slug_of("databricks") == "databricks"


def test_two_routes_to_one_id_are_one_listing_if_they_cost_the_same() -> None:
    document = {
        "azure/rocket": entry("azure", input_cost_per_token=1),
        "azure_ai/rocket": entry("azure_ai", input_cost_per_token=1),
        "azure_ai/comet": entry("azure_ai", input_cost_per_token=1),
        "azure/comet": entry("azure", input_cost_per_token=2),
        "sample_spec": {"litellm_provider": "one of ..."},
    }
    (part,) = read(msgspec.json.encode(document), "1").snapshots(NOON)
    assert [listing.id for listing in part.listings] == ["azure/comet", "comet", "rocket"]
    assert [each.detail for each in part.duplicates] == ["azure_ai/rocket"]


@pytest.mark.parametrize("document", [b"", b"<html>", b"[1]", b'{"a":'])
def test_another_document_is_refused(document: bytes) -> None:
    with pytest.raises(Unreadable, match="litellm: expected"):
        read(document, "1")


def test_the_real_map_is_read_whole(shared: Path) -> None:
    """Each amount equals the map's own number, counted again by the names of three fields."""
    path = max((shared / "data" / "litellm").glob("*.json.gz"))
    document = gzip.decompress(path.read_bytes())
    parts = read(document, path.stem).snapshots(NOON)
    theirs = json.loads(document, parse_float=Decimal)
    models = [key for key, value in theirs.items() if key != "sample_spec" and value.get("litellm_provider")]
    assert sum(len(part.listings) + len(part.duplicates) for part in parts) == len(models)
    listings = {(part.provider, listing.id): listing for part in parts for listing in part.listings}
    assert not [id_ for id_, listing in listings.items() if contradictions(listing.prices)]
    checked = 0
    for key in models:
        provider = theirs[key]["litellm_provider"]
        ids = {key, without_route(key, provider)}
        found = [listings[slug_of(provider), id_] for id_ in ids if (slug_of(provider), id_) in listings]
        for field, unit in (
            ("input_cost_per_token", "input_token"),
            ("output_cost_per_token", "output_token"),
        ):
            amount = theirs[key].get(field)
            if amount and "off_peak_pricing" not in theirs[key] and "tiered_pricing" not in theirs[key]:
                costs = [evaluate(listing.prices, unit, Circumstances(NOON)) for listing in found]
                assert any(is_same_float(each.amount, amount) for each in costs if each is not None)
                checked += 1
    assert checked > 6_000


@pytest.mark.parametrize(
    ("word", "slug"),
    [
        ("vertex_ai-anthropic_models", "google-vertex"),
        ("bedrock_converse", "amazon-bedrock"),
        ("ovhcloud", "ovhcloud"),
        ("amazon-nova", "amazon_nova"),
        ("nobody", None),
    ],
)
def test_every_word_of_theirs_for_a_provider_is_known(word: str, slug: str | None) -> None:
    providers = ("vertex_ai-anthropic_models", "bedrock_converse", "ovhcloud", "amazon_nova")
    said = {f"{name}/rocket": entry(name, input_cost_per_token=1) for name in providers}
    assert read(json.dumps(said).encode(), "1").slug_of(word) == slug
