"""What everybody may see: an account's own listings (fine-tunes, deployments) are for the admin key only."""

import re
from collections.abc import Iterable
from types import MappingProxyType

from msgspec import structs

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.snapshot import Snapshot


def public_catalog(catalog: Catalog) -> Catalog:
    """Return the catalog without account listings, under the same id; itself where it has none."""
    parts = {slug: public_part(part) for slug, part in catalog.snapshots.items()}
    if all(part is catalog.snapshots[slug] for slug, part in parts.items()):
        return catalog
    return Catalog(MappingProxyType(parts), catalog.id, catalog.settings)


def public_part(part: Snapshot) -> Snapshot:
    """Return a snapshot without account listings and what was left unread of them; the digest stays."""
    private = private_ids(part)
    if not private:
        return part
    return structs.replace(
        part,
        listings=tuple(listing for listing in part.listings if listing.id not in private),
        unread=tuple(each for each in part.unread if each.id not in private),
        duplicates=tuple(each for each in part.duplicates if each.id not in private),
    )


def private_ids(part: Snapshot) -> frozenset[str]:
    """Return the ids of a snapshot's account listings."""
    return frozenset(listing.id for listing in part.listings if listing.visibility == "account")


class AccountIds:
    """The ids of one provider that are its account's own: as its list says, or as their pattern shows.

    Rows of the store say nothing about it, so that one which left the list is known by its pattern alone.
    """

    def __init__(self, part: Snapshot | None, patterns: Iterable[str]) -> None:
        self._listed = frozenset() if part is None else private_ids(part)
        self._patterns = tuple(patterns)
        self._pattern = re.compile("|".join(f"(?:{each})" for each in self._patterns) or r"(?!)")

    @property
    def is_empty(self) -> bool:
        """Tell whether there can be none."""
        return not self._listed and not self._patterns

    def __contains__(self, id_: str) -> bool:
        """Tell whether an id is the account's own."""
        return id_ in self._listed or self._pattern.search(id_) is not None

    def among(self, ids: Iterable[str]) -> frozenset[str]:
        """Return those of the list and of these ids."""
        return self._listed.union(id_ for id_ in ids if id_ in self)
