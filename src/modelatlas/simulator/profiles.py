"""How many listings each simulated provider has: the one place of the simulator that names providers."""

from collections.abc import Mapping
from math import ceil
from types import MappingProxyType
from typing import Final

from modelatlas.domain.plan import ProviderKind
from modelatlas.providers.contract import Provider

PROFILES: Final = ("seed", "real", "100k")

TOTAL: Final = 18_300
"""Listings of the profile `seed`, all providers together."""

_SEED: Final[Mapping[str, int]] = MappingProxyType(
    {
        "featherless": 6_500,
        "openrouter": 3_500,
        "deepinfra": 2_000,
        "huggingface": 1_500,
        "together": 800,
        "fireworks": 600,
        "groq": 100,
        # Small, so that the providers which are synced by default have 10,000 to 11,500 listings to store.
        "near": 250,
        "alibaba": 250,
    }
)
"""Round numbers of the public document this system is known by; the other providers share the rest."""

_REAL: Final[Mapping[str, int]] = MappingProxyType(
    {
        "aihubmix": 804,
        "amazon-bedrock": 135,
        "anthropic": 11,
        "azure-openai": 263,
        "cerebras": 2,
        "deepinfra": 142,
        "deepseek": 2,
        "featherless": 15_695,
        "github-copilot": 39,
        "google-ai-studio": 52,
        "google-vertex": 10,
        "groq": 20,
        "hyperbolic": 5,
        "mistral": 55,
        "morpheus": 39,
        "nebius": 46,
        "openai": 119,
        "openrouter": 421,
        "perplexity": 39,
        "replicate": 3_624,
        "vercel-ai-gateway": 221,
        "xai": 13,
    }
)
"""Listings of recorded answers, each the newest one known in 2026-11."""

_UNRECORDED: Final = 40
"""Listings in the profile `real` of a provider of which no whole list was recorded."""

_WEIGHTS: Final[Mapping[ProviderKind, int]] = MappingProxyType({"lab": 1, "host": 4, "gateway": 4})
"""A lab lists its own models only, so it takes a smaller part of the rest."""


def counts(profile: str, providers: Mapping[str, Provider]) -> dict[str, int]:
    """Return how many listings each provider has in a profile (one of `PROFILES`)."""
    active = {slug: each for slug, each in providers.items() if each.retired is None}
    if profile == "real":
        return {slug: _REAL.get(slug, _UNRECORDED) for slug in active}
    seed = _shared(active)
    if profile == "100k":
        return {slug: ceil(number * 100_000 / sum(seed.values())) for slug, number in seed.items()}
    return seed


def _shared(providers: Mapping[str, Provider]) -> dict[str, int]:
    """Give the named providers their numbers and the others what is missing to `TOTAL`, by kind."""
    named = {slug: _SEED[slug] for slug in providers if slug in _SEED}
    weights = {slug: _WEIGHTS[each.kind] for slug, each in providers.items() if slug not in named}
    rest = TOTAL - sum(named.values())
    shares = {slug: ceil(rest * weight / sum(weights.values())) for slug, weight in weights.items()}
    return {slug: named.get(slug) or shares[slug] for slug in providers}
