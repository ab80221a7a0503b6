"""Featherless hosts thousands of open models for a flat subscription: there is no price per token."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import flag, paths, unix_date

EXAMPLES = ((
    {"id": "acme-ai/Rocket-2-8B", "name": "Rocket 2 8B", "created": 1785888000, "owned_by": "Feather",
     "model_class": "rocket2-8b", "context_length": 32768, "max_completion_tokens": 32768,
     "features": {"tool_use": True}, "is_gated": False, "available_on_current_plan": True},
    Listing("featherless", "acme-ai/Rocket-2-8B", name="Rocket 2 8B", context_tokens=32768,
            supported_parameters=("tools",), released="2026-08-05", repository="acme-ai/Rocket-2-8B"),
),)  # fmt: skip

MODELS = ModelList(
    # The whole list comes in one answer as long as no page is asked for (recorded, 2026-04).
    url="https://api.featherless.ai/v1/models",
    fields={
        "name": "name",
        "context_tokens": "context_length",
        "supported_parameters": flag("features.tool_use", true=("tools",)),
        "released": unix_date("created"),
        "repository": "id",
    },
    unpriced="included in a flat subscription",
    # `max_completion_tokens` is no limit of its own: 1,524 of 1,525 are not below the context (2026-04).
    ignored=paths("object owned_by model_class is_gated max_completion_tokens available_on_current_plan"),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="featherless",
    name="Featherless",
    kind="host",
    by_subscription=True,
    docs="https://featherless.ai/docs/api-reference-models",
    evidence="recorded 2026-04-09",
    auth=Bearer("FEATHERLESS_API_KEY", required=False),
    aliases=("featherless-ai", "featherless_ai"),
    lists=(MODELS,),
)
