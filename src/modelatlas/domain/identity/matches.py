"""The matches of all listings of a catalog, made once for each list and an operator's words."""

import hashlib
import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec
from msgspec import Struct

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.identity.match import Evidence, Match
from modelatlas.domain.identity.matching import match
from modelatlas.domain.listing import Listing
from modelatlas.domain.snapshot import Snapshot

MATCHING_VERSION: Final = 1
"""Raised when listings are matched otherwise than before; part of every catalog id."""


class Word(Struct, frozen=True, gc=False):
    """An operator's word on which model a listing is: a `lab/name`, or None for none that is known."""

    model: str | None
    note: str = ""


Words = Mapping[tuple[str, str], Word]
"""(provider, id) -> an operator's word."""

Matched = Callable[[Snapshot], Mapping[str, Match]]
"""From a list to its matches by id; a listing without a match is not among them."""

NO_WORDS: Final[Words] = MappingProxyType({})


class Matches:
    """Matches by provider, kept for as long as the provider says the same; may be asked from any thread."""

    def __init__(self, words: Words = NO_WORDS) -> None:
        self._words = words
        self._kept: dict[str, tuple[str, Mapping[str, Match]]] = {}
        self._lock = threading.Lock()

    @property
    def version(self) -> str:
        """What distinguishes these matches from others of the same lists: tables, and operators' words."""
        said = sorted((provider, id_, word.model) for (provider, id_), word in self._words.items())
        digest = hashlib.blake2b(msgspec.msgpack.encode(said), digest_size=6).hexdigest()
        return f"matching {MATCHING_VERSION}" + (f" {digest}" if said else "")

    def of(self, part: Snapshot) -> Mapping[str, Match]:
        """Return the matches of a list by id; equal matches are one value."""
        kept = self._kept.get(part.provider)
        if kept is not None and kept[0] == part.digest:
            return kept[1]
        found = {listing.id: one for listing in part.listings if (one := self.match(listing)) is not None}
        with self._lock:
            self._kept[part.provider] = (part.digest, found)
        return found

    def match(self, listing: Listing) -> Match | None:
        """Return which model a listing is; an operator's word is stronger than all evidence."""
        word = self._words.get((listing.provider, listing.id))
        if word is None:
            return match(listing)
        if word.model is None:
            return None
        found = match(listing)
        variant = found.variant if found is not None else ()
        return Match(word.model, variant, (Evidence("operator", word.note),), "certain")

    def forget_all_but(self, catalog: Catalog) -> None:
        """Drop the matches of providers that are not in this catalog."""
        with self._lock:
            for slug in self._kept.keys() - catalog.snapshots.keys():
                del self._kept[slug]
