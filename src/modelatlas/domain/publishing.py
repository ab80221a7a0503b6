"""What is published of a list: the provider's word on everything, and on prices whoever's word counts.

Observed and published are two things: the list as it was heard stays as it is, beside this.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from msgspec import Struct, structs

from modelatlas.domain.evaluation import Ambiguous, instant_of
from modelatlas.domain.listing import Listing
from modelatlas.domain.ports import PriceSource
from modelatlas.domain.precedence import Choice, Quoted, Settled, settle
from modelatlas.domain.price import Unread
from modelatlas.domain.quarantine import Suspect, quarantined
from modelatlas.domain.rule_sets import standing
from modelatlas.domain.snapshot import Snapshot, snapshot

Releases = Mapping[tuple[str, str], Collection[str]]
"""(provider, id) -> units whose price an operator let out of quarantine."""

NONE_RELEASED: Final[Releases] = MappingProxyType({})


class Published(Struct, frozen=True):
    """A list as it is published; `suspects` and `disputes` say by id what is kept back, and who disagrees.

    `until` is the instant at which one of its prices begins or ends, so that it is to be made anew.
    """

    snapshot: Snapshot
    suspects: Mapping[str, tuple[Suspect, ...]]
    disputes: Mapping[str, tuple[Choice, ...]]
    until: datetime | None


def published(
    part: Snapshot, sources: Collection[PriceSource], at: datetime, released: Releases = NONE_RELEASED
) -> Published:
    """Settle the prices of every listing of a list at an instant; suspect ones are taken out.

    Where a source contradicts itself, the listing stays as it was heard, and an `Unread` says so.
    """
    listings: list[Listing] = []
    suspects: dict[str, tuple[Suspect, ...]] = {}
    disputes: dict[str, tuple[Choice, ...]] = {}
    unread = list(part.unread)
    for listing in part.listings:
        asked = (source.find(part.provider, listing.id, at) for source in sources)
        said = [each for each in asked if each is not None]
        own = None if said and part.origin == "reference" else _own(part, listing)
        if own is None and not said:
            listings.append(listing)
            continue
        try:
            settled = settle(said if own is None else [own, *said], at)
        except (
            Ambiguous
        ) as both:  # one source's contradiction harms no other listing, and is told with this one
            unread.append(Unread(listing.id, "", "", f"prices are not settled: {both}"))
            listings.append(listing)
            continue
        left, kept_back = quarantined(settled, released.get((part.provider, listing.id), ()))
        if kept_back:
            suspects[listing.id] = kept_back
        if disputed := tuple(choice for choice in left.choices if choice.is_disputed):
            disputes[listing.id] = disputed
        listings.append(_priced(listing, left, at))
    whole = snapshot(
        part.provider,
        part.fetched_at,
        listings,
        rejected=part.rejected,
        duplicates=part.duplicates,
        unread=unread,
        surprises=part.surprises,
        origin=part.origin,
    )
    whole = structs.replace(whole, content_since=part.content_since, reading=part.reading, heard=part.digest)
    return Published(whole, suspects, disputes, _turn(listings, at))


def _own(part: Snapshot, listing: Listing) -> Quoted | None:
    """Return what the list itself says of prices; a reference's entry is no word of the provider."""
    if not listing.prices:
        return None
    if part.origin == "reference":
        return Quoted(listing.prices[0].source, "reference", listing.prices, listing.factors)
    return Quoted("provider", "provider", listing.prices, listing.factors)


def _priced(listing: Listing, settled: Settled, at: datetime) -> Listing:
    rules = standing(settled.rules, at)
    if rules == listing.prices and settled.factors == listing.factors:
        return listing
    return structs.replace(listing, prices=rules, factors=settled.factors)


def _turn(listings: Iterable[Listing], at: datetime) -> datetime | None:
    """Return the next instant at which a price begins or ends."""
    texts = {
        text
        for listing in listings
        for rule in listing.prices
        for text in (rule.valid_from, rule.valid_to)
        if text is not None
    }
    return min((turn for turn in map(instant_of, texts) if turn > at), default=None)
