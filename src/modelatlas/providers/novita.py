"""Novita hosts open models. It prices in whole ten-thousandths of a US dollar for one million tokens."""

from decimal import Decimal
from functools import partial

from msgspec.structs import replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, PromptOver, Unread, usd
from modelatlas.domain.snapshot import Rejected
from modelatlas.providers.conditions import PromptRanges
from modelatlas.providers.contract import Bearer, Entry, ModelList, Provider, Reject
from modelatlas.providers.fields import known_words, mapped, paths, unix_date
from modelatlas.providers.payload import raw_text
from modelatlas.providers.price_path import Price

MODES = {"chat": "chat", "embedding": "embedding", "rerank": "rerank", "reranker": "rerank"}
FEATURES = {"function-calling": "tools", "structured-outputs": "structured_outputs", "reasoning": "reasoning"}

# The unit is documented nowhere: 3900 is $0.39 on the price page, and seven models agree with OpenRouter's
# prices of this host (inferred, 2025-05 and 2026-08).
ten_thousandths = partial(Price, per="1M tokens", scale=Decimal("0.0001"))

DECIMALS = (
    "pricing.prompt.price_per_m_decimal pricing.completion.price_per_m_decimal "
    "pricing.input_cache_read.price_per_m_decimal pricing.input_cache_write.price_per_m_decimal"
)
"""Where the same amounts stand once more, as text in dollars."""

LONG = Condition(prompt_over=PromptOver(524288, inclusive=True))

EXAMPLES = ((
    {"id": "acme/rocket-2", "object": "model", "created": 1785888000, "owned_by": "unknown", "status": 1,
     "permission": None, "root": "", "parent": "", "title": "acme/rocket-2", "display_name": "Rocket 2",
     "description": "", "tags": ["NEW"], "model_type": "chat", "context_size": 131072, "currency": "USD",
     "max_output_tokens": 32768, "features": ["function-calling", "serverless"],
     "endpoints": ["chat/completions"], "input_modalities": ["text"], "output_modalities": ["text"],
     "input_token_price_per_m": 7000, "output_token_price_per_m": 25000,
     "cached_input_token_price_per_m": 700, "pricing": {"prompt": {"price_per_m": 7000}}},
    Listing("novita", "acme/rocket-2", name="Rocket 2", mode="chat", context_tokens=131072,
            max_output_tokens=32768, input_modalities=("text",), output_modalities=("text",),
            supported_parameters=("tools",), released="2026-08-05", prices=(
                usd("input_token", "0.0000007"), usd("output_token", "0.0000025"),
                usd("cache_read_token", "0.00000007"))),
), (
    {"id": "acme/rocket-1", "input_token_price_per_m": 0, "output_token_price_per_m": 0,
     "pricing": {"input_cache_read": {"price_per_m": 700}}},
    Listing("novita", "acme/rocket-1"),
), (
    {"id": "acme/rocket-long", "context_size": 1000000, "input_token_price_per_m": 0,
     "is_tiered_billing": True, "tiered_billing_configs": [
         {"min_tokens": 1, "max_tokens": 524288, "pricing": {
             "prompt": {"price_per_m": 10000, "price_per_m_decimal": "1"},
             "completion": {"price_per_m": 20000}}},
         {"min_tokens": 524288, "max_tokens": 1000000, "pricing": {
             "prompt": {"price_per_m": 30000}, "completion": {"price_per_m": 40000}}}]},
    Listing("novita", "acme/rocket-long", context_tokens=1000000, prices=(
        usd("input_token", "0.000001"), replace(usd("input_token", "0.000003"), when=LONG, rank=2),
        usd("output_token", "0.000002"), replace(usd("output_token", "0.000004"), when=LONG, rank=2))),
), (
    {"id": "acme/rocket-cn", "input_token_price_per_m": 7000, "currency": "CNY"},
    Listing("novita", "acme/rocket-cn"),
), (
    {"id": "acme/rocket-0", "status": 0},
    Rejected("novita", "acme/rocket-0", "not_served", "status is 0"),
))  # fmt: skip


def in_dollars(entry: Entry, listing: Listing) -> tuple[Listing, tuple[Unread, ...]]:
    """Leave prices in another currency unread; a sister of this host has the same list in yuan."""
    currency = entry.get("currency")
    if currency is None or currency == "USD":
        return listing, ()
    reason = f"currency is {raw_text(currency)[:100]}, expected USD"
    unread = tuple(Unread(listing.id, rule.path, rule.raw, reason) for rule in listing.prices)
    return replace(listing, prices=()), unread


MODELS = ModelList(
    url="https://api.novita.ai/openai/v1/models",
    reject=(Reject("not_served", "status", lambda status: status is not None and status != 1),),
    fields={
        "name": "display_name",
        "mode": mapped("model_type", MODES),
        "context_tokens": "context_size",
        "max_output_tokens": "max_output_tokens",
        "input_modalities": "input_modalities",
        "output_modalities": "output_modalities",
        "supported_parameters": known_words("features", FEATURES),
        "released": unix_date("created"),
    },
    # A zero is free for some models and not said for others (public clients, 2026-08).
    prices={
        "input_token": ten_thousandths("input_token_price_per_m"),
        "output_token": ten_thousandths("output_token_price_per_m"),
        "cache_read_token": ten_thousandths("cached_input_token_price_per_m"),
    },
    # The flat amounts of such models are 0. One range ends where the next begins; two public clients take
    # that length for the next one, one takes it for the first (2026-09).
    conditional=(
        PromptRanges(
            "tiered_billing_configs",
            {
                "input_token": ten_thousandths("pricing.prompt.price_per_m"),
                "output_token": ten_thousandths("pricing.completion.price_per_m"),
                "cache_read_token": ten_thousandths("pricing.input_cache_read.price_per_m"),
                "cache_write_token": ten_thousandths("pricing.input_cache_write.price_per_m"),
            },
            start="min_tokens",
            end="max_tokens",
            ignored=paths(DECIMALS),
        ),
    ),
    quirk=in_dollars,
    quirk_paths=paths("currency"),
    unpriced="not said",
    undocumented=("pricing.input_cache_read",),  # in some entries, beside prices said once more
    ignored=paths(
        "object owned_by permission root parent title description tags endpoints is_tiered_billing "
        "pricing.prompt pricing.completion"
    ),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="novita",
    name="Novita AI",
    kind="host",
    docs="https://novita.ai/docs/api-reference/model-apis-llm-list-models",
    evidence="recorded 2025-05, documented 2026-08 (public clients)",
    auth=Bearer("NOVITA_API_KEY"),
    aliases=("novita-ai", "novitaai"),
    lists=(MODELS,),
)
