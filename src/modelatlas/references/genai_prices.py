"""The data of the `genai-prices` package (github.com/pydantic/genai-prices, MIT) as a reference catalog.

Its prices are US dollars: `_mtok` per million tokens, `_kcount` per thousand, `_mchars` per million
characters, `_kpages` per thousand pages, `_hours` per hour. An id may stand for many (`id_is: pattern`). Of
several prices of a model the last whose constraint holds counts, else the first
(`genai_prices.types.ModelInfo.get_prices`, 0.2.3); a tier counts for the whole request above its start.
"""

import importlib
import importlib.metadata
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from msgspec import structs

from modelatlas.domain.derived import NOTHING_DERIVED, Derived
from modelatlas.domain.errors import Unreadable
from modelatlas.domain.listing import IdIs, Listing
from modelatlas.domain.money import plain
from modelatlas.domain.price import ALWAYS, Condition, PromptOver, Rule, Tier, Unread, Window
from modelatlas.references.catalog import Entry, Part, ReferenceCatalog
from modelatlas.references.kept import kept
from modelatlas.references.matching import clause

NAME: Final = "genai-prices"

PROVIDERS: Final[Mapping[str, str]] = {
    "aws": "amazon-bedrock",
    "azure": "azure-openai",
    "cloudflare": "cloudflare-workers-ai",
    "google": "google-ai-studio",
    "moonshotai": "moonshot",
    "x-ai": "xai",
}
"""Their name of a provider -> our slug; one that is not here keeps its own name."""

ALSO: Final[Mapping[str, str]] = {"google-vertex": "google-ai-studio"}
"""Our slug -> the slug whose entries speak for it too.

Their provider `google` stands for every API of googleapis.com (its `api_pattern`, 0.2.3).
"""

UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "input_mtok": ("input_token", "1M tokens"),
    "output_mtok": ("output_token", "1M tokens"),
    "output_reasoning_mtok": ("reasoning_token", "1M tokens"),
    "output_citation_mtok": ("citation_token", "1M tokens"),
    "cache_read_mtok": ("cache_read_token", "1M tokens"),
    "cache_write_mtok": ("cache_write_token", "1M tokens"),
    "cache_write_1h_mtok": ("cache_write_1h_token", "1M tokens"),
    "input_audio_mtok": ("input_audio_token", "1M tokens"),
    "output_audio_mtok": ("output_audio_token", "1M tokens"),
    "cache_audio_read_mtok": ("cache_read_audio_token", "1M tokens"),
    "input_image_mtok": ("input_image_token", "1M tokens"),
    "output_image_mtok": ("output_image_token", "1M tokens"),
    "cache_image_read_mtok": ("cache_read_image_token", "1M tokens"),
    "input_video_mtok": ("input_video_token", "1M tokens"),
    "output_video_mtok": ("output_video_token", "1M tokens"),
    "audio_hours": ("audio_hour", "hour"),
    "input_audio_hours": ("input_audio_hour", "hour"),
    "input_mchars": ("input_character", "1M characters"),
    "input_document_kpages": ("input_page", "1K pages"),
    "input_annotated_document_kpages": ("annotated_page", "1K pages"),
    "input_text_messages_kcount": ("text_message", "1K messages"),
    "requests_kcount": ("request", "1K requests"),
    "web_searches_kcount": ("web_search", "1K searches"),
    "storage_searches_kcount": ("storage_search", "1K searches"),
}
"""Their price key -> our unit and what it is quoted per."""

VARIANTS: Final[Mapping[tuple[str, str], Tier]] = {
    ("processing", "batch"): "batch",
    ("service_tier", "flex"): "flex",
    ("service_tier", "priority"): "priority",
}
"""What a price variant asks for -> our tier; other variants are not read."""

_MINUTE: Final = 60
_PRICE_STEP: Final = 1_000
"""Ranks of one price are below those of the next one, and there is room for its tiers between."""


class GenaiPrices:
    """The bundled data of the installed package, imported unless this version of it was read before."""

    name = NAME
    url = None

    def __init__(self, derived: Derived = NOTHING_DERIVED) -> None:
        self._derived = derived

    def fetched_at(self) -> None:
        """Return None: it comes with the package."""

    def written_at(self) -> None:
        """Return None: its version says how old it is."""

    def read(self, document: bytes) -> ReferenceCatalog:
        """Raise `Unreadable`: it comes with the package and is read from nowhere else."""
        raise Unreadable(f"{NAME} is a package: {len(document)} bytes of a document are not read")

    def keep(self, document: bytes) -> None:
        """Keep nothing; `read` has refused the document."""

    def load(self) -> ReferenceCatalog:
        """Return the whole catalog."""
        version = importlib.metadata.version(NAME)

        def read() -> ReferenceCatalog:
            return read_providers(importlib.import_module("genai_prices.data").providers, version)

        return kept(self._derived, NAME, version, read)


def read_providers(providers: Any, version: str) -> ReferenceCatalog:
    """Turn the package's providers into a reference catalog."""
    source = f"reference:{NAME}@{version}"
    parts: dict[str, Part] = {}
    for provider in providers:
        slug = PROVIDERS.get(provider.id, provider.id)
        read = [read_model(slug, model, source) for model in provider.models]
        fallbacks = tuple(PROVIDERS.get(name, name) for name in provider.fallback_model_providers or ())
        unread = tuple(each for _, left in read for each in left)
        parts[slug] = Part(tuple(entry for entry, _ in read), unread, fallbacks=fallbacks)
    return ReferenceCatalog(NAME, version, parts, PROVIDERS, ALSO)


def read_model(slug: str, model: Any, source: str) -> tuple[Entry, list[Unread]]:
    """Turn one of their models into an entry; what of its prices is not read is returned beside it."""
    stands_for = clause(model.match)
    exact_ids = stands_for.exact_ids()
    rules: list[Rule] = []
    unread: list[Unread] = []
    steps = [step for step in _priced(model) if step[1] == ALWAYS and step[2] is not None]
    for prices, when, begins, rank in _priced(model):
        if when is None:
            unread.append(Unread(model.id, "prices", repr(prices)[:2_000], "conditional price"))
            continue
        read, left = _rules(model.id, prices, source, when, begins, rank)
        rules.extend(_until_unsaid(rule, steps) for rule in read)
        unread.extend(left)
    id_is: IdIs = "exact" if exact_ids is not None and model.id in exact_ids else "pattern"
    listing = Listing(
        provider=slug,
        id=model.id,
        name=model.name,
        mode=None,
        status="deprecated" if model.deprecated is True else "active",
        context_tokens=model.context_window,
        aliases=tuple(sorted((exact_ids or frozenset()) - {model.id})),
        id_is=id_is,
        prices=tuple(rules),
    )
    return Entry(listing, stands_for), unread


def _priced(model: Any) -> Iterator[tuple[Any, Condition | None, str | None, int]]:
    """Go through a model's prices: each with its condition (None: unknown here), its begin and its rank."""
    steps = model.prices if isinstance(model.prices, list) else [_Step(None, model.prices)]
    for position, step in enumerate(steps):
        when, begins = _constraint(step.constraint)
        yield step.prices, when, begins if position else None, position * _PRICE_STEP
    for position, variant in enumerate(reversed(model.price_variants or ())):
        tier = VARIANTS.get(next(iter(variant.when.items()))) if len(variant.when) == 1 else None
        _, begins = _constraint(variant.constraint)
        yield variant.prices, None if tier is None else Condition(tier=tier), begins, position * _PRICE_STEP


def _until_unsaid(rule: Rule, steps: Sequence[tuple[Any, Condition | None, str | None, int]]) -> Rule:
    """End a rule of the standard tier where a later step begins that does not price its unit any more."""
    if rule.when.tier != "standard":
        return rule
    for prices, _, begins, rank in steps:
        if rank > rule.rank and getattr(prices, rule.path, None) in (None, Decimal(0)):
            return structs.replace(rule, valid_to=begins)
    return rule


class _Step:
    """A price without a constraint, in the shape of those that have one."""

    def __init__(self, constraint: None, prices: Any) -> None:
        self.constraint = constraint
        self.prices = prices


def _constraint(constraint: Any) -> tuple[Condition | None, str | None]:
    """Return when a price holds, and from which instant on."""
    if constraint is None:
        return ALWAYS, None
    if hasattr(constraint, "start_date"):
        return ALWAYS, f"{constraint.start_date.isoformat()}T00:00:00Z"
    if not hasattr(constraint, "start_time"):
        return None, None
    start, end = (each.hour * _MINUTE + each.minute for each in (constraint.start_time, constraint.end_time))
    return Condition(windows=(Window(start, end),)), None


def _rules(
    id_: str, prices: Any, source: str, when: Condition, begins: str | None, rank: int
) -> tuple[list[Rule], list[Unread]]:
    rules: list[Rule] = []
    unread: list[Unread] = []
    for key, value in vars(prices).items():
        if value is None:
            continue
        if key not in UNITS:
            unread.append(Unread(id_, key, repr(value)[:2_000], "a unit that is unknown here"))
            continue
        unit, per = UNITS[key]
        for amount, over, step in _tiers(value):
            if amount <= 0:
                unread.append(Unread(id_, key, plain(amount), "a zero of a reference does not say free"))
                continue
            under = when if over is None else _over(when, over)
            rules.append(
                Rule(
                    unit,
                    "known",
                    amount,
                    "USD",
                    per,
                    plain(amount),
                    key,
                    under,
                    begins,
                    None,
                    rank + step,
                    source,
                )
            )
    return rules, unread


def _tiers(value: Any) -> list[tuple[Decimal, int | None, int]]:
    """Return the amounts of a price: the base, and each tier above its start."""
    if isinstance(value, Decimal):
        return [(value, None, 0)]
    tiers = sorted(value.tiers, key=lambda tier: tier.start)
    return [(value.base, None, 0), *((tier.price, tier.start, at) for at, tier in enumerate(tiers, 1))]


def _over(when: Condition, tokens: int) -> Condition:
    return Condition(windows=when.windows, prompt_over=PromptOver(tokens), tier=when.tier)
