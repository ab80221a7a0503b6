"""The catalog of models.dev (github.com/anomalyco/models.dev, MIT) as a reference catalog.

`api.json` is an object of providers by id, each with its `models` by id; prices are US dollars per million
tokens. A zero may be a free model or a subscription, so it is not read as free. Facts: that repository's
`packages/core/src/schema.ts` (2026-07-02).
"""

from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from modelatlas.domain.errors import Unreadable
from modelatlas.domain.listing import Listing, Status
from modelatlas.domain.price import Condition, PromptOver, Rule, Unread
from modelatlas.domain.snapshot import Duplicate
from modelatlas.references.catalog import Entry, Part, ReferenceCatalog
from modelatlas.references.documents import amount, count, decode, raw, text

NAME: Final = "models.dev"

PROVIDERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "azure": "azure-openai",
        "fireworks-ai": "fireworks",
        "google": "google-ai-studio",
        "moonshotai": "moonshot",
        "nearai": "near",
        "novita-ai": "novita",
        "nvidia": "nvidia-nim",
        "togetherai": "together",
        "vercel": "vercel-ai-gateway",
    }
)
"""Their id of a provider -> our slug; one that is not here keeps its own id."""

SECOND_LISTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "azure-cognitive-services": "azure-openai",
        "google-vertex-anthropic": "google-vertex",
        "ollama-cloud": "ollama",
        "perplexity-agent": "perplexity",
    }
)
"""Their id of a provider whose models are another list of one of ours -> our slug."""

UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "input": "input_token",
        "output": "output_token",
        "reasoning": "reasoning_token",
        "cache_read": "cache_read_token",
        "cache_write": "cache_write_token",
        "input_audio": "input_audio_token",
        "output_audio": "output_audio_token",
    }
)
"""Their price -> our unit, each per million tokens; other keys have no declared unit."""

_STATUS: Final[Mapping[str, Status]] = MappingProxyType(
    {"alpha": "preview", "beta": "preview", "deprecated": "deprecated"}
)
PARAMETERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "tool_call": "tools",
        "reasoning": "reasoning",
        "structured_output": "structured_outputs",
        "temperature": "temperature",
    }
)


def read(document: bytes, version: str) -> ReferenceCatalog:
    """Turn `api.json` into a reference catalog. Raises `Unreadable`."""
    providers = decode(document, NAME)
    if isinstance(providers, dict) and isinstance(providers.get("providers"), dict):
        providers = providers["providers"]  # `catalog.json` holds the same beside the models
    if not isinstance(providers, dict):
        raise Unreadable(f"{NAME}: expected an object of providers, got a {type(providers).__name__}")
    source = f"reference:{NAME}@{version}"
    listings: dict[str, dict[str, Listing]] = defaultdict(dict)
    unread: dict[str, list[Unread]] = defaultdict(list)
    duplicates: dict[str, list[Duplicate]] = defaultdict(list)
    for name, provider in sorted(providers.items(), key=lambda item: item[0] in SECOND_LISTS):
        models = provider.get("models") if isinstance(provider, dict) else None
        if not isinstance(models, dict):
            continue
        slug = PROVIDERS.get(name) or SECOND_LISTS.get(name, name)
        for id_, model in models.items():
            if not isinstance(model, dict):
                continue
            if id_ in listings[slug]:
                duplicates[slug].append(Duplicate(slug, id_, f"{name}/{id_}"))
                continue
            listing, left = read_model(slug, id_, model, source)
            listings[slug][id_] = listing
            unread[slug].extend(left)
    parts = {
        slug: Part(tuple(map(Entry, found.values())), tuple(unread[slug]), tuple(duplicates[slug]))
        for slug, found in listings.items()
    }
    return ReferenceCatalog(NAME, version, parts, {**PROVIDERS, **SECOND_LISTS})


def read_model(
    slug: str, id_: str, model: Mapping[str, Any], source: str
) -> tuple[Listing, tuple[Unread, ...]]:
    """Turn one of their models into a listing, and return what of its prices is not read."""
    rules, unread = _read_cost(id_, model.get("cost"), source)
    limit, modalities = (_object(model.get(name)) for name in ("limit", "modalities"))
    listing = Listing(
        provider=slug,
        id=id_,
        name=text(model.get("name")),
        status=_STATUS.get(str(model.get("status")), "active"),
        context_tokens=count(limit.get("context")),
        max_output_tokens=count(limit.get("output")),
        input_modalities=_words(modalities.get("input")),
        output_modalities=_words(modalities.get("output")),
        supported_parameters=tuple(
            sorted(ours for flag, ours in PARAMETERS.items() if model.get(flag) is True)
        ),
        released=text(model.get("release_date")),
        knowledge_cutoff=text(model.get("knowledge")),
        prices=tuple(rules),
    )
    return listing, tuple(unread)


def _read_cost(id_: str, cost: Any, source: str) -> tuple[list[Rule], list[Unread]]:
    rules: list[Rule] = []
    unread: list[Unread] = []
    for path, key, value, when, rank in _amounts(_object(cost)):
        unit, found = UNITS.get(key), amount(value)
        if unit is None:
            unread.append(Unread(id_, path, raw(value), "a unit that is unknown here"))
        elif found is None or found < 0 or (when is None):
            unread.append(Unread(id_, path, raw(value), "expected an amount of 0 or more, and a size"))
        elif not found:
            unread.append(Unread(id_, path, raw(value), "a zero of a reference does not say free"))
        else:
            billed = {"per": "1M tokens", "raw": raw(value), "path": path, "source": source}
            rules.append(Rule(unit, "known", found, when=when, rank=rank, **billed))
    return rules, unread


def _amounts(cost: Mapping[str, Any]) -> list[tuple[str, str, Any, Condition | None, int]]:
    """Return path, key, value, condition and rank of every amount; a tier counts above its size."""
    found: list[tuple[str, str, Any, Condition | None, int]] = []
    tiers = cost.get("tiers")
    legacy = "context_over_200k"
    for key, value in cost.items():
        if key not in {"tiers", legacy}:
            found.append((f"cost.{key}", key, value, Condition(), 0))
    for position, tier in enumerate(tiers if isinstance(tiers, list) else ()):
        size = count(_object(_object(tier).get("tier")).get("size"))
        when = None if size is None else Condition(prompt_over=PromptOver(size))
        path = f"cost.tiers[{position}]"
        found.extend(
            (f"{path}.{key}", key, value, when, size or 0)
            for key, value in _object(tier).items()
            if key != "tier"
        )
    if not tiers:
        over = Condition(prompt_over=PromptOver(200_000))
        found.extend(
            (f"cost.{legacy}.{key}", key, value, over, 200_000)
            for key, value in _object(cost.get(legacy)).items()
        )
    return found


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _words(value: Any) -> tuple[str, ...]:
    return tuple(sorted({str(word) for word in value})) if isinstance(value, list) else ()
