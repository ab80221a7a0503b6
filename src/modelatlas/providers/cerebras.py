"""Cerebras hosts a few models on chips of its own. It prices in US dollars for one token, as text."""

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import usd
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import all_words, flag, inputs_of, known_words, paths, unix_date, usd_text

EXAMPLES = ((
    {"id": "rocket-2", "object": "model", "created": 1785888000, "owned_by": "Acme", "name": "Rocket 2",
     "hugging_face_id": "acme-ai/Rocket-2", "quantization": "FP16", "deprecated": False, "preview": True,
     "pricing": {"prompt": "0.00000099", "completion": "0.00000149"}, "capabilities": {"tools": True},
     "supported_parameters": {"seed": True, "logprobs": False}, "architecture": {
         "modality": "text+vision", "tokenizer": "Rocket", "instruct_type": "chatml"},
     "limits": {"max_context_length": 131072, "max_completion_tokens": 40960}},
    Listing("cerebras", "rocket-2", name="Rocket 2", lab="Acme", mode="chat", status="preview",
            context_tokens=131072, max_output_tokens=40960, input_modalities=("image", "text"),
            output_modalities=("text",), supported_parameters=("seed", "tools"), quantization="FP16",
            released="2026-08-05", tokenizer="Rocket", repository="acme-ai/Rocket-2",
            prices=(usd("input_token", "0.00000099"), usd("output_token", "0.00000149"))),
),)  # fmt: skip

MODELS = ModelList(
    url="https://api.cerebras.ai/public/v1/models",  # the list that needs a key tells ids only
    always={"mode": "chat", "output_modalities": ("text",)},
    fields={
        "name": "name",
        "lab": "owned_by",
        "status": flag("deprecated", true="deprecated") | flag("preview", true="preview"),
        "context_tokens": "limits.max_context_length",
        "max_output_tokens": "limits.max_completion_tokens",
        "input_modalities": inputs_of("architecture.modality"),
        "supported_parameters": all_words("supported_parameters")
        | known_words("capabilities", "tools tool_choice structured_outputs response_format reasoning"),
        "quantization": "quantization",
        "released": unix_date("created"),
        "tokenizer": "architecture.tokenizer",
        "repository": "hugging_face_id",
    },
    prices={
        "input_token": usd_text("pricing.prompt", per="token"),
        "output_token": usd_text("pricing.completion", per="token"),
    },
    unpriced="not said",
    ignored=paths(
        "object description architecture.instruct_type datacenter_locations limits.requests_per_minute "
        "limits.tokens_per_minute"
    ),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="cerebras",
    name="Cerebras",
    kind="host",
    docs="https://inference-docs.cerebras.ai",
    evidence="recorded 2026",
    auth=Bearer("CEREBRAS_API_KEY", required=False),
    lists=(MODELS,),
)
