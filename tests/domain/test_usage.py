"""Usage is told in many forms and read to quantities that do not overlap."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelatlas.domain.errors import BadRequest
from modelatlas.domain.units import UNITS
from modelatlas.domain.usage import STANDS_FOR
from modelatlas.domain.usage_forms import read_usage

FORMS: list[tuple[str, dict[str, Any], str, dict[str, int], int]] = [
    (
        "OpenAI chat",
        {
            "prompt_tokens": 1_117,
            "completion_tokens": 46,
            "total_tokens": 1_163,
            "prompt_tokens_details": {"cached_tokens": 1_024, "audio_tokens": 3},
            "completion_tokens_details": {
                "reasoning_tokens": 20,
                "audio_tokens": 6,
                "accepted_prediction_tokens": 4,
            },
        },
        "included",
        {"input_token": 90, "cache_read_token": 1_024, "input_audio_token": 3}
        | {"output_token": 20, "reasoning_token": 20, "output_audio_token": 6},
        1_117,
    ),
    (
        "OpenAI responses",
        {
            "input_tokens": 328,
            "input_tokens_details": {"cached_tokens": 128},
            "output_tokens": 52,
            "output_tokens_details": {"reasoning_tokens": 12},
            "total_tokens": 380,
        },
        "included",
        {"input_token": 200, "cache_read_token": 128, "output_token": 40, "reasoning_token": 12},
        328,
    ),
    (
        "Anthropic",
        {
            "input_tokens": 50,
            "cache_creation_input_tokens": 300,
            "cache_read_input_tokens": 2_000,
            "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 200},
            "output_tokens": 40,
            "server_tool_use": {"web_search_requests": 2},
            "service_tier": "standard",
        },
        "beside",
        {"input_token": 50, "cache_read_token": 2_000, "cache_write_token": 100, "cache_write_1h_token": 200}
        | {"output_token": 40, "web_search": 2},
        2_350,
    ),
    (
        "Gemini",
        {
            "usageMetadata": {
                "promptTokenCount": 1_000,
                "cachedContentTokenCount": 600,
                "candidatesTokenCount": 80,
                "thoughtsTokenCount": 30,
                "totalTokenCount": 1_110,
                "promptTokensDetails": [
                    {"modality": "TEXT", "tokenCount": 700},
                    {"modality": "AUDIO", "tokenCount": 300},
                ],
                "cacheTokensDetails": [
                    {"modality": "AUDIO", "tokenCount": 200},
                    {"modality": "TEXT", "tokenCount": 400},
                ],
            }
        },
        "included",
        {"input_token": 300, "input_audio_token": 100, "cache_read_token": 400, "cache_read_audio_token": 200}
        | {"output_token": 80, "reasoning_token": 30},
        1_000,
    ),
    (
        "Bedrock",
        {
            "inputTokens": 10,
            "outputTokens": 5,
            "totalTokens": 115,
            "cacheReadInputTokens": 60,
            "cacheWriteInputTokens": 40,
            "cacheDetails": [{"ttl": "1h", "inputTokens": 30}, {"ttl": "5m", "inputTokens": 10}],
        },
        "beside",
        {"input_token": 10, "cache_read_token": 60, "cache_write_1h_token": 30, "cache_write_token": 10}
        | {"output_token": 5},
        110,
    ),
    (
        "Mistral",
        {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15, "prompt_audio_seconds": 30},
        "included",
        {"input_token": 12, "input_audio_second": 30, "output_token": 3},
        12,
    ),
    (
        "Cohere",
        {
            "billed_units": {"input_tokens": 5, "output_tokens": 7, "search_units": 1},
            "tokens": {"input_tokens": 71, "output_tokens": 9},
        },
        "included",
        {"input_token": 5, "output_token": 7, "query": 1},
        5,
    ),
    (
        "OpenRouter",
        {
            "prompt_tokens": 194,
            "prompt_tokens_details": {"cached_tokens": 40, "cache_write_tokens": 50, "video_tokens": 4},
            "completion_tokens": 9,
            "completion_tokens_details": {"reasoning_tokens": 0, "image_tokens": 4},
            "cost": "0.00095",
            "is_byok": False,
            "cost_details": {"upstream_inference_cost": 19},
        },
        "included",
        {"input_token": 100, "cache_read_token": 40, "cache_write_token": 50, "input_video_token": 4}
        | {"output_token": 5, "output_image_token": 4},
        194,
    ),
    (
        "LiteLLM",
        {
            "prompt_tokens": 400,
            "completion_tokens": 10,
            "cache_creation_input_tokens": 100,
            "cache_read_input_tokens": 200,
            "prompt_tokens_details": {
                "cached_tokens": 200,
                "text_tokens": 100,
                "cache_creation_tokens": 100,
                "cache_creation_token_details": {
                    "ephemeral_5m_input_tokens": 60,
                    "ephemeral_1h_input_tokens": 40,
                },
            },
        },
        "included",
        {"input_token": 100, "cache_read_token": 200, "cache_write_token": 60, "cache_write_1h_token": 40}
        | {"output_token": 10},
        400,
    ),
    (
        "DeepSeek",
        {
            "prompt_tokens": 30,
            "completion_tokens": 2,
            "prompt_cache_hit_tokens": 20,
            "prompt_cache_miss_tokens": 10,
            "prompt_tokens_details": {"cached_tokens": 20},
        },
        "included",
        {"input_token": 10, "cache_read_token": 20, "output_token": 2},
        30,
    ),
]


@pytest.mark.parametrize(
    ("raw", "cached", "quantities", "prompt"), [form[1:] for form in FORMS], ids=[f[0] for f in FORMS]
)
def test_each_form_is_read_to_exclusive_quantities(
    raw: dict[str, Any], cached: str, quantities: dict[str, int], prompt: int
) -> None:
    usage = read_usage(raw)
    assert dict(usage.quantities) == quantities
    assert usage.quantities.keys() <= UNITS.keys()
    assert (usage.cached, usage.prompt_tokens, usage.unread) == (cached, prompt, ())


def test_an_answer_that_holds_a_usage_is_as_good() -> None:
    usage = {"input_tokens": 3, "output_tokens": 4}
    assert read_usage({"id": "x", "usage": usage}) == read_usage(usage)
    assert read_usage({"response": {"usage": usage}}) == read_usage(usage)


def test_what_the_answer_says_was_charged_is_kept() -> None:
    assert read_usage({"prompt_tokens": 1, "cost": Decimal("0.5")}).charged == "0.5"


def test_a_quantity_without_a_unit_is_named() -> None:
    """The cost is not whole then."""
    usage = read_usage(
        {"prompt_tokens": 1, "completion_tokens": 1, "hologram_tokens": 5, "details": {"smells": 0}}
    )
    assert usage.unread == ("hologram_tokens",)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        "12",
        {},
        {"tokens": 3},
        {"prompt_tokens": -1},
        {"prompt_tokens": "many"},
        {"prompt_tokens": True},
        {"prompt_tokens": 10**13},
        {"prompt_tokens": 5, "prompt_tokens_details": {"cached_tokens": 6}},
        {"completion_tokens": 5, "completion_tokens_details": {"reasoning_tokens": 6}},
        {"promptTokenCount": 5, "cachedContentTokenCount": 9},
    ],
)
def test_what_cannot_be_is_refused(raw: object) -> None:
    with pytest.raises(BadRequest, match=r"expected|check the usage"):
        read_usage(raw)


counts = st.integers(0, 10**6)


@given(counts, counts, counts, counts, counts)
def test_parts_of_the_prompt_always_add_up(
    plain: int, read: int, written: int, made: int, thought: int
) -> None:
    chat = {
        "prompt_tokens": plain + read + written,
        "prompt_tokens_details": {"cached_tokens": read, "cache_write_tokens": written},
        "completion_tokens": made + thought,
        "completion_tokens_details": {"reasoning_tokens": thought},
    }
    messages = {
        "input_tokens": plain,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": written,
        "output_tokens": made + thought,
    }
    one, other = read_usage(chat), read_usage(messages)
    assert (
        sum(one.quantities.values())
        == sum(other.quantities.values())
        == plain + read + written + made + thought
    )
    assert one.prompt_tokens == other.prompt_tokens
    for unit in ("input_token", "cache_read_token", "cache_write_token"):
        assert one.quantities.get(unit) == other.quantities.get(unit)


def test_a_unit_stands_for_another_of_the_same_kind() -> None:
    assert all(UNITS[unit] == UNITS[other] for unit, other in STANDS_FOR.items())
