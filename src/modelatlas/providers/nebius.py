"""Nebius Token Factory hosts open models. It prices in US dollars for one token, as text."""

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import usd
from modelatlas.providers.contract import Bearer, Field, ModelList, Provider
from modelatlas.providers.fields import all_words, count, inputs_of, outputs_of, paths, usd_text

PLACEHOLDER = 8000
"""What stands as the context of models that were just added, whatever theirs is (inferred, 2026-08)."""

EXAMPLES = ((
    {"id": "acme-ai/Rocket-2-fast", "object": "model", "created": 1771550732, "owned_by": "system",
     "name": "Rocket-2", "context_length": 131072, "architecture": {"modality": "text+image->text"},
     "pricing": {"prompt": "0.00000015", "completion": "0.0000006"}, "quantization": "fp8",
     "supported_features": ["tools", "reasoning"], "supported_sampling_parameters": ["temperature"]},
    Listing("nebius", "acme-ai/Rocket-2-fast", name="Rocket-2", mode="chat", context_tokens=131072,
            input_modalities=("image", "text"), output_modalities=("text",),
            supported_parameters=("reasoning", "temperature", "tools"), quantization="fp8",
            prices=(usd("input_token", "0.00000015"), usd("output_token", "0.0000006"))),
), (
    {"id": "acme-ai/Rocket-3", "context_length": 8000, "pricing": {"prompt": "0", "image": "0.001"}},
    Listing("nebius", "acme-ai/Rocket-3"),
))  # fmt: skip

MODELS = ModelList(
    url="https://api.tokenfactory.nebius.com/v1/models",
    params={"verbose": "true"},  # without it the list tells ids only (recorded, 2026-02)
    fields={
        "name": "name",
        "context_tokens": Field("context_length", lambda said: None if said == PLACEHOLDER else count(said)),
        "input_modalities": inputs_of("architecture.modality"),
        "output_modalities": outputs_of("architecture.modality"),
        "supported_parameters": all_words("supported_features") | all_words("supported_sampling_parameters"),
        "quantization": "quantization",
    },
    prices={
        "input_token": usd_text("pricing.prompt", per="token"),
        "output_token": usd_text("pricing.completion", per="token"),
    },
    undocumented=("pricing.image",),
    unpriced="not said",
    # `created` is the moment of the answer: it differs on every fetch (recorded, 2026-02).
    ignored=paths("object created owned_by description regions per_request_limits status"),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="nebius",
    name="Nebius Token Factory",
    kind="host",
    docs="https://docs.tokenfactory.nebius.com/api-reference/models/list-models",
    evidence="recorded 2026-02 (ids), documented 2026-08 (all else, by public clients)",
    auth=Bearer("NEBIUS_API_KEY", others=("NEBIUS_TOKEN_FACTORY_API_KEY",)),
    aliases=("nebius-token-factory", "nebius-ai-studio"),
    lists=(MODELS,),
)
