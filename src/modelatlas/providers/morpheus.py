"""Morpheus is a market where nodes offer open models. It bills by a table, in US dollars for 1M tokens."""

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import usd
from modelatlas.providers.contract import ModelList, Provider
from modelatlas.providers.fields import mapped, paths, usd_text

MODES = {"LLM": "chat", "EMBEDDING": "embedding", "UNKNOWN": None}

EXAMPLES = ((
    {"id": "rocket-2-70b", "blockchainID": "0x0123", "created": 1785888000, "tags": ["Rocket", "LLM"],
     "modelType": "LLM"},
    Listing("morpheus", "rocket-2-70b", mode="chat"),
), (
    {"id": "rocket-1", "tags": [], "modelType": "UNKNOWN"},
    Listing("morpheus", "rocket-1"),
))  # fmt: skip

PRICE_EXAMPLES = ((
    {"id": "rocket-2-70b", "input": "1.25", "output": "4.40"},
    Listing("morpheus", "rocket-2-70b", prices=(
        usd("input_token", "0.00000125"), usd("output_token", "0.0000044"))),
),)  # fmt: skip

MODELS = ModelList(
    url="https://api.mor.org/api/v1/models",
    fields={"mode": mapped("modelType", MODES)},
    # The table has a default for what it lacks (2026-07), which is nobody's quote for this model.
    unpriced="not in the table of prices, but not free",
    # `created` is the entry in the blockchain or, where that has no time, the call (server code, 2026-07).
    ignored=paths("blockchainID created tags"),
    examples=EXAMPLES,
)

PRICES = ModelList(
    name="prices",
    yields="prices",
    # The branch's newest: what the server bills by, though it does not serve it (server code, 2026-07).
    url="https://raw.githubusercontent.com/MorpheusAIs/Morpheus-Marketplace-API/HEAD/models/prod_model_price.json",
    entries="models",
    keyed="id",
    prices={
        "input_token": usd_text("input", per="1M tokens"),
        "output_token": usd_text("output", per="1M tokens"),
    },
    unpriced="not said",
    examples=PRICE_EXAMPLES,
)

PROVIDER = Provider(
    slug="morpheus",
    name="Morpheus",
    kind="host",
    docs="https://github.com/MorpheusAIs/Morpheus-Marketplace-API",
    evidence="documented 2026-07-23 by its server's code, never recorded",
    aliases=("mor", "morpheus-ai"),
    lists=(MODELS, PRICES),
)
