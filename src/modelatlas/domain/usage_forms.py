"""The forms in which APIs tell usage, recognised by their keys and read to exclusive quantities.

Sources, read 2026-11: platform.openai.com/docs/api-reference/chat/object and /responses/object,
docs.anthropic.com/en/api/messages, ai.google.dev/api/generate-content#UsageMetadata,
docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html, docs.mistral.ai/api,
docs.cohere.com/reference/chat, openrouter.ai/docs/use-cases/usage-accounting,
docs.litellm.ai/docs/completion/usage, api-docs.deepseek.com/api/create-chat-completion.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from modelatlas.domain.errors import BadRequest
from modelatlas.domain.units import UNITS
from modelatlas.domain.usage import Convention, Usage
from modelatlas.domain.usage_reader import Reader, leaves, objects_in, quantity_of

_WRAPPERS: Final = (
    "usage", "usageMetadata", "usage_metadata", "usage_info", "response", "meta", "message",
    "amazon-bedrock-invocationMetrics",
)  # fmt: skip
"""Keys under which an answer holds its usage."""
_WHOLE: Final = frozenset({"token", "image", "page", "request", "query", "search"})
"""Kinds of units that are counted; seconds are measured."""


def read_usage(raw: object) -> Usage:
    """Read a usage object, or an answer that holds one. Raises `BadRequest` for anything else."""
    usage = _unwrapped(raw)
    for marks, read in _FORMS:
        if any(mark in usage for mark in marks):
            return read(Reader(usage))
    keys = ", ".join(sorted(map(str, usage))[:10]) or "(none)"
    raise BadRequest(
        f"usage has the keys {keys}: expected the usage object of an answer, such as "
        f'{{"prompt_tokens": 10, "completion_tokens": 2}} or {{"input_tokens": 10, "output_tokens": 2}}'
    )


def _chat(reader: Reader) -> Usage:
    """OpenAI's chat form, and those made after it: Mistral, OpenRouter, DeepSeek, Groq, LiteLLM."""
    prompt = reader.take("prompt_tokens")
    details = "prompt_tokens_details"
    read = reader.bill(
        "cache_read_token",
        reader.take(
            f"{details}.cached_tokens",
            "prompt_cache_hit_tokens",
            "num_cached_tokens",
            "cache_read_input_tokens",
            "cached_tokens",
        ),
    )
    reader.take("prompt_cache_miss_tokens")
    written = _written(reader, f"{details}.cache_creation_token_details", f"{details}.cache_write_tokens",
                       f"{details}.cache_creation_tokens", "cache_creation_input_tokens")  # fmt: skip
    audio = reader.bill("input_audio_token", reader.take(f"{details}.audio_tokens"))
    image = reader.bill("input_image_token", reader.take(f"{details}.image_tokens"))
    video = reader.bill("input_video_token", reader.take(f"{details}.video_tokens"))
    reader.rest("input_token", prompt, (read, written, audio, image, video), "prompt_tokens")
    reader.bill("input_audio_second", reader.take("prompt_audio_seconds"))
    beside = _thoughts_beside(reader, prompt)
    _output(reader, "completion_tokens", "completion_tokens_details", thoughts_beside=beside)
    searches = reader.take("server_tool_use.web_search_requests", "num_search_queries")
    reader.bill("web_search", searches)
    reader.bill("citation_token", reader.take("citation_tokens"))
    return _usage(reader, "chat completions", "included", prompt)


def _responses(reader: Reader) -> Usage:
    """OpenAI's form of responses, images, transcripts and realtime: cached tokens are among the input."""
    prompt = reader.take("input_tokens")
    singular = reader.has("input_token_details") or reader.has("output_token_details")
    details = "input_token_details" if singular else "input_tokens_details"
    cached = reader.take(f"{details}.cached_tokens")
    heard, seen = (
        reader.take(f"{details}.cached_tokens_details.{kind}_tokens") for kind in ("audio", "image")
    )
    reader.bill("cache_read_audio_token", heard)
    reader.bill("cache_read_image_token", seen)
    reader.rest("cache_read_token", cached, (heard, seen), f"{details}.cached_tokens")
    written = reader.bill("cache_write_token", reader.take(f"{details}.cache_write_tokens"))
    audio = reader.bill("input_audio_token", reader.take(f"{details}.audio_tokens") - heard)
    image = reader.bill("input_image_token", reader.take(f"{details}.image_tokens") - seen)
    reader.rest("input_token", prompt, (cached, written, audio, image), "input_tokens")
    _output(reader, "output_tokens", "output_token_details" if singular else "output_tokens_details")
    return _usage(reader, "responses", "included", prompt)


def _duration(reader: Reader) -> Usage:
    """OpenAI's form of a transcription that is billed by time."""
    reader.bill("input_audio_second", reader.take("seconds"))
    return _usage(reader, "transcription", "included", Decimal(0))


def _pages(reader: Reader) -> Usage:
    """Mistral's form of documents that were read."""
    reader.bill("input_page", reader.take("pages_processed"))
    return _usage(reader, "documents", "included", Decimal(0))


def _messages(reader: Reader) -> Usage:
    """Anthropic's form: cached tokens stand beside the input tokens."""
    plain = reader.bill("input_token", reader.take("input_tokens"))
    read = reader.bill("cache_read_token", reader.take("cache_read_input_tokens"))
    written = _written(reader, "cache_creation", "cache_creation_input_tokens")
    reader.bill("output_token", reader.take("output_tokens"))
    reader.bill("web_search", reader.take("server_tool_use.web_search_requests"))
    return _usage(reader, "messages", "beside", plain + read + written)


def _converse(reader: Reader) -> Usage:
    """Bedrock's Converse form: cached tokens stand beside the input tokens."""
    plain = reader.bill("input_token", reader.take("inputTokens", "inputTokenCount"))
    read = reader.bill("cache_read_token", reader.take("cacheReadInputTokens", "cacheReadInputTokenCount"))
    written = reader.take("cacheWriteInputTokens", "cacheWriteInputTokenCount")
    details = reader.raw.get("cacheDetails")
    reader.taken.update(path for path in leaves(reader.raw) if path.startswith("cacheDetails"))
    hour = sum(
        (
            quantity_of(each.get("inputTokens"), "cacheDetails")
            for each in objects_in(details)
            if each.get("ttl") == "1h"
        ),
        Decimal(0),
    )
    reader.bill("cache_write_1h_token", hour)
    reader.rest("cache_write_token", written, (hour,), "cacheWriteInputTokens")
    reader.bill("output_token", reader.take("outputTokens", "outputTokenCount"))
    return _usage(reader, "converse", "beside", plain + read + written)


def _gemini(reader: Reader) -> Usage:
    """Gemini's form: cached tokens are among those of the prompt, thoughts stand beside the candidates."""
    prompt = reader.take("promptTokenCount")
    cached = reader.take("cachedContentTokenCount")
    cached_by = _by_modality(reader, "cacheTokensDetails")
    given_by = _by_modality(reader, "promptTokensDetails")
    made_by = _by_modality(reader, "candidatesTokensDetails") or _by_modality(reader, "responseTokensDetails")
    parts = [cached]
    for modality in ("AUDIO", "IMAGE", "VIDEO"):
        unit = modality.lower()
        of_cache = cached_by.get(modality, Decimal(0))
        parts.append(given_by.get(modality, Decimal(0)) - of_cache)
        reader.bill(f"input_{unit}_token", parts[-1])
    audio = reader.bill("cache_read_audio_token", cached_by.get("AUDIO", Decimal(0)))
    reader.rest("cache_read_token", cached, (audio,), "cachedContentTokenCount")
    reader.rest("input_token", prompt, parts, "promptTokenCount")
    tools = reader.bill("input_token", reader.take("toolUsePromptTokenCount"))
    reader.taken.update(path for path in leaves(reader.raw) if path.startswith("toolUsePromptTokensDetails"))
    made = reader.take("candidatesTokenCount", "responseTokenCount")
    others = [
        reader.bill(f"output_{modality.lower()}_token", made_by.get(modality, Decimal(0)))
        for modality in ("AUDIO", "IMAGE", "VIDEO")
    ]
    reader.rest("output_token", made, others, "candidatesTokenCount")
    reader.bill("reasoning_token", reader.take("thoughtsTokenCount"))
    return _usage(reader, "generate content", "included", prompt + tools)


def _cohere(reader: Reader) -> Usage:
    """Cohere's form: what is billed stands apart from what was counted."""
    prompt = reader.bill("input_token", reader.take("billed_units.input_tokens"))
    reader.bill("output_token", reader.take("billed_units.output_tokens"))
    reader.bill("query", reader.take("billed_units.search_units"))
    reader.bill("input_image", reader.take("billed_units.images"))
    reader.taken.update({"tokens.input_tokens", "tokens.output_tokens", "cached_tokens"})
    return _usage(reader, "cohere", "included", prompt)


def _written(reader: Reader, details: str, *wholes: str) -> Decimal:
    """Count what was written to a cache, by its lifetime where that is said; return all of it."""
    hour = reader.bill("cache_write_1h_token", reader.take(f"{details}.ephemeral_1h_input_tokens"))
    short = reader.bill("cache_write_token", reader.take(f"{details}.ephemeral_5m_input_tokens"))
    written = reader.take(*wholes) or hour + short
    reader.rest("cache_write_token", written, (hour, short), wholes[0])
    return written


def _output(reader: Reader, path: str, details: str, *, thoughts_beside: bool = False) -> None:
    made = reader.take(path)
    reasoning = reader.bill("reasoning_token", reader.take(f"{details}.reasoning_tokens", "reasoning_tokens"))
    audio = reader.bill("output_audio_token", reader.take(f"{details}.audio_tokens"))
    image = reader.bill("output_image_token", reader.take(f"{details}.image_tokens"))
    reader.rest("output_token", made, (Decimal(0) if thoughts_beside else reasoning, audio, image), path)


def _thoughts_beside(reader: Reader, prompt: Decimal) -> bool:
    """Tell whether reasoning tokens stand beside the completion's: so with xAI and Perplexity (2026-11)."""
    if reader.has("citation_tokens") or reader.has("num_search_queries"):
        return True
    thoughts = reader.take("completion_tokens_details.reasoning_tokens", "reasoning_tokens")
    whole = prompt + reader.take("completion_tokens") + thoughts
    return bool(thoughts) and reader.take("total_tokens") == whole


def _by_modality(reader: Reader, key: str) -> dict[str, Decimal]:
    reader.taken.update(path for path in leaves(reader.raw) if path.startswith(f"{key}["))
    found: dict[str, Decimal] = {}
    for each in objects_in(reader.raw.get(key)):
        modality = str(each.get("modality"))
        found[modality] = found.get(modality, Decimal(0)) + quantity_of(each.get("tokenCount") or 0, key)
    return found


def _usage(reader: Reader, api: str, cached: Convention, prompt: Decimal) -> Usage:
    charged = reader.raw.get("cost")
    if isinstance(charged, Mapping):  # Perplexity tells its parts
        charged = charged.get("total_cost")
    tiers = (reader.raw.get(key) for key in ("service_tier", "serviceTier", "trafficType"))
    for unit, many in reader.quantities.items():
        if UNITS[unit] in _WHOLE and many != many.to_integral_value():
            raise BadRequest(f"{unit}: {many} is no count: expected a whole number")
    return Usage(
        api,
        cached,
        MappingProxyType(reader.quantities),
        int(prompt),
        reader.unread(),
        None if charged is None else str(charged),
        next((tier for tier in tiers if isinstance(tier, str)), None),
        reader.unsaid(),
    )


def _unwrapped(raw: object) -> Mapping[str, Any]:
    for _ in range(2):
        if isinstance(raw, Mapping):
            inner = next((raw[key] for key in _WRAPPERS if isinstance(raw.get(key), Mapping)), None)
            raw = raw if inner is None else inner
    if not isinstance(raw, Mapping):
        raise BadRequest(f"usage is {str(raw)[:60]!r}: expected the usage object of an answer")
    return raw


_FORMS: Final[tuple[tuple[tuple[str, ...], Callable[[Reader], Usage]], ...]] = (
    (("promptTokenCount", "candidatesTokenCount", "responseTokenCount"), _gemini),
    (("inputTokens", "outputTokens", "inputTokenCount", "outputTokenCount"), _converse),
    (("billed_units",), _cohere),
    (("prompt_tokens", "completion_tokens", "prompt_audio_seconds"), _chat),
    (("cache_read_input_tokens", "cache_creation_input_tokens", "cache_creation"), _messages),
    (
        ("input_tokens_details", "output_tokens_details", "input_token_details", "output_token_details"),
        _responses,
    ),
    (("input_tokens", "output_tokens"), _messages),
    (("seconds",), _duration),
    (("pages_processed",), _pages),
)
"""Keys of which one tells a form, and how it is read; the first form counts."""
