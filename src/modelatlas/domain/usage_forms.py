"""The forms in which APIs tell usage, recognised by their keys and read to exclusive quantities.

Sources, read 2026-11: platform.openai.com/docs/api-reference/chat/object and /responses/object,
docs.anthropic.com/en/api/messages, ai.google.dev/api/generate-content#UsageMetadata,
docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html, docs.mistral.ai/api,
docs.cohere.com/reference/chat, openrouter.ai/docs/use-cases/usage-accounting,
docs.litellm.ai/docs/completion/usage, api-docs.deepseek.com/api/create-chat-completion.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from modelatlas.domain.errors import BadRequest
from modelatlas.domain.money import exact
from modelatlas.domain.usage import Convention, Usage

MOST: Final = 10**12
"""Of one quantity; more is no usage of one request."""

_WRAPPERS: Final = ("usage", "usageMetadata", "usage_metadata", "response")
_UNBILLED: Final = frozenset(
    {
        "total_tokens", "totalTokens", "totalTokenCount", "text_tokens", "accepted_prediction_tokens",
        "rejected_prediction_tokens", "service_tier", "inference_geo", "is_byok", "cost", "cost_details",
        "prompt_time", "completion_time", "queue_time", "total_time", "trafficType", "search_context_size",
        "speed",
    }
)  # fmt: skip
"""Keys that hold no quantity of their own: sums, parts that are billed as what they are part of, times."""


class Reader:
    """Takes quantities out of one usage object, and knows afterwards what nobody took."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.taken: set[str] = set()
        self.quantities: dict[str, Decimal] = {}

    def take(self, *paths: str) -> Decimal:
        """Return the first quantity that stands at one of these paths, 0 when none does."""
        found: Decimal | None = None
        for path in paths:
            value = self._at(path)
            self.taken.add(path)
            if found is None and value is not None:
                found = _quantity(value, path)
        return Decimal(0) if found is None else found

    def bill(self, unit: str, quantity: Decimal) -> Decimal:
        """Count a quantity in a unit, and return it."""
        if quantity:
            self.quantities[unit] = self.quantities.get(unit, Decimal(0)) + quantity
        return quantity

    def rest(self, unit: str, whole: Decimal, parts: Iterable[Decimal], path: str) -> None:
        """Count what is left of a whole once its parts are counted in units of their own."""
        left = whole - sum(parts)
        if left < 0:
            raise BadRequest(
                f"{path}: {whole} is less than its parts together ({whole - left}): check the usage"
            )
        self.bill(unit, left)

    def has(self, path: str) -> bool:
        """Tell whether something stands at a path."""
        return self._at(path) is not None

    def unread(self) -> tuple[str, ...]:
        """Return the paths of quantities above 0 that nobody took."""
        return tuple(sorted(path for path in _leaves(self.raw) if path not in self.taken))

    def _at(self, path: str) -> object:
        value: object = self.raw
        for key in path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        return value


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
    _output(reader, "completion_tokens", "completion_tokens_details")
    searches = reader.take("server_tool_use.web_search_requests", "num_search_queries")
    reader.bill("web_search", searches)
    reader.bill("citation_token", reader.take("citation_tokens"))
    return _usage(reader, "chat completions", "included", prompt)


def _responses(reader: Reader) -> Usage:
    """OpenAI's responses form: cached tokens are among the input tokens."""
    prompt = reader.take("input_tokens")
    details = "input_tokens_details"
    read = reader.bill("cache_read_token", reader.take(f"{details}.cached_tokens"))
    written = reader.bill("cache_write_token", reader.take(f"{details}.cache_write_tokens"))
    audio = reader.bill("input_audio_token", reader.take(f"{details}.audio_tokens"))
    image = reader.bill("input_image_token", reader.take(f"{details}.image_tokens"))
    reader.rest("input_token", prompt, (read, written, audio, image), "input_tokens")
    _output(reader, "output_tokens", "output_tokens_details")
    return _usage(reader, "responses", "included", prompt)


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
    plain = reader.bill("input_token", reader.take("inputTokens"))
    read = reader.bill("cache_read_token", reader.take("cacheReadInputTokens", "cacheReadInputTokenCount"))
    written = reader.take("cacheWriteInputTokens", "cacheWriteInputTokenCount")
    details = reader.raw.get("cacheDetails")
    reader.taken.update(path for path in _leaves(reader.raw) if path.startswith("cacheDetails"))
    hour = sum(
        (
            _quantity(each.get("inputTokens"), "cacheDetails")
            for each in _objects(details)
            if each.get("ttl") == "1h"
        ),
        Decimal(0),
    )
    reader.bill("cache_write_1h_token", hour)
    reader.rest("cache_write_token", written, (hour,), "cacheWriteInputTokens")
    reader.bill("output_token", reader.take("outputTokens"))
    return _usage(reader, "converse", "beside", plain + read + written)


def _gemini(reader: Reader) -> Usage:
    """Gemini's form: cached tokens are among those of the prompt, thoughts stand beside the candidates."""
    prompt = reader.take("promptTokenCount")
    cached = reader.take("cachedContentTokenCount")
    cached_by = _by_modality(reader, "cacheTokensDetails")
    given_by = _by_modality(reader, "promptTokensDetails")
    made_by = _by_modality(reader, "candidatesTokensDetails")
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
    reader.taken.update(path for path in _leaves(reader.raw) if path.startswith("toolUsePromptTokensDetails"))
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
    short = reader.take(f"{details}.ephemeral_5m_input_tokens")
    written = reader.take(*wholes) or hour + short
    reader.rest("cache_write_token", written, (hour,), wholes[0])
    return written


def _output(reader: Reader, path: str, details: str) -> None:
    made = reader.take(path)
    reasoning = reader.bill("reasoning_token", reader.take(f"{details}.reasoning_tokens", "reasoning_tokens"))
    audio = reader.bill("output_audio_token", reader.take(f"{details}.audio_tokens"))
    image = reader.bill("output_image_token", reader.take(f"{details}.image_tokens"))
    reader.rest("output_token", made, (reasoning, audio, image), path)


def _by_modality(reader: Reader, key: str) -> dict[str, Decimal]:
    reader.taken.update(path for path in _leaves(reader.raw) if path.startswith(f"{key}["))
    found: dict[str, Decimal] = {}
    for each in _objects(reader.raw.get(key)):
        modality = str(each.get("modality"))
        found[modality] = found.get(modality, Decimal(0)) + _quantity(each.get("tokenCount") or 0, key)
    return found


def _usage(reader: Reader, api: str, cached: Convention, prompt: Decimal) -> Usage:
    charged, tier = reader.raw.get("cost"), reader.raw.get("service_tier")
    return Usage(
        api,
        cached,
        MappingProxyType(reader.quantities),
        int(prompt),
        reader.unread(),
        None if charged is None else str(charged),
        tier if isinstance(tier, str) else None,
    )


def _unwrapped(raw: object) -> Mapping[str, Any]:
    for _ in range(2):
        if isinstance(raw, Mapping):
            inner = next((raw[key] for key in _WRAPPERS if isinstance(raw.get(key), Mapping)), None)
            raw = raw if inner is None else inner
    if not isinstance(raw, Mapping):
        raise BadRequest(f"usage is {str(raw)[:60]!r}: expected the usage object of an answer")
    return raw


def _quantity(value: object, path: str) -> Decimal:
    found = (
        exact(str(value)) if isinstance(value, int | str | Decimal) and not isinstance(value, bool) else None
    )
    if found is None or not 0 <= found <= MOST:
        raise BadRequest(f"{path} is {str(value)[:60]!r}: expected a number from 0 to {MOST}")
    return found


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _leaves(value: object, path: str = "") -> Iterable[str]:
    """Go through the paths of numbers above 0 that may be quantities."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in _UNBILLED:
                yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{position}]")
    elif not isinstance(value, bool) and isinstance(value, int | str | Decimal) and exact(str(value)):
        yield path


_FORMS: Final[tuple[tuple[tuple[str, ...], Callable[[Reader], Usage]], ...]] = (
    (("promptTokenCount", "candidatesTokenCount"), _gemini),
    (("inputTokens", "outputTokens"), _converse),
    (("billed_units",), _cohere),
    (("prompt_tokens", "completion_tokens", "prompt_audio_seconds"), _chat),
    (("input_tokens_details", "output_tokens_details"), _responses),
    (("input_tokens", "output_tokens", "cache_read_input_tokens"), _messages),
)
"""Keys of which one tells a form, and how it is read; the first form counts."""
