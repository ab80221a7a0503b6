"""Usage objects as the APIs of many providers send them, beside those of `test_usage.py`."""

from decimal import Decimal
from typing import Any

import pytest

from modelatlas.domain.costing import bill
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.evaluation import Circumstances
from modelatlas.domain.price import usd
from modelatlas.domain.units import UNITS
from modelatlas.domain.usage_forms import read_usage
from tests.builders import NOON

FORMS: list[tuple[str, dict[str, Any], str, dict[str, Any], int]] = [
    (
        "OpenAI chat that speaks and sees",
        {
            "usage": {
                "prompt_tokens": 500,
                "completion_tokens": 90,
                "total_tokens": 590,
                "prompt_tokens_details": {
                    "cached_tokens": 128,
                    "audio_tokens": 100,
                    "image_tokens": 200,
                    "text_tokens": 72,
                },
                "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 80, "text_tokens": 10},
                "service_tier": "default",
            }
        },
        "chat completions",
        {"cache_read_token": 128, "input_audio_token": 100, "input_image_token": 200, "input_token": 72}
        | {"output_audio_token": 80, "output_token": 10},
        500,
    ),
    (
        "OpenAI realtime",
        {
            "type": "response.done",
            "response": {
                "usage": {
                    "total_tokens": 253,
                    "input_tokens": 132,
                    "output_tokens": 121,
                    "input_token_details": {
                        "text_tokens": 119,
                        "audio_tokens": 13,
                        "image_tokens": 0,
                        "cached_tokens": 64,
                        "cached_tokens_details": {"text_tokens": 54, "audio_tokens": 10, "image_tokens": 0},
                    },
                    "output_token_details": {"text_tokens": 30, "audio_tokens": 91},
                }
            },
        },
        "responses",
        {"cache_read_token": 54, "cache_read_audio_token": 10, "input_audio_token": 3, "input_token": 65}
        | {"output_token": 30, "output_audio_token": 91},
        132,
    ),
    (
        "OpenAI images",
        {
            "total_tokens": 100,
            "input_tokens": 50,
            "output_tokens": 50,
            "input_tokens_details": {"text_tokens": 10, "image_tokens": 40},
            "output_tokens_details": {"image_tokens": 50, "text_tokens": 0},
        },
        "responses",
        {"input_token": 10, "input_image_token": 40, "output_image_token": 50},
        50,
    ),
    (
        "OpenAI transcripts by token",
        {
            "type": "tokens",
            "input_tokens": 14,
            "input_token_details": {"text_tokens": 10, "audio_tokens": 4},
            "output_tokens": 101,
            "total_tokens": 115,
        },
        "responses",
        {"input_token": 10, "input_audio_token": 4, "output_token": 101},
        14,
    ),
    (
        "OpenAI transcripts by time",
        {"text": "Hello.", "usage": {"type": "duration", "seconds": Decimal("9.5")}},
        "transcription",
        {"input_audio_second": Decimal("9.5")},
        0,
    ),
    (
        "OpenAI embeddings",
        {"prompt_tokens": 8, "total_tokens": 8},
        "chat completions",
        {"input_token": 8},
        8,
    ),
    (
        "Anthropic in a stream, with thoughts and searches",
        {
            "type": "message_start",
            "message": {
                "usage": {
                    "input_tokens": 25,
                    "cache_creation_input_tokens": 0,
                    "cache_read_input_tokens": 18_000,
                    "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
                    "output_tokens": 300,
                    "output_tokens_details": None,
                    "server_tool_use": {"web_search_requests": 3, "web_fetch_requests": 0},
                    "service_tier": "batch",
                    "inference_geo": "us",
                }
            },
        },
        "messages",
        {"input_token": 25, "cache_read_token": 18_000, "output_token": 300, "web_search": 3},
        18_025,
    ),
    (
        "Anthropic without the lifetimes of what was cached",
        {
            "input_tokens": 1,
            "cache_creation_input_tokens": 700,
            "cache_read_input_tokens": 0,
            "output_tokens": 2,
        },
        "messages",
        {"input_token": 1, "cache_write_token": 700, "output_token": 2},
        701,
    ),
    (
        "Gemini with tools, pictures and sound",
        {
            "usageMetadata": {
                "promptTokenCount": 1_500,
                "candidatesTokenCount": 1_300,
                "totalTokenCount": 3_000,
                "toolUsePromptTokenCount": 200,
                "promptTokensDetails": [
                    {"modality": "TEXT", "tokenCount": 242},
                    {"modality": "IMAGE", "tokenCount": 1_258},
                ],
                "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1_290}],
                "toolUsePromptTokensDetails": [{"modality": "TEXT", "tokenCount": 200}],
                "trafficType": "ON_DEMAND",
            }
        },
        "generate content",
        {"input_image_token": 1_258, "input_token": 442, "output_image_token": 1_290, "output_token": 10},
        1_700,
    ),
    (
        "Gemini live",
        {
            "usageMetadata": {
                "promptTokenCount": 20,
                "responseTokenCount": 60,
                "responseTokensDetails": [
                    {"modality": "AUDIO", "tokenCount": 50},
                    {"modality": "TEXT", "tokenCount": 10},
                ],
            }
        },
        "generate content",
        {"input_token": 20, "output_audio_token": 50, "output_token": 10},
        20,
    ),
    (
        "Bedrock, the metrics of an invocation",
        {
            "amazon-bedrock-invocationMetrics": {
                "inputTokenCount": 8,
                "outputTokenCount": 9,
                "invocationLatency": 0,
            }
        },
        "converse",
        {"input_token": 8, "output_token": 9},
        8,
    ),
    (
        "Mistral with an empty object for no seconds",
        {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10, "prompt_audio_seconds": {}}
        | {"num_cached_tokens": 4},
        "chat completions",
        {"cache_read_token": 4, "input_token": 5, "output_token": 1},
        9,
    ),
    (
        "Mistral, pages of a document",
        {"pages": [], "usage_info": {"pages_processed": 12, "doc_size_bytes": 4_000}},
        "documents",
        {"input_page": 12},
        0,
    ),
    (
        "Cohere, a search that ranks",
        {"results": [], "meta": {"api_version": {"version": "2"}, "billed_units": {"search_units": 2}}},
        "cohere",
        {"query": 2},
        0,
    ),
    (
        "OpenRouter in full",
        {
            "prompt_tokens": 10_339,
            "completion_tokens": 60,
            "total_tokens": 10_399,
            "prompt_tokens_details": {"cached_tokens": 10_318, "cache_write_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 40, "image_tokens": 0},
            "cost": Decimal("0.00141"),
            "is_byok": False,
            "cost_details": {
                "upstream_inference_cost": None,
                "upstream_inference_prompt_cost": Decimal("0.001"),
            },
            "server_tool_use": {"web_search_requests": 1},
        },
        "chat completions",
        {
            "cache_read_token": 10_318,
            "input_token": 21,
            "reasoning_token": 40,
            "output_token": 20,
            "web_search": 1,
        },
        10_339,
    ),
    (
        "LiteLLM of an Anthropic answer",
        {
            "prompt_tokens": 2_010,
            "completion_tokens": 5,
            "total_tokens": 2_015,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 2_000,
            "prompt_tokens_details": {"cached_tokens": 2_000, "text_tokens": 10, "cache_creation_tokens": 0},
            "completion_tokens_details": {"text_tokens": 5, "reasoning_tokens": None},
            "server_tool_use": {"web_search_requests": None},
        },
        "chat completions",
        {"cache_read_token": 2_000, "input_token": 10, "output_token": 5},
        2_010,
    ),
    (
        "xAI, whose thoughts stand beside the completion",
        {
            "prompt_tokens": 32,
            "completion_tokens": 9,
            "total_tokens": 135,
            "prompt_tokens_details": {"text_tokens": 32, "cached_tokens": 6},
            "completion_tokens_details": {"reasoning_tokens": 94},
            "num_sources_used": 0,
            "cost_in_usd_ticks": 123,
        },
        "chat completions",
        {"input_token": 26, "cache_read_token": 6, "reasoning_token": 94, "output_token": 9},
        32,
    ),
    (
        "Perplexity, deep research",
        {
            "prompt_tokens": 33,
            "completion_tokens": 7_163,
            "total_tokens": 7_196,
            "citation_tokens": 20_016,
            "num_search_queries": 30,
            "reasoning_tokens": 95_305,
            "search_context_size": "low",
            "cost": {"total_cost": Decimal("0.53")},
        },
        "chat completions",
        {"input_token": 33, "output_token": 7_163, "citation_token": 20_016, "web_search": 30}
        | {"reasoning_token": 95_305},
        33,
    ),
]


@pytest.mark.parametrize(
    ("raw", "api", "quantities", "prompt"), [form[1:] for form in FORMS], ids=[f[0] for f in FORMS]
)
def test_each_form_is_read_to_exclusive_quantities(
    raw: dict[str, Any], api: str, quantities: dict[str, Any], prompt: int
) -> None:
    usage = read_usage(raw)
    assert dict(usage.quantities) == quantities
    assert usage.quantities.keys() <= UNITS.keys()
    assert (usage.api, usage.prompt_tokens, usage.unread) == (api, prompt, ())


def test_what_was_charged_is_the_total_where_its_parts_are_told() -> None:
    assert read_usage({"prompt_tokens": 1, "cost": {"total_cost": Decimal("0.53"), "x": 1}}).charged == "0.53"


@pytest.mark.parametrize(
    ("raw", "tier"),
    [
        ({"input_tokens": 1, "service_tier": "priority"}, "priority"),
        ({"promptTokenCount": 1, "serviceTier": "flex"}, "flex"),
        ({"promptTokenCount": 1, "trafficType": "ON_DEMAND_PRIORITY"}, "ON_DEMAND_PRIORITY"),
        ({"input_tokens": 1, "service_tier": None}, None),
    ],
)
def test_the_tier_is_as_the_answer_names_it(raw: dict[str, Any], tier: str | None) -> None:
    assert read_usage(raw).tier == tier


@pytest.mark.parametrize(
    "value", ["NaN", "Infinity", "-1", "1e400", "1,000", "0x10", "", "1.5", [], 10**12 + 1, False]
)
def test_what_is_no_count_is_refused_with_its_place(value: object) -> None:
    for path in ("prompt_tokens", "input_tokens"):
        with pytest.raises(BadRequest, match="expected a"):
            read_usage({path: value})


@pytest.mark.parametrize("value", ["12", "12.0", "1.2e1", Decimal(12), 12])
def test_numbers_may_be_texts(value: object) -> None:
    assert read_usage({"prompt_tokens": value}).quantities == {"input_token": 12}


@pytest.mark.parametrize(
    ("raw", "unsaid"),
    [
        ({"prompt_tokens": None, "completion_tokens": 1}, ("prompt_tokens",)),
        ({"prompt_tokens": 8, "completion_tokens": None}, ("completion_tokens",)),
        ({"prompt_tokens": 8, "completion_tokens": None, "total_tokens": 8}, ()),
        ({"prompt_tokens": 8, "completion_tokens": None, "total_tokens": 9}, ("completion_tokens",)),
        ({"prompt_tokens": 8, "completion_tokens": 1, "prompt_tokens_details": None}, ()),
        ({"input_tokens": None, "output_tokens": None}, ("input_tokens", "output_tokens")),
        ({"promptTokenCount": 8, "candidatesTokenCount": None}, ("candidatesTokenCount",)),
    ],
)
def test_a_count_that_is_null_is_not_known(raw: dict[str, Any], unsaid: tuple[str, ...]) -> None:
    """F8: nobody says that it is 0."""
    usage = read_usage(raw)
    assert usage.unsaid == unsaid
    prices = (usd("input_token", "1"), usd("output_token", "1"))
    found = bill(prices, (), usage, Circumstances(NOON))
    assert (found.usd is None) is bool(unsaid)
    assert [reason for reason in found.reasons if "is null" in reason] == [
        f"{path} is null, so how many there were is not known" for path in unsaid
    ]


def test_what_was_written_to_a_cache_is_no_less_than_its_parts() -> None:
    parts = {"ephemeral_5m_input_tokens": 60, "ephemeral_1h_input_tokens": 50}
    whole = {"input_tokens": 1, "output_tokens": 1, "cache_creation": parts}
    with pytest.raises(BadRequest, match=r"100 is less than its parts together \(110\)"):
        read_usage({**whole, "cache_creation_input_tokens": 100})
    for written, short in ((110, 60), (120, 70)):
        found = read_usage({**whole, "cache_creation_input_tokens": written}).quantities
        assert found["cache_write_token"] == short
        assert found["cache_write_1h_token"] == 50
