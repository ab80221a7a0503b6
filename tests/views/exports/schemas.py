"""What the documents of other tools look like, as JSON Schemas in our own words.

They follow what the peers publish (genai-prices' `data.schema.json`, models.dev's `schema.ts`, the types of
`@openrouter/sdk` and of catwalk, the test of LiteLLM's map) and let no member through that is not named:
those of their readers, and the few that we add, which readers pass over (`canonical_id`, `usd`, `x_...`).
models.dev wants a variable and a page of documents of each provider; here one that has none says so.
"""

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "minLength": 1}
ANY_TEXT: Schema = {"type": "string"}
TEXTS: Schema = {"type": "array", "items": TEXT}
COUNT: Schema = {"type": "integer", "minimum": 0}
PRICE: Schema = {"type": "number", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
DAY_OR_MONTH: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}(-\d{2})?$"}
NULL: Schema = {"type": "null"}
CANONICAL: Schema = {"canonical_id": TEXT}


def either(*schemas: Schema) -> Schema:
    return {"anyOf": list(schemas)}


def some(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def objects(needed: Schema, more: Schema | None = None, patterns: Schema | None = None) -> Schema:
    """Return what an object has to have, what it may have, and members by how their names look."""
    return {
        "type": "object",
        "required": list(needed),
        "properties": {**needed, **(more or {})},
        "patternProperties": patterns or {},
        "additionalProperties": False,
    }


def named(schema: Schema, name: Schema = TEXT) -> Schema:
    return {"type": "object", "propertyNames": name, "additionalProperties": schema}


_MEASURE = (
    "token|audio_token|image_token|video_token|reasoning_token|character|second|audio_per_second|"
    "video_per_second|image|pixel|query|request|text_message|page|credit"
)
_COST = (
    r"^((cache_creation|cache_read)_input_(audio_|image_)?token_cost|(input_|output_|ocr_|annotation_|citation_)?"
    rf"cost_per_({_MEASURE}))(_above_(1hr|12hr|\d+k_tokens))*(_batches|_priority|_flex)?$"
)
_COSTS = {_COST: PRICE}
LITELLM = named(
    objects(
        {"litellm_provider": TEXT},
        {
            "mode": {
                "enum": [
                    "chat", "responses", "completion", "embedding", "rerank", "moderation", "search", "ocr",
                    "image_generation", "image_edit", "video_generation", "audio_speech",
                    "audio_transcription", "realtime", "evaluation", "decisions", "extraction", "guardrail",
                    "vector_store",
                ]
            },
            "max_tokens": COUNT,
            "max_input_tokens": COUNT,
            "max_output_tokens": COUNT,
            "deprecation_date": DAY,
            "threshold_is_inclusive": FLAG,
            "search_context_cost_per_query": objects(
                {f"search_context_size_{size}": PRICE for size in ("low", "medium", "high")}
            ),
            "off_peak_pricing": objects(
                {},
                {
                    "hours_utc": some({"type": "string", "pattern": r"^\d\d:\d\d-\d\d:\d\d$"}),
                    "windows": some({"type": "object", "required": ["hours_utc"]}),
                    "weekday_timezone": TEXT,
                },
                _COSTS,
            ),
            **CANONICAL,
            "variant": TEXT,
        },
        {
            **_COSTS,
            "^supports_[a-z_]+$": FLAG,
            "^regional_(endpoint|processing)_uplift_multiplier(_eu|_us)?$": {"type": "number", "minimum": 1},
        },
    )
)  # fmt: skip

_DEV_COST = {
    "input": PRICE,
    "output": PRICE,
}
_DEV_MORE = dict.fromkeys(("reasoning", "cache_read", "cache_write", "input_audio", "output_audio"), PRICE)
_KIND = {"enum": ["text", "audio", "image", "video", "pdf"]}
_KINDS = {"input": some(_KIND), "output": some(_KIND)}
_DEV_MODEL = objects(
    {
        "id": TEXT,
        "name": TEXT,
        "attachment": FLAG,
        "reasoning": FLAG,
        "tool_call": FLAG,
        "release_date": DAY_OR_MONTH,
        "last_updated": DAY_OR_MONTH,
        "modalities": objects(_KINDS),
        "open_weights": FLAG,
        "limit": objects({"context": COUNT, "output": COUNT}, {"input": COUNT}),
    },
    {
        "reasoning_options": {"type": "array"},
        "structured_output": FLAG,
        "temperature": FLAG,
        "knowledge": DAY_OR_MONTH,
        "status": {"enum": ["alpha", "beta", "deprecated"]},
        "cost": objects(
            _DEV_COST,
            {
                **_DEV_MORE,
                "context_over_200k": objects(_DEV_COST, _DEV_MORE),
                "tiers": some(
                    objects(
                        {
                            **_DEV_COST,
                            "tier": objects({"type": {"const": "context"}, "size": COUNT}),
                        },
                        _DEV_MORE,
                    )
                ),
            },
        ),
        **CANONICAL,
        "x_variant": TEXT,
        "x_unknown": TEXTS,
        "x_price_varies": TEXTS,
    },
)
MODELS_DEV = named(
    objects(
        {"id": TEXT, "name": TEXT, "env": TEXTS, "npm": TEXT, "doc": ANY_TEXT, "models": named(_DEV_MODEL)},
        {"api": TEXT},
    )
)
METADATA = named(
    objects(
        {
            "id": TEXT,
            "name": TEXT,
            "modalities": objects(_KINDS),
            "limit": objects({"context": COUNT, "output": COUNT}),
            "x_providers": TEXTS,
        }
    )
)

_MATCH = {"$ref": "#/$defs/match"}
_MATCHES: Schema = {
    "minProperties": 1,
    "maxProperties": 1,
    **objects(
        {},
        {
            **dict.fromkeys(("starts_with", "ends_with", "contains", "equals", "regex"), TEXT),
            "or": some(_MATCH),
            "and": some(_MATCH),
        },
    ),
}
_TIERED = either(PRICE, objects({"base": PRICE, "tiers": some(objects({"start": COUNT, "price": PRICE}))}))
_GENAI_PRICE = objects({}, {}, {"_(mtok|mchars|kcount|hours|gpixels|kpages)$": _TIERED})
_TIME: Schema = {"type": "string", "pattern": r"^\d\d:\d\d:\d\dZ$"}
_WHEN = either(objects({"start_date": DAY}), objects({"start_time": _TIME, "end_time": _TIME}))
_LATER = objects({"start_date": DAY})
_GENAI_MODEL = objects(
    {
        "id": {"type": "string", "pattern": r"^\S+$"},
        "match": _MATCH,
        "prices": either(_GENAI_PRICE, some(objects({"prices": _GENAI_PRICE}, {"constraint": _WHEN}))),
    },
    {
        "name": {"type": "string", "maxLength": 100},
        "context_window": COUNT,
        "deprecated": FLAG,
        "price_variants": some(
            objects({"when": named(TEXT), "prices": _GENAI_PRICE}, {"constraint": _LATER})
        ),
        **CANONICAL,
    },
)
GENAI_PRICES: Schema = {
    "$defs": {"match": _MATCHES},
    **some(
        objects(
            {
                "id": {"type": "string", "maxLength": 100, "pattern": r"^\S+$"},
                "name": TEXT,
                "api_pattern": {"type": "string", "format": "regex"},
                "models": some(_GENAI_MODEL),
            },
            {"provider_match": _MATCH, "pricing_urls": some({"type": "string", "pattern": "^https://"})},
        )
    ),
}

_USD: Schema = {"type": "string", "pattern": r"^(-1|\d+(\.\d+)?)$"}
_ROUTER_PRICES = (
    "input_cache_read", "input_cache_write", "input_cache_write_1h", "internal_reasoning", "audio",
    "audio_output", "input_audio_cache", "image_token", "image", "image_output", "request", "web_search",
)  # fmt: skip
_MAY_COST = dict.fromkeys(("prompt", "completion", *_ROUTER_PRICES), _USD)
_HHMM: Schema = {"type": "integer", "minimum": 0, "maximum": 2359}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PRICING = objects(
    {"prompt": _USD, "completion": _USD},
    {
        **_MAY_COST,
        "overrides": some(
            objects(
                {},
                {
                    **_MAY_COST,
                    "min_prompt_tokens": COUNT,
                    "utc_start": _HHMM,
                    "utc_end": _HHMM,
                    "utc_days": some({"enum": list(_DAYS)}),
                },
            )
        ),
    },
)
_ARCHITECTURE = objects(
    {
        "input_modalities": some({"enum": ["text", "image", "file", "audio", "video"]}),
        "output_modalities": TEXTS,
        "modality": either(TEXT, NULL),
    },
    {"tokenizer": TEXT, "instruct_type": either(TEXT, NULL)},
)
_ITEM = objects(
    {
        "id": TEXT,
        "canonical_slug": TEXT,
        "name": TEXT,
        "created": COUNT,
        "context_length": COUNT,
        "architecture": _ARCHITECTURE,
        "pricing": _PRICING,
        "top_provider": objects(
            {"is_moderated": FLAG},
            {"context_length": either(COUNT, NULL), "max_completion_tokens": either(COUNT, NULL)},
        ),
        "per_request_limits": NULL,
        "supported_parameters": TEXTS,
        "supported_voices": either(TEXTS, NULL),
        "default_parameters": either({"type": "object"}, NULL),
        "links": objects({"details": TEXT}),
    },
    {
        "description": ANY_TEXT,
        "hugging_face_id": either(ANY_TEXT, NULL),
        "knowledge_cutoff": either(DAY_OR_MONTH, NULL),
        "expiration_date": either(DAY_OR_MONTH, NULL),
        "canonical_id": either(TEXT, NULL),
    },
)
OPENROUTER = objects(
    {"data": some(_ITEM), "total_count": COUNT, "links": objects({"next": either(TEXT, NULL)})}
)

OPENAI = objects(
    {
        "object": {"const": "list"},
        "data": some(
            objects(
                {"id": TEXT, "object": {"const": "model"}, "created": COUNT, "owned_by": TEXT},
                {
                    "shutdown_date": DAY_OR_MONTH,
                    "provider": TEXT,
                    **CANONICAL,
                    "variant": TEXT,
                    "context_length": COUNT,
                    "usd": named({"type": "string", "pattern": r"^\d+(\.\d+)?$"}),
                },
            )
        ),
    }
)

LLM_PRICES = objects(
    {
        "prices": some(
            objects(
                {
                    "id": TEXT,
                    "vendor": TEXT,
                    "name": TEXT,
                    "input": PRICE,
                    "output": PRICE,
                    "input_cached": either(PRICE, NULL),
                }
            )
        )
    },
    {"updated_at": DAY},
)

CATWALK = some(
    objects(
        {
            "name": TEXT,
            "id": TEXT,
            "models": some(
                objects(
                    {
                        "id": TEXT,
                        "name": TEXT,
                        "cost_per_1m_in": PRICE,
                        "cost_per_1m_out": PRICE,
                        "cost_per_1m_in_cached": PRICE,
                        "cost_per_1m_out_cached": PRICE,
                        "context_window": COUNT,
                        "default_max_tokens": COUNT,
                        "can_reason": FLAG,
                        "supports_attachments": FLAG,
                    },
                    {
                        "options": {"type": "object"},
                        "reasoning_levels": TEXTS,
                        "default_reasoning_effort": TEXT,
                    },
                )
            ),
        },
        {
            "api_key": {"type": "string", "pattern": r"^\$[A-Z0-9_]+$"},
            "api_endpoint": TEXT,
            "type": {
                "enum": [
                    "openai", "openai-compat", "openrouter", "vercel", "anthropic", "google", "azure",
                    "bedrock", "google-vertex",
                ]
            },
            "default_large_model_id": TEXT,
            "default_small_model_id": TEXT,
        },
    )
)  # fmt: skip

SCHEMAS: dict[str, Schema] = {
    "litellm": LITELLM,
    "models.dev": MODELS_DEV,
    "models.dev-models": METADATA,
    "genai-prices": GENAI_PRICES,
    "genai-prices-slim": GENAI_PRICES,
    "openrouter": OPENROUTER,
    "openai": OPENAI,
    "llm-prices": LLM_PRICES,
    "catwalk": CATWALK,
}
