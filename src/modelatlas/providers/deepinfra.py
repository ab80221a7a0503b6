"""DeepInfra hosts open models. It has two lists: in US dollars for 1M tokens, and in cents for one token."""

from functools import partial

from msgspec.structs import replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, Tier, usd
from modelatlas.providers.conditions import PriceWhen
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import (
    cents,
    first_known,
    known_words,
    mapped,
    paths,
    public_if,
    unix_instant,
    usd_number,
)

MODES = {
    "text-generation": "chat", "text-to-image": "image", "text-to-video": "video", "text-to-speech": "audio",
    "automatic-speech-recognition": "audio", "embeddings": "embedding", "reranker": "rerank",
}  # fmt: skip
PARAMETERS = {"reasoning": "reasoning", "reasoning_effort": "reasoning_effort", "tools": "tools",
              "json": "response_format"}  # fmt: skip

# What is charged is the price less the discount; rates are factors on the input price (documented, 2026-08).
charged = partial(cents, discount=("pricing.discount", "pricing.discount_ends_at"))
INPUT, RATE = "pricing.cents_per_input_token", "pricing.rate_per"
CACHED, WRITE = f"{RATE}_input_token_cached", f"{RATE}_input_token_cache_write"
# Of a cache that a request asks for, by its lifetime (public clients, 2026-10).
FIVE_MINUTES, AN_HOUR = (f"{RATE}_explicit_cache_write_token.{key}" for key in ("5m", "1h"))
TOKENS: dict[str, tuple[str, ...]] = {
    "input_token": (INPUT,),
    "output_token": ("pricing.cents_per_output_token",),
    "cache_read_token": (INPUT, CACHED),
    "cache_write_token": (INPUT, WRITE),
}
TIERS: tuple[Tier, ...] = ("priority", "flex")

EXAMPLES = ((
    {"id": "acme-ai/Rocket-2-Turbo", "object": "model", "created": 0, "metadata": {
        "context_length": 131072, "max_tokens": 131072, "tags": ["chat", "vision", "reasoning_effort"],
        "pricing": {"input_tokens": 0.1, "output_tokens": 0.7899999999999999,
                    "cache_read_tokens": 0.020000000000000004}}},
    Listing("deepinfra", "acme-ai/Rocket-2-Turbo", mode="chat", context_tokens=131072,
            input_modalities=("image", "text"), supported_parameters=("reasoning_effort",), prices=(
                usd("input_token", "0.0000001"), usd("output_token", "0.0000007899999999999999"),
                usd("cache_read_token", "0.000000020000000000000004"))),
), (
    {"id": "acme-ai/Media-1", "metadata": {"discount": 0.1, "pricing": {
        "per_image_unit": 0.03, "output_seconds": 0.05, "input_seconds": 0.01, "input_characters": 12}}},
    Listing("deepinfra", "acme-ai/Media-1", prices=(
        usd("output_image", "0.03", per="image"), usd("output_video_second", "0.05", per="second"),
        usd("input_audio_second", "0.01", per="second"),
        usd("input_character", "0.000012", per="character"))),
), (
    {"id": "acme-ai/Sketch-1", "metadata": None},
    Listing("deepinfra", "acme-ai/Sketch-1"),
))  # fmt: skip

NATIVE_EXAMPLES = ((
    {"model_name": "acme-ai/Rocket-2-Turbo", "type": "t5", "reported_type": "text-generation",
     "max_tokens": 131072, "tags": ["tools"], "quantization": "fp8", "create_ts": "2026-08-05",
     "deprecated": 1798675200, "private": 0, "pricing": {
         "type": "tokens", "cents_per_input_token": 1e-05, "cents_per_output_token": 7.9e-05,
         "rate_per_input_token_cached": 0.2, "rate_per_input_token_cache_write": 1.25,
         "rate_per_service_tier_priority": 1.5, "rate_per_service_tier_flex": 0.5,
         "rate_per_explicit_cache_write_token": {"5m": 1.5, "1h": 2}, "discount": None}},
    Listing("deepinfra", "acme-ai/Rocket-2-Turbo", mode="chat", context_tokens=131072,
            supported_parameters=("tools",), quantization="fp8", released="2026-08-05",
            deprecated_at="2026-12-31T00:00:00Z", prices=(
                usd("input_token", "0.0000001"), usd("output_token", "0.00000079"),
                usd("cache_read_token", "0.00000002"), usd("cache_write_token", "0.000000125"),
                usd("cache_write_1h_token", "0.0000002"),
                replace(usd("input_token", "0.00000015"), when=Condition(tier="priority")),
                replace(usd("output_token", "0.000001185"), when=Condition(tier="priority")),
                replace(usd("cache_read_token", "0.00000003"), when=Condition(tier="priority")),
                replace(usd("cache_write_token", "0.0000001875"), when=Condition(tier="priority")),
                replace(usd("input_token", "0.00000005"), when=Condition(tier="flex")),
                replace(usd("output_token", "0.000000395"), when=Condition(tier="flex")),
                replace(usd("cache_read_token", "0.00000001"), when=Condition(tier="flex")),
                replace(usd("cache_write_token", "0.0000000625"), when=Condition(tier="flex")),
                replace(usd("cache_write_token", "0.00000015"), when=Condition(cache_seconds=300), rank=2))),
), (
    {"model_name": "acme-ai/Sketch-1", "type": "text-to-image", "pricing": {
        "type": "image_units", "cents_per_image_unit": 4, "default_price_cents": 4, "default_width": 1024,
        "discount": 0.25, "discount_ends_at": 1788220800}},
    Listing("deepinfra", "acme-ai/Sketch-1", mode="image", prices=(
        replace(usd("output_image", "0.03", per="image"), valid_to="2026-09-01T00:00:00Z", rank=1),
        usd("output_image", "0.04", per="image"))),
), (
    {"model_name": "acme-ai/Ear-1", "pricing": {"type": "input_length", "cents_per_input_sec": 0.01}},
    Listing("deepinfra", "acme-ai/Ear-1", prices=(usd("input_audio_second", "0.0001", per="second"),)),
), (
    {"model_name": "acme-ai/Voice-1",
     "pricing": {"type": "input_character_length", "cents_per_input_chars": 0.0012}},
    Listing("deepinfra", "acme-ai/Voice-1",
            prices=(usd("input_character", "0.000012", per="character"),)),
), (
    {"model_name": "acme-ai/Film-1", "pricing": {"type": "output_length", "cents_per_output_sec": 5}},
    Listing("deepinfra", "acme-ai/Film-1", prices=(usd("output_video_second", "0.05", per="second"),)),
), (
    {"model_name": "acme-ai/Clip-0", "pricing": {"type": "time", "cents_per_sec": 0.05}},
    Listing("deepinfra", "acme-ai/Clip-0", prices=(usd("compute_second", "0.0005", per="second"),)),
), (
    {"model_name": "acme-ai/Own-0", "pricing": {"type": "uptime", "cents_per_sec": 0.05}},
    Listing("deepinfra", "acme-ai/Own-0"),
), (
    {"model_name": "acme-ai/Film-0", "pricing": {"type": "frame_units", "cents_per_frame_unit": 2}},
    Listing("deepinfra", "acme-ai/Film-0"),
))  # fmt: skip

MODELS = ModelList(
    url="https://api.deepinfra.com/v1/openai/models",
    fields={
        "mode": first_known("metadata.tags", {"chat": "chat", "image-gen": "image"}),
        "context_tokens": "metadata.context_length",
        "input_modalities": known_words("metadata.tags", {"vision": "image text"}),
        "supported_parameters": known_words("metadata.tags", PARAMETERS),
    },
    # The specification names the units; binary dust (0.020000000000000004) is in what is sent (2026-02).
    prices={
        "input_token": usd_number("metadata.pricing.input_tokens", per="1M tokens"),
        "output_token": usd_number("metadata.pricing.output_tokens", per="1M tokens"),
        "cache_read_token": usd_number("metadata.pricing.cache_read_tokens", per="1M tokens"),
        "output_image": usd_number("metadata.pricing.per_image_unit", per="image"),
        "output_video_second": usd_number("metadata.pricing.output_seconds", per="second"),
        "input_audio_second": usd_number("metadata.pricing.input_seconds", per="second"),
        "input_character": usd_number("metadata.pricing.input_characters", per="1M characters"),
    },
    unread={"metadata.discount": "not said whether the amounts are before or after the discount"},
    unpriced="not said in this list",
    # `max_tokens` repeats the context in every row; `created` is always 0 (recorded, 2026-02).
    ignored=paths(
        "object created owned_by root parent metadata.description metadata.max_tokens "
        "metadata.default_width metadata.default_height metadata.default_iterations"
    ),
    examples=EXAMPLES,
)

NATIVE = ModelList(
    name="native",
    url="https://api.deepinfra.com/models/list",
    needs_key=False,
    entries="",  # the payload itself is the list
    id="model_name",
    fields={
        "mode": mapped("reported_type", MODES) | mapped("type", MODES),
        "context_tokens": "max_tokens",
        "supported_parameters": known_words("tags", PARAMETERS),
        "quantization": "quantization",
        "released": "create_ts",
        "deprecated_at": unix_instant("deprecated"),
        "visibility": public_if("private", 0),
    },
    prices={
        **{unit: charged(path, per="token", times=tuple(rates)) for unit, (path, *rates) in TOKENS.items()},
        "cache_write_1h_token": charged(INPUT, per="token", times=(AN_HOUR,)),
        "input_audio_second": charged("pricing.cents_per_input_sec", per="second"),
        "output_video_second": charged("pricing.cents_per_output_sec", per="second"),
        "input_character": charged("pricing.cents_per_input_chars", per="character"),
        "output_image": charged("pricing.cents_per_image_unit", per="image"),
        # At the same path `uptime` quotes a second of a machine of one's own; that stays unread.
        "compute_second": charged("pricing.cents_per_sec", per="second", given=("pricing.type", "time")),
    },
    # The rates of service tiers are factors on all prices of tokens (three public clients, 2026-08).
    conditional=(
        *(
            PriceWhen(unit, charged(path, per="token", times=(*rates, f"{RATE}_service_tier_{tier}")), tier)
            for tier in TIERS
            for unit, (path, *rates) in TOKENS.items()
        ),
        PriceWhen("cache_write_token", charged(INPUT, per="token", times=(FIVE_MINUTES,)), cache_seconds=300),
    ),
    unread={
        "pricing.default_price_cents": "of an image of the default size and steps",
        "pricing.cents_per_frame_unit": "how long a frame is, is not said",
    },
    unpriced="not said in this list",
    ignored=paths(
        "description cover_img_url replaced_by mmlu expected is_partner pricing.short pricing.full "
        "pricing.table pricing.explicit_cache_granularity_tokens pricing.usage_from_cost "
        "pricing.default_width pricing.default_height pricing.default_iterations"
    ),
    examples=NATIVE_EXAMPLES,
)

PROVIDER = Provider(
    slug="deepinfra",
    name="DeepInfra",
    kind="host",
    docs="https://docs.deepinfra.com",
    evidence="recorded 2026-02 (models), documented 2026-08 (native)",
    auth=Bearer("DEEPINFRA_API_KEY"),
    aliases=("deep-infra",),
    lists=(MODELS, NATIVE),
)
