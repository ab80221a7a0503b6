"""Listings as JSON, each encoded once for as long as its provider says the same, and answers made of them."""

import threading
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate, islice
from typing import Final, Protocol

import msgspec
from msgspec import Struct

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.derived import NOTHING_DERIVED, Derived, recalled
from modelatlas.domain.identity.match import Match
from modelatlas.domain.identity.matches import Matched
from modelatlas.domain.latest import Latest
from modelatlas.domain.snapshot import Snapshot
from modelatlas.views.models import listing_json

_AT_ONCE: Final = 16
"""Rows that are joined before they are handed on, about 12 kB: a slow reader holds two such pieces."""


class Rows(Struct, frozen=True, eq=False):
    """All listings of a provider as JSON; `by_id` is one value for as long as the provider says the same."""

    provider: str
    by_id: Mapping[str, bytes]

    def pieces(self) -> Iterator[bytes]:
        """Go through the JSON of the listings, commas between them, some at once."""
        rows = iter(self.by_id.values())
        before: list[bytes] = []
        while some := list(islice(rows, _AT_ONCE)):
            yield b",".join(before + some)
            before = [b""]


class Pieces(Struct, frozen=True):
    """An answer as JSON: what comes first, the rows of whole providers with commas between, and the rest."""

    head: bytes
    parts: tuple[Rows, ...] = ()
    tail: bytes = b""

    def joined(self) -> bytes:
        """Return the answer in one piece."""
        return b"".join(self.pieces()) if self.parts or self.tail else self.head

    def pieces(self) -> Iterator[bytes]:
        """Go through the answer in pieces."""
        yield self.head
        for number, part in enumerate(self.parts):
            if number:
                yield b","
            yield from part.pieces()
        yield self.tail


class RowsOf(Protocol):
    """Listings as JSON, and whose matches are in it."""

    @property
    def matched(self) -> Matched:
        """From a list to its matches."""
        ...

    def of(self, part: Snapshot) -> Mapping[str, bytes]:
        """Return the JSON of each listing of a snapshot by its id."""
        ...


class EncodedListings:
    """Every listing of a catalog as JSON, encoded once for as long as its provider says the same.

    What an earlier process encoded is in `derived`; `matching` names which matches listings have now.
    """

    def __init__(
        self,
        matched: Matched,
        derived: Derived = NOTHING_DERIVED,
        matching: Callable[[], str] = lambda: "",
    ) -> None:
        self.matched = matched
        self._derived = derived
        self._matching = matching
        self._parts: Latest[_Encoded] = Latest()
        self._lock = threading.Lock()

    def of(self, part: Snapshot) -> Mapping[str, bytes]:
        """Return the JSON of each listing of a snapshot by its id."""
        matching = self._matching()
        matches = self.matched(part)  # another value when the list or an operator's word is another
        key = _key(part, matches)
        kept = self._parts.get(part.provider, key)
        if kept is None:
            with self._lock:
                kept = self._parts.get(part.provider, key) or self._parts.put(
                    part.provider, key, _Encoded(matches, self._recalled(part, matches, matching))
                )
        return kept.rows

    def _recalled(self, part: Snapshot, matches: Mapping[str, Match], matching: str) -> Mapping[str, bytes]:
        """Return the rows of a list, as they were made before where they were made of the same."""
        if matching != self._matching():  # they were replaced meanwhile, so that nobody knows which these are
            return _rows_of(part, matches)
        file = f"rows.{part.provider}"
        made_of = part.provider, part.digest, part.origin, len(part.listings), matching
        found = recalled(self._derived, file, made_of, _written)
        if found is not None:
            return found.by_id(part)
        rows = _rows_of(part, matches)
        written = _Written(list(map(len, rows.values())), b"".join(rows.values()))
        self._derived.put(file, made_of, _encode(written))
        return rows

    def forget_older(self, part: Snapshot) -> None:
        """Drop what was made of the list that this one has replaced."""
        self._parts.forget_older(part.provider, _key(part, self.matched(part)))

    def forget_all_but(self, catalog: Catalog) -> None:
        """Drop what belongs to providers that are not in this catalog."""
        self._parts.forget_all_but(catalog.snapshots)


class _Written(Struct, frozen=True, array_like=True):
    sizes: list[int]
    rows: bytes

    def by_id(self, part: Snapshot) -> Mapping[str, bytes]:
        """Return the rows of the listings of this list."""
        ends = accumulate(self.sizes)
        sized = zip(part.listings, self.sizes, ends, strict=True)
        return {each.id: self.rows[end - size : end] for each, size, end in sized}


_written = msgspec.msgpack.Decoder(_Written).decode
_encode = msgspec.msgpack.Encoder().encode


class _Encoded(Struct, frozen=True):
    matches: Mapping[str, Match]
    rows: Mapping[str, bytes]


def _key(part: Snapshot, matches: Mapping[str, Match]) -> object:
    """Return what the rows of a list depend on; the matches are the same value as long as they are kept."""
    return part.digest, part.origin, len(part.listings), id(matches)


def _rows_of(part: Snapshot, matches: Mapping[str, Match]) -> Mapping[str, bytes]:
    room = bytearray()
    return {each.id: listing_json(each, part.origin, matches.get(each.id), room) for each in part.listings}


class FewListings:
    """The listings of a catalog that nobody asks for often, encoded one by one when they are asked for."""

    def __init__(self, matched: Matched) -> None:
        self.matched = matched

    def of(self, part: Snapshot) -> Mapping[str, bytes]:
        """Return the JSON of each listing of a snapshot by its id."""
        return _Encoding(part, self.matched(part))


class _Encoding(Mapping[str, bytes]):
    def __init__(self, part: Snapshot, matches: Mapping[str, Match]) -> None:
        self._part = part
        self._matches = matches

    def __getitem__(self, id_: str) -> bytes:
        listing = self._part.find(id_)
        if listing is None:
            raise KeyError(id_)
        return listing_json(listing, self._part.origin, self._matches.get(id_))

    def __iter__(self) -> Iterator[str]:
        return (listing.id for listing in self._part.listings)

    def __len__(self) -> int:
        return len(self._part.listings)
