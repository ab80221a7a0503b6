"""Vercel's AI Gateway routes to many hosts. It prices in US dollars for one token, as text."""

from msgspec.structs import replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, PromptOver, Rule, Unread, usd
from modelatlas.providers.conditions import PromptRanges
from modelatlas.providers.contract import Bearer, Entry, ModelList, Provider
from modelatlas.providers.fields import known_words, mapped, paths, unix_date
from modelatlas.providers.payload import dig, raw_text
from modelatlas.providers.price_path import Price

MODES = {
    "language": "chat", "embedding": "embedding", "image": "image", "video": "video", "reranking": "rerank",
    "transcription": "audio", "speech": "audio", "realtime": "audio",
}  # fmt: skip

LONG = Condition(prompt_over=PromptOver(128000, inclusive=True))

EXAMPLES = ((
    {"id": "acme/rocket-2.5", "object": "model", "created": 1755815280, "released": 1785888000,
     "owned_by": "acme", "name": "Rocket 2.5", "description": "", "context_window": 1000000,
     "max_tokens": 64000, "type": "language", "tags": ["tool-use", "reasoning", "vision", "file-input"],
     "pricing": {"input": "0.000002", "output": "0.000012", "input_cache_read": "0.0000002",
                 "input_cache_write": "0.0000025", "web_search": "0.01", "image": "0.04",
                 "varies_by_provider": False}},
    Listing("vercel-ai-gateway", "acme/rocket-2.5", name="Rocket 2.5", lab="acme", mode="chat",
            context_tokens=1000000, max_output_tokens=64000, input_modalities=("file", "image", "text"),
            supported_parameters=("reasoning", "tools"), released="2026-08-05", prices=(
                usd("input_token", "0.000002"), usd("output_token", "0.000012"),
                usd("cache_read_token", "0.0000002"), usd("cache_write_token", "0.0000025"),
                usd("output_image", "0.04", per="image"), usd("web_search", "0.01", per="search"))),
), (
    {"id": "acme/rocket-2-free", "context_window": 0, "pricing": {"input": "0", "output": "0"}},
    Listing("vercel-ai-gateway", "acme/rocket-2-free",
            prices=(Rule("input_token", "free"), Rule("output_token", "free"))),
), (
    {"id": "acme/rocket-3", "type": "language", "pricing": {
        "input": "0.0000013", "output": "0.0000078",
        "input_tiers": [{"cost": "0.0000013", "min": 0, "max": 128000}, {"cost": "0.000002", "min": 128000}],
        "output_tiers": [{"cost": "0.0000078", "min": 0}], "input_cache_read_tiers": [{"cost": "0.0000002"}],
        "input_cache_write_tiers": [{"cost": "0.0000025"}]}},
    Listing("vercel-ai-gateway", "acme/rocket-3", mode="chat",
            prices=(
                usd("input_token", "0.0000013"), usd("output_token", "0.0000078"),
                replace(usd("input_token", "0.000002"), when=LONG, rank=2),
                usd("cache_read_token", "0.0000002"), usd("cache_write_token", "0.0000025"))),
))  # fmt: skip


_VARIES = "pricing.varies_by_provider"


def of_one_host(entry: Entry, listing: Listing) -> tuple[Listing, tuple[Unread, ...]]:
    """Take prices as varying where the list says that they vary by the host that a request is routed to.

    The amounts are those of one host that the list does not name (public clients, 2026-10), so that nobody
    knows by them what a request costs; they stay as the text of the price.
    """
    varies = dig(entry, _VARIES)
    if varies is None or varies is False:
        return listing, ()
    varying = tuple(replace(rule, state="varying", amount=None) for rule in listing.prices)
    reason = "other hosts that it is routed to bill other amounts, which are not said"
    return replace(listing, prices=varying), (Unread(listing.id, _VARIES, raw_text(varies), reason),)


def usd_each(path: str, per: str = "token") -> Price:
    """Declare a price of which a zero is free only in ids that say so; elsewhere nothing is said by it."""
    return Price(path, per, form="text", free_ending=("id", "-free"))


def by_length(unit: str, path: str) -> PromptRanges:
    """Declare a unit's amounts by the length of the prompt."""
    return PromptRanges(path, {unit: usd_each("cost")}, start="min", end="max")


MODELS = ModelList(
    url="https://ai-gateway.vercel.sh/v1/models",
    fields={
        "name": "name",
        "lab": "owned_by",
        "mode": mapped("type", MODES),
        "context_tokens": "context_window",
        "max_output_tokens": "max_tokens",
        "input_modalities": known_words("tags", {"vision": "image text", "file-input": "file text"}),
        "supported_parameters": known_words("tags", {"tool-use": "tools", "reasoning": "reasoning"}),
        "released": unix_date("released"),
    },
    prices={
        "input_token": usd_each("pricing.input"),
        "output_token": usd_each("pricing.output"),
        "cache_read_token": usd_each("pricing.input_cache_read"),
        "cache_write_token": usd_each("pricing.input_cache_write"),
        "output_image": usd_each("pricing.image", per="image"),
        "web_search": usd_each("pricing.web_search", per="search"),
    },
    # By length of the prompt: `min` belongs to a range, `max` to the next one; the flat price is the first.
    conditional=(
        by_length("input_token", "pricing.input_tiers"),
        by_length("output_token", "pricing.output_tiers"),
        by_length("cache_read_token", "pricing.input_cache_read_tiers"),
        by_length("cache_write_token", "pricing.input_cache_write_tiers"),
    ),
    quirk=of_one_host,
    quirk_paths=paths(_VARIES),
    unpriced="not said",
    ignored=paths("object created description modalities reasoning_options zdr no_training"),
    examples=EXAMPLES,
)

PROVIDER = Provider(
    slug="vercel-ai-gateway",
    name="Vercel AI Gateway",
    kind="gateway",
    docs="https://vercel.com/docs/ai-gateway/models-and-providers",
    passthrough="https://vercel.com/docs/ai-gateway/pricing",  # "zero markup": its copy of 2026-05-22
    evidence="recorded 2026, documented 2026",
    auth=Bearer("AI_GATEWAY_API_KEY", others=("VERCEL_AI_GATEWAY_API_KEY",), required=False),
    aliases=("vercel", "ai-gateway", "vercel_ai_gateway"),
    lists=(MODELS,),
)
