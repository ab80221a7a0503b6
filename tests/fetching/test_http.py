"""The client keeps its limits, its host and its manners, whatever comes."""

import gzip
import itertools
from collections.abc import AsyncIterator, Callable, Iterator

import httpx2
import pytest
import stamina

from modelatlas.domain.outcome import Kind
from modelatlas.fetching.limits import Limits
from modelatlas.providers.contract import ModelList, PageNumber
from tests.fetching.acme import (
    HOST,
    KEY,
    KEYED,
    KEYS,
    QUICK,
    URL,
    Handler,
    Pieces,
    acme,
    answer,
    fetch,
    ids,
    listed,
    sent,
)

MB = 1 << 20
SMALL = Limits(seconds=20.0, retries=0, wire_bytes=MB, payload_bytes=MB)


@pytest.fixture
def patient() -> Iterator[None]:
    """Retries without waits, as many as are asked for."""
    with stamina.set_testing(True, attempts=10, cap=True):
        yield


class Endless(httpx2.AsyncByteStream):
    """A body without end that counts what was taken of it, and whether it was closed."""

    def __init__(self) -> None:
        self.taken = 0
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.taken += 1 << 16
            yield b" " * (1 << 16)

    async def aclose(self) -> None:
        self.closed = True


async def test_an_endless_body_is_left_at_the_limit() -> None:
    """F48."""
    body = Endless()
    fetched = await fetch(lambda _request: httpx2.Response(200, stream=body), limits=SMALL)
    assert fetched.outcome.kind == "unreadable"
    assert "at most 1,048,576 bytes on the wire" in fetched.outcome.detail
    assert body.taken <= MB + (1 << 16)
    assert body.closed


async def test_a_bomb_is_refused() -> None:
    """F48."""
    bomb = sent(gzip.compress(bytes(64 * MB)), content_encoding="gzip")
    fetched = await fetch(bomb, limits=SMALL)
    assert fetched.outcome.kind == "unreadable"
    assert "at most 1,048,576 bytes, got more" in fetched.outcome.detail


async def test_members_of_a_packed_body_are_all_read() -> None:
    """F26: a client that stops after the first member would list nothing, or half."""
    body = listed("a", "b", "c")
    halves = gzip.compress(body[:9]) + gzip.compress(body[9:])
    assert ids(await fetch(sent(halves, content_encoding="gzip"))) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "handler",
    [
        sent(listed("a", "b")[:-9], content_length=str(len(listed("a", "b")))),
        sent(listed("a", "b"), content_length="999"),
        sent(listed("a", "b")[:-9]),
        lambda _request: httpx2.Response(
            200, stream=Pieces(b'{"data": [', error=httpx2.RemoteProtocolError("peer closed connection"))
        ),
        lambda _request: httpx2.Response(200, stream=Pieces(b'{"data"', error=httpx2.ReadError("reset"))),
        sent(gzip.compress(listed("a", "b"))[:-3], content_encoding="gzip"),
    ],
)
async def test_a_cut_body_is_unreadable_and_never_a_shorter_list(handler: Handler) -> None:
    """F26."""
    fetched = await fetch(handler)
    assert fetched.outcome.kind == "unreadable"
    assert fetched.snapshot is None


def redirecting(location: str, code: int = 302) -> Handler:
    def handler(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/v2/models":
            return answer("a")
        return httpx2.Response(code, headers={"location": location})

    return handler


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["/v2/models", f"https://{HOST}/v2/models", "../v2/models"])
async def test_a_redirect_on_the_host_is_followed(location: str, code: int) -> None:
    assert ids(await fetch(redirecting(location, code))) == ["a"]


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://elsewhere.example/v2/models", "https://elsewhere.example"),
        (f"http://{HOST}/v2/models", f"http://{HOST}"),
        (f"https://{HOST}:8443/v2/models", f"https://{HOST}"),
        ("https://169.254.169.254/latest/meta-data", "https://169.254.169.254"),
        ("file:///etc/passwd", "file://"),
        ("https://[broken", "nowhere://"),
    ],
)
async def test_a_redirect_elsewhere_is_not_followed(location: str, shown: str) -> None:
    calls: list[httpx2.URL] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        calls.append(request.url)
        return httpx2.Response(302, headers={"location": location})

    fetched = await fetch(handler)
    assert fetched.outcome.kind == "bad_status"
    assert f"acme leads to {shown}" in fetched.outcome.detail
    assert calls == [URL]


async def test_no_redirect_takes_the_key_along() -> None:
    seen: list[str | None] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.headers.get("authorization"))
        if len(seen) == 1:
            return httpx2.Response(307, headers={"location": "/v2/models"})
        return httpx2.Response(401)

    fetched = await fetch(handler, acme(auth=KEYED), keys=KEYS)
    assert seen == [f"Bearer {KEY}", None]
    assert fetched.outcome.kind == "unauthorised"
    assert "keys do not follow" in fetched.outcome.detail


async def test_redirects_come_to_an_end() -> None:
    calls = itertools.count()
    fetched = await fetch(lambda _request: httpx2.Response(302, headers={"location": f"/{next(calls)}"}))
    assert fetched.outcome.kind == "bad_status"
    assert "redirected more than 3 times" in fetched.outcome.detail
    assert next(calls) == 4


async def test_a_call_says_who_asks_and_what_it_takes() -> None:
    asked: list[httpx2.Headers] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.headers)
        return answer("a")

    await fetch(handler)
    assert asked[0]["accept"] == "application/json"
    assert asked[0]["accept-encoding"] == "gzip, deflate, zstd"
    assert asked[0]["user-agent"].startswith("modelatlas/")
    assert "authorization" not in asked[0]


def failing(times: int, failure: Callable[[], httpx2.Response | Exception]) -> tuple[Handler, list[int]]:
    """Fail so many times, then answer."""
    calls: list[int] = []

    def handler(_request: httpx2.Request) -> httpx2.Response:
        calls.append(1)
        if len(calls) > times:
            return answer("a")
        failed = failure()
        if isinstance(failed, Exception):
            raise failed
        return failed

    return handler, calls


TRANSIENT: list[Callable[[], httpx2.Response | Exception]] = [
    lambda: httpx2.Response(502),
    lambda: httpx2.Response(503),
    lambda: httpx2.Response(504),
    lambda: httpx2.ReadTimeout("slow"),
    lambda: httpx2.ConnectTimeout("slow"),
    lambda: httpx2.ReadError("connection reset"),
    lambda: httpx2.RemoteProtocolError("Server disconnected without sending a response."),
    lambda: httpx2.Response(200, stream=Pieces(b"{", error=httpx2.ReadError("reset"))),
]


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("failure", TRANSIENT)
async def test_what_may_pass_is_tried_twice_more(failure: Callable[[], httpx2.Response | Exception]) -> None:
    handler, calls = failing(2, failure)
    assert ids(await fetch(handler, limits=Limits())) == ["a"]
    assert len(calls) == 3
    handler, calls = failing(3, failure)
    assert (await fetch(handler, limits=Limits())).outcome.kind in {
        "bad_status",
        "timeout",
        "unreachable",
        "unreadable",
    }
    assert len(calls) == 3


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (lambda: httpx2.Response(400), "bad_status"),
        (lambda: httpx2.Response(401), "unauthorised"),
        (lambda: httpx2.Response(404), "bad_status"),
        (lambda: httpx2.Response(429, headers={"retry-after": "60"}), "rate_limited"),
        (lambda: httpx2.Response(500), "bad_status"),
        (lambda: httpx2.Response(503, headers={"retry-after": "60"}), "bad_status"),
        (lambda: httpx2.ConnectError("refused"), "unreachable"),
        (lambda: httpx2.Response(200, content=b"<html>"), "unreadable"),
    ],
)
async def test_what_would_not_pass_is_not_tried_again(
    failure: Callable[[], httpx2.Response | Exception], kind: Kind
) -> None:
    handler, calls = failing(1, failure)
    assert (await fetch(handler, limits=Limits())).outcome.kind == kind
    assert len(calls) == 1


async def test_the_limit_on_the_wire_holds_for_all_pages_and_tries_together() -> None:
    pages = itertools.count()

    def handler(_request: httpx2.Request) -> httpx2.Response:
        return answer(f"{next(pages)}", "x" * 300_000)

    paged = acme(ModelList(url=URL, paging=PageNumber("page", "size", 2)))
    fetched = await fetch(handler, paged, limits=SMALL)
    assert "on the wire" in fetched.outcome.detail
    assert next(pages) == 4


async def test_without_retries_a_call_is_made_once() -> None:
    handler, calls = failing(1, TRANSIENT[0])
    assert (await fetch(handler, limits=QUICK)).outcome.kind == "bad_status"
    assert len(calls) == 1
