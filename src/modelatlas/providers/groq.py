"""Groq hosts open models on chips of its own. Its list tells no prices; they stand on a page only."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import flag, paths, unix_date

EXAMPLES = ((
    {"id": "acme/rocket-2", "object": "model", "created": 1785888000, "owned_by": "Acme", "active": False,
     "context_window": 131072, "max_completion_tokens": 65536, "public_apps": None},
    Listing("groq", "acme/rocket-2", lab="Acme", status="inactive", context_tokens=131072,
            max_output_tokens=65536, released="2026-08-05"),
),)  # fmt: skip

MODELS = ModelList(
    url="https://api.groq.com/openai/v1/models",
    fields={
        "lab": "owned_by",
        "status": flag("active", true="active", false="inactive"),
        "context_tokens": "context_window",
        "max_output_tokens": "max_completion_tokens",
        "released": unix_date("created"),
    },
    unpriced="not in the list: https://console.groq.com/docs/models",
    ignored=paths("object public_apps"),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="groq",
    name="Groq",
    kind="host",
    docs="https://console.groq.com/docs/models",
    evidence="recorded 2026-02",
    auth=Bearer("GROQ_API_KEY"),
    aliases=("groqcloud",),
    lists=(MODELS,),
)
