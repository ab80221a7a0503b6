"""The matches of all listings of a catalog, made once for each list and an operator's words."""

import hashlib
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec
from msgspec import Struct

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.derived import NOTHING_DERIVED, Derived, recalled
from modelatlas.domain.identity.match import Evidence, Match
from modelatlas.domain.identity.matching import READ, match
from modelatlas.domain.identity.version import matching_version
from modelatlas.domain.listing import Listing
from modelatlas.domain.snapshot import Snapshot


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

    Of a list that changed, only the listings that changed are matched again; of one that was matched by an
    earlier process, none are, and `derived` has them. `matcher` stands in for the matching in tests.
    """

    def __init__(
        self, words: Words = NO_WORDS, matcher: Matcher = match, derived: Derived = NOTHING_DERIVED
    ) -> None:
        self._words = words
        self._matcher = matcher
        self._derived = derived
        self._kept: dict[str, _Kept] = {}
        self._before: dict[str, _Kept] = {}  # of the list that is shown while the next one is made ready
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
                self._kept = {
                    slug: _Kept("", 0, kept.listings, kept.alone, {}) for slug, kept in self._kept.items()
                }
                self._before = {}

    @property
    def version(self) -> str:
        """What distinguishes these matches from others of the same lists: tables, and operators' words."""
        said = sorted((provider, id_, word.model, word.note) for (provider, id_), word in self._words.items())
        digest = hashlib.blake2b(repr(said).encode(), digest_size=6).hexdigest()
        return f"matching {matching_version()}" + (f" {digest}" if said else "")

    def of(self, part: Snapshot) -> Mapping[str, Match]:
        """Return the matches of a list by id; equal matches are one value."""
        for kept in (self._kept.get(part.provider), self._before.get(part.provider)):
            if kept is not None and kept.digest == part.digest and kept.count >= len(part.listings):
                return kept.found  # the public part of a list has its digest, and fewer listings
        with self._lock:
            before = self._kept.get(part.provider)
            alone = self._recalled(part)
            found = self._with_words(part, alone)
            if before is not None:
                self._before[part.provider] = before
            self._kept[part.provider] = _Kept(part.digest, len(part.listings), part.listings, alone, found)
        return found

    def _recalled(self, part: Snapshot) -> Mapping[str, Match]:
        """Return the matches of all listings, as they were made before where they were made of the same."""
        file = f"matches.{part.provider}.{'shown' if part.heard else 'heard'}"
        made_of = matching_version(), part.provider, part.digest, len(part.listings)
        if part.provider not in self._kept:
            kept = recalled(self._derived, file, made_of, _written)
            if kept is not None:
                return kept.alone(part)
        alone = self._alone(part)
        self._derived.put(file, made_of, _encode(_written_of(part, alone)))
        return alone

    def _alone(self, part: Snapshot) -> Mapping[str, Match]:
        """Match the listings of which something that a match is made of is not what it was before."""
        known: dict[str, tuple[Listing, Match | None]] = {}
        for kept in (self._before.get(part.provider), self._kept.get(part.provider)):
            if kept is not None:
                known.update((each.id, (each, kept.alone.get(each.id))) for each in kept.listings)
        found: dict[str, Match] = {}
        for listing in part.listings:
            was, one = known.get(listing.id, (None, None))
            if was is None or (was is not listing and READ(was) != READ(listing)):
                one = self._matcher(listing)
            if one is not None:
                found[listing.id] = one
        return found

    def _with_words(self, part: Snapshot, alone: Mapping[str, Match]) -> Mapping[str, Match]:
        """Return matches with what operators say: the same value where they say nothing of a list."""
        said = [listing for listing in part.listings if (part.provider, listing.id) in self._words]
        if not said:
            return alone
        found = dict(alone)
        for listing in said:
            found.pop(listing.id, None)
            if (one := self.match(listing)) is not None:
                found[listing.id] = one
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
                self._before.pop(slug, None)


def told(word: Word) -> str:
    """Say when an operator said it, and why.

    >>> told(Word("acme/rocket", "as their blog says"))
    'as their blog says'
    """
    when = "" if word.said_at is None else f"said on {word.said_at:%Y-%m-%d}"
    return ": ".join(part for part in (when, word.note) if part)


class _Written(Struct, frozen=True, array_like=True):
    """The matches of a list: different ones once, and for each listing the place of its match.

    The place behind the last one is that of no match.
    """

    matches: list[Match]
    places: list[int]

    def alone(self, part: Snapshot) -> Mapping[str, Match]:
        """Return the matches of the listings of this list by id."""
        found = [*self.matches, None]
        each = zip(part.listings, self.places, strict=True)
        return {listing.id: one for listing, place in each if (one := found[place]) is not None}


def _written_of(part: Snapshot, alone: Mapping[str, Match]) -> _Written:
    places: dict[Match, int] = {}
    for one in alone.values():
        places.setdefault(one, len(places))
    none, each = len(places), (alone.get(listing.id) for listing in part.listings)
    return _Written([*places], [none if one is None else places[one] for one in each])


_written: Final = msgspec.msgpack.Decoder(_Written).decode
_encode: Final = msgspec.msgpack.Encoder().encode


class _Kept(Struct, frozen=True):
    """The matches of a list; `alone` are those without any operator's word, and `listings` what they are of.

    The listings are those of the list itself, which is held anyway, so that nothing is kept beside them.
    """

    digest: str
    count: int
    listings: tuple[Listing, ...]
    alone: Mapping[str, Match]
    found: Mapping[str, Match]
