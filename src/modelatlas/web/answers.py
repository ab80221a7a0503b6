"""Answers that a client may keep (strong ETag, 304, Age; RFC 9110 and 9111), and answers for the moment."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct
from starlette.responses import Response

from modelatlas.domain.snapshot import Snapshot
from modelatlas.web.keys import header
from modelatlas.web.prepared import Body

CACHE_CONTROL: Final = b"public, max-age=60, stale-while-revalidate=3600"
JSON: Final = "application/json"

_TAGS: Final = re.compile(r'(?:W/)?("[^"]*")')


def kept(scope: Mapping[str, Any], body: Body, age: int | None) -> Response:
    """Answer with what everybody may have and keep: 304 where the client has it already."""
    headers = [
        (b"etag", body.etag.encode()),
        (b"vary", b"Accept-Encoding, Authorization"),
        (b"cache-control", CACHE_CONTROL),
    ]
    if age is not None:
        headers.append((b"age", str(age).encode()))
    if_none_match = header(scope["headers"], b"if-none-match")
    if if_none_match is not None and names(if_none_match, body.etag):
        return _ready(304, headers, b"")
    return _ready(200, [*headers, *_about(body)], body.content)


def private(body: Body) -> Response:
    """Answer with what is for this client alone."""
    return _ready(200, [(b"cache-control", b"private, no-store"), *_about(body)], body.content)


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
    heard = [parts[slug].fetched_at for slug in live if slug in parts]
    return max(0, int((now - min(heard)).total_seconds())) if heard else None


def _about(body: Body) -> list[tuple[bytes, bytes]]:
    about = [(b"content-type", JSON.encode()), (b"content-length", str(len(body.content)).encode())]
    if body.encoding != "identity":
        about.append((b"content-encoding", body.encoding.encode()))
    return about


def _ready(status: int, headers: list[tuple[bytes, bytes]], content: bytes) -> Response:
    answer = Response(status_code=status)
    answer.raw_headers = headers
    answer.body = content
    return answer
