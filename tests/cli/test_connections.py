"""What a connection answers by itself is what the program answers, in the order of the requests."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from typing import cast

import pytest
import uvicorn

from modelatlas.cli.serving import Connection, listen
from modelatlas.web.app import create
from modelatlas.web.hot import Hot
from modelatlas.wiring.atlas import Atlas
from tests.web.builders import FakeAtlas, big_world, client_of

Head = tuple[int, dict[str, str]]


@contextlib.asynccontextmanager
async def served(atlas: FakeAtlas) -> AsyncIterator[tuple[int, Hot]]:
    """Serve an atlas on a port, as `serve` does."""
    app = create(cast(Atlas, atlas))
    config = uvicorn.Config(
        app, http=Connection, lifespan="off", log_config=None, access_log=False, server_header=False
    )
    server, listener = uvicorn.Server(config), listen("127.0.0.1", 0)
    serving = asyncio.create_task(server._serve([listener]))
    while not server.started:  # noqa: ASYNC110 - it has no event for this
        await asyncio.sleep(0.005)
    try:
        yield listener.getsockname()[1], app
    finally:
        server.should_exit = True
        await serving


def request(target: str, method: str = "GET", body: bytes = b"", **headers: str) -> bytes:
    told = {"host": "127.0.0.1", **({"content-length": str(len(body))} if body else {}), **headers}
    lines = [f"{method} {target} HTTP/1.1", *(f"{k.replace('_', '-')}: {v}" for k, v in told.items()), "", ""]
    return "\r\n".join(lines).encode() + body


async def answer(reader: asyncio.StreamReader, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status, *lines = head.rstrip().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    if headers.get("transfer-encoding") == "chunked":
        content = b""
        while size := int((await reader.readline()), 16):
            content += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
        return int(status.split()[1]), headers, content
    length = int(headers.get("content-length", 0))
    content = await reader.readexactly(0 if method == "HEAD" else length)
    return int(status.split()[1]), headers, content


@pytest.fixture
async def atlas() -> FakeAtlas:
    atlas = big_world(60)
    await atlas.hear(*atlas.providers)
    return atlas


QUESTIONS = ("", "?limit=5", "?limit=5&offset=10", "?limit=20&sort=-name", "?gateway=nobody", "?limit=5&at=x")


@pytest.mark.parametrize("encoding", ["identity", "gzip", "zstd"])
async def test_the_answers_are_those_of_the_program(atlas: FakeAtlas, encoding: str) -> None:
    """The first and the second of each, the second from what is ready; statuses, headers and bytes."""
    async with client_of(atlas) as client, served(atlas) as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for question in QUESTIONS * 2:
            for method in ("GET", "HEAD"):
                headers = {"accept-encoding": encoding}
                writer.write(request(f"/models{question}", method, accept_encoding=encoding))
                status, got, content = await answer(reader, method)
                async with client.stream(method, f"/models{question}", headers=headers) as expected:
                    raw = b"".join([piece async for piece in expected.aiter_raw()])
                got.pop("date")
                assert (status, content) == (expected.status_code, raw), (question, method)
                assert got == {name: value.lower() for name, value in expected.headers.items()}
        writer.close()


async def test_what_a_client_has_already_is_not_sent_again(atlas: FakeAtlas) -> None:
    async with served(atlas) as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request("/models?limit=5"))
        _, first, _ = await answer(reader)
        for known, status in (
            (first["etag"], 304),
            ("*", 304),
            ('"other"', 200),
            (f"W/{first['etag']}", 304),
        ):
            writer.write(request("/models?limit=5", if_none_match=known))
            got = await answer(reader)
            assert (got[0], bool(got[2])) == (status, status == 200)
        writer.close()


async def test_requests_that_come_at_once_are_answered_in_their_order(atlas: FakeAtlas) -> None:
    """Ready ones and slow ones by turns, in one piece and in pieces of three bytes."""
    targets = [
        "/models?limit=3",
        "/health",
        "/models?limit=4",
        "/providers",
        "/models?limit=3",
        "/models?limit=1",
    ]
    async with served(atlas) as (port, _):
        for step in (10_000, 3):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            sent = b"".join(map(request, targets * 3))
            for begin in range(0, len(sent), step):
                writer.write(sent[begin : begin + step])
            for target in targets * 3:
                status, _, content = await answer(reader)
                assert status == 200
                limit = re.search(r"limit=(\d)", target)
                told = re.search(rb'"returned":(\d+)', content)
                assert (limit and limit[1]) == (told and told[1].decode())
            writer.close()


async def asked(port: int, *requests: bytes) -> list[tuple[int, dict[str, str], bytes]]:
    """Ask one after the other over one connection; leave out when each was answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    found = []
    for each in requests:
        writer.write(each)
        found.append(await answer(reader))
        found[-1][1].pop("date", None)
    writer.close()
    return found


async def test_what_is_known_by_its_bytes_is_answered_as_if_it_was_parsed(
    atlas: FakeAtlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever byte stands in a question."""
    plain = b"GET /models?limit=1 HTTP/1.1\r\nhost: x\r\n\r\n"
    async with served(atlas) as (parsed, parsing), served(atlas) as (known, knowing):
        monkeypatch.setattr(parsing.known, "of", lambda _: None)
        await asked(parsed, plain, plain)
        await asked(known, plain, plain)
        assert len(knowing.known) == 1
        for byte in range(256):
            ask = b"GET /models?limit=2&q=m" + bytes([byte]) + b" HTTP/1.1\r\nhost: x\r\n\r\n"
            assert await asked(known, ask) == await asked(parsed, ask), bytes([byte])


@pytest.mark.parametrize(
    "first",
    [
        request("/models?limit=1", connection="close"),
        request("/models?limit=1", authorization="Bearer nobody"),
        request("/models?limit=1", body=b"x" * 10),
        request("/models?limit=1", expect="100-continue"),
        request("/models?limit=1") * 2,
        request("/providers"),
    ],
    ids=["last", "key", "body", "expect", "two", "another path"],
)
async def test_only_plain_reads_are_remembered(atlas: FakeAtlas, first: bytes) -> None:
    async with served(atlas) as (port, app):
        for _ in range(2):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(first)
            assert (await answer(reader))[0] in {100, 200}
            writer.close()
        assert len(app.known) == 0


async def test_who_shows_a_key_is_told_apart_from_who_does_not(atlas: FakeAtlas) -> None:
    async with served(atlas) as (port, app):
        plain, key = request("/models?limit=1"), request("/models?limit=1", authorization="Bearer nobody")
        found = await asked(port, plain, plain, key, plain, key)
        assert len(app.known) == 1
        assert [content == found[0][2] for _, _, content in found] == [True] * 5


async def test_a_body_with_a_read_is_passed_over(atlas: FakeAtlas) -> None:
    async with served(atlas) as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(3):
            writer.write(request("/models?limit=3", body=b"x" * 70_000))
            assert (await answer(reader))[0] == 200
        writer.write(request("/models?limit=2"))
        assert b'"returned":2,' in (await answer(reader))[2]
        writer.close()


@pytest.mark.parametrize(
    "sent", [request("/models?limit=3", connection="close"), b"GET /models?limit=3 HTTP/1.0\r\n\r\n"]
)
async def test_a_client_that_wants_no_more_sees_the_end(atlas: FakeAtlas, sent: bytes) -> None:
    async with served(atlas) as (port, _):
        for _ in range(2):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            assert (await answer(reader))[0] == 200
            assert await reader.read() == b""
            writer.close()


async def test_what_is_no_request_is_refused(atlas: FakeAtlas) -> None:
    async with served(atlas) as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for target in ("/models", "/models?limit=3"):
            writer.write(request(target))
            assert (await answer(reader))[0] == 200
        writer.write(request("/models?limit=3") + b"GARBAGE\r\n\r\n")
        assert [(await answer(reader))[0] for _ in range(2)] == [200, 400]
        writer.close()


async def test_a_fault_of_ours_is_answered_and_the_connection_lives_on(
    atlas: FakeAtlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(atlas) as (port, app):
        monkeypatch.setattr(app, "_make", lambda *_: 1 / 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request("/models?limit=3"))
        assert (await answer(reader))[0] == 200  # the way inward had no fault
        monkeypatch.setattr(app, "_app", fails)
        writer.write(request("/models?limit=4"))
        assert (await answer(reader))[0] == 500
        writer.close()


async def fails(*_: object) -> None:
    raise ZeroDivisionError


async def test_a_client_that_reads_nothing_is_not_written_to_without_end(atlas: FakeAtlas) -> None:
    """F48: what it asks for meanwhile waits, and nothing of it is lost."""
    async with served(atlas) as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**16)
        writer.write(request("/models?limit=200", accept_encoding="identity") * 400)
        await asyncio.sleep(0.5)
        found = [await answer(reader) for _ in range(400)]
        assert {status for status, _, _ in found} == {200}
        assert len({content for _, _, content in found}) == 1
        writer.close()
