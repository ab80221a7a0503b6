"""Hyperbolic hosts a few open models. It prices in US dollars for one million tokens, as numbers."""

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import usd
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import flag, paths, usd_number

EXAMPLES = ((
    {"id": "acme-ai/Rocket-2-70B", "created": 1785888000, "object": "model", "owned_by": "Hyperbolic",
     "number_of_inference_nodes": 2, "supports_chat": True, "supports_image_input": True,
     "supports_tools": True, "context_length": 131072, "input_price": 0.4, "output_price": 1.25},
    Listing("hyperbolic", "acme-ai/Rocket-2-70B", mode="chat", context_tokens=131072,
            input_modalities=("image", "text"), supported_parameters=("tools",),
            repository="acme-ai/Rocket-2-70B", prices=(
                usd("input_token", "0.0000004"), usd("output_token", "0.00000125"))),
), (
    {"id": "Rocket-Voice", "supports_chat": False, "context_length": None, "input_price": None,
     "output_price": None},
    Listing("hyperbolic", "Rocket-Voice", repository="Rocket-Voice"),
))  # fmt: skip

MODELS = ModelList(
    url="https://api.hyperbolic.xyz/v1/models",
    fields={
        "mode": flag("supports_chat", true="chat"),
        "context_tokens": "context_length",
        "input_modalities": flag("supports_image_input", true=("image", "text")),
        "supported_parameters": flag("supports_tools", true=("tools",)),
        "repository": "id",
    },
    # No source names the unit; the numbers are the prices for 1M tokens that resellers publish (2026-10).
    prices={
        "input_token": usd_number("input_price", per="1M tokens"),
        "output_token": usd_number("output_price", per="1M tokens"),
    },
    unpriced="not priced per token",
    ignored=paths("object owned_by created number_of_inference_nodes"),  # `created` is when one asked
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="hyperbolic",
    name="Hyperbolic",
    kind="host",
    docs="https://docs.hyperbolic.xyz",
    evidence="recorded 2026-10-07, the unit of prices inferred",
    auth=Bearer("HYPERBOLIC_API_KEY"),
    lists=(MODELS,),
)
