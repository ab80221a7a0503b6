"""Ollama's cloud serves open models by subscription. Its list is that of a local server: names and sizes."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import paths

EXAMPLES = ((
    {"name": "rocket2:8b", "model": "rocket2:8b", "modified_at": "2026-08-05T16:26:52.429441648-07:00",
     "size": 2497293931, "digest": "359d7dd4bcda", "details": {
         "parent_model": "", "format": "gguf", "family": "rocket2", "families": ["rocket2"],
         "parameter_size": "8.0B", "quantization_level": "Q4_K_M"}},
    Listing("ollama", "rocket2:8b", quantization="Q4_K_M"),
),)  # fmt: skip

MODELS = ModelList(
    url="https://ollama.com/api/tags",
    entries="models",
    id="model",
    fields={"quantization": "details.quantization_level"},
    unpriced="included in a subscription",
    # `modified_at` is when the copy was stored, not when the model came out.
    ignored=paths(
        "name modified_at size digest details.parent_model details.format details.family details.families "
        "details.parameter_size"
    ),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="ollama",
    name="Ollama",
    kind="host",
    by_subscription=True,
    docs="https://docs.ollama.com/cloud",
    evidence="documented 2026-08 (the cloud), recorded 2026-06-19 (a local server)",
    auth=Bearer("OLLAMA_API_KEY", required=False),
    aliases=("ollama-cloud",),
    lists=(MODELS,),
)
