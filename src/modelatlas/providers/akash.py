"""AkashML hosts open models. Its prices are texts in a unit that is documented nowhere: they stay unread."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import all_words, paths

EXAMPLES = ((
    {"id": "acme-ai/Rocket-2-70B", "object": "model", "created": 1785888000, "owned_by": "acme-ai",
     "name": "Rocket 2 70B", "description": "Fast.", "context_length": 131072, "max_output_length": 16384,
     "quantization": "fp8", "input_modalities": ["text"], "output_modalities": ["text"],
     "supported_sampling_parameters": ["temperature"], "supported_features": ["tools"],
     "pricing": {"input": "0.25", "output": "0.90", "request": "0"}},
    Listing("akash", "acme-ai/Rocket-2-70B", name="Rocket 2 70B", lab="acme-ai", mode="chat",
            context_tokens=131072, max_output_tokens=16384, input_modalities=("text",),
            output_modalities=("text",), supported_parameters=("temperature", "tools"), quantization="fp8",
            repository="acme-ai/Rocket-2-70B"),
),)  # fmt: skip

MODELS = ModelList(
    url="https://api.akashml.com/v1/models",
    fields={
        "name": "name",
        "lab": "owned_by",
        "context_tokens": "context_length",
        "max_output_tokens": "max_output_length",
        "input_modalities": "input_modalities",
        "output_modalities": "output_modalities",
        "supported_parameters": all_words("supported_sampling_parameters") | all_words("supported_features"),
        "quantization": "quantization",
        "repository": "id",
    },
    unpriced="priced in a unit that is not documented",
    undocumented=("pricing.input", "pricing.output", "pricing.request"),
    # What `created` tells is said nowhere, and no answer was recorded.
    ignored=paths("object created description"),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="akash",
    name="AkashML",
    kind="host",
    docs="https://playground.akashml.com/docs/api-reference/models/get-v1-models",
    evidence="documented 2026-10, never recorded",
    auth=Bearer("AKASHML_API_KEY", ("AKASH_API_KEY",)),
    aliases=("akashml", "akash-ml"),
    lists=(MODELS,),
)
