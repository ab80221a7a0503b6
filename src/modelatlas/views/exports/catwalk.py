"""Catwalk's providers, which crush reads: an array; USD per million tokens.

The format knows one price of a direction. Where a long prompt costs more, that price is the one that is
written, so that nobody is surprised by a bill; and where no source prices cached tokens, which crush would
count as free, it is that of input. Facts: `pkg/catwalk/provider.go` of charmbracelet/catwalk (2026-08-21).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from modelatlas.views.exports.facts import Facts
from modelatlas.views.exports.format import (
    NO_PRICE,
    Export,
    Format,
    Loss,
    Offered,
    Rows,
    Source,
    array_of,
    encode,
    losses_of,
    per_million,
)
from modelatlas.views.exports.rates import Lost

_KEYS: Final[Mapping[str, str]] = {
    "input_token": "cost_per_1m_in",
    "output_token": "cost_per_1m_out",
    "cache_write_token": "cost_per_1m_in_cached",
    "cache_read_token": "cost_per_1m_out_cached",
}
_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "amazon-bedrock": "bedrock",
        "anthropic": "anthropic",
        "azure-openai": "azure",
        "google-ai-studio": "google",
        "google-vertex": "google-vertex",
        "openai": "openai",
        "openrouter": "openrouter",
        "vercel-ai-gateway": "vercel",
    }
)
_UNIT: Final = "catwalk has no key for this unit"
_TIER: Final = "a price of another service tier"
_HALF: Final = "catwalk needs the prices of input and output, and one of them is unknown"
_HOURS: Final = "cheaper hours; the highest price stands for all hours"
_PROMPT: Final = "a price by the length of the prompt; the highest stands for all lengths"
_CACHED: Final = ("cache_write_token", "cache_read_token")
_AS_INPUT: Final = "crush counts a price that is not there as 0; that of input stands for it"
_CHAT: Final = "crush talks with chat models only"


def rows(source: Source) -> Rows:
    """Write one provider: its chat models of which input and output are priced."""
    models: list[tuple[Offered, dict[str, Any]]] = []
    losses: list[Loss] = []
    for offer in source.offers:
        entry, lost = model_of(offer)
        losses.extend(losses_of(offer, lost))
        if entry is not None:
            models.append((offer, entry))
    if not models:
        return Rows((), tuple(losses))
    whole_ = encode(
        {**_provider(source.facts, [offer for offer, _ in models]), "models": [m for _, m in models]}
    )
    return Rows(((source.facts.slug, whole_),), tuple(losses), len(models))


def whole(parts: Sequence[Rows]) -> Export:
    """Put the providers together; entries are models."""
    content, _, losses = array_of(parts)
    return Export(content, sum(part.count for part in parts), tuple(losses))


CATWALK: Final = Format("catwalk", "/v2/providers", "crush", rows, whole)


def model_of(offer: Offered) -> tuple[dict[str, Any] | None, list[Lost]]:
    """Return a listing's entry, None for one that crush could not use; and what is lost."""
    listing, rates = offer.listing, offer.rates
    if listing.mode not in {"chat", None}:
        return None, [Lost("", _CHAT)]
    lost = list(rates.lost)
    lost += [Lost(each.unit, _UNIT) for each in rates.rates if each.unit not in _KEYS]
    lost += [Lost(each.unit, _TIER) for each in rates.rates if each.unit in _KEYS and each.tier != "standard"]
    lost += [Lost(unit, _HOURS) for each in rates.hours for unit in each.usd]
    lost += [Lost(unit, _PROMPT) for dearer in rates.over().values() for unit in dearer if unit in _KEYS]
    if not rates.rates:
        return None, [*lost, Lost("", NO_PRICE)]
    most = rates.highest
    if not {"input_token", "output_token"} <= most.keys():
        return None, [*lost, *(Lost(unit, _HALF) for unit in most)]
    unpriced = [unit for unit in _CACHED if unit not in most]
    lost += [Lost(unit, _AS_INPUT) for unit in unpriced]
    most = {**most, **dict.fromkeys(unpriced, most["input_token"])}
    entry: dict[str, Any] = {
        "id": listing.id,
        "name": listing.name or listing.id,
        **{key: per_million(most[unit]) for unit, key in _KEYS.items()},
        "context_window": listing.context_tokens or 0,
        "default_max_tokens": listing.max_output_tokens or 0,
        "can_reason": "reasoning" in listing.supported_parameters,
        "supports_attachments": "image" in listing.input_modalities,
        "options": {},
    }
    return entry, lost


def _provider(facts: Facts, offers: Sequence[Offered]) -> dict[str, Any]:
    """Write what is said of a provider; crush wants two models to begin with.

    They are the dearest and the cheapest that costs anything, by output tokens, of those that take tools.
    """
    able = [each for each in offers if "tools" in each.listing.supported_parameters] or offers
    ranked = sorted(able, key=_weight)
    paid = [each for each in ranked if each.rates.highest["output_token"]] or ranked
    about = {
        "name": facts.name,
        "id": facts.slug,
        "api_key": f"${facts.env[0]}" if facts.env else None,
        "api_endpoint": facts.api,
        "type": _TYPES.get(facts.slug, "openai-compat"),
        "default_large_model_id": ranked[-1].listing.id,
        "default_small_model_id": paid[0].listing.id,
    }
    return {name: value for name, value in about.items() if value is not None}


def _weight(offer: Offered) -> tuple[Decimal, str]:
    return offer.rates.highest["output_token"], offer.listing.id
