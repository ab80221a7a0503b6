"""What is published of a list: the provider's word on everything, and on prices whoever's word counts.

Observed and published are two things: the list as it was heard stays as it is, beside this.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from msgspec import Struct, structs

from modelatlas.domain.disputes import Pair, agreements
from modelatlas.domain.evaluation import instant_of
from modelatlas.domain.listing import Listing
from modelatlas.domain.ports import PriceSource
from modelatlas.domain.precedence import Choice, Quoted, Settled, settle
from modelatlas.domain.price import Factor, Rule, Unread
from modelatlas.domain.quarantine import Suspect, quarantined
from modelatlas.domain.releases import NONE_RELEASED, Releases
from modelatlas.domain.rule_sets import standing
from modelatlas.domain.snapshot import Snapshot, snapshot


class Published(Struct, frozen=True):
    """A list as it is published; `suspects` and `disputes` say by id what is kept back, and who disagrees.

    `agreements` count by unit and pair of sources how often the two say the same. `until` is the instant at
    which one of its prices begins or ends, or a source ends, so that it is to be made anew. Until `steady`
    it would come out the same, whenever it was made; that is at once over where a price depends on the hour.
    """

    snapshot: Snapshot
    suspects: Mapping[str, tuple[Suspect, ...]]
    disputes: Mapping[str, tuple[Choice, ...]]
    agreements: Mapping[Pair, int]
    until: datetime | None
    steady: datetime | None = None


def published(
    part: Snapshot, sources: Collection[PriceSource], at: datetime, released: Releases = NONE_RELEASED
) -> Published:
    """Settle the prices of every listing of a list at an instant; suspect ones are taken out.

    Where a source contradicts itself on a unit, that one has no price, and an `Unread` says so.
    """
    listings: list[Listing] = []
    suspects: dict[str, tuple[Suspect, ...]] = {}
    disputes: dict[str, tuple[Choice, ...]] = {}
    agreed: Counter[Pair] = Counter()
    unread = list(part.unread)
    ends: set[datetime] = set()
    turns: set[datetime] = set()
    for listing in part.listings:
        quoted = quotes(part, listing, sources, at)
        if not quoted:
            listings.append(listing)
            continue
        ends.update(each.ends for each in quoted if each.ends is not None)
        turns.update(_turns(quoted, at))
        settled = settle(quoted, at)
        left, kept_back = quarantined(settled, at, released.get((part.provider, listing.id), ()))
        if kept_back:
            suspects[listing.id] = kept_back
        if disputed := tuple(each for each in settled.choices if each.is_disputed):
            disputes[listing.id] = disputed
        agreed.update(agreements(settled.choices))
        unread += [
            Unread(listing.id, "", "", f"{each.unit} is not settled: {each.source} says {each.reason}")
            for each in settled.unsettled
        ]
        listings.append(with_prices(listing, left, at))
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
    turn = next_turn(listings, at)
    until = min(ends if turn is None else {turn, *ends}, default=None)
    return Published(whole, suspects, disputes, agreed, until, min({*turns, *ends}, default=None))


def quotes(
    part: Snapshot, listing: Listing, sources: Collection[PriceSource], at: datetime
) -> tuple[Quoted, ...]:
    """Return what everybody says of a listing's prices, its own list first."""
    asked = (source.find(part.provider, listing.id, at) for source in sources)
    said = tuple(each for each in asked if each is not None)
    own = None if said and part.origin == "reference" else _own(part, listing)
    return said if own is None else (own, *said)


def _own(part: Snapshot, listing: Listing) -> Quoted | None:
    """Return what the list itself says of prices; a reference's entry is no word of the provider."""
    if not listing.prices:
        return None
    if part.origin == "reference":
        return Quoted(listing.prices[0].source, "reference", listing.prices, listing.factors)
    return Quoted("provider", "provider", listing.prices, listing.factors)


def with_prices(listing: Listing, settled: Settled, at: datetime) -> Listing:
    """Return a listing with the prices that were settled, as they stand from an instant on."""
    rules = standing(settled.rules, at)
    if rules == listing.prices and settled.factors == listing.factors:
        return listing
    return structs.replace(listing, prices=rules, factors=settled.factors)


def next_turn(listings: Iterable[Listing], at: datetime) -> datetime | None:
    """Return the next instant at which a price begins or ends."""
    texts = {text for listing in listings for rule in listing.prices for text in _ends_of(rule)}
    return min((turn for turn in map(instant_of, texts) if turn > at), default=None)


def _turns(quoted: Iterable[Quoted], at: datetime) -> Iterator[datetime]:
    """Go through the instants at which words may settle otherwise; `at` itself where hours decide."""
    for each in quoted:
        words: tuple[Rule | Factor, ...] = (*each.rules, *each.factors)
        for said in words:
            if said.when.windows or said.when.weekdays:
                yield at
            yield from (turn for turn in map(instant_of, _ends_of(said)) if turn > at)


def _ends_of(said: Rule | Factor) -> Iterator[str]:
    return (text for text in (said.valid_from, said.valid_to) if text is not None)
