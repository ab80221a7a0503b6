"""DeepSeek makes models. Its list tells ids only; prices, partly by the time of day, stand on a page."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import paths

EXAMPLES = ((
    {"id": "rocket-2-pro", "object": "model", "owned_by": "deepseek"},
    Listing("deepseek", "rocket-2-pro", lab="deepseek"),
),)  # fmt: skip

MODELS = ModelList(
    url="https://api.deepseek.com/models",
    unpriced="not in the list: https://api-docs.deepseek.com/quick_start/pricing",
    ignored=paths("object owned_by"),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="deepseek",
    name="DeepSeek",
    kind="lab",
    lab="deepseek",
    docs="https://api-docs.deepseek.com/api/list-models",
    evidence="recorded 2026-06-05",
    auth=Bearer("DEEPSEEK_API_KEY"),
    aliases=("deepseek-ai",),
    lists=(MODELS,),
)
