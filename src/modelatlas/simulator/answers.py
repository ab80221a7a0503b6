"""Answers of a simulated provider: good ones, refusals, and those of the faults that need no list."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import cache
from hashlib import blake2b
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from modelatlas.simulator.faults import Options

_SECONDS: Final = 2.0
_ENDLESS: Final = 1 << 30
_BOMB: Final = 512 << 20
_CHUNK: Final = 1 << 16
_SMALL: Final = 500
"""Bodies below so many bytes are not compressed."""

_JSON: Final = "application/json"


def json_answer(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON."""
    return Response(msgspec.json.encode(content), status, headers, media_type=_JSON)


def refusal(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """Refuse as most providers do: `{"error": {"message", "type", "code"}}`."""
    kind = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error"}.get(
        status, "api_error"
    )
    return json_answer({"error": {"message": message, "type": kind, "code": status}}, status, headers)


class Body:
    """One payload with its strong ETag, compressed when first wanted so."""

    def __init__(self, raw: bytes, media: str = _JSON) -> None:
        self.raw = raw
        self.media = media
        self.etag = f'"{blake2b(raw, digest_size=12).hexdigest()}"'
        self._packed: bytes | None = None

    def answer(self, request: Request, headers: Mapping[str, str]) -> Response:
        """Answer a conditional request, compressed where that is accepted and worth it."""
        pack = "gzip" in request.headers.get("accept-encoding", "") and len(self.raw) >= _SMALL
        etag = f'{self.etag[:-1]}-gzip"' if pack else self.etag
        sent = {**headers, "etag": etag, "vary": "accept-encoding"}
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=sent)
        if not pack:
            return Response(self.raw, headers=sent, media_type=self.media)
        self._packed = self._packed or gzip.compress(self.raw, 1, mtime=0)
        return Response(self._packed, headers={**sent, "content-encoding": "gzip"}, media_type=self.media)


class CutAnswer(Response):
    """Half of a body under the Content-Length of the whole: the connection ends in between."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the half; a real server then finds that bytes are missing, and closes the connection."""
        half = self.body[: len(self.body) // 2]
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        try:
            await send({"type": "http.response.body", "body": half, "more_body": False})
        except (
            RuntimeError
        ):  # uvicorn's word for it; it closes the connection when nothing more comes (2026-11)
            return


async def broken(request: Request, faults: Mapping[str, Options]) -> Response | None:
    """Return the answer of the first of the faults that answers by itself; wait first if one says so."""
    if "slow" in faults:
        await asyncio.sleep(_seconds(faults["slow"]))
    for name, answer in ANSWERS.items():
        if name in faults:
            return await answer(request, faults[name])
    return None


async def _hang(request: Request, _options: Options) -> Response:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response()


async def _too_many(_request: Request, options: Options) -> Response:
    wait = f"{_seconds(options):g}"
    return refusal(429, f"too many requests, try again in {wait} s", {"retry-after": wait})


async def _failing(_request: Request, _options: Options) -> Response:
    return refusal(500, "something went wrong on our side")


async def _html(_request: Request, _options: Options) -> Response:
    return HTMLResponse("<!doctype html><title>One moment</title><p>We are checking your browser.</p>")


async def _no_list(_request: Request, _options: Options) -> Response:
    return json_answer({"message": "the list of models has moved", "version": 2})


async def _elsewhere(_request: Request, _options: Options) -> Response:
    return RedirectResponse("https://elsewhere.invalid/models", 302)


async def _endless(_request: Request, options: Options) -> Response:
    async def body() -> AsyncIterator[bytes]:
        chunk = b'{"id": "endless/entry"}, ' * (_CHUNK // 25)
        yield b'{"data": ['
        for _ in range((options.size or _ENDLESS) // len(chunk) + 1):
            yield chunk

    return StreamingResponse(body(), media_type=_JSON)


async def _bomb(_request: Request, options: Options) -> Response:
    packed = await asyncio.to_thread(_packed_blanks, options.size or _BOMB)
    return Response(packed, headers={"content-encoding": "gzip"}, media_type=_JSON)


@cache
def _packed_blanks(size: int) -> bytes:
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    blanks = b" " * (1 << 20)
    parts = [packer.compress(blanks[: size - done]) for done in range(0, size, len(blanks))]
    return b"".join([*parts, packer.flush()])


def _seconds(options: Options) -> float:
    return _SECONDS if options.seconds is None else options.seconds


ANSWERS: Final[Mapping[str, Callable[[Request, Options], Awaitable[Response]]]] = {
    "hang": _hang,
    "500": _failing,
    "429": _too_many,
    "redirect-elsewhere": _elsewhere,
    "html-200": _html,
    "wrong-json": _no_list,
    "endless-body": _endless,
    "bomb": _bomb,
}
"""Fault -> its answer; of several that are on, the first answers."""
