"""A catalog: the newest snapshot of each provider, under an id made of their digests."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal, get_args

from msgspec import Struct

from modelatlas.domain.listing import Listing
from modelatlas.domain.snapshot import READING_VERSION, Snapshot, snapshot

CatalogSource = Literal["live", "database"]
CATALOG_SOURCES: Final[tuple[CatalogSource, ...]] = get_args(CatalogSource)
"""From where listings are served: as they are live, or as they are stored."""


class Catalog(Struct, frozen=True):
    """Snapshots by provider in alphabetical order; `id` is equal wherever the content is equal.

    `settings` names what besides the content alters the answers; it is a part of the id.
    """

    snapshots: Mapping[str, Snapshot]
    id: str
    settings: str = ""

    @property
    def live(self) -> Mapping[str, Snapshot]:
        """The snapshots that are the provider's own word, without the reference ones."""
        return {slug: part for slug, part in self.snapshots.items() if part.origin != "reference"}

    def listings(self) -> Iterator[Listing]:
        """Go through all listings in (provider, id) order."""
        for part in self.snapshots.values():
            yield from part.listings

    def count(self) -> int:
        """Count the listings."""
        return sum(len(part.listings) for part in self.snapshots.values())


def catalog(snapshots: Iterable[Snapshot], settings: str = "") -> Catalog:
    """Put a catalog together; `settings` names what besides the content alters the answers."""
    parts = dict(sorted((part.provider, part) for part in snapshots))
    return Catalog(MappingProxyType(parts), catalog_id(parts, settings), settings)


def catalog_id(parts: Mapping[str, Snapshot], settings: str = "") -> str:
    """Hash the sorted (provider, origin, digest), the reading version and the settings: 16 hex characters."""
    whole = hashlib.blake2b(f"reading {READING_VERSION}\n{settings}\n".encode(), digest_size=8)
    for slug in sorted(parts):
        whole.update(f"{slug} {parts[slug].origin} {parts[slug].digest}\n".encode())
    return whole.hexdigest()


def united(references: Iterable[Snapshot]) -> list[Snapshot]:
    """Put snapshots of one provider from several references together; of an id the first word stays."""
    parts: dict[str, Snapshot] = {}
    for part in references:
        known = parts.get(part.provider)
        if known is None:
            parts[part.provider] = part
            continue
        ids = {listing.id for listing in known.listings}
        more = [listing for listing in part.listings if listing.id not in ids]
        parts[part.provider] = snapshot(
            part.provider,
            known.fetched_at,
            (*known.listings, *more),
            duplicates=known.duplicates,
            unread=(*known.unread, *(each for each in part.unread if each.id not in ids)),
            origin="reference",
        )
    return list(parts.values())


def with_references(live: Iterable[Snapshot], references: Iterable[Snapshot], settings: str = "") -> Catalog:
    """Put a catalog together where reference snapshots stand in for providers without one of their own."""
    parts = {part.provider: part for part in references}
    parts.update({part.provider: part for part in live})
    return catalog(parts.values(), settings)


def with_stored(live: Catalog, stored: Iterable[Snapshot]) -> Catalog:
    """Put a catalog together where what is stored of providers stands in the place of what is live."""
    parts = dict(live.snapshots)
    parts.update((part.provider, part) for part in stored)
    return catalog(parts.values(), live.settings)
