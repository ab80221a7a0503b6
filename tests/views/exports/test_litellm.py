"""LiteLLM's cost map: its fields, its names, and its own map written again."""

import gzip
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from modelatlas.domain.catalog import catalog
from modelatlas.domain.evaluation import Circumstances, evaluate
from modelatlas.domain.identity.matches import nothing_matched
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, Factor, PromptOver, Rule, Tier, usd
from modelatlas.references.documents import decode
from modelatlas.references.litellm import NOT_MODELS, read_entry
from modelatlas.references.litellm import read as read_map
from modelatlas.references.litellm_fields import is_cost
from modelatlas.views.exports.format import HALF, Format, sources_of
from modelatlas.views.exports.genai_prices import GENAI_PRICES, GENAI_PRICES_SLIM
from modelatlas.views.exports.litellm import LITELLM
from modelatlas.views.exports.litellm_names import names_of
from tests.builders import NOON, is_same_float, listing
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


def entry(*rules: Rule, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = read(LITELLM, listing("x", "groq", prices=rules, **more))["groq/x"]
    return found


def test_an_entry_has_the_fields_of_the_map() -> None:
    found = entry(
        usd("input_token", "0.15", per="1M tokens"),
        usd("output_token", "0.60", per="1M tokens"),
        usd("cache_read_token", "0.05", per="1M tokens"),
        mode="chat",
        context_tokens=128_000,
        max_output_tokens=8_192,
        supported_parameters=("tools",),
        input_modalities=("image", "text"),
        retires_at="2027-01-31T00:00:00Z",
    )
    assert found == {
        "litellm_provider": "groq",
        "mode": "chat",
        "max_tokens": 8_192,
        "max_input_tokens": 128_000,
        "max_output_tokens": 8_192,
        "input_cost_per_token": Decimal("0.00000015"),
        "output_cost_per_token": Decimal("0.0000006"),
        "cache_read_input_token_cost": Decimal("0.00000005"),
        "supports_function_calling": True,
        "supports_vision": True,
        "supports_prompt_caching": True,
        "deprecation_date": "2027-01-31",
    }


def test_numbers_are_written_digit_by_digit() -> None:  # F6, F7
    content = exported(LITELLM, listing("x", prices=(usd("input_token", "0.15", per="1M tokens"),))).content
    assert b'"input_cost_per_token":0.00000015' in content


def test_free_is_a_zero_and_what_is_unknown_is_left_out_and_told() -> None:  # F8
    export = exported(LITELLM, listing("free", prices=FREE), unpriced(), listing("auto", prices=VARYING),
                      listing("yuan", prices=IN_YUAN))  # fmt: skip
    assert list(decoded(export.content)) == ["acme/free"]
    assert decoded(export.content)["acme/free"]["input_cost_per_token"] == 0
    assert {loss.id for loss in export.losses} == {"silent", "auto", "yuan"}


@pytest.mark.parametrize("format_", [LITELLM, GENAI_PRICES, GENAI_PRICES_SLIM], ids=lambda each: each.name)
def test_a_chat_of_which_one_side_is_unknown_is_left_out_as_the_client_counts_that_as_free(
    format_: Format,
) -> None:
    """F8: both clients compute 0 for a price that is not there."""
    token, out = usd("input_token", "1"), usd("output_token", "2")
    export = exported(
        format_,
        listing("in", mode="chat", prices=(token,)),
        listing("out", mode="chat", prices=(out,)),
        listing("auto", mode="chat", prices=(token, VARYING[1])),
        listing("yuan", mode="chat", prices=(token, IN_YUAN[1])),
        listing("embeds", mode="embedding", prices=(token,)),
        listing("whole", mode="chat", prices=(token, out)),
        listing("films", mode="chat", prices=(out, usd("input_video_second", "0.01", per="second"))),
    )
    assert {loss.id for loss in export.losses if loss.reason == HALF} == {"in", "out", "auto", "yuan"}
    assert export.entries == 3


def test_conditions_are_in_the_names_of_fields() -> None:
    token = usd("input_token", "1")
    found = entry(
        token,
        when(token, 1, prompt_over=PromptOver(200_000)),
        when(token, 2, tier="batch"),
        when(token, 3, tier="priority", prompt_over=PromptOver(200_000)),
        usd("cache_write_1h_token", "2"),
        when(usd("cache_write_token", "3"), cache_seconds=12 * 3_600),
        usd("web_search", "0.01", per="search"),
    )
    assert found.keys() >= {
        "input_cost_per_token",
        "input_cost_per_token_above_200k_tokens",
        "input_cost_per_token_batches",
        "input_cost_per_token_above_200k_tokens_priority",
        "cache_creation_input_token_cost_above_1hr",
        "cache_creation_input_token_cost_above_12hr",
    }
    assert found["search_context_cost_per_query"]["search_context_size_low"] == Decimal("0.01")


def test_a_threshold_that_counts_itself_is_said_and_one_of_odd_tokens_is_lost() -> None:
    token = usd("input_token", "1")
    inclusive = when(token, 1, prompt_over=PromptOver(200_000, inclusive=True))
    assert entry(token, inclusive)["threshold_is_inclusive"] is True
    odd = exported(LITELLM, listing(prices=(token, when(token, 1, prompt_over=PromptOver(262_144)))))
    assert any("whole thousand" in reason for _, reason in lost(odd))


def test_the_base_price_is_the_highest_and_the_cheaper_hours_are_beside_it() -> None:
    found = entry(*PEAK_AND_NIGHT)
    assert found["input_cost_per_token"] == Decimal("0.0000005")
    assert found["off_peak_pricing"] == {
        "input_cost_per_token": Decimal("0.00000025"),
        "hours_utc": ["16:30-00:30"],
    }


def test_an_uplift_of_a_region_is_a_multiplier() -> None:
    eu = Factor(Decimal("1.1"), when=Condition(region="eu"))
    assert entry(usd("input_token", "1"), factors=(eu,))[
        "regional_processing_uplift_multiplier_eu"
    ] == Decimal("1.1")
    elsewhere = Factor(Decimal("1.1"), when=Condition(region="mars"))
    assert lost(exported(LITELLM, listing(factors=(elsewhere,))))


@pytest.mark.parametrize(
    ("provider", "id_", "mode", "names"),
    [
        ("openai", "gpt-4o", "chat", [("gpt-4o", "openai")]),
        ("anthropic", "claude-sonnet-4-5", "chat", [("claude-sonnet-4-5", "anthropic")]),
        ("groq", "openai/gpt-oss-20b", "chat", [("groq/openai/gpt-oss-20b", "groq")]),
        ("together", "zai-org/GLM-5", None, [("together_ai/zai-org/GLM-5", "together_ai")]),
        ("azure-openai", "gpt-4o", "chat", [("azure/gpt-4o", "azure"), ("azure_ai/gpt-4o", "azure_ai")]),
        ("amazon-bedrock", "us.amazon.nova-v1:0", "chat", [("us.amazon.nova-v1:0", "bedrock_converse")]),
        ("amazon-bedrock", "amazon.titan-embed", "embedding", [("amazon.titan-embed", "bedrock")]),
        ("cohere", "command-a", "chat", [("command-a", "cohere_chat")]),
        ("google-ai-studio", "gemini-3-pro", "chat", [("gemini/gemini-3-pro", "gemini")]),
        ("google-vertex", "claude-4", "chat", [("vertex_ai/claude-4", "vertex_ai-anthropic_models")]),
        ("google-vertex", "gemini-3", "chat", [
            ("vertex_ai/gemini-3", "vertex_ai-language-models"), ("gemini-3", "vertex_ai-language-models")]),
        ("deepseek", "v4", "chat", [("deepseek/v4", "deepseek"), ("v4", "deepseek")]),
        ("openrouter", "qwen/qwen3", "chat", [("openrouter/qwen/qwen3", "openrouter")]),
        ("near", "a/b", "chat", [("near/a/b", "near")]),
    ],
)  # fmt: skip
def test_models_are_named_as_callers_name_them(
    provider: str, id_: str, mode: Any, names: list[tuple[str, str]]
) -> None:
    assert names_of(Listing(provider, id_, mode=mode)) == names


def test_aliases_are_names_too_and_the_first_who_has_a_name_keeps_it() -> None:
    export = exported(
        LITELLM,
        listing("a", "groq", aliases=("latest",)),
        listing("latest", "groq", prices=(usd("input_token", "9"),)),
    )
    found = decoded(export.content)
    assert found.keys() == {"groq/a", "groq/latest"}
    assert found["groq/latest"]["input_cost_per_token"] == 9
    assert [(loss.provider, loss.id, loss.what) for loss in export.losses] == [
        ("groq", "groq/latest", "name")
    ]


def test_its_own_map_written_again_has_every_price_that_was_read(shared: Path) -> None:
    document = _newest(shared)
    reference = read_map(document, "1")
    export = LITELLM.export(sources_of(catalog(reference.snapshots(NOON)), nothing_matched, {}))
    written = decode(export.content, "export")
    taken = {loss.id for loss in export.losses if loss.what == "name"}
    half = {(loss.provider, loss.id) for loss in export.losses if loss.reason == HALF}
    assert len(half) == 16  # a zero on the other side, which a reference's word does not say
    compared = 0
    others: dict[str, str] = {}
    for key, entry in decode(document, "map").items():
        if key in NOT_MODELS or "litellm_provider" not in entry:
            continue
        read_as, unread = read_entry(key, entry, "reference:litellm@1")
        found = _entry_of(read_as, key, reference, written)
        if (read_as.provider, read_as.id) in half:
            assert not found, key
            continue
        left = {name for each in unread for name in (each.path, re.split(r"[.\[]", each.path)[0])}
        for name, value in entry.items():
            if value is None or not is_cost(name) or name in left:
                continue
            compared += 1
            if not _is_same(_number(found.get(name)), _number(value)):
                others.setdefault(name, key)
        assert found or not read_as.prices or key in taken, key
    assert compared > 16_000
    assert others.keys() == {
        "tiered_pricing",  # comes back as `..._above_Nk_tokens`
        "off_peak_pricing",  # comes back in hours of UTC
        "output_cost_per_video_per_second",  # comes back as `output_cost_per_second`, which means the same
    }, others


def test_what_its_own_map_says_in_other_words_costs_the_same_read_again(shared: Path) -> None:
    reference = read_map(_newest(shared), "1")
    export = LITELLM.export(sources_of(catalog(reference.snapshots(NOON)), nothing_matched, {}))
    again = read_map(export.content, "2")
    asked = [
        Circumstances(datetime(2026, 11, day, hour, 15, tzinfo=UTC), tokens, tier)
        for day in (21, 23)
        for hour in (0, 2, 8, 17)
        for tokens in (0, 32_001, 128_001, 200_001, 256_001, 300_000)
        for tier in _TIERS
    ]
    compared = 0
    for slug, part in reference.parts.items():
        for before in (each.listing for each in part.entries):
            if not any(rule.when != Condition() for rule in before.prices):
                continue
            after = again.listing(slug, before.id)
            assert after is not None, before.id
            for unit in {rule.unit for rule in before.prices} - {"web_search"}:
                compared += 1
                assert [_usd(before, unit, each) for each in asked] == [
                    _usd(after, unit, each) for each in asked
                ]
    assert compared > 1_000


def test_the_guards_of_the_client_let_the_whole_map_pass(shared: Path) -> None:
    """At least half as many entries as the map that the client brings along, and at least 50."""
    document = _newest(shared)
    reference = read_map(document, "1")
    export = LITELLM.export(sources_of(catalog(reference.snapshots(NOON)), nothing_matched, {}))
    assert export.entries > len(decode(document, "map")) // 2


_TIERS: tuple[Tier, ...] = ("standard", "batch", "flex", "priority")


def _newest(shared: Path) -> bytes:
    return gzip.decompress(max((shared / "data" / "litellm").glob("*.json.gz")).read_bytes())


def _number(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, int | str) and not isinstance(value, bool) else value


def _is_same(written: Any, read: Any) -> bool:
    both_numbers = isinstance(written, Decimal) and isinstance(read, Decimal)
    return is_same_float(written, read) if both_numbers else bool(written == read)


def _entry_of(read_as: Listing, key: str, reference: Any, written: dict[str, Any]) -> dict[str, Any]:
    """Return the written entry of what an entry was read as: under its own id, or its whole name."""
    mine = reference.listing(read_as.provider, read_as.id)
    same = mine is not None and (mine.prices, mine.factors) == (read_as.prices, read_as.factors)
    listing = msgspec.structs.replace(read_as, id=read_as.id if same else key, aliases=())
    names = [name for name, _ in names_of(listing)]
    found = [written[name] for name in names if name in written]
    return found[0] if found else {}


def _usd(listing: Listing, unit: str, asked: Circumstances) -> Decimal | None:
    cost = evaluate(listing.prices, unit, asked, listing.factors)
    return None if cost is None else cost.usd
