"""The raw ASGI layer in front of the framework: reads of /models, made once and handed to the layer `hot`."""

import asyncio
from typing import Final

from msgspec import UNSET, Struct, structs
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.errors import CatalogError
from modelatlas.domain.query import ModelQuery
from modelatlas.web.answers import age_of, kept
from modelatlas.web.encodings import Encoding, wanted_encoding
from modelatlas.web.hot import Answers, Made
from modelatlas.web.keys import header
from modelatlas.web.models import ModelsParameters, catalog_asked, query_of, write_old
from modelatlas.web.parameters import read_parameters
from modelatlas.web.prepared import Prepared
from modelatlas.web.problems import problem_response
from modelatlas.web.reads import PATH, READS
from modelatlas.web.recent import gone
from modelatlas.web.sheets import Sheet, Spelling, is_quick, is_short
from modelatlas.web.site import Site

MOST_SHEETS: Final = 500
"""Questions of which what their pages share is kept, some kB each."""
_DIGITS: Final = b"0123456789"
_ZERO: Final = ord("0")
MOST_DIGITS: Final = 6
"""Of an offset that is within bounds whatever its digits are."""


class Asked(Struct, frozen=True):
    """A question, and the id of the catalog that it is about if it names one, perhaps in a cursor."""

    query: ModelQuery
    catalog: str | None
    by_cursor: bool


class Front:
    """Answers GET and HEAD of /models; readers with a key, questions about the past and the rest go on."""

    def __init__(self, app: ASGIApp, site: Site, prepared: Prepared, answers: Answers) -> None:
        self._app = app
        self._answers = answers
        self._site = site
        self._prepared = prepared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if is_read(scope) and not self._site.sees_all(scope):
            await self._models(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _models(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            asked = self._question(scope["query_string"])
            if asked is None:  # about the past
                await self._app(scope, receive, send)
                return
            answer = await self._answer(scope, asked.query, asked.catalog)
        except CatalogError as error:
            answer = problem_response(error)
        await answer(scope, receive, send)

    async def _answer(self, scope: Scope, query: ModelQuery, id_: str | None) -> Response:
        accept, now = header(scope["headers"], b"accept-encoding"), self._site.now()
        self._site.recent.see(self._site.catalog, self._site.atlas.matches.words, now)
        if id_ not in {None, self._site.catalog.id}:
            old = self._site.recent.of(id_ or "", now)
            if old is None:
                raise gone(id_, scope["query_string"])
            async with self._site.pasts:
                body = await asyncio.to_thread(write_old, self._site, old, query, wanted_encoding(accept))
            return kept(scope, body, age_of(body.live, old.catalog.snapshots, now))
        catalog, body, place = await self._prepared.body(query, wanted_encoding(accept))
        self._note(catalog, query)
        if place is not None and body.pieces is None:
            spelled = scope["query_string"], None if accept is None else accept.encode("latin-1")
            self._answers.put(catalog, spelled, place, body)
        return kept(scope, body, age_of(body.live, catalog.snapshots, now))

    def at_once(self, catalog: Catalog, text: bytes, accept: bytes | None) -> Made | None:
        """Return the answer to a query string if it is quickly made; what cannot be is said by `__call__`."""
        sheets = self._site.sheets_of(catalog)
        stem, offset = without_offset(text)
        sheet = sheets.get((stem, accept))
        if sheet is not None and offset is not None:
            return self._cut((text, accept), sheet, offset)
        try:
            asked = self._question(text)
            if asked is None or asked.catalog not in {None, catalog.id}:
                return None
            encoding = wanted_encoding(None if accept is None else accept.decode("latin-1"))
            pages = self._site.pages_of(catalog, asked.query) if is_quick(asked.query, encoding) else None
        except CatalogError:
            return None
        if pages is None:
            return self._found(catalog, (text, accept), asked.query, encoding)
        self._note(catalog, asked.query)
        sheet = Sheet(catalog, asked.query, encoding, pages, self._answers.heads(catalog, pages.frame.live))
        if offset is not None and is_end_of(stem, by_cursor=asked.by_cursor) and is_short((text, accept)):
            if len(sheets) >= MOST_SHEETS:
                sheets.clear()
            sheets[stem, accept] = sheet
        return self._cut((text, accept), sheet, asked.query.offset)

    def _cut(self, spelled: Spelling, sheet: Sheet, offset: int) -> Made:
        """Return a page; who asks for it again is given one that is kept."""
        body = sheet.page(offset)
        if self._answers.is_asked_again(spelled):
            place = self._prepared.keep(sheet.catalog, sheet.question(offset), sheet.encoding, body)
            if place is not None and place.body is not None:
                body = place.body
                self._answers.put(sheet.catalog, spelled, place, body)
        return body, sheet.heads

    def _found(
        self, catalog: Catalog, spelled: Spelling, query: ModelQuery, encoding: Encoding
    ) -> Made | None:
        """Return an answer that is kept already, under another spelling."""
        place = self._prepared.kept(catalog, query, encoding)
        if place is None or place.body is None or place.body.pieces is not None:
            return None
        self._note(catalog, query)
        return place.body, self._answers.put(catalog, spelled, place, place.body).heads

    def _note(self, catalog: Catalog, query: ModelQuery) -> None:
        """Take note of the catalog that is answered from, so that its pages can be had later, too."""
        self._site.recent.see(catalog, self._site.atlas.matches.words, self._site.now())
        if query.limit is not None:
            self._site.recent.paged(catalog.id)

    def _question(self, text: bytes) -> Asked | None:
        """Read a query string; None for a question about the past."""
        asked = read_parameters(ModelsParameters, text)
        if asked.at is not UNSET:
            return None
        id_, begin = catalog_asked(asked)
        query = structs.replace(query_of(self._site, asked), offset=begin)
        if query.limit is not None and query.offset == 0 and query.limit >= self._site.catalog.count():
            query = structs.replace(query, limit=None)  # the same answer
        return Asked(query, id_, asked.cursor is not UNSET)


def without_offset(text: bytes) -> tuple[bytes, int | None]:
    """Take a number off the end of a query string; None where none is there that is within bounds and plain.

    Whether it is an offset is told by `is_end_of` what is left.

    >>> without_offset(b"limit=50&offset=150"), without_offset(b"q=gpt&cursor=8c15b2a1f0e3d497.40")
    ((b'limit=50&offset=', 150), (b'q=gpt&cursor=8c15b2a1f0e3d497.', 40))
    >>> without_offset(b"offset=150&sort=name"), without_offset(b"offset=0150")
    ((b'offset=150&sort=name', None), (b'offset=0150', None))
    """
    stem = text.rstrip(_DIGITS)
    digits = text[len(stem) :]
    is_plain = 0 < len(digits) <= MOST_DIGITS and (digits[0] != _ZERO or len(digits) == 1)
    return (stem, int(digits)) if is_plain else (text, None)


def is_end_of(stem: bytes, *, by_cursor: bool) -> bool:
    """Tell whether an offset comes after what a query string begins with, by itself or in a cursor."""
    last = stem.rpartition(b"&")[2]
    return last.startswith(b"cursor=") and last.endswith(b".") if by_cursor else last == b"offset="


def is_read(scope: Scope) -> bool:
    """Tell whether a request reads /models."""
    return scope["type"] == "http" and scope["path"] == PATH and scope["method"] in READS
