"""Listings put together by the model that they are."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.identity.match import Match
from modelatlas.domain.identity.matches import Matched
from modelatlas.domain.listing import Listing


class Group(Struct, frozen=True):
    """Listings of one model, or, with no model, one listing of none that is known."""

    model: str | None
    listings: tuple[Listing, ...]


def groups_of(catalog: Catalog, listings: Iterable[Listing], matched: Matched) -> list[Group]:
    """Put listings of one model together, in the order of their first ones; what is no model stays alone."""
    matches: dict[str, Mapping[str, Match]] = {}
    groups: dict[object, tuple[str | None, list[Listing]]] = {}
    for listing in listings:
        of = matches.get(listing.provider)
        if of is None:
            of = matches[listing.provider] = matched(catalog.snapshots[listing.provider])
        match = of.get(listing.id)
        model = None if match is None else match.model
        key = (listing.provider, listing.id) if model is None else model
        groups.setdefault(key, (model, []))[1].append(listing)
    return [Group(model, tuple(theirs)) for model, theirs in groups.values()]
