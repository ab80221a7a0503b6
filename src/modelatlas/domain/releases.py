"""Releases: an operator's word that lets one kept-back price through, and no other one."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from modelatlas.domain.money import plain
from modelatlas.domain.precedence import Said


class Release(Struct, frozen=True):
    """Which price is let through, who said so, when and why.

    `amount` is in `currency` for one single unit; whatever else is said of the unit later is not let through.
    It is None where a release of an older version did not keep it, which lets nothing through. `source` is
    who said the price, `by` who let it through.
    """

    provider: str
    id: str
    unit: str
    amount: Decimal | None
    currency: str
    source: str
    note: str
    by: str
    at: datetime

    @property
    def key(self) -> str:
        """The id of the price in quarantine that it lets through."""
        return suspect_key(self.provider, self.id, self.unit, self.amount, self.currency)

    def covers(self, said: Said) -> bool:
        """Tell whether it is this price that is let through."""
        cost = said.cost
        return (cost.unit, cost.amount, cost.currency) == (self.unit, self.amount, self.currency)


Releases = Mapping[tuple[str, str], tuple[Release, ...]]
"""(provider, id) -> the releases of its prices."""

NONE_RELEASED: Final[Releases] = MappingProxyType({})


def by_listing(releases: Iterable[Release]) -> Releases:
    """Put the releases of each listing together."""
    found: dict[tuple[str, str], tuple[Release, ...]] = {}
    for each in releases:
        listing = each.provider, each.id
        found[listing] = (*found.get(listing, ()), each)
    return found


def suspect_key(provider: str, id_: str, unit: str, amount: Decimal | None, currency: str) -> str:
    """Name a price in quarantine: 16 hex characters, the same for the same amount wherever it is asked."""
    parts = (provider, id_, unit, "" if amount is None else plain(amount), currency)
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()
