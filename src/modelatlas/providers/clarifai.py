"""Clarifai hosts models of others. Its list of the OpenAI kind tells ids; prices stand on a page only."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Header, ModelList, Provider
from modelatlas.providers.fields import paths

EXAMPLES = ((
    {"id": "acme/chat-completion/models/rocket-2", "object": "model", "created": 1785888000,
     "owned_by": "acme"},
    Listing("clarifai", "acme/chat-completion/models/rocket-2"),
),)  # fmt: skip

MODELS = ModelList(
    url="https://api.clarifai.com/v2/ext/openai/v1/models",
    unpriced="not in the list: https://www.clarifai.com/pricing",
    ignored=paths("object created owned_by"),  # of these only the id was seen (2026-11)
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="clarifai",
    name="Clarifai",
    kind="host",
    docs="https://docs.clarifai.com/compute/providers",
    evidence="inferred 2026-11, never recorded",
    auth=Header("Authorization", "CLARIFAI_PAT", prefix="Key"),
    lists=(MODELS,),
)
