"""LiteLLM's cost map (github.com/BerriAI/litellm, MIT) as a reference catalog.

An object of entries by the name that a LiteLLM caller passes; prices in US dollars for one single unit. A
caller's name is `route/id` or a bare id; the id here is what is left without the route of the entry's own
provider. Facts: the map of litellm 1.109.1 and `litellm_core_utils/get_model_cost_map.py`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct, structs

from modelatlas.domain.errors import Unreadable
from modelatlas.domain.listing import Listing, Mode
from modelatlas.domain.price import Condition, Factor, PromptOver, Rule, Unread
from modelatlas.domain.snapshot import Duplicate
from modelatlas.references.catalog import Entry, Part, ReferenceCatalog
from modelatlas.references.documents import amount, count, decode, raw, text
from modelatlas.references.litellm_fields import PricedField, is_cost, priced_field
from modelatlas.references.litellm_hours import off_peak

NAME: Final = "litellm"

NOT_MODELS: Final = frozenset({"sample_spec", "fallback_generalizations"})

PROVIDERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "azure": "azure-openai",
        "azure_ai": "azure-openai",
        "azure_text": "azure-openai",
        "bedrock": "amazon-bedrock",
        "bedrock_converse": "amazon-bedrock",
        "bedrock_mantle": "amazon-bedrock",
        "bigmodel": "zhipuai",
        "cloudflare": "cloudflare-workers-ai",
        "cohere_chat": "cohere",
        "dashscope": "alibaba",
        "fal_ai": "fal",
        "featherless_ai": "featherless",
        "fireworks_ai": "fireworks",
        "friendliai": "friendli",
        "gemini": "google-ai-studio",
        "github_copilot": "github-copilot",
        "gmi": "gmicloud",
        "meta_llama": "llama",
        "nvidia_nim": "nvidia-nim",
        "opencode_go": "opencode-go",
        "snowflake": "snowflake-cortex",
        "text-completion-openai": "openai",
        "together_ai": "together",
        "vercel_ai_gateway": "vercel-ai-gateway",
        "vertex_ai": "google-vertex",
        "voyage": "voyageai",
    }
)
"""Their name of a provider, up to a `-` -> our slug, or another reference's word for one that we lack.

One that is not here keeps its own name.
"""

MODES: Final[Mapping[str, Mode]] = MappingProxyType(
    {
        "chat": "chat",
        "completion": "chat",
        "responses": "chat",
        "embedding": "embedding",
        "image_generation": "image",
        "image_edit": "image",
        "audio_transcription": "audio",
        "audio_speech": "audio",
        "realtime": "audio",
        "video_generation": "video",
        "rerank": "rerank",
        "moderation": "moderation",
    }
)

PARAMETERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "supports_function_calling": "tools",
        "supports_tool_choice": "tool_choice",
        "supports_response_schema": "structured_outputs",
        "supports_reasoning": "reasoning",
        "supports_parallel_function_calling": "parallel_tool_calls",
        "supports_web_search": "web_search_options",
    }
)

_SEARCH: Final = "search_context_cost_per_query"
UPLIFTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "regional_endpoint_uplift_multiplier": "regional",
        "regional_processing_uplift_multiplier_eu": "eu",
        "regional_processing_uplift_multiplier_us": "us",
    }
)


WITHOUT_OUTPUT: Final[frozenset[Mode]] = frozenset({"embedding", "rerank"})
"""What answers with no tokens: beside a price of what goes in, a zero for them says that they are free."""


class Priced(Struct):
    """What is read of one entry's prices so far; `free_output` tells that a zero for output says free."""

    id: str
    source: str
    rules: list[Rule]
    factors: list[Factor]
    unread: list[Unread]
    free_output: bool = False

    def add(self, field: PricedField, value: Any, path: str) -> None:
        """Read one amount as a rule; what is none is kept unread."""
        found = amount(value)
        if found is None or found < 0:
            self.leave(path, value, "expected an amount of 0 or more")
        elif not found and not (self.free_output and field.unit == "output_token"):
            self.leave(path, value, "a zero of a reference does not say free")
        else:
            self.rules.append(
                Rule(
                    field.unit,
                    "known" if found else "free",
                    found or None,
                    per=field.per,
                    raw=raw(value),
                    path=path,
                    when=field.when,
                    rank=field.rank,
                    source=self.source,
                )
            )

    def leave(self, path: str, value: Any, reason: str) -> None:
        """Keep a value that is not read."""
        self.unread.append(Unread(self.id, path, raw(value), reason))


def read(document: bytes, version: str) -> ReferenceCatalog:
    """Turn a cost map into a reference catalog. Raises `Unreadable`."""
    entries = decode(document, NAME)
    if not isinstance(entries, dict):
        raise Unreadable(f"{NAME}: expected an object of models by name, got a {type(entries).__name__}")
    source = f"reference:{NAME}@{version}"
    listings: dict[str, dict[str, Listing]] = defaultdict(dict)
    duplicates: dict[str, list[Duplicate]] = defaultdict(list)
    unread: dict[str, list[Unread]] = defaultdict(list)
    for key, entry in _models(entries):
        listing, left = read_entry(key, entry, source)
        theirs = listings[listing.provider]
        same = theirs.get(listing.id)
        if same is not None and _as_billed(same) == _as_billed(listing):
            duplicates[listing.provider].append(Duplicate(listing.provider, listing.id, key))
            continue
        if same is not None:  # two routes to one id at two prices: the later one stays under its whole name
            listing = structs.replace(listing, id=key)
            left = [structs.replace(each, id=key) for each in left]
        theirs[listing.id] = listing
        unread[listing.provider].extend(left)
    parts = {
        slug: Part(tuple(map(Entry, found.values())), tuple(unread[slug]), tuple(duplicates[slug]))
        for slug, found in listings.items()
    }
    said = {str(entry["litellm_provider"]) for _, entry in _models(entries)}
    return ReferenceCatalog(NAME, version, parts, {**{name: slug_of(name) for name in said}, **PROVIDERS})


def read_entry(key: str, entry: Mapping[str, Any], source: str) -> tuple[Listing, list[Unread]]:
    """Turn one entry into a listing, and return what of its prices is not read."""
    provider = str(entry["litellm_provider"])
    id_ = without_route(key, provider)
    priced = Priced(id_, source, [], [], [], free_output=_bills_input_only(entry))
    _read_prices(entry, priced)
    modalities = (entry.get("supported_modalities"), entry.get("supported_output_modalities"))
    inputs, outputs = (tuple(sorted(map(str, said))) if isinstance(said, list) else () for said in modalities)
    listing = Listing(
        provider=slug_of(provider),
        id=id_,
        mode=MODES.get(str(entry.get("mode")), "other" if entry.get("mode") else None),
        context_tokens=count(entry.get("max_input_tokens")),
        max_output_tokens=count(entry.get("max_output_tokens")),
        input_modalities=inputs,
        output_modalities=outputs,
        supported_parameters=tuple(
            sorted(ours for flag, ours in PARAMETERS.items() if entry.get(flag) is True)
        ),
        deprecated_at=text(entry.get("deprecation_date")),
        aliases=tuple(sorted(map(str, entry.get("aliases") or ()))),
        prices=tuple(priced.rules),
        factors=tuple(priced.factors),
    )
    return listing, priced.unread


def slug_of(provider: str) -> str:
    """Return our word for one of their providers: `vertex_ai-anthropic_models` is a part of `vertex_ai`."""
    return PROVIDERS.get(provider) or PROVIDERS.get(_family(provider)) or provider


def without_route(key: str, provider: str) -> str:
    """Return the id in a caller's name: what follows the route to the entry's own provider.

    >>> without_route("groq/openai/gpt-oss-20b", "groq"), without_route("gpt-4o", "openai")
    ('openai/gpt-oss-20b', 'gpt-4o')
    """
    route, _, rest = key.partition("/")
    own = {
        provider,
        _family(provider),
        provider.partition("_")[0] if provider.startswith("bedrock") else provider,
    }
    return rest if rest and route in own else key


def _models(entries: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the entries that are models of a provider, bare names before those with a route."""
    found = [
        (key, entry)
        for key, entry in entries.items()
        if key not in NOT_MODELS
        and isinstance(entry, dict)
        and isinstance(entry.get("litellm_provider"), str)
    ]
    return sorted(found, key=lambda item: without_route(item[0], item[1]["litellm_provider"]) != item[0])


def _family(provider: str) -> str:
    return provider.partition("-")[0]


def _as_billed(listing: Listing) -> tuple[object, ...]:
    return (listing.prices, listing.factors)


def _bills_input_only(entry: Mapping[str, Any]) -> bool:
    billed = any(amount(value) for name, value in entry.items() if name.startswith("input_cost_per_"))
    return MODES.get(str(entry.get("mode"))) in WITHOUT_OUTPUT and billed


def _read_prices(entry: Mapping[str, Any], priced: Priced) -> None:
    mode = text(entry.get("mode"))
    inclusive = entry.get("threshold_is_inclusive") is True
    for name, value in entry.items():
        if value is None or not is_cost(name):
            continue
        field = priced_field(name, mode)
        if field is not None:
            priced.add(_inclusive(field) if inclusive else field, value, name)
        elif name == "tiered_pricing":
            _read_tiers(value, mode, priced)
        elif name == "off_peak_pricing":
            _read_off_peak(value, mode, priced)
        elif name == _SEARCH:
            _read_search(value, priced)
        elif name in UPLIFTS:
            _read_uplift(name, value, priced)
        else:
            priced.leave(name, value, "a unit or a condition that is unknown here")


def _inclusive(field: PricedField) -> PricedField:
    over = field.when.prompt_over
    if over is None:
        return field
    when = structs.replace(field.when, prompt_over=PromptOver(over.tokens, inclusive=True))
    return structs.replace(field, when=when)


def _read_tiers(value: Any, mode: str | None, priced: Priced) -> None:
    """Read `tiered_pricing`: the whole request pays by the range that its prompt falls into."""
    for position, (begin, name, rate, path) in enumerate(_tiers(value)):
        field = priced_field(name, mode)
        start = amount(begin)
        if field is None or start is None or start != start.to_integral_value():
            priced.leave(path, rate, "a unit or a range that is unknown here")
            continue
        over = PromptOver(int(start)) if start else None
        when = structs.replace(field.when, prompt_over=over)
        priced.add(structs.replace(field, when=when, rank=field.rank + 1 + position), rate, path)


def _tiers(value: Any) -> Iterator[tuple[Any, str, Any, str]]:
    for position, tier in enumerate(value if isinstance(value, list) else ()):
        span = tier.get("range") if isinstance(tier, dict) else None
        if isinstance(span, list) and span:
            for name in tier.keys() - {"range"}:
                yield span[0], name, tier[name], f"tiered_pricing[{position}].{name}"


def _read_off_peak(value: Any, mode: str | None, priced: Priced) -> None:
    """Read `off_peak_pricing`: rates inside of its windows; the fields outside of it are the peak prices."""
    hours = off_peak(value)
    for name, rate in value.items() if isinstance(value, dict) else ():
        field = priced_field(name, mode)
        if field is None:
            continue
        path = f"off_peak_pricing.{name}"
        if hours is None:
            priced.leave(path, rate, "hours that are not read here")
        for position, when in enumerate(hours or ()):
            of_field = structs.replace(when, prompt_over=field.when.prompt_over, tier=field.when.tier)
            priced.add(structs.replace(field, when=of_field, rank=field.rank + 1 + position), rate, path)


def _read_search(value: Any, priced: Priced) -> None:
    """Read the price of a search where it is the same for every size of search context."""
    sizes = list(value.values()) if isinstance(value, dict) else [value]
    if len({str(size) for size in sizes}) == 1:
        priced.add(PricedField("web_search", "search", Condition(), 0), sizes[0], _SEARCH)
    else:
        priced.leave(_SEARCH, value, "a price by the size of the search context")


def _read_uplift(name: str, value: Any, priced: Priced) -> None:
    factor = amount(value)
    if factor is None or factor <= 0:
        priced.leave(name, value, "expected a factor above 0")
    elif factor != Decimal(1):
        region = Condition(region=UPLIFTS[name])
        priced.factors.append(Factor(factor, when=region, raw=raw(value), path=name, source=priced.source))
