"""Morpheus is a market where nodes offer open models. Its list tells names and kinds and no prices."""

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import ModelList, Provider
from modelatlas.providers.fields import mapped, paths

MODES = {"LLM": "chat", "EMBEDDING": "embedding", "UNKNOWN": None}

EXAMPLES = ((
    {"id": "rocket-2-70b:web", "blockchainID": "0x0123", "created": 1785888000, "tags": ["Rocket", "LLM"],
     "modelType": "LLM"},
    Listing("morpheus", "rocket-2-70b:web", mode="chat"),
), (
    {"id": "rocket-1", "tags": [], "modelType": "UNKNOWN"},
    Listing("morpheus", "rocket-1"),
))  # fmt: skip

MODELS = ModelList(
    url="https://api.mor.org/api/v1/models",
    fields={"mode": mapped("modelType", MODES)},
    # Bills are by a table in the server's repository, with a default for what it lacks (2026-07).
    unpriced="not in the list, but not free",
    # `created` is the entry in the blockchain or, where that has no time, the call (server code, 2026-07).
    ignored=paths("blockchainID created tags"),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="morpheus",
    name="Morpheus",
    kind="host",
    docs="https://github.com/MorpheusAIs/Morpheus-Marketplace-API",
    evidence="documented 2026-07-23 by its server's code, never recorded",
    aliases=("mor", "morpheus-ai"),
    lists=(MODELS,),
)
