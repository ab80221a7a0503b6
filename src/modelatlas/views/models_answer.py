"""The answer to a question about the catalog: the listings, how many there are, and of whom.

Each listing is encoded once for as long as its provider says the same.
"""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct, UnsetType, structs

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.grouping import Group, groups_of
from modelatlas.domain.identity.match import Match
from modelatlas.domain.identity.matches import Matched
from modelatlas.domain.listing import Listing
from modelatlas.domain.past import Absent
from modelatlas.domain.query import ModelQuery, Selection, nearest, part_of, select
from modelatlas.domain.snapshot import Origin, Snapshot
from modelatlas.views.models import FIELDS, ListingView, listing_json, listing_view


class Totals(Struct, frozen=True):
    """How many of the listings are a provider's own word, and how many a reference's."""

    live: int
    reference: int


class ProviderPart(Struct, frozen=True):
    """One provider's share of an answer: how many listings, from where, unchanged since when."""

    count: int
    origin: Origin | None
    content_since: datetime | None


class AbsentView(Struct, frozen=True):
    """A provider of which nothing is known at that instant; observed since `history_from`, if at all."""

    provider: str
    history_from: datetime | None
    to_do: str


class Past(Struct, frozen=True):
    """The instant of an answer about the past, and the providers that are not in it."""

    at: datetime
    absent: list[AbsentView]


class _About(Struct, frozen=True, kw_only=True):
    total: int
    returned: int
    totals: Totals
    gateway: str
    catalog: str
    providers: dict[str, ProviderPart]
    simulated: bool | UnsetType = UNSET
    at: datetime | UnsetType = UNSET
    absent: list[AbsentView] | UnsetType = UNSET


class ModelsAnswer(_About, frozen=True, kw_only=True):
    """Listings in (provider, id) order unless sorted: `returned` of the `total` that answer the question."""

    data: list[ListingView]


class GroupView(Struct, frozen=True):
    """Listings of one model; `model` is null for one that is no known model, which stands alone."""

    model: str | None
    count: int
    listings: list[ListingView]


class _GroupedAbout(_About, frozen=True, kw_only=True):
    groups: int


class GroupedAnswer(_GroupedAbout, frozen=True, kw_only=True):
    """The `total` listings that answer a question, by model: `returned` of `groups`."""

    data: list[GroupView]


_encode: Final = msgspec.json.Encoder().encode


class EncodedListings:
    """Every listing of a catalog as JSON, encoded once for as long as its provider says the same."""

    def __init__(self, matched: Matched) -> None:
        self.matched = matched
        self._parts: dict[str, tuple[str, Origin, Mapping[str, Match], dict[str, bytes]]] = {}
        self._lock = threading.Lock()

    def of(self, part: Snapshot) -> dict[str, bytes]:
        """Return the JSON of each listing of a snapshot by its id."""
        with self._lock:
            kept = self._parts.get(part.provider)
            of = self.matched(part)  # another value when the list or an operator's word is another
            if kept is None or kept[:2] != (part.digest, part.origin) or kept[2] is not of:
                rows = {
                    listing.id: listing_json(listing, part.origin, of.get(listing.id))
                    for listing in part.listings
                }
                kept = self._parts[part.provider] = (part.digest, part.origin, of, rows)
            return kept[3]

    def forget_all_but(self, catalog: Catalog) -> None:
        """Drop what belongs to providers that are not in this catalog."""
        with self._lock:
            for slug in self._parts.keys() - catalog.snapshots.keys():
                del self._parts[slug]


def models_json(
    catalog: Catalog,
    query: ModelQuery,
    encoded: EncodedListings,
    *,
    simulated: bool = False,
    past: Past | None = None,
) -> bytes:
    """Answer a question as JSON, a `ModelsAnswer`, or a `GroupedAnswer` where it asks for groups.

    Raises `BadRequest` for a question that cannot be.
    """
    check_fields(query.fields)
    found = select(catalog, query, encoded.matched)
    if query.group is None:
        rows = _rows(catalog, found.page, query, encoded)
        about = _about(catalog, query, found, len(rows), simulated=simulated, past=past)
        return _whole(rows, about)
    groups = groups_of(catalog, found.page, encoded.matched)
    page = part_of(groups, query)
    about = _about(catalog, query, found, len(page), simulated=simulated, past=past)
    grouped = _GroupedAbout(**structs.asdict(about), groups=len(groups))
    return _whole([_group(catalog, group, query, encoded) for group in page], grouped)


def _whole(rows: Sequence[bytes], about: _About) -> bytes:
    return b"".join((b'{"data":[', b",".join(rows), b"],", _encode(about)[1:]))


def _about(
    catalog: Catalog,
    query: ModelQuery,
    found: Selection,
    returned: int,
    *,
    simulated: bool,
    past: Past | None,
) -> _About:
    return _About(
        total=found.total,
        returned=returned,
        totals=Totals(found.live, found.reference),
        gateway="all" if query.providers is None else ",".join(sorted(query.providers)),
        catalog=catalog.id,
        providers=_shares(catalog, query, found.counts),
        simulated=True if simulated else UNSET,
        at=UNSET if past is None else past.at,
        absent=UNSET if past is None else past.absent,
    )


def _group(catalog: Catalog, group: Group, query: ModelQuery, encoded: EncodedListings) -> bytes:
    about = {"model": group.model, "count": len(group.listings)}
    rows = b",".join(_rows(catalog, group.listings, query, encoded))
    return b"".join((_encode(about)[:-1], b',"listings":[', rows, b"]}"))


def _rows(
    catalog: Catalog, listings: Sequence[Listing], query: ModelQuery, encoded: EncodedListings
) -> list[bytes]:
    if query.fields:
        return [_encode(_chosen(catalog, listing, query.fields, encoded.matched)) for listing in listings]
    return _encoded(catalog, listings, encoded)


def absent_view(absent: Absent, *, synced: bool) -> AbsentView:
    """Say of a provider without a past at an instant what a person can do."""
    if absent.history_from is not None:
        to_do = "nothing is known of it before; `modelatlas replay` takes older lists into an empty store"
    elif synced:
        to_do = f"its first sync is yet to come: run `modelatlas sync {absent.provider}`"
    else:
        to_do = f"add {absent.provider} to PRICING_SYNC_PROVIDERS, and it is observed from then on"
    return AbsentView(absent.provider, absent.history_from, to_do)


def check_fields(fields: Sequence[str]) -> None:
    """Raise `BadRequest` for a key that no listing has, naming the nearest."""
    for name in fields:
        if name not in FIELDS:
            raise BadRequest(f"fields={name!r}: {nearest(name, FIELDS)}")


def _shares(catalog: Catalog, query: ModelQuery, counts: dict[str, int]) -> dict[str, ProviderPart]:
    """Say what each provider brought; one asked for by name is there even if it brought nothing."""
    asked = sorted({*counts, *(query.providers or ())})
    return {slug: _share(catalog.snapshots.get(slug), counts.get(slug, 0)) for slug in asked}


def _share(part: Snapshot | None, count: int) -> ProviderPart:
    if part is None:
        return ProviderPart(0, None, None)
    # A reference is read anew at every start; when it began to say this is not known.
    since = None if part.origin == "reference" else part.content_since
    return ProviderPart(count, part.origin, since)


def _encoded(catalog: Catalog, page: Sequence[Listing], encoded: EncodedListings) -> list[bytes]:
    parts = {slug: encoded.of(catalog.snapshots[slug]) for slug in {listing.provider for listing in page}}
    return [parts[listing.provider][listing.id] for listing in page]


def _chosen(catalog: Catalog, listing: Listing, fields: Sequence[str], matched: Matched) -> dict[str, Any]:
    part = catalog.snapshots[listing.provider]
    view = listing_view(listing, part.origin, matched(part).get(listing.id))
    return {name: getattr(view, name) for name in fields}
