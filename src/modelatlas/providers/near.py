"""NEAR AI hosts and resells models. It prices in US dollars for one token, as text."""

from msgspec.structs import replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, Rule, usd
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import all_words, flag, paths, unix_date, usd_text
from modelatlas.providers.near_tiers import tier_prices

FLEX = Condition(tier="flex")

EXAMPLES = ((
    {"id": "acme-ai/Rocket-2", "created": 1785888000, "owned_by": "acme", "name": "Rocket 2",
     "hugging_face_id": "acme-ai/Rocket-2", "quantization": "fp8", "is_ready": False,
     "context_length": 131072, "max_output_length": 32768, "deprecation_date": "2027-01-31",
     "input_modalities": ["text"], "output_modalities": ["text"], "supported_features": ["tools"],
     "supported_sampling_parameters": ["temperature"], "pricing": {
         "input": 0.85, "output": 3.3, "prompt": "0.00000085", "completion": "0.0000033",
         "image": "0.02", "request": "0.001", "input_cache_read": "0"}, "textPricing": {
             "version": 1, "currency": "USD", "unit": "million_tokens", "tiers": {
                 "default": {"short": {"uncachedInput": "0.85", "cachedInput": "0", "cacheWrite": "1",
                                       "output": "3.3"}},
                 "flex": {"short": {"uncachedInput": "0.4", "output": "1.6"}}}}},
    Listing("near", "acme-ai/Rocket-2", name="Rocket 2", lab="acme", mode="chat", status="inactive",
            context_tokens=131072, max_output_tokens=32768, input_modalities=("text",),
            output_modalities=("text",), supported_parameters=("temperature", "tools"),
            quantization="fp8", released="2026-08-05", deprecated_at="2027-01-31",
            repository="acme-ai/Rocket-2", prices=(
                usd("input_token", "0.00000085"), usd("output_token", "0.0000033"),
                Rule("cache_read_token", "free"), usd("input_image", "0.02", per="image"),
                usd("request", "0.001", per="request"), usd("cache_write_token", "0.000001"),
                replace(usd("input_token", "0.0000004"), when=FLEX),
                replace(usd("output_token", "0.0000016"), when=FLEX))),
),)  # fmt: skip

MODELS = ModelList(
    url="https://cloud-api.near.ai/v1/models",
    fields={
        "name": "name",
        "lab": "owned_by",
        "status": flag("is_ready", true="active", false="inactive"),
        "context_tokens": "context_length",
        "max_output_tokens": "max_output_length",
        "input_modalities": "input_modalities",
        "output_modalities": "output_modalities",
        "supported_parameters": all_words("supported_features") | all_words("supported_sampling_parameters"),
        "quantization": "quantization",
        "released": unix_date("created"),
        "deprecated_at": "deprecation_date",
        "repository": "hugging_face_id",
    },
    prices={
        "input_token": usd_text("pricing.prompt", per="token"),
        "output_token": usd_text("pricing.completion", per="token"),
        # Where caching is off there is no such key; a zero is free (server code, 2026-08).
        "cache_read_token": usd_text("pricing.input_cache_read", per="token", zero="free"),
        "input_image": usd_text("pricing.image", per="image"),
        "request": usd_text("pricing.request", per="request"),
    },
    quirk=tier_prices,
    quirk_paths=paths("textPricing"),
    unpriced="not said",
    # `pricing.input` and `.output` repeat the prices for 1M tokens, as numbers.
    ignored=paths(
        "object pricing.input pricing.output architecture description top_provider datacenters openrouter"
    ),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="near",
    name="NEAR AI",
    kind="gateway",
    docs="https://github.com/nearai/cloud-api",
    evidence="documented 2026-08 (the server's public code), never recorded",
    auth=Bearer("NEARAI_API_KEY", others=("NEAR_API_KEY",), required=False),
    aliases=("nearai", "near-ai"),
    lists=(MODELS,),
)
