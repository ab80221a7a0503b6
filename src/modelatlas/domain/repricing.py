"""What publishing changed in a list, as a value: with the list as it was heard it is what is published.

So the two share their listings when they are read back, too.
"""

from datetime import datetime

from msgspec import Struct, structs

from modelatlas.domain.alike import Alike
from modelatlas.domain.disputes import Pair
from modelatlas.domain.precedence import Choice
from modelatlas.domain.price import Factor, Rule, Unread
from modelatlas.domain.publishing import Published
from modelatlas.domain.quarantine import Suspect
from modelatlas.domain.snapshot import Snapshot


class _Repriced(Struct, frozen=True, array_like=True, gc=False):
    place: int
    prices: tuple[Rule, ...]
    factors: tuple[Factor, ...]


class Repricing(Struct, frozen=True, array_like=True):
    """What publishing changed in a list at the instant `made_at`."""

    made_at: datetime
    digest: str
    repriced: tuple[_Repriced, ...]
    unread: tuple[Unread, ...]
    suspects: dict[str, tuple[Suspect, ...]]
    disputes: dict[str, tuple[Choice, ...]]
    agreements: tuple[tuple[Pair, int], ...]
    until: datetime | None
    steady: datetime | None

    def holds(self, now: datetime) -> bool:
        """Tell whether the same would be made now."""
        return self.made_at <= now and (self.steady is None or now < self.steady)


def repricing(made: Published, part: Snapshot, at: datetime) -> Repricing:
    """Return in what a list that was published at an instant differs from the list as it was heard."""
    pairs = enumerate(zip(made.snapshot.listings, part.listings, strict=True))
    return Repricing(
        at,
        made.snapshot.digest,
        tuple(
            _Repriced(place, shown.prices, shown.factors)
            for place, (shown, heard) in pairs
            if shown is not heard
        ),
        made.snapshot.unread,
        dict(made.suspects),
        dict(made.disputes),
        tuple(made.agreements.items()),
        made.until,
        made.steady,
    )


def applied(changed: Repricing, part: Snapshot) -> Published:
    """Return the list as it was published; `part` is the list as it was heard."""
    listings = list(part.listings)
    alike = Alike()
    for each in changed.repriced:
        prices = alike.prices(each.prices)
        listings[each.place] = structs.replace(listings[each.place], prices=prices, factors=each.factors)
    shown = structs.replace(
        part,
        digest=changed.digest,
        listings=tuple(listings),
        unread=changed.unread,
        surprises=dict(part.surprises),
        heard=part.digest,
    )
    agreements = dict(changed.agreements)
    return Published(shown, changed.suspects, changed.disputes, agreements, changed.until, changed.steady)
