"""Documents kept as bytes, compressed, for as long as the catalog is the same: written in a thread (F50).

Those that tools read again and again are made ahead: whenever there is another catalog they are written anew,
one after another, and until then readers get the one before, which is seconds old (RFC 5861). All others are
written when they are asked for.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Final, TypeVar

import structlog
import zstandard
from msgspec import Struct, structs

from modelatlas.domain.catalog import Catalog
from modelatlas.web.encodings import SMALLEST, Encoding, encoded
from modelatlas.web.prepared import LOOK_EVERY, Body, body_of
from modelatlas.web.sharing import OneAtATime

MOST_BYTES: Final = 24 * 2**20
"""Of all kept documents together; the largest of 18,000 listings has 1.3 MB in both encodings."""
PACKED: Final[tuple[Encoding, ...]] = ("gzip", "zstd")
WANTED_FOR: Final = 86_400.0
"""Seconds for which a document is made ahead after it was asked for."""
FIRST_AFTER: Final = 1.0
"""Seconds from the start on that belong to the readers who come first."""
RESTS: Final = 3
"""Of four parts of the time one is for making documents ahead, so that readers and fetches have theirs."""

_log = structlog.get_logger()


class Written(Struct, frozen=True):
    """A document, how many entries it has and how many losses, and which providers were heard in it."""

    content: bytes
    entries: int
    losses: int
    live: tuple[str, ...]


class Document(Struct, frozen=True):
    """A document of a catalog in each encoding, a short one as it is, with its counts."""

    catalog: Catalog
    bodies: Mapping[Encoding, Body]
    entries: int
    losses: int

    def body(self, encoding: Encoding) -> Body:
        """Return it in an encoding; who takes none gets it unpacked, 8 MB in 20 ms."""
        if "identity" in self.bodies:
            return self.bodies["identity"]
        if encoding != "identity":
            return self.bodies[encoding]
        packed = self.bodies["zstd"]
        return body_of(zstandard.decompress(packed.content), encoding, packed.live)

    @property
    def size(self) -> int:
        """Bytes, with some for its key."""
        return 1_000 + sum(len(body.content) for body in self.bodies.values())


Write = Callable[[Catalog], Written]
T = TypeVar("T")


class Documents:
    """The kept documents, the one used longest ago dropped first; `keep_ready` has to run beside."""

    def __init__(self, catalog: Callable[[], Catalog], most_bytes: int = MOST_BYTES) -> None:
        self._catalog = catalog
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, Document] = OrderedDict()
        self._ahead: dict[Hashable, _Ahead] = {}
        self._id = ""
        self._bytes = 0
        self._building: OneAtATime[Document] = OneAtATime()
        self._gate = asyncio.Semaphore(1)

    def expect(self, question: Hashable, write: Write) -> None:
        """Make a document ahead for good, before anybody has asked for it."""
        self._ahead[question] = _Ahead(write, None)

    async def document(self, question: Hashable, write: Write, *, ahead: bool = False) -> Document:
        """Return a document; `question` names it among those of a catalog.

        With `ahead` it is made ahead from now on, and is one of the catalog before while that is done.
        """
        catalog = self._catalog()
        if ahead:
            self._want(question, write)
        self._forget_others(catalog)
        found = self._kept.get(question)
        if found is None:
            return await self._made(catalog, question, write)
        self._kept.move_to_end(question)
        if found.catalog.id == catalog.id:  # of which a list may have been heard again since
            found = self._kept[question] = structs.replace(found, catalog=catalog)
        return found

    async def keep_ready(self) -> None:
        """Make what is wanted anew whenever there is another catalog; end by cancelling."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(FIRST_AFTER)
        while True:
            for question, each in list(self._ahead.items()):
                begun = loop.time()
                if each.until is not None and each.until < begun:
                    del self._ahead[question]
                    self._drop(question)
                elif each.made_of != self._catalog().id:
                    await self._make_ahead(question, each)
                    await asyncio.sleep(RESTS * (loop.time() - begun))
            self._forget_others(self._catalog())
            await asyncio.sleep(LOOK_EVERY)

    async def in_turn(self, work: Callable[[], T]) -> T:
        """Do what takes as long as writing a document, in a thread; one after another."""
        async with self._gate:
            return await asyncio.to_thread(work)

    def _want(self, question: Hashable, write: Write) -> None:
        until = asyncio.get_running_loop().time() + WANTED_FOR
        known = self._ahead.setdefault(question, _Ahead(write, until))
        if known.until is not None:
            known.until = until

    async def _make_ahead(self, question: Hashable, each: "_Ahead") -> None:
        catalog = self._catalog()
        each.made_of = catalog.id
        kept = self._kept.get(question)
        if kept is not None and kept.catalog.id == catalog.id:
            return
        (made,) = await asyncio.gather(self._made(catalog, question, each.write), return_exceptions=True)
        if isinstance(made, Exception):  # who asks next is told, and gets no older one
            self._drop(question)
            _log.error("a document could not be made ahead", document=repr(question), error=repr(made))

    async def _made(self, catalog: Catalog, question: Hashable, write: Write) -> Document:
        return await self._building((catalog.id, question), lambda: self._build(catalog, question, write))

    async def _build(self, catalog: Catalog, question: Hashable, write: Write) -> Document:
        made = await self.in_turn(lambda: _document(catalog, write(catalog)))
        if made.size <= self._most_bytes and (question in self._ahead or catalog.id == self._id):
            self._drop(question)
            self._kept[question] = made
            self._bytes += made.size
            while self._bytes > self._most_bytes:
                self._drop(next(iter(self._kept)))
        return made

    def _drop(self, question: Hashable) -> None:
        dropped = self._kept.pop(question, None)
        if dropped is not None:
            self._bytes -= dropped.size

    def _forget_others(self, catalog: Catalog) -> None:
        """Drop what is of another catalog, save what is being made anew."""
        if catalog.id != self._id:
            self._id = catalog.id
            for question in self._kept.keys() - self._ahead.keys():
                self._drop(question)


class _Ahead:
    """How a document is made ahead, and until when; of which catalog it was made last."""

    __slots__ = ("made_of", "until", "write")

    def __init__(self, write: Write, until: float | None) -> None:
        self.write = write
        self.until = until
        self.made_of = ""


def _document(catalog: Catalog, written: Written) -> Document:
    encodings = PACKED if len(written.content) >= SMALLEST else ("identity",)
    bodies = {each: body_of(encoded(written.content, each), each, written.live) for each in encodings}
    return Document(catalog, bodies, written.entries, written.losses)
