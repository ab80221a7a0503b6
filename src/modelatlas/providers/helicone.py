"""Helicone routes to many hosts. Each host of a model is an offer, priced in US dollars for 1M tokens."""

from decimal import Decimal

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import usd
from modelatlas.domain.snapshot import Rejected
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import paths, usd_number
from modelatlas.providers.price_path import Price

EXAMPLES = ((
    {"id": "rocket-2", "name": "Acme: Rocket 2", "author": "acme", "contextLength": 200000,
     "maxOutput": 32000, "trainingDate": "2026-08-05", "description": "",
     "inputModalities": ["text", "image"], "outputModalities": ["text"], "supportedParameters": ["tools"],
     "endpoints": {"provider": "fasthost", "providerSlug": "fasthost", "supportsPtb": True,
                   "endpoint": {"baseUrl": ""}, "pricing": {
                       "prompt": 15, "completion": 75, "thinking": 75, "cacheRead": 1.4999999999999998,
                       "cacheWrite": 18.75, "web_search": 10000}}},
    Listing("helicone", "rocket-2/fasthost", name="Acme: Rocket 2", lab="acme", mode="chat",
            context_tokens=200000, max_output_tokens=32000, input_modalities=("image", "text"),
            output_modalities=("text",), supported_parameters=("tools",), released="2026-08-05", prices=(
                usd("input_token", "0.000015"), usd("output_token", "0.000075"),
                usd("reasoning_token", "0.000075"), usd("cache_read_token", "0.0000014999999999999998"),
                usd("cache_write_token", "0.00001875"), usd("web_search", "0.01", per="search"))),
), (
    {"id": "rocket-3", "endpoints": {
        "provider": "kindhost", "pricing": {"prompt": 0, "audio": 1, "image": 2, "video": 3,
                                            "internal_reasoning": 4},
        "pricingTiers": [{"prompt": 1.25}, {"prompt": 2.5, "threshold": 200000}]}},
    Listing("helicone", "rocket-3/kindhost"),
), (
    {"id": "rocket-0", "endpoints": None},
    Rejected("helicone", "rocket-0", "no_offer", "expected at '{id}/{endpoints.provider}'"),
))  # fmt: skip

MODELS = ModelList(
    url="https://api.helicone.ai/v1/public/model-registry/models",
    entries="data.models",
    success=("error", None),
    each="endpoints",
    id="{id}/{endpoints.provider}",  # what a caller writes to choose the host (documented, 2026)
    fields={
        "name": "name",
        "lab": "author",
        "context_tokens": "contextLength",
        "max_output_tokens": "maxOutput",
        "input_modalities": "inputModalities",
        "output_modalities": "outputModalities",
        "supported_parameters": "supportedParameters",
        "released": "trainingDate",  # the server writes the date of creation here (server code, 2026-08)
    },
    # The server multiplies every amount by a million, in binary: a search too, which is priced one by one.
    prices={
        "input_token": usd_number("endpoints.pricing.prompt", per="1M tokens"),
        "output_token": usd_number("endpoints.pricing.completion", per="1M tokens"),
        "reasoning_token": usd_number("endpoints.pricing.thinking", per="1M tokens"),
        "cache_read_token": usd_number("endpoints.pricing.cacheRead", per="1M tokens"),
        "cache_write_token": usd_number("endpoints.pricing.cacheWrite", per="1M tokens"),
        "web_search": Price("endpoints.pricing.web_search", "search", scale=Decimal("0.000001")),
    },
    # The server compares the threshold with another count of tokens for each host and unit, and for most
    # hosts with none (server code, 2026-08).
    unread={"endpoints.pricingTiers": "by a count of tokens that differs by host and unit"},
    undocumented=(
        "endpoints.pricing.audio",
        "endpoints.pricing.image",
        "endpoints.pricing.video",
        "endpoints.pricing.internal_reasoning",
    ),
    unpriced="not said for this host",
    ignored=paths("description endpoints.providerSlug endpoints.supportsPtb endpoints.endpoint"),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="helicone",
    name="Helicone AI Gateway",
    kind="gateway",
    docs="https://docs.helicone.ai/gateway/overview",
    passthrough="https://www.helicone.ai/blog/how-to-gateway",  # an excerpt of it, seen 2026-11-28
    evidence="documented 2026-08 (the server's public code), never recorded",
    auth=Bearer("HELICONE_API_KEY", required=False),
    lists=(MODELS,),
)
