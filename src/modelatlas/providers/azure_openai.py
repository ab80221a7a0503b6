"""Azure lists what can be deployed on a resource, old versions too. Two other APIs have the prices."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.azure_retail import METERS, RETAIL
from modelatlas.providers.contract import Header, ModelList, Provider
from modelatlas.providers.fields import first_known, mapped, paths, unix_date, unix_instant

STATUSES = {"generally-available": "active", "preview": "preview", "deprecated": "deprecated"}

EXAMPLES = ((
    {"id": "rocket-2-2026-08-05", "object": "model", "status": "succeeded", "created_at": 1785888000,
     "lifecycle_status": "deprecated", "deprecation": {"inference": 1798675200, "fine_tune": 1798675200},
     "capabilities": {"fine_tune": False, "inference": True, "completion": False, "chat_completion": True,
                      "embeddings": False}},
    Listing("azure-openai", "rocket-2-2026-08-05", mode="chat", status="deprecated", released="2026-08-05",
            retires_at="2026-12-31T00:00:00Z"),
), (
    {"id": "rocket-2.ft-0123456789abcdef", "lifecycle_status": "preview",
     "capabilities": {"embeddings": True}},
    Listing("azure-openai", "rocket-2.ft-0123456789abcdef", mode="embedding", status="preview",
            visibility="account"),
))  # fmt: skip

MODELS = ModelList(
    url="https://{AZURE_RESOURCE_NAME}.openai.azure.com/openai/v1/models",
    fields={
        "mode": first_known("capabilities", {"chat_completion": "chat", "embeddings": "embedding"}),
        "status": mapped("lifecycle_status", STATUSES),
        "released": unix_date("created_at"),
        "retires_at": unix_instant("deprecation.inference"),
    },
    unpriced="no meter of it has a price",
    ignored=paths("object status deprecation.fine_tune"),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="azure-openai",
    name="Azure OpenAI",
    kind="host",
    docs="https://learn.microsoft.com/azure/foundry/reference/rest/open-ai-models-list-models",
    evidence="recorded 2026-02-19, rows of prices 2026-08-11; meters are documented 2026-11",
    auth=Header("api-key", "AZURE_API_KEY"),
    aliases=(
        "azure",
        "azure-ai",
        "azure_ai",
        "azure-ai-foundry",
        "azure-foundry",
        "azure-cognitive-services",
        "azure-anthropic",
    ),
    private=(r"\.ft-",),  # as the ids of fine-tuned models are put together (inferred, 2026-11)
    lists=(MODELS, METERS, RETAIL),
)
