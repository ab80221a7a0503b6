"""The matches of all listings of a catalog, made once for each list and an operator's words."""

import hashlib
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.identity.match import Evidence, Match
from modelatlas.domain.identity.matching import match
from modelatlas.domain.identity.version import matching_version
from modelatlas.domain.listing import Listing
from modelatlas.domain.snapshot import Snapshot, listing_digest


class Word(Struct, frozen=True, gc=False):
    """An operator's word on which model a listing is: a `lab/name`, or None for none that is known."""

    model: str | None
    note: str = ""
    said_at: datetime | None = None


Words = Mapping[tuple[str, str], Word]
"""(provider, id) -> an operator's word."""

Matched = Callable[[Snapshot], Mapping[str, Match]]
"""From a list to its matches by id; a listing without a match is not among them."""

Matcher = Callable[[Listing], Match | None]

NO_WORDS: Final[Words] = MappingProxyType({})


def nothing_matched(_: Snapshot) -> Mapping[str, Match]:
    """Match nothing."""
    return {}


class Matches:
    """Matches by provider, kept for as long as the provider says the same; may be asked from any thread.

    Of a list that changed, only the listings that changed are matched again. `matcher` stands in for the
    matching in tests.
    """

    def __init__(self, words: Words = NO_WORDS, matcher: Matcher = match) -> None:
        self._words = words
        self._matcher = matcher
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    @property
    def words(self) -> Words:
        """The operators' words."""
        return self._words

    def obey(self, words: Words) -> None:
        """Take operators' words in the place of all older ones."""
        with self._lock:
            if words != self._words:
                self._words = MappingProxyType(dict(words))
                self._kept = {slug: _Kept("", 0, kept.each, {}) for slug, kept in self._kept.items()}

    @property
    def version(self) -> str:
        """What distinguishes these matches from others of the same lists: tables, and operators' words."""
        said = sorted((provider, id_, word.model, word.note) for (provider, id_), word in self._words.items())
        digest = hashlib.blake2b(repr(said).encode(), digest_size=6).hexdigest()
        return f"matching {matching_version()}" + (f" {digest}" if said else "")

    def of(self, part: Snapshot) -> Mapping[str, Match]:
        """Return the matches of a list by id; equal matches are one value."""
        kept = self._kept.get(part.provider)
        if kept is not None and kept.digest == part.digest and kept.count >= len(part.listings):
            return kept.found  # the public part of a list has its digest, and fewer listings
        with self._lock:
            before = self._kept.get(part.provider)
            each = self._each(part, {} if before is None else before.each)
            found = {id_: one for id_, (_, one) in each.items() if one is not None}
            for listing in part.listings:
                if (part.provider, listing.id) in self._words:
                    found.pop(listing.id, None)
                    if (one := self.match(listing)) is not None:
                        found[listing.id] = one
            self._kept[part.provider] = _Kept(part.digest, len(part.listings), each, found)
        return found

    def _each(self, part: Snapshot, before: "_Each") -> "_Each":
        """Match the listings that are not what they were before."""
        found: _Each = {}
        for listing in part.listings:
            digest = listing_digest(listing)
            old = before.get(listing.id)
            one = self._matcher(listing) if old is None or old[0] != digest else old[1]
            found[listing.id] = (digest, one)
        return found

    def match(self, listing: Listing) -> Match | None:
        """Return which model a listing is; an operator's word is stronger than all evidence."""
        word = self._words.get((listing.provider, listing.id))
        if word is None:
            return self._matcher(listing)
        if word.model is None:
            return None
        found = self._matcher(listing)
        variant = found.variant if found is not None else ()
        return Match(word.model, variant, (Evidence("operator", told(word)),), "certain")

    def forget_all_but(self, catalog: Catalog) -> None:
        """Drop the matches of providers that are not in this catalog."""
        with self._lock:
            for slug in self._kept.keys() - catalog.snapshots.keys():
                del self._kept[slug]


def told(word: Word) -> str:
    """Say when an operator said it, and why.

    >>> told(Word("acme/rocket", "as their blog says"))
    'as their blog says'
    """
    when = "" if word.said_at is None else f"said on {word.said_at:%Y-%m-%d}"
    return ": ".join(part for part in (when, word.note) if part)


_Each = dict[str, tuple[bytes, Match | None]]
"""The id of a listing -> its digest, and its match without any operator's word."""


class _Kept(Struct, frozen=True):
    digest: str
    count: int
    each: _Each
    found: Mapping[str, Match]
