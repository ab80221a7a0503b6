"""Anthropic makes models. Its list tells limits and capabilities and no prices; they stand on a page only."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Cursor, Header, ModelList, Provider
from modelatlas.providers.fields import known_words, mapped, paths

STATUSES = {"active": "active", "deprecated": "deprecated", "retired": "inactive"}
INPUTS = {"image_input": "image text", "pdf_input": "file text"}
PARAMETERS = {"thinking": "reasoning", "effort": "reasoning_effort",
              "structured_outputs": "structured_outputs"}  # fmt: skip

EXAMPLES = ((
    {"type": "model", "id": "rocket-2", "display_name": "Rocket 2", "created_at": "2026-08-05T00:00:00Z",
     "max_input_tokens": 1000000, "max_tokens": 128000, "lifecycle": "deprecated",
     "deprecated_at": "2026-10-01T00:00:00Z", "retires_at": "2027-01-15T00:00:00Z", "capabilities": {
         "image_input": {"supported": True}, "pdf_input": {"supported": True},
         "effort": {"supported": False}, "thinking": {"supported": True, "types": {}}}},
    Listing("anthropic", "rocket-2", name="Rocket 2", lab="anthropic", mode="chat", status="deprecated",
            context_tokens=1000000, max_output_tokens=128000, input_modalities=("file", "image", "text"),
            output_modalities=("text",), supported_parameters=("reasoning",),
            released="2026-08-05T00:00:00Z", deprecated_at="2026-10-01T00:00:00Z",
            retires_at="2027-01-15T00:00:00Z"),
),)  # fmt: skip

MODELS = ModelList(
    url="https://api.anthropic.com/v1/models",
    headers={"anthropic-version": "2023-06-01"},
    # Without a size a page has 20 models and the rest stays unseen (documented, 2026-08).
    paging=Cursor("after_id", next="last_id", more="has_more", size_param="limit", size=1000),
    always={"mode": "chat", "output_modalities": ("text",)},  # all of them answer at /v1/messages
    fields={
        "name": "display_name",
        "status": mapped("lifecycle", STATUSES),
        "context_tokens": "max_input_tokens",
        "max_output_tokens": "max_tokens",
        "input_modalities": known_words("capabilities", INPUTS),
        "supported_parameters": known_words("capabilities", PARAMETERS),
        "released": "created_at",  # the epoch where it is not known
        "deprecated_at": "deprecated_at",
        "retires_at": "retires_at",
    },
    unpriced="not in the list: https://www.anthropic.com/pricing#api",
    ignored=paths("type line"),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="anthropic",
    name="Anthropic",
    kind="lab",
    lab="anthropic",
    docs="https://docs.anthropic.com/en/api/models-list",
    evidence="recorded 2026-08-02",
    auth=Header("x-api-key", "ANTHROPIC_API_KEY"),
    lists=(MODELS,),
)
