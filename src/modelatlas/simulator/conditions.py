"""Where the amounts of an entry stand that hold under conditions only."""

from collections.abc import Iterator

from modelatlas.providers.conditions import PartialPrices, PriceWhen
from modelatlas.providers.contract import ModelList
from modelatlas.providers.price_path import Price
from modelatlas.simulator.places import Place, at, place


def amounts_under_conditions(declared: ModelList, entry: object) -> dict[Place, Price]:
    """Return the place of each such amount, and how it is quoted there."""
    return dict(_amounts(declared, entry))


def _amounts(declared: ModelList, entry: object) -> Iterator[tuple[Place, Price]]:
    for each in declared.conditional:
        if isinstance(each, PriceWhen):
            yield place(each.price.path), each.price
            continue
        way = place(each.path)
        items = at(entry, way)
        if isinstance(each, PartialPrices):
            under = place(each.of)
            prices = [(place(price.path), price) for price in declared.prices.values()]
            keyed = [(path[len(under) :], price) for path, price in prices if path[: len(under)] == under]
        else:
            keyed = [(place(price.path), price) for price in each.amounts.values()]
        for number in range(len(items) if isinstance(items, list) else 0):
            yield from (((*way, number, *key), price) for key, price in keyed)
