"""Answers to /models kept as bytes: built once for a catalog, a question and an encoding (F50).

The key holds what the catalog says of itself, so that no answer outlives it; all kept bodies together are
bounded in bytes. Bodies are built in a thread and never twice at the same time. Whole providers that are not
compressed are sent in pieces, made of the rows as they are kept.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct
from xxhash import xxh3_64, xxh3_64_hexdigest

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.derived import NOTHING_DERIVED, Derived
from modelatlas.domain.query import ModelQuery
from modelatlas.views.parts import said
from modelatlas.views.rows import Pieces
from modelatlas.web.blocks import Blocks
from modelatlas.web.encodings import SMALLEST, Encoding
from modelatlas.web.sharing import OneAtATime

MOST_BYTES: Final = 32 * 2**20
FEW: Final = 8
"""Fewer rows than this are not worth keeping compressed."""
EVERYTHING: Final = ModelQuery()
"""The question that most readers ask, and the dearest one to answer."""
BUILDS_AT_ONCE: Final = 2
"""Threads that work on Python values take the interpreter from the event loop for 5 ms each."""
MOST_AGAIN: Final = 32
"""Answers that are made of the next catalog because they were asked for again of the one before it."""
LOOK_EVERY: Final = 0.1
"""Seconds between two looks whether there is another catalog."""

Key = tuple[str, ModelQuery, Encoding]
Write = Callable[[Catalog, ModelQuery], tuple[Pieces, tuple[str, ...]]]
"""Writes an answer as JSON, and says which providers' own words are in it."""


class Body(Struct, frozen=True):
    """An answer in its encoding; `etag` is the hash of its bytes, `live` the providers heard in it.

    With `pieces` these are its content, of `size` bytes, and `content` is empty.
    """

    content: bytes
    encoding: Encoding
    etag: str
    live: tuple[str, ...]
    size: int
    pieces: Pieces | None = None


class Kept:
    """The place of a kept body; `body` is None once it was dropped. `used` is set by readers."""

    __slots__ = ("body", "used")

    def __init__(self, body: Body) -> None:
        self.body: Body | None = body
        self.used = False


class Prepared:
    """The kept bodies; of those that nobody has used since the last time the oldest is dropped first."""

    def __init__(
        self,
        catalog: Callable[[], Catalog],
        write: Write,
        most_bytes: int = MOST_BYTES,
        *,
        ready: Callable[[Catalog], None] = lambda _: None,
        replaced: Callable[[Catalog], None] = lambda _: None,
        derived: Derived = NOTHING_DERIVED,
    ) -> None:
        """Take what writes answers.

        `ready` does the work that comes before all answers of a new catalog, and `replaced` drops what was
        made for the one before it; both block. `derived` has what an earlier process compressed.
        """
        self._catalog = catalog
        self._write = write
        self._most_bytes = most_bytes
        self.blocks: Final = Blocks(derived)
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._ready = ready
        self._replaced = replaced
        self._next: tuple[str, Mapping[Key, Body]] = ("", {})
        self._bytes = 0
        self._of: Catalog | None = None
        self._said = ""
        self._wanted_whole: set[Encoding] = set()
        self._building: OneAtATime[Body] = OneAtATime()
        self._gate = asyncio.Semaphore(BUILDS_AT_ONCE)

    async def body(self, query: ModelQuery, encoding: Encoding) -> tuple[Catalog, Body, Kept | None]:
        """Return the body of an answer, the catalog that it answers from, and its place if it is kept."""
        catalog = self._catalog()
        place = self.kept(catalog, query, encoding)
        if place is not None and place.body is not None:
            return catalog, place.body, place
        if query == EVERYTHING:
            self._wanted_whole.add(encoding)
        key = (self._said, query, encoding)
        body = await self._building(key, lambda: self._build(key, catalog))
        return catalog, body, self._kept.get(key)

    def kept(self, catalog: Catalog, query: ModelQuery, encoding: Encoding) -> Kept | None:
        """Return the place of an answer of the catalog of this moment, if it is kept."""
        self._forget_others(catalog)
        place = self._kept.get((self._said, query, encoding))
        if place is not None:
            place.used = True
        return place

    def keep(self, catalog: Catalog, query: ModelQuery, encoding: Encoding, body: Body) -> Kept | None:
        """Keep an answer of the catalog of this moment that was made elsewhere; one that is kept stays."""
        self._forget_others(catalog)
        return self._keep((self._said, query, encoding), body)

    def make_ready(self, catalog: Catalog) -> None:
        """Make what is asked of a catalog first, before it is shown; blocks.

        That is the whole of it, and answers that were asked for again while the one before it was shown.
        """
        self._ready(catalog)
        asked_again = [key for key, kept in list(self._kept.items()) if kept.used and kept.body is not None]
        wanted = {(EVERYTHING, encoding) for encoding in self._wanted_whole - {"identity"}}
        wanted.update((query, encoding) for _, query, encoding in asked_again[:MOST_AGAIN])
        of = said(catalog)
        self._next = of, {key: self._built(key, catalog) for key in ((of, *each) for each in wanted)}

    async def keep_ready(self) -> None:
        """Drop what belonged to the catalog before whenever there is another; end by cancelling.

        What was not made before it was shown is made then.
        """
        seen = self._catalog()
        while True:
            await asyncio.sleep(LOOK_EVERY)
            before, seen = seen, self._catalog()
            if seen is not before and said(seen) != said(before):
                await asyncio.to_thread(self._ready, seen)
                for encoding in self._wanted_whole - {"identity"}:
                    await self.body(EVERYTHING, encoding)
                await asyncio.to_thread(self._replaced, seen)

    async def _build(self, key: Key, catalog: Catalog) -> Body:
        async with self._gate:
            body = await asyncio.to_thread(self._built, key, catalog)
        if key[0] == self._said:
            self._keep(key, body)
        return body

    def _built(self, key: Key, catalog: Catalog) -> Body:
        _, query, encoding = key
        pieces, live = self._write(catalog, query)
        if sum(len(part.by_id) for part in pieces.parts) < FEW:
            pieces = Pieces(pieces.joined())
            encoding = encoding if len(pieces.head) >= SMALLEST else "identity"
        if pieces.parts and encoding == "identity":
            return in_pieces(catalog, pieces, live)
        return body_in(catalog, self.blocks.written(pieces, encoding), encoding, live)

    def _keep(self, key: Key, body: Body) -> Kept | None:
        there = self._kept.get(key)
        if there is not None:
            return there
        if _size(body) > self._most_bytes:
            return None
        kept = self._kept[key] = Kept(body)
        self._bytes += _size(body)
        self._make_room(kept)
        return kept

    def _make_room(self, newest: Kept) -> None:
        while self._bytes > self._most_bytes:
            key, oldest = self._kept.popitem(last=False)
            if oldest.used or oldest is newest:  # it has another turn
                oldest.used = False
                self._kept[key] = oldest
            elif oldest.body is not None:
                self._bytes -= _size(oldest.body)
                oldest.body = None

    def _forget_others(self, catalog: Catalog) -> None:
        if catalog is self._of:
            return
        self._of, before, self._said = catalog, self._said, said(catalog)
        if self._said != before:
            for kept in self._kept.values():
                kept.body = None
            self._kept.clear()
            self._bytes = 0
            of, bodies = self._next
            if of == self._said:
                self._next = ("", {})
                for key, body in bodies.items():
                    self._keep(key, body)


def body_of(content: bytes, encoding: Encoding, live: tuple[str, ...]) -> Body:
    """Put a body together whose strong ETag is the hash of its bytes."""
    tag = f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
    return Body(content, encoding, tag, live, len(content))


def body_in(catalog: Catalog, content: bytes, encoding: Encoding, live: tuple[str, ...]) -> Body:
    """Put a body together that the id of a catalog is in."""
    return Body(content, encoding, _tag_in(catalog, xxh3_64_hexdigest(content)), live, len(content))


def in_pieces(catalog: Catalog, pieces: Pieces, live: tuple[str, ...]) -> Body:
    """Put a body together that is never in one piece; its ETag is the one it would have."""
    whole, size = xxh3_64(), 0
    for piece in pieces.pieces():
        whole.update(piece)
        size += len(piece)
    return Body(b"", "identity", _tag_in(catalog, whole.hexdigest()), live, size, pieces)


def _tag_in(catalog: Catalog, digest: str) -> str:
    """Return the strong ETag of bytes that a catalog's id is in, so that those of another one are others.

    The digest tells encodings apart, and the same content written by another version of the program. A
    cryptographic one, or a CRC, would take as long as all else that a page takes.
    """
    return f'"{catalog.id}-{digest}"'


def _size(body: Body) -> int:
    """Bytes of a kept body, with some for its key."""
    return len(body.content) + 1000
