"""Groq hosts open models on chips of its own. Its list tells no prices; they stand on a page only."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Bearer, Field, ModelList, Provider
from modelatlas.providers.fields import count, flag, paths, unix_date

EXAMPLES = ((
    {"id": "acme/rocket-2", "object": "model", "created": 1785888000, "owned_by": "Acme", "active": False,
     "context_window": 131072, "max_completion_tokens": 65536, "public_apps": None},
    Listing("groq", "acme/rocket-2", lab="Acme", status="inactive", context_tokens=131072,
            max_output_tokens=65536, released="2026-08-05"),
), (
    {"id": "rocket-ears", "context_window": 448, "max_completion_tokens": 448},
    Listing("groq", "rocket-ears", max_output_tokens=448),
))  # fmt: skip

WHISPER = 448

MODELS = ModelList(
    url="https://api.groq.com/openai/v1/models",
    fields={
        "lab": "owned_by",
        "status": flag("active", true="active", false="inactive"),
        # Whisper's 448 are what it writes; what it hears is no text (recorded, 2026-02).
        "context_tokens": Field("context_window", lambda said: None if said == WHISPER else count(said)),
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
