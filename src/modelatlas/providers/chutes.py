"""Chutes hosts open models. It prices in US dollars for 1M tokens, at keys that mean one token elsewhere."""

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import usd
from modelatlas.providers.contract import Bearer, Field, ModelList, Provider
from modelatlas.providers.fields import all_words, count, paths, usd_number

EXAMPLES = ((
    {"id": "acme-ai/Rocket-2-TEE", "object": "model", "created": 1785888000, "owned_by": "vllm",
     "root": "acme-ai/Rocket-2", "parent": None, "permission": [{"id": "modelperm-1"}],
     "context_length": 131072, "max_model_len": 131072, "max_output_length": 65536, "quantization": "fp8",
     "input_modalities": ["text", "image"], "output_modalities": ["text"], "supported_features": ["tools"],
     "supported_sampling_parameters": ["top_k"], "confidential_compute": True,
     "price": {"input": {"usd": 0.2989, "tao": 0.00079}},
     "pricing": {"prompt": 0.2989, "completion": 1.1957, "input_cache_read": 0.15}},
    Listing("chutes", "acme-ai/Rocket-2-TEE", mode="chat", context_tokens=131072, max_output_tokens=65536,
            input_modalities=("image", "text"), output_modalities=("text",),
            supported_parameters=("tools", "top_k"), quantization="fp8", prices=(
                usd("input_token", "0.0000002989"), usd("output_token", "0.0000011957"),
                usd("cache_read_token", "0.00000015"))),
),)  # fmt: skip

MODELS = ModelList(
    url="https://llm.chutes.ai/v1/models",
    # Keys differ by entry: each is what an engine answers, with more laid over it (server code, 2025-10).
    fields={
        "context_tokens": Field("context_length", count) | Field("max_model_len", count),
        "max_output_tokens": "max_output_length",
        "input_modalities": "input_modalities",
        "output_modalities": "output_modalities",
        "supported_parameters": all_words("supported_features") | all_words("supported_sampling_parameters"),
        "quantization": "quantization",
    },
    prices={
        "input_token": usd_number("pricing.prompt", per="1M tokens"),
        "output_token": usd_number("pricing.completion", per="1M tokens"),
        "cache_read_token": usd_number("pricing.input_cache_read", per="1M tokens"),
    },
    unpriced="not said",
    # `price` repeats it beside an amount of a coin, which changes all the time. `created` is the engine's.
    ignored=paths("object created owned_by root parent permission price confidential_compute"),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="chutes",
    name="Chutes",
    kind="host",
    docs="https://chutes.ai/docs",
    evidence="documented 2025-10 (the server's public code), never recorded",
    auth=Bearer("CHUTES_API_KEY", required=False),
    aliases=("chutes-ai",),
    lists=(MODELS,),
)
