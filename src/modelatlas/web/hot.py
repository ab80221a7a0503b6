"""The outermost layer: answers to /models that are ready, sent without the framework or any other layer.

What is remembered is how a question was spelled and the headers of its answer; it is forgotten with the
catalog. What is quickly made is made here; all else goes on inward, and what was made there is put here. A
connection of the service asks `Hot.answer` itself and so does without the server's part of ASGI, too.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from msgspec import Struct
from starlette.types import ASGIApp, Receive, Scope, Send

from modelatlas.domain.catalog import Catalog
from modelatlas.web.answers import names, oldest_of
from modelatlas.web.heads import OK, SAME, Heads, Second, second_of
from modelatlas.web.layers import HeaderList
from modelatlas.web.prepared import Body, Kept
from modelatlas.web.reads import PATH, READS, KnownReads, Wanted, wanted_by
from modelatlas.web.sheets import Spelling, is_short
from modelatlas.web.site import Site

MOST_SPELLINGS: Final = 4_000

_log = structlog.get_logger()


class Ready:
    """One answer, and its headers."""

    __slots__ = ("_kept", "heads")

    def __init__(self, kept: Kept, heads: Heads) -> None:
        self._kept = kept
        self.heads = heads

    @property
    def body(self) -> Body | None:
        """The body, None when it was dropped."""
        self._kept.used = True
        return self._kept.body


class Answer(Struct, frozen=True):
    """What is answered to one request: `OK` with the content of the body, or `SAME` without."""

    status: int
    heads: Heads
    body: Body

    @property
    def content(self) -> bytes:
        """The content, empty where the client has it already."""
        return self.body.content if self.status == OK else b""

    def headers(self, now: datetime) -> HeaderList:
        """Return the headers at an instant."""
        return self.heads.headers(self.status, self.body, now)

    def written(self, now: datetime) -> bytes:
        """Return the headers at an instant as they go over the wire."""
        return self.heads.written(self.status, self.body, now)


class Answers:
    """What is ready of one catalog, by spelling; what was asked for once is only known by its spelling."""

    def __init__(self) -> None:
        self._catalog: Catalog | None = None
        self._ready: dict[Spelling, Ready] = {}
        self._once: set[Spelling] = set()
        self._heads: dict[tuple[str, ...], Heads] = {}

    def of(self, catalog: Catalog) -> dict[Spelling, Ready]:
        """Return what is ready of a catalog; a list that was only heard again makes another one."""
        if catalog is not self._catalog:
            self._catalog, self._ready, self._once, self._heads = catalog, {}, set(), {}
        return self._ready

    def put(self, catalog: Catalog, spelling: Spelling, kept: Kept, body: Body) -> Ready:
        """Take in an answer, if it is of the catalog of this moment; return it as it is ready."""
        ready = Ready(kept, self.heads(catalog, body.live))
        if catalog is self._catalog and is_short(spelling):
            if len(self._ready) >= MOST_SPELLINGS:
                self._ready.clear()
            self._ready[spelling] = ready
        return ready

    def heads(self, catalog: Catalog, live: tuple[str, ...]) -> Heads:
        """Return the headers of answers in which these providers were heard."""
        if catalog is not self._catalog:
            return Heads(oldest_of(live, catalog.snapshots))
        found = self._heads.get(live)
        if found is None:
            found = self._heads[live] = Heads(oldest_of(live, catalog.snapshots))
        return found

    def is_asked_again(self, spelling: Spelling) -> bool:
        """Tell whether a question to the catalog of this moment was asked before, and remember it."""
        if spelling in self._once:
            return True
        if len(self._once) >= MOST_SPELLINGS:
            self._once.clear()
        if is_short(spelling):
            self._once.add(spelling)
        return False


Made = tuple[Body, Heads]
Make = Callable[[Catalog, bytes, bytes | None], Made | None]
"""Makes the answer to a query string about the catalog of this moment for an Accept-Encoding, if that is
quickly done."""


class Hot:
    """Answers what is ready; the rest goes to `app`. Readers who show a key are answered there, too."""

    def __init__(self, app: ASGIApp, site: Site, answers: Answers, make: Make) -> None:
        self._app = app
        self._site = site
        self._answers = answers
        self._make = make
        self._second: Second | None = None
        self.known: Final = KnownReads()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        answer = None
        if scope["type"] == "http" and scope["path"] == PATH and scope["method"] in READS:
            wanted = wanted_by(scope["headers"])
            answer = None if wanted is None else self.answer(scope["query_string"], wanted)
        if answer is None:
            await self._app(scope, receive, send)
        else:
            headers = answer.headers(self._site.now())
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})
            content = b"" if scope["method"] == "HEAD" else answer.content
            await send({"type": "http.response.body", "body": content})

    def second(self, listed: HeaderList) -> Second:
        """Return what is said of the time; the server lists its own headers anew every second."""
        second = self._second
        if second is None or second.listed is not listed:
            second = self._second = second_of(listed, self._site.now())
        return second

    def answer(self, query: bytes, wanted: Wanted) -> Answer | None:
        """Return the answer to a read of `PATH`, if it is ready or quickly made."""
        accept, known = wanted.accept_encoding, wanted.if_none_match
        catalog = self._site.catalog
        ready = self._answers.of(catalog).get((query, accept))
        body = None if ready is None else ready.body
        if ready is None or body is None:
            made = self._made(catalog, query, accept)
            if made is None:
                return None
            body, heads = made
        else:
            heads = ready.heads
        same = known is not None and (known == body.etag or names(known, body.etag))
        return Answer(SAME if same else OK, heads, body)

    def _made(self, catalog: Catalog, query: bytes, accept: bytes | None) -> Made | None:
        try:
            return self._make(catalog, query, accept)
        except Exception:  # noqa: BLE001 - the way inward meets it again, and answers with it
            _log.exception("an answer was not made at once", query=query.decode("latin-1"))
            return None
