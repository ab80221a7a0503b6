"""Answers to /models kept as bytes: built once for a catalog, a question and an encoding (F50).

The key holds the id of the catalog, so that no answer outlives it; all kept bodies together are bounded in
bytes. Bodies are built in a thread and never twice at the same time.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.query import ModelQuery
from modelatlas.web.encodings import SMALLEST, Encoding, encoded
from modelatlas.web.sharing import OneAtATime

MOST_BYTES: Final = 64 * 2**20
EVERYTHING: Final = ModelQuery()
"""The question that most readers ask, and the dearest one to answer."""
BUILDS_AT_ONCE: Final = 2
"""Threads that work on Python values take the interpreter from the event loop for 5 ms each."""
LOOK_EVERY: Final = 0.5
"""Seconds between two looks whether there is another catalog."""

Key = tuple[str, ModelQuery, Encoding]
Write = Callable[[Catalog, ModelQuery], tuple[bytes, tuple[str, ...]]]
"""Writes an answer as JSON, and says which providers' own words are in it."""


class Body(Struct, frozen=True):
    """An answer in its encoding; `etag` is the hash of these bytes, `live` the providers heard in it."""

    content: bytes
    encoding: Encoding
    etag: str
    live: tuple[str, ...]


class Prepared:
    """The kept bodies, the one used longest ago dropped first."""

    def __init__(self, catalog: Callable[[], Catalog], write: Write, most_bytes: int = MOST_BYTES) -> None:
        self._catalog = catalog
        self._write = write
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Key, Body] = OrderedDict()
        self._bytes = 0
        self._id = ""
        self._wanted_whole: set[Encoding] = set()
        self._building: OneAtATime[Body] = OneAtATime()
        self._gate = asyncio.Semaphore(BUILDS_AT_ONCE)

    async def body(self, query: ModelQuery, encoding: Encoding) -> tuple[Catalog, Body]:
        """Return the body of an answer and the catalog that it answers from."""
        catalog = self._catalog()
        self._forget_others(catalog)
        if query == EVERYTHING:
            self._wanted_whole.add(encoding)
        key = (catalog.id, query, encoding)
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return catalog, kept
        return catalog, await self._building(key, lambda: self._build(key, catalog))

    async def keep_ready(self) -> None:
        """Build the whole catalog anew whenever there is another, if it was asked for; end by cancelling."""
        seen = self._catalog().id
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if seen != self._catalog().id:
                seen = self._catalog().id
                for encoding in tuple(self._wanted_whole):
                    await self.body(EVERYTHING, encoding)

    async def _build(self, key: Key, catalog: Catalog) -> Body:
        async with self._gate:
            body = await asyncio.to_thread(self._built, key, catalog)
        if key[0] == self._id:
            self._keep(key, body)
        return body

    def _built(self, key: Key, catalog: Catalog) -> Body:
        _, query, encoding = key
        plain = self._kept.get((catalog.id, query, "identity"))
        content, live = self._write(catalog, query) if plain is None else (plain.content, plain.live)
        if len(content) < SMALLEST:
            encoding = "identity"
        return body_of(encoded(content, encoding), encoding, live)

    def _keep(self, key: Key, body: Body) -> None:
        if _size(body) > self._most_bytes:
            return
        self._kept[key] = body
        self._bytes += _size(body)
        while self._bytes > self._most_bytes:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= _size(dropped)

    def _forget_others(self, catalog: Catalog) -> None:
        if catalog.id != self._id:
            self._id = catalog.id
            self._kept.clear()
            self._bytes = 0


def body_of(content: bytes, encoding: Encoding, live: tuple[str, ...]) -> Body:
    """Put a body together under its strong ETag."""
    return Body(content, encoding, f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"', live)


def _size(body: Body) -> int:
    """Bytes of a kept body, with some for its key."""
    return len(body.content) + 1000
