"""Z.ai, also known as Zhipu, makes the GLM models. Its list tells ids only; prices stand on a page."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import paths
from modelatlas.providers.zai_price_page import PRICES

EXAMPLES = ((
    {"id": "rocket-2-flash", "object": "model", "created": 1785888000, "owned_by": "z-ai"},
    Listing("zai", "rocket-2-flash", lab="zai"),
), (
    {"id": "rocket-2-air"},
    Listing("zai", "rocket-2-air", lab="zai"),
), (
    {"id": "rocket-2-lite"},
    Listing("zai", "rocket-2-lite", lab="zai"),
), (
    {"id": "rocket-image"},
    Listing("zai", "rocket-image", lab="zai"),
))  # fmt: skip

MODELS = ModelList(
    url="https://api.z.ai/api/paas/v4/models",  # the mainland's is open.bigmodel.cn
    # Under the coding plan, at another address, a model is part of a subscription: not known, not free.
    unpriced="no row of the price page has its name",
    # What `created` tells is said nowhere, and no answer was recorded.
    ignored=paths("object created owned_by"),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="zai",
    name="Z.ai",
    kind="lab",
    lab="zai",
    docs="https://docs.z.ai/guides/overview/overview",
    evidence="inferred 2026-11 from public clients: the reference does not name this list; prices documented",
    auth=Bearer("ZAI_API_KEY", ("ZHIPU_API_KEY",)),
    aliases=("z-ai", "zai-org", "zhipu"),  # references call the mainland's `zhipuai`, at other prices
    lists=(MODELS, PRICES),
)
