"""Prices for one token of Cloudflare's Workers AI: the list of models, asked for in OpenRouter's form.

It says of chat models what their properties do not: the longest answer, the modalities, and prices with more
digits. Nothing of it was recorded; fields, the places of the list and the ways in which ids are written are
those that public programs read (2026-07 to 2026-09).
"""

from msgspec.structs import replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, PromptOver, usd
from modelatlas.providers.conditions import PartialPrices
from modelatlas.providers.contract import Field, ModelList, PageNumber
from modelatlas.providers.fields import all_words, count, paths, unix_date, usd_text, words

LONG = Condition(prompt_over=PromptOver(32768))
HOURS = ("utc_start", "utc_end")

EXAMPLES = ((
    {"id": "workers-ai/@cf/acme/rocket-2", "name": "Rocket 2", "created": 1785888000,
     "hugging_face_id": "acme-ai/Rocket-2", "context_length": 131072, "max_output_length": 32768,
     "input_modalities": ["text", "image"], "output_modalities": ["text"], "supported_features": ["tools"],
     "supported_sampling_parameters": ["temperature"], "pricing": {
         "prompt": "0.00000035", "completion": "0.00000075", "input_cache_read": "0.00000009",
         "input_cache_write": "0", "internal_reasoning": "0.000001",
         "overrides": [{"min_prompt_tokens": 32768, "prompt": "0.0000007"}]}},
    Listing("cloudflare-workers-ai", "@cf/acme/rocket-2", name="Rocket 2", mode="chat",
            context_tokens=131072, max_output_tokens=32768, input_modalities=("image", "text"),
            output_modalities=("text",), supported_parameters=("temperature", "tools"),
            released="2026-08-05", repository="acme-ai/Rocket-2", prices=(
                usd("input_token", "0.00000035"), usd("output_token", "0.00000075"),
                usd("reasoning_token", "0.000001"), usd("cache_read_token", "0.00000009"),
                replace(usd("input_token", "0.0000007"), when=LONG, rank=1))),
), (
    {"id": "acme/rocket-1", "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
     "top_provider": {"context_length": 8192, "max_completion_tokens": 4096},
     "supported_parameters": ["top_p"], "pricing": {"input_cache_write": "0.000001"}},
    Listing("cloudflare-workers-ai", "@cf/acme/rocket-1", mode="chat", context_tokens=8192,
            max_output_tokens=4096, input_modalities=("text",), output_modalities=("text",),
            supported_parameters=("top_p",), prices=(usd("cache_write_token", "0.000001"),)),
))  # fmt: skip


def with_sign(id_: str) -> str:
    """It may lack the `@cf/` by which models are called, or have `workers-ai/` before it."""
    bare = id_.removeprefix("workers-ai/")
    return bare if bare.startswith("@") else f"@cf/{bare}"


def tokens(url: str) -> ModelList:
    """Declare the list at the address of the list of models; where it stands differs by who reads it."""
    of_data = ModelList(
        name="tokens",
        yields="prices",
        url=url,
        params={"format": "openrouter"},
        paging=PageNumber("page", "per_page", size=1000),
        id_of=with_sign,
        fields={
            "name": "name",
            "context_tokens": Field("context_length", count) | Field("top_provider.context_length", count),
            "max_output_tokens": Field("max_output_length", count)
            | Field("top_provider.max_completion_tokens", count),
            "input_modalities": Field("input_modalities", words)
            | Field("architecture.input_modalities", words),
            "output_modalities": Field("output_modalities", words)
            | Field("architecture.output_modalities", words),
            "supported_parameters": all_words("supported_features")
            | all_words("supported_sampling_parameters")
            | all_words("supported_parameters"),
            "released": unix_date("created"),
            "repository": "hugging_face_id",
        },
        prices={
            "input_token": usd_text("pricing.prompt", per="token"),
            "output_token": usd_text("pricing.completion", per="token"),
            "reasoning_token": usd_text("pricing.internal_reasoning", per="token"),
            "cache_read_token": usd_text("pricing.input_cache_read", per="token"),
            "cache_write_token": usd_text("pricing.input_cache_write", per="token"),
        },
        conditional=(
            PartialPrices("pricing.overrides", of="pricing", prompt_over="min_prompt_tokens", hours=HOURS),
        ),
        unpriced="not said here",
        ignored=paths(
            "description reasoning architecture.modality architecture.tokenizer top_provider.is_moderated"
        ),
        examples=EXAMPLES,
    )
    return replace(of_data, variants=tuple(replace(of_data, entries=at) for at in ("result", "result.data")))
