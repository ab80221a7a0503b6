"""The one client: a call of a provider's list, within limits, on its host alone, its key kept to itself."""

import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from types import TracebackType
from typing import Final, Self, cast
from urllib.parse import urlsplit

import httpx2
import stamina
from msgspec import Struct

from modelatlas import __version__
from modelatlas.domain.errors import CatalogError
from modelatlas.domain.ports import Clock
from modelatlas.fetching.auth import Access
from modelatlas.fetching.encodings import ACCEPTED, unpacked
from modelatlas.fetching.limits import Limits
from modelatlas.fetching.outcomes import Failed, cut, is_refusal, of_error, of_status, wait_of
from modelatlas.fetching.urls import host_of, joined, stays_within, with_params
from modelatlas.fetching.via import through

_OK: Final = 200
NOT_MODIFIED: Final = 304
_ERROR_BYTES: Final = 1 << 16
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_ALWAYS: Final[Mapping[str, str]] = {
    "Accept": "application/json",
    "Accept-Encoding": ACCEPTED,
    "User-Agent": f"modelatlas/{__version__}",
}

for _name in ("httpx2", "httpcore2"):  # they log URLs and headers, in which keys may stand (2.16, 2026-11)
    logging.getLogger(_name).setLevel(logging.WARNING)


class Call(Struct, frozen=True, kw_only=True):
    """One page to ask for.

    `declared` is the URL whose host the call may not leave. `validators` make the call conditional.
    `hint` says to a person what to do when the key is refused; `refusal` is the word that says so in the
    body of an answer whose status does not.
    """

    slug: str
    url: str
    declared: str
    headers: Mapping[str, str] = {}
    access: Access = Access()
    validators: Mapping[str, str] = {}
    hint: str = ""
    refusal: str = ""


class Answer(Struct, frozen=True):
    """A good answer: 200, or 304 to a conditional call; the body as received, header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class Client:
    """One fetch of one provider: its connections, and what it received so far."""

    def __init__(
        self, transport: httpx2.AsyncBaseTransport, clock: Clock, limits: Limits, via: str | None = None
    ) -> None:
        timeout = httpx2.Timeout(limits.silence_seconds, connect=limits.connect_seconds, pool=None)
        self._http = httpx2.AsyncClient(transport=transport, timeout=timeout, trust_env=False)
        self._clock = clock
        self._limits = limits
        self._via = via
        self._received = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def get(self, call: Call) -> Answer:
        """Ask for a page, again if that may help within seconds. Raises `Failed`."""
        attempts = stamina.retry_context(
            on=lambda error: wait_of(error, self._limits.patience_seconds),
            attempts=1 + self._limits.retries,
            timeout=None,  # the fetch as a whole has one
            wait_initial=0.2,
            wait_max=2.0,
            wait_jitter=0.2,
        )
        async for attempt in attempts:
            with attempt:
                return await self._get(call)
        raise AssertionError("the last attempt returns or raises")

    async def _get(self, call: Call) -> Answer:
        """Ask once, following redirects on the declared host; the key is for the first call alone."""
        url, access, hint = call.url, call.access, call.hint
        for _ in range(1 + self._limits.redirects):
            if not stays_within(url, call.declared):
                to = f"{urlsplit(url).scheme}://{host_of(url)}"
                raise Failed(
                    "bad_status", f"{call.slug} leads to {to}: expected https://{host_of(call.declared)}"
                )
            if call.access.is_told_in(url.encode()):
                raise Failed("bad_status", f"{call.slug} leads to a URL that holds the key: it is not called")
            answer = await self._send(call, url, access, hint)
            if isinstance(answer, Answer):
                return answer
            url, access = joined(url, answer), Access()
            hint = "it led elsewhere first, and keys do not follow; the declared URL may be out of date"
        raise Failed("bad_status", f"{call.slug} redirected more than {self._limits.redirects} times")

    async def _send(self, call: Call, url: str, access: Access, hint: str) -> Answer | str:
        """Return the answer, or where it redirects to."""
        access = access.of_call(url, self._clock.now())
        headers = {**_ALWAYS, **call.headers, **call.validators, **access.headers}
        asked = through(self._via, with_params(url, access.params))
        try:
            async with self._http.stream("GET", asked, headers=headers) as response:
                told = dict(response.headers)
                if response.status_code in _REDIRECTS and "location" in told:
                    return told["location"]
                if response.status_code == NOT_MODIFIED and call.validators:
                    return Answer(NOT_MODIFIED, told)
                if response.status_code == _OK:
                    return Answer(_OK, told, await self._body(response))
                refused = bool(call.refusal) and is_refusal(
                    response.status_code, await self._error(response), call.refusal
                )
                raise of_status(
                    call.slug, response.status_code, told, self._clock.now(), hint=hint, refused=refused
                )
        except httpx2.TransportError as error:
            raise of_error(host_of(url), error, access.secrets) from None
        except httpx2.InvalidURL:
            raise Failed("unreadable", f"{call.slug} leads to {url[:100]!r}: expected a URL") from None

    async def _error(self, response: httpx2.Response) -> bytes:
        """Receive what an error answer says; nothing of one that cannot be read to its end."""
        try:
            body = await self._body(response)
            return unpacked(body, response.headers.get("content-encoding", ""), _ERROR_BYTES)
        except CatalogError:
            return b""

    async def _body(self, response: httpx2.Response) -> bytes:
        """Receive a body as it is on the wire, to its end and within the limit."""
        body = bytearray()
        announced = response.headers.get("content-length", "")
        try:
            async with _pieces(response) as pieces:
                async for piece in pieces:
                    body += piece
                    self._received += len(piece)
                    if self._received > self._limits.wire_bytes:
                        raise Failed("unreadable", _too_large(self._limits.wire_bytes))
        except (httpx2.NetworkError, httpx2.RemoteProtocolError):
            raise cut(len(body), announced) from None
        if announced.isdecimal() and int(announced) != len(body):
            raise cut(len(body), announced)
        return bytes(body)


@contextlib.asynccontextmanager
async def _pieces(response: httpx2.Response) -> AsyncIterator[AsyncIterator[bytes]]:
    """Give the pieces of a body, still packed; `aiter_raw` would refuse those of a `MockTransport` (2.16)."""
    pieces = aiter(cast("httpx2.AsyncByteStream", response.stream))
    try:
        yield pieces
    finally:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()


def _too_large(most: int) -> str:
    return f"expected a list of at most {most:,} bytes on the wire, got more: no list is so large"
