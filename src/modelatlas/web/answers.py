"""Answers that a client may keep (strong ETag, 304, Age; RFC 9110 and 9111), and answers for the moment."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from modelatlas.domain.snapshot import Snapshot
from modelatlas.views.rows import Pieces
from modelatlas.web.keys import header
from modelatlas.web.layers import HeaderList
from modelatlas.web.prepared import Body

FRESH_FOR: Final = 60
"""Seconds for which a client, or a cache between, need not ask again."""
JSON: Final = "application/json"

_TAGS: Final = re.compile(r'(?:W/)?("[^"]*")')


def kept(scope: Mapping[str, Any], body: Body, age: int | None) -> Response:
    """Answer with what everybody may have and keep: 304 where the client has it already."""
    headers = caching(body, age)
    if_none_match = header(scope["headers"], b"if-none-match")
    if if_none_match is not None and names(if_none_match, body.etag):
        return _ready(304, headers, b"")
    if body.pieces is not None and scope["method"] != "HEAD":
        return InPieces(body.pieces, [*headers, *about(body)])
    return _ready(200, [*headers, *about(body)], body.content)


class InPieces(Response):
    """An answer that is never in one piece: the next is made when the client has taken the one before."""

    def __init__(self, pieces: Pieces, headers: HeaderList) -> None:
        super().__init__()
        self.raw_headers = headers
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        for piece in self._pieces.pieces():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def caching(body: Body, age: int | None) -> HeaderList:
    """Return the headers that say for how long an answer may be kept, and what it depends on.

    `Age` counts from when the providers were heard, and a cache counts it too (RFC 9111, section 4.2.3):
    so the time for which the answer is fresh is the age it has by now, and a minute.
    """
    fresh = FRESH_FOR + (age or 0)
    headers = [
        (b"etag", body.etag.encode()),
        (b"vary", b"Accept-Encoding, Authorization"),
        (
            b"cache-control",
            b"public, max-age=%d, stale-while-revalidate=3600, stale-if-error=86400" % fresh,
        ),
    ]
    return headers if age is None else [*headers, (b"age", b"%d" % age)]


def private(body: Body) -> Response:
    """Answer with what is for this client alone."""
    return _ready(200, [(b"cache-control", b"private, no-store"), *about(body)], body.content)


def momentary(answer: Struct, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with what holds at this moment only."""
    return Response(
        msgspec.json.encode(answer), status, {"Cache-Control": "no-store", **(headers or {})}, JSON
    )


def names(if_none_match: str, etag: str) -> bool:
    """Tell whether If-None-Match names an ETag; the comparison is the weak one."""
    return if_none_match.strip() == "*" or etag in _TAGS.findall(if_none_match)


def age_of(live: Iterable[str], parts: Mapping[str, Snapshot], now: datetime) -> int | None:
    """Return the seconds since the provider heard longest ago was heard; None without any."""
    return seconds_since(oldest_of(live, parts), now)


def oldest_of(live: Iterable[str], parts: Mapping[str, Snapshot]) -> datetime | None:
    """Return when the provider heard longest ago was heard; None without any."""
    return min((parts[slug].fetched_at for slug in live if slug in parts), default=None)


def seconds_since(then: datetime | None, now: datetime) -> int | None:
    """Return the whole seconds from an instant on, 0 when it is still to come."""
    return None if then is None else max(0, int((now - then).total_seconds()))


def about(body: Body) -> HeaderList:
    """Return the headers that say what a body is."""
    said = [(b"content-type", JSON.encode()), (b"content-length", str(body.size).encode())]
    if body.encoding != "identity":
        said.append((b"content-encoding", body.encoding.encode()))
    return said


def _ready(status: int, headers: HeaderList, content: bytes) -> Response:
    answer = Response(status_code=status)
    answer.raw_headers = headers
    answer.body = content
    return answer
