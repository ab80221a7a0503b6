"""models.dev: `api.json` by provider and `models.json` by model; USD per million tokens.

The format asks for fields that a provider may not say. Their place is then held by a value that says nothing
(no limit, the first day of 1970), and `x_unknown` names them. Facts: `references/models_dev.py`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from modelatlas.domain.listing import Listing
from modelatlas.references.models_dev import PARAMETERS, PROVIDERS, UNITS
from modelatlas.views.exports.facts import Facts
from modelatlas.views.exports.format import (
    NO_PRICE,
    Export,
    Format,
    Loss,
    Offered,
    Rows,
    Source,
    encode,
    losses_of,
    object_of,
    per_million,
)
from modelatlas.views.exports.rates import Lost, Rates
from modelatlas.views.exports.sdks import OPENAI_COMPATIBLE, SDKS

NO_DAY: Final = "1970-01-01"
LARGE: Final = 200_000
_KEYS: Final[Mapping[str, str]] = MappingProxyType({unit: key for key, unit in UNITS.items()})
_THEIRS: Final[Mapping[str, str]] = MappingProxyType({slug: name for name, slug in PROVIDERS.items()})
_KINDS: Final = ("text", "audio", "image", "video", "pdf")
_STATUS: Final = MappingProxyType({"preview": "beta", "deprecated": "deprecated"})
_UNIT: Final = "models.dev has no key for this unit"
_TIER: Final = "a price of another service tier"
_LIFETIME: Final = "a price for a lifetime of a cache"
_HALF: Final = "models.dev needs the prices of input and output, and one of them is unknown"
_HOURS: Final = "cheaper hours; the highest price stands for all hours"


def rows(source: Source) -> Rows:
    """Write one provider."""
    facts = source.facts
    models: list[bytes] = []
    losses: list[Loss] = []
    for offer in source.offers:
        entry, lost = model_of(offer)
        losses.extend(losses_of(offer, lost))
        models.append(encode(offer.listing.id) + b":" + encode(entry))
    id_ = _THEIRS.get(facts.slug, facts.slug)
    about = encode(_provider(id_, facts))[:-1] + b',"models":{' + b",\n".join(models) + b"}}"
    return Rows(((id_, about),) if models else (), tuple(losses), len(models))


def whole(parts: Sequence[Rows]) -> Export:
    """Put the providers together; entries are models."""
    content, _, losses = object_of(parts)
    return Export(content, sum(part.count for part in parts), tuple(losses))


MODELS_DEV: Final = Format("models.dev", "/api.json", "opencode, tokenlens", rows, whole)


def model_of(offer: Offered) -> tuple[dict[str, Any], list[Lost]]:
    """Return a listing's entry, and what is lost."""
    listing = offer.listing
    cost, lost = _cost(offer)
    unknown = [
        name
        for name, value in (
            ("release_date", listing.released),
            ("last_updated", listing.released),
            ("limit.context", listing.context_tokens),
            ("limit.output", listing.max_output_tokens),
            ("modalities", listing.input_modalities and listing.output_modalities),
            ("open_weights", listing.repository),
            ("tool_call", listing.supported_parameters),
        )
        if not value
    ]
    day = NO_DAY if listing.released is None else listing.released[:10]
    reasons = "reasoning" in listing.supported_parameters
    entry: dict[str, Any] = {
        "id": listing.id,
        "name": listing.name or listing.id,
        "attachment": any(kind != "text" for kind in listing.input_modalities),
        "reasoning": reasons,
        "reasoning_options": [] if reasons else None,
        "tool_call": "tools" in listing.supported_parameters,
        **{
            key: True
            for key, ours in PARAMETERS.items()
            if key not in _ALWAYS and ours in listing.supported_parameters
        },
        "knowledge": _day(listing.knowledge_cutoff),
        "release_date": day,
        "last_updated": day,
        "modalities": {
            "input": _kinds(listing.input_modalities),
            "output": _kinds(listing.output_modalities),
        },
        "open_weights": listing.repository is not None,
        "cost": cost,
        "limit": {"context": listing.context_tokens or 0, "output": listing.max_output_tokens or 0},
        "status": _STATUS.get(listing.status),
        "canonical_id": offer.model,
        "x_variant": offer.variant,
        "x_unknown": unknown or None,
        "x_price_varies": _varies(offer.rates) or None,
    }
    return {name: value for name, value in entry.items() if value is not None}, lost


_ALWAYS: Final = frozenset({"tool_call", "reasoning"})


def _provider(id_: str, facts: Facts) -> dict[str, Any]:
    sdk = SDKS.get(facts.slug)
    npm = OPENAI_COMPATIBLE if sdk is None else sdk.npm
    api = facts.api if sdk is None else sdk.api
    env = facts.env if sdk is None or not sdk.env else sdk.env
    about = {"id": id_, "env": env, "npm": npm, "api": api, "name": facts.name, "doc": facts.docs}
    return {name: value for name, value in about.items() if value is not None}


def _cost(offer: Offered) -> tuple[dict[str, Any] | None, list[Lost]]:
    rates = offer.rates
    lost = list(rates.lost)
    for rate in rates.rates:
        if rate.unit not in _KEYS:
            lost.append(Lost(rate.unit, _UNIT))
        elif rate.tier != "standard":
            lost.append(Lost(rate.unit, _TIER))
        elif rate.cache_seconds is not None:
            lost.append(Lost(rate.unit, _LIFETIME))
    lost += [Lost(unit, _HOURS) for each in rates.hours for unit in each.usd]
    base = {unit: usd for unit, usd in rates.base.items() if unit in _KEYS}
    if offer.listing.mode in {"embedding", "rerank"} and "input_token" in base:
        base.setdefault("output_token", Decimal(0))  # no token comes out of these
    if not base:
        return None, [*lost, Lost("", NO_PRICE)]
    if "input_token" not in base or "output_token" not in base:
        return None, [*lost, *(Lost(unit, _HALF) for unit in base)]
    cost: dict[str, Any] = _amounts(base)
    tiers = [
        {**_amounts({**base, **_known(dearer)}), "tier": {"type": "context", "size": size}}
        for size, dearer in rates.over().items()
        if _known(dearer)
    ]
    if tiers:
        cost["tiers"] = tiers
        if len(tiers) == 1 and tiers[0]["tier"]["size"] >= LARGE:
            cost["context_over_200k"] = {key: usd for key, usd in tiers[0].items() if key != "tier"}
    return cost, lost


def _known(amounts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {unit: usd for unit, usd in amounts.items() if unit in _KEYS}


def _amounts(base: Mapping[str, Decimal]) -> dict[str, Any]:
    return {_KEYS[unit]: per_million(usd) for unit, usd in base.items()}


def _varies(rates: Rates) -> list[str]:
    """Say what the price depends on that this format does not hold."""
    found = []
    if rates.hours:
        found.append("time")
    if any(each.tier != "standard" for each in rates.rates):
        found.append("tier")
    return found


def _kinds(modalities: Sequence[str]) -> list[str]:
    said = {"pdf" if kind == "file" else kind for kind in modalities}
    return [kind for kind in _KINDS if kind in said] or ["text"]


def _day(text: str | None) -> str | None:
    return None if text is None else text[:10]


def metadata(sources: Sequence[Source]) -> Export:
    """Write `models.json`: each model by `lab/name`, with all that its providers say of it together."""
    models: defaultdict[str, list[Listing]] = defaultdict(list)
    losses: list[Loss] = []
    for offer in (each for source in sources for each in source.offers):
        if offer.model is None:
            losses += losses_of(offer, [Lost("", "it is of no known model")])
        else:
            models[offer.model].append(offer.listing)
    entries = [encode(id_) + b":" + encode(_metadata(id_, some)) for id_, some in sorted(models.items())]
    return Export(b"{" + b",\n".join(entries) + b"}\n", len(entries), tuple(losses))


METADATA: Final = Format("models.dev-models", "/models.json", "readers of models.dev", None, metadata)


def _metadata(id_: str, listings: Sequence[Listing]) -> dict[str, Any]:
    return {
        "id": id_,
        "name": next((each.name for each in listings if each.name), id_.partition("/")[2]),
        "modalities": {
            "input": _kinds([kind for each in listings for kind in each.input_modalities]),
            "output": _kinds([kind for each in listings for kind in each.output_modalities]),
        },
        "limit": {
            "context": max(each.context_tokens or 0 for each in listings),
            "output": max(each.max_output_tokens or 0 for each in listings),
        },
        "x_providers": sorted({each.provider for each in listings}),
    }
