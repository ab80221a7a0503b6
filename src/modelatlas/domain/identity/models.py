"""Models: the listings of a catalog grouped by the model that they are, with what each unit costs where."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from msgspec import Struct

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.headline import headline
from modelatlas.domain.identity.match import Match
from modelatlas.domain.identity.matches import Matched
from modelatlas.domain.listing import Listing
from modelatlas.domain.money import EXACT
from modelatlas.domain.price import usd_per_unit

_TWO: Final = Decimal(2)


class Offer(Struct, frozen=True, gc=False):
    """One listing of a model, with the match that says so."""

    listing: Listing
    match: Match


class Priced(Struct, frozen=True):
    """An offer's headline price of one unit, in USD for one single unit."""

    usd: Decimal
    offer: Offer


class Spread(Struct, frozen=True):
    """What one unit costs over the offers of a model (F20: one unit, and what is unknown never wins).

    `known` offers have an amount in USD; `least` and `most` are the ends of these and `median` their middle,
    which is the exact mean of two where their number is even; all None without any. Free and varying offers
    are counted apart and are in none of them.
    """

    unit: str
    known: int
    free: int
    varying: int
    least: Priced | None = None
    median: Decimal | None = None
    most: Priced | None = None


class Model(Struct, frozen=True):
    """One model with all its offers, in (provider, id) order."""

    id: str
    offers: tuple[Offer, ...]

    @property
    def lab(self) -> str:
        """Who made it."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """Its name without the lab."""
        return self.id.partition("/")[2]

    @property
    def providers(self) -> tuple[str, ...]:
        """Who offers it, in alphabetical order."""
        return tuple(dict.fromkeys(offer.listing.provider for offer in self.offers))

    @property
    def is_alias(self) -> bool:
        """Tell whether it is a name that moves from model to model."""
        return any(offer.match.is_alias for offer in self.offers)


def models_of(catalog: Catalog, matched: Matched) -> dict[str, Model]:
    """Group the listings of a catalog by model, in alphabetical order; unmatched listings are in none."""
    return grouped(catalog.listings(), catalog, matched)


def grouped(listings: Iterable[Listing], catalog: Catalog, matched: Matched) -> dict[str, Model]:
    """Group some listings of a catalog by model."""
    of = {slug: matched(part) for slug, part in catalog.snapshots.items()}
    offers: defaultdict[str, list[Offer]] = defaultdict(list)
    for listing in listings:
        found = of[listing.provider].get(listing.id)
        if found is not None:
            offers[found.model].append(Offer(listing, found))
    return {id_: Model(id_, tuple(some)) for id_, some in sorted(offers.items())}


def spreads(model: Model) -> Iterator[Spread]:
    """Say of each unit that any offer prices what it costs, by headline prices."""
    units = dict.fromkeys(rule.unit for offer in model.offers for rule in offer.listing.prices)
    return (spread(model.offers, unit) for unit in units)


def spread(offers: Sequence[Offer], unit: str) -> Spread:
    """Say what one unit costs over some offers."""
    known: list[Priced] = []
    free = varying = 0
    for offer in offers:
        rule = headline(offer.listing.prices, unit)
        if rule is None:
            varying += any(each.unit == unit for each in offer.listing.prices)
        elif rule.state == "free":
            free += 1
        elif (usd := usd_per_unit(rule)) is not None:
            known.append(Priced(usd, offer))
        else:
            varying += rule.state == "varying"
    if not known:
        return Spread(unit, 0, free, varying)
    known.sort(key=_amount)
    return Spread(unit, len(known), free, varying, known[0], median([each.usd for each in known]), known[-1])


def median(amounts: Sequence[Decimal]) -> Decimal:
    """Return the middle of sorted amounts, of an even number the exact mean of the two in the middle."""
    middle = len(amounts) // 2
    if len(amounts) % 2:
        return amounts[middle]
    return EXACT.divide(EXACT.add(amounts[middle - 1], amounts[middle]), _TWO)


def _amount(priced: Priced) -> tuple[Decimal, str, str]:
    return priced.usd, priced.offer.listing.provider, priced.offer.listing.id
