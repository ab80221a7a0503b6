"""Perplexity resells models of many labs to agents. It prices in US dollars for 1M tokens, and says so."""

from functools import partial

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import usd
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import paths, usd_number

# `pricing` is not in the documentation; it names its unit, and any other is refused (recorded, 2026-08).
per_million = partial(usd_number, per="1M tokens", given=("pricing.unit", "usd_per_1m_tokens"))

EXAMPLES = ((
    {"id": "acme/rocket-2", "object": "model", "created": 0, "owned_by": "acme", "pricing": {
        "input": 10, "output": 50.5, "cache_write": 12.5, "cache_read": 1, "unit": "usd_per_1m_tokens"}},
    Listing("perplexity", "acme/rocket-2", lab="acme", mode="chat", prices=(
        usd("input_token", "0.00001"), usd("output_token", "0.0000505"),
        usd("cache_read_token", "0.000001"), usd("cache_write_token", "0.0000125"))),
), (
    {"id": "acme/rocket-3", "pricing": {"input": 10, "output": 50, "unit": "usd_per_1k_tokens"}},
    Listing("perplexity", "acme/rocket-3", mode="chat"),
))  # fmt: skip

MODELS = ModelList(
    url="https://api.perplexity.ai/v1/models",
    always={"mode": "chat"},  # the list of what its agents can be run on
    fields={"lab": "owned_by"},
    prices={
        "input_token": per_million("pricing.input"),
        "output_token": per_million("pricing.output"),
        "cache_read_token": per_million("pricing.cache_read"),
        "cache_write_token": per_million("pricing.cache_write"),
    },
    unpriced="not said",
    ignored=paths("object created"),  # `created` is always 0
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="perplexity",
    name="Perplexity",
    kind="gateway",
    docs="https://docs.perplexity.ai/api-reference/models-get",
    evidence="recorded 2026-08-10",
    auth=Bearer("PERPLEXITY_API_KEY", required=False),
    aliases=("perplexity-ai", "perplexity-agent", "pplx"),
    lists=(MODELS,),
)
