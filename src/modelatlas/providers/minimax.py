"""MiniMax makes models. Its list holds those for text, with ids and dates; prices stand on a page."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import paths, unix_date

EXAMPLES = ((
    {"id": "Rocket-M2", "object": "model", "created": 1785888000, "owned_by": "minimax"},
    Listing("minimax", "Rocket-M2", lab="minimax", released="2026-08-05"),
),)  # fmt: skip

MODELS = ModelList(
    url="https://api.minimax.io/v1/models",  # the mainland's is api.minimaxi.com
    fields={"released": unix_date("created")},  # a day each in the documented answer (2026-10)
    unpriced="not in the list: https://platform.minimax.io/docs/guides/pricing-paygo",
    ignored=paths("object owned_by"),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="minimax",
    name="MiniMax",
    kind="lab",
    lab="minimax",
    docs="https://platform.minimax.io/docs/api-reference/models",
    evidence="documented 2026-10, never recorded",
    auth=Bearer("MINIMAX_API_KEY"),
    aliases=("minimax-ai", "minimaxi"),
    lists=(MODELS,),
)
