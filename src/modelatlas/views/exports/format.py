"""What a format is: how one provider's listings are written in it, and how the parts become a document."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.identity.match import Match
from modelatlas.domain.identity.matches import Matched
from modelatlas.domain.listing import Listing
from modelatlas.domain.money import EXACT, plain
from modelatlas.domain.snapshot import Snapshot
from modelatlas.providers.contract import Provider
from modelatlas.views.exports.facts import Facts, facts_of
from modelatlas.views.exports.rates import Lost, Rates, rates_of
from modelatlas.views.matches import variant_text

MILLION: Final = Decimal(1_000_000)
JSON: Final = "application/json"
NO_PRICE: Final = "no price is known"
HALF: Final = "a price that is not there counts as 0, and of input and output one is unknown"

encode: Final = msgspec.json.Encoder().encode


class Offered(Struct, frozen=True, gc=False):
    """One published listing with the model that it is and what it costs."""

    listing: Listing
    match: Match | None
    rates: Rates

    @property
    def model(self) -> str | None:
        """The model, as `lab/name`."""
        return None if self.match is None else self.match.model

    @property
    def variant(self) -> str | None:
        """How it is served, None for the model as it was released."""
        return None if self.match is None else variant_text(self.match)

    @property
    def is_half_priced(self) -> bool:
        """Whether the tokens of one side of a chat model are priced, and its other side not at all."""
        units = self.rates.base.keys()
        sides = {side for side in ("input", "output") if any(unit.startswith(side) for unit in units)}
        by_token = not units.isdisjoint({"input_token", "output_token"})
        return self.listing.mode == "chat" and by_token and len(sides) == 1


class Source(Struct, frozen=True):
    """One provider's published list, as formats read it; unchanged since `content_since`."""

    facts: Facts
    offers: tuple[Offered, ...]
    content_since: datetime | None = None


class Loss(Struct, frozen=True, gc=False):
    """What a format does not hold of a listing: a unit or a field, and why."""

    provider: str
    id: str
    what: str
    reason: str


class Rows(Struct, frozen=True):
    """One provider's part of a document: entries by the names they have there, and what is lost."""

    entries: tuple[tuple[str, bytes], ...]
    losses: tuple[Loss, ...] = ()
    count: int = 0
    slug: str = ""


class Export(Struct, frozen=True):
    """A document, how many entries it holds, and what it does not hold of which listing."""

    content: bytes
    entries: int
    losses: tuple[Loss, ...]


class Format(Struct, frozen=True):
    """A format by its name, the path at which it is served, who reads it, and how it is written.

    `rows` writes one provider's part and `whole` puts the parts together, in the order of the slugs. Where
    there are no `rows`, entries are made of several providers' listings, and `whole` gets the sources.
    """

    name: str
    path: str
    reader: str
    rows: Callable[[Source], Rows] | None
    whole: Callable[[Sequence[Any]], Export]
    media_type: str = JSON

    def export(self, sources: Sequence[Source]) -> Export:
        """Write the document."""
        return self.whole(sources if self.rows is None else list(map(self.rows, sources)))


def sources_of(
    catalog: Catalog,
    matched: Matched,
    providers: Mapping[str, Provider],
    slugs: Collection[str] | None = None,
) -> list[Source]:
    """Return the published lists of a catalog, of all providers or of some, as formats read them."""
    return [
        source_of(part, matched(part), facts_of(slug, providers.get(slug)))
        for slug, part in catalog.snapshots.items()
        if slugs is None or slug in slugs
    ]


def source_of(part: Snapshot, matches: Mapping[str, Match], facts: Facts) -> Source:
    """Return a published list as formats read it: without what belongs to an account."""
    return Source(
        facts,
        tuple(
            Offered(listing, matches.get(listing.id), rates_of(listing))
            for listing in part.listings
            if listing.visibility == "public"
        ),
        part.content_since,
    )


def number(amount: Decimal) -> Raw:
    """Write an amount as a JSON number: its digits as they are, without an exponent."""
    return Raw(plain(amount).encode())


def per_million(amount: Decimal) -> Raw:
    """Write an amount for one single unit as a JSON number for a million of them."""
    return number(EXACT.multiply(amount, MILLION))


def losses_of(offer: Offered, lost: Iterable[Lost]) -> list[Loss]:
    """Name what is lost of a listing, each thing once."""
    listing = offer.listing
    return [Loss(listing.provider, listing.id, each.what, each.reason) for each in dict.fromkeys(lost)]


def object_of(parts: Sequence[Rows]) -> tuple[bytes, int, list[Loss]]:
    """Write an object of all entries; of a name that two entries have the first one stays."""
    taken: dict[str, bytes] = {}
    losses = [loss for part in parts for loss in part.losses]
    for part in parts:
        for name, entry in part.entries:
            taken.setdefault(name, entry)
    rows = b",\n".join(encode(name) + b":" + entry for name, entry in taken.items())
    return b"{" + rows + b"}\n", len(taken), losses


def array_of(parts: Sequence[Rows]) -> tuple[bytes, int, list[Loss]]:
    """Write an array of all entries."""
    rows = [entry for part in parts for _, entry in part.entries]
    losses = [loss for part in parts for loss in part.losses]
    return b"[" + b",\n".join(rows) + b"]\n", len(rows), losses
