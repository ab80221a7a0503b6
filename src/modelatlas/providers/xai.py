"""xAI makes Grok. It prices in whole US cents for 100 million tokens, and an image in 1e-8 cents."""

from decimal import Decimal

from msgspec.structs import replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, PromptOver, usd
from modelatlas.providers.conditions import PriceWhen
from modelatlas.providers.contract import Bearer, Field, ModelList, Provider
from modelatlas.providers.fields import cents, count, paths, unix_date, words
from modelatlas.providers.price_path import Price

LONG = Condition(prompt_over=PromptOver(128000, inclusive=True))

EXAMPLES = ((
    {"id": "rocket-4", "object": "model", "created": 1785888000, "owned_by": "xai", "version": "1.0",
     "fingerprint": "fp_1", "input_modalities": ["text", "image"], "output_modalities": ["text"],
     "aliases": ["rocket-4-latest"], "context_length": 256000, "prompt_text_token_price": 12500,
     "cached_prompt_text_token_price": 2000, "prompt_image_token_price": 10000,
     "completion_text_token_price": 25000, "search_price": 250000000,
     "prompt_text_token_price_long_context": 0, "long_context_threshold": 0,
     "capabilities": {"reasoning_effort": ["low", "high"]}},
    Listing("xai", "rocket-4", lab="xai", mode="chat", context_tokens=256000,
            input_modalities=("image", "text"), output_modalities=("text",),
            supported_parameters=("reasoning_effort",), released="2026-08-05",
            aliases=("rocket-4-latest",), prices=(
                usd("input_token", "0.00000125"), usd("cache_read_token", "0.0000002"),
                usd("input_image_token", "0.000001"), usd("output_token", "0.0000025"),
                usd("web_search", "0.025", per="search"))),
), (
    {"id": "rocket-5", "prompt_text_token_price": 20000, "cached_prompt_text_token_price": 0,
     "prompt_text_token_price_long_context": 40000, "cached_prompt_text_token_price_long_context": 0,
     "completion_text_token_price_long_context": 160000, "long_context_threshold": 128000},
    Listing("xai", "rocket-5", lab="xai", prices=(
        usd("input_token", "0.000002"), replace(usd("input_token", "0.000004"), when=LONG, rank=2),
        replace(usd("output_token", "0.000016"), when=LONG, rank=2))),
), (
    {"id": "rocket-image", "output_modalities": ["image"], "max_prompt_length": 1024,
     "image_price": 200000000},
    Listing("xai", "rocket-image", lab="xai", mode="image", context_tokens=1024,
            output_modalities=("image",), prices=(usd("output_image", "0.02", per="image"),)),
), (
    {"id": "rocket-paint", "pricing": [{"price_per_image": 200000000, "resolution": "1k"}]},
    Listing("xai", "rocket-paint", lab="xai"),
))  # fmt: skip


def long_price(unit: str, path: str) -> PriceWhen:
    """Declare the price of long prompts: at or above the threshold; a zero means that of short ones."""
    return PriceWhen(unit, cents(path, per="100M tokens"), prompt_from="long_context_threshold")


def efforts(value: object) -> tuple[str, ...]:
    """Read the efforts that a request may ask for: of none the parameter is not there."""
    return ("reasoning_effort",) if words(value) else ()


MODELS = ModelList(
    url="https://api.x.ai/v1/models",  # told no more than ids until 2026-02 (recorded)
    fields={
        "context_tokens": Field("context_length", count) | Field("max_prompt_length", count),
        "input_modalities": "input_modalities",
        "output_modalities": "output_modalities",
        "supported_parameters": Field("capabilities.reasoning_effort", efforts),
        "released": unix_date("created"),
        "aliases": "aliases",
    },
    # A zero marks that nothing is said; that a unit is free is said nowhere (documented, 2026-06).
    prices={
        "input_token": cents("prompt_text_token_price", per="100M tokens"),
        "cache_read_token": cents("cached_prompt_text_token_price", per="100M tokens"),
        "input_image_token": cents("prompt_image_token_price", per="100M tokens"),
        "output_token": cents("completion_text_token_price", per="100M tokens"),
        # Cents for 100M searches in one document, 1/100 cents for 1M in another: the same.
        "web_search": Price("search_price", "search", scale=Decimal("1E-10")),
        # "US cents", says the documentation, but its 200000000 is 0.02 dollars (inferred, 2026-10).
        "output_image": Price("image_price", "image", scale=Decimal("1E-10")),
    },
    conditional=(
        long_price("input_token", "prompt_text_token_price_long_context"),
        long_price("cache_read_token", "cached_prompt_text_token_price_long_context"),
        long_price("output_token", "completion_text_token_price_long_context"),
    ),
    unread={"pricing": "by the quality and the resolution of an image"},
    unpriced="not said, or only under conditions",
    ignored=paths("object owned_by fingerprint version"),
    examples=EXAMPLES,
)


def typed(name: str, path: str) -> ModelList:
    """Declare one of the lists by kind of model: the same entries, in another envelope."""
    return replace(MODELS, name=name, url=f"https://api.x.ai/v1/{path}", entries="models")


EMBEDDINGS = ModelList(
    name="embeddings",
    url="https://api.x.ai/v1/embedding-models",  # documented 2026-06; many accounts have none (others, 2026)
    entries="models",
    always={"mode": "embedding"},
    fields={
        "input_modalities": "input_modalities",
        "released": unix_date("created"),
        "aliases": "aliases",
    },
    prices={
        "input_token": cents("prompt_text_token_price", per="100M tokens"),
        "input_image_token": cents("prompt_image_token_price", per="100M tokens"),
    },
    unpriced="not said",
    ignored=paths("object owned_by fingerprint version output_modalities"),
    examples=((
        {"id": "rocket-embed", "object": "model", "created": 1785888000, "owned_by": "xai", "version": "1.0",
         "input_modalities": ["text"], "aliases": ["rocket-embed-latest"], "prompt_text_token_price": 100,
         "prompt_image_token_price": 200},
        Listing("xai", "rocket-embed", lab="xai", mode="embedding", input_modalities=("text",),
                released="2026-08-05", aliases=("rocket-embed-latest",), prices=(
                    usd("input_token", "0.00000001"), usd("input_image_token", "0.00000002"))),
    ),),
)  # fmt: skip

PROVIDER = Provider(
    slug="xai",
    name="xAI",
    kind="lab",
    lab="xai",
    docs="https://docs.x.ai/developers/rest-api-reference/inference/models",
    evidence="recorded 2026-02 (ids), documented 2026-06 (prices)",
    auth=Bearer("XAI_API_KEY"),
    aliases=("x-ai", "grok"),
    lists=(
        MODELS,
        typed("language", "language-models"),
        typed("images", "image-generation-models"),
        typed("videos", "video-generation-models"),
        EMBEDDINGS,
    ),
)
