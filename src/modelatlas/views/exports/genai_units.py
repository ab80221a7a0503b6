"""What genai-prices wants priced together: it refuses to compute a cost where a unit's kin has no price.

With cached tokens and image tokens priced, for instance, cached image tokens must be. Where no source says
the price of such a unit, the highest of its kin stands for it, an upper bound, and it is said. Facts:
`genai_prices.validation` and the units of the installed package.
"""

import importlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct

from modelatlas.views.exports.rates import Lost

if TYPE_CHECKING:
    from genai_prices.units import UnitRegistry

UPPER_BOUND: Final = (
    "genai-prices wants a price here that no source says; the highest of its kin stands for it"
)
_ALONE: Final = "genai-prices takes it only beside a price that is unknown"
_KIN: Final = frozenset({"modality", "cache_ttl", "direction"})
"""Dimensions in which two units are kin: of one the other's price is a bound."""


class Price(Struct, frozen=True):
    """An amount, and those for prompts longer than so many tokens."""

    base: Decimal
    tiers: Mapping[int, Decimal] = {}

    def at(self, tokens: int) -> Decimal:
        """Return the amount for a prompt that is longer than so many tokens."""
        return next(
            (self.tiers[start] for start in sorted(self.tiers, reverse=True) if start <= tokens), self.base
        )


def highest(*prices: Price) -> Price:
    """Return the highest of several prices for each length of a prompt."""
    starts = sorted({start for price in prices for start in price.tiers})
    tiers = {start: max(price.at(start) for price in prices) for start in starts}
    return Price(max(price.base for price in prices), tiers)


def completed(prices: Mapping[str, Price]) -> tuple[dict[str, Price], list[Lost]]:
    """Return prices by key with all that have to be beside them, and say which were added or left out."""
    found = dict(prices)
    lost: list[Lost] = []
    for key, kin in _steps(frozenset(prices)):
        if kin:
            found[key] = highest(*(found[each] for each in kin))
            lost.append(Lost(key, UPPER_BOUND))
        else:
            del found[key]
            lost.append(Lost(key, _ALONE))
    return found, list(dict.fromkeys(lost))


@cache
def _steps(keys: frozenset[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what to add, each with the kin that bounds it, and what to leave out, with none, in order."""
    left = set(keys)
    steps: list[tuple[str, tuple[str, ...]]] = []
    while (need := next(_needs(sorted(left)), None)) is not None:
        key, kin = need
        steps.append(need)
        if kin:
            left.add(key)
        else:
            left.remove(key)
    return tuple(steps)


def _needs(keys: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    units = _registry()
    priced = [units.unit_for_price_key(key) for key in keys]
    for unit in priced:
        for usage in sorted(units.ancestor_usage_keys(unit.usage_key)):
            parent = units.units[usage]
            if parent.price_key not in keys:
                kin = tuple(each.price_key for each in priced if _is_kin(parent, each))
                yield (parent.price_key, kin) if kin else (unit.price_key, ())
    for one, other in combinations(priced, 2):
        if one.is_compatible_with(other):
            join = units.find_join(one, other)
            if join is None:
                yield other.price_key, ()
            elif join.price_key not in keys:
                yield join.price_key, (one.price_key, other.price_key)


class _Unit(Protocol):
    @property
    def dimensions(self) -> Mapping[str, str]: ...


def _is_kin(parent: _Unit, unit: _Unit) -> bool:
    more = unit.dimensions.keys() - parent.dimensions.keys()
    return parent.dimensions.items() <= unit.dimensions.items() and more <= _KIN


@cache
def _registry() -> "UnitRegistry":
    # Imported here: it takes half a second, which who writes no such file need not wait for.
    data = importlib.import_module("genai_prices.data_units")
    registry: UnitRegistry = importlib.import_module("genai_prices.units").UnitRegistry(data.unit_data)
    return registry
