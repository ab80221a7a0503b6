"""Anannas routes to many labs and hosts. The unit of its prices is documented nowhere: they stay unread."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import paths

EXAMPLES = ((
    {"id": "acme/rocket-2", "object": "model", "context_window": 131072, "max_output": 16384,
     "pricing": {"input": 0.25, "output": 2}, "supported_parameters": ["tools", "temperature"]},
    Listing("anannas", "acme/rocket-2", context_tokens=131072, max_output_tokens=16384,
            supported_parameters=("temperature", "tools")),
),)  # fmt: skip

MODELS = ModelList(
    url="https://api.anannas.ai/v1/models",
    params={"details": "true"},  # without it, ids only
    fields={
        "context_tokens": "context_window",
        "max_output_tokens": "max_output",
        "supported_parameters": "supported_parameters",
    },
    unpriced="priced in a unit that is not documented",
    undocumented=("pricing.input", "pricing.output"),
    ignored=paths("object created owned_by"),  # the last two in answers without details
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="anannas",
    name="Anannas",
    kind="gateway",
    docs="https://anannas.ai",
    evidence="inferred 2026-10 from public clients, which read it without a key",
    auth=Bearer("ANANNAS_API_KEY", required=False),
    aliases=("anannas-ai",),
    lists=(MODELS,),
)
