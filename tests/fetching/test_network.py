"""What breaks on a real connection comes to the same outcomes as what a stand-in says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from modelatlas.domain.outcome import Kind, Outcome
from modelatlas.fetching.fetch import HttpFetcher
from modelatlas.fetching.limits import Limits
from tests.builders import FakeClock
from tests.fetching.acme import acme, listed

HEAD = b"HTTP/1.1 200 OK\r\n"
LIMITS = Limits(seconds=20.0, silence_seconds=0.3, retries=0)


@asynccontextmanager
async def server(said: bytes, *, then_silent: bool = False) -> AsyncIterator[str]:
    """Serve these bytes on 127.0.0.1, then close the connection or leave it open; give the URL."""
    leave = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        await writer.drain()
        if then_silent:
            await leave.wait()
        writer.close()
        await writer.wait_closed()

    listening = await asyncio.start_server(talk, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    leave.set()
    listening.close()
    await listening.wait_closed()


async def outcome(via: str, limits: Limits = LIMITS) -> Outcome:
    return (
        await HttpFetcher({"acme": acme()}, {}, FakeClock(), via=via, limits=limits).fetch("acme")
    ).outcome


@pytest.mark.parametrize(
    ("said", "kind", "detail"),
    [
        (HEAD + b"content-length: 100\r\n\r\n" + listed("a"), "unreadable", "cut off after 21 of 100 bytes"),
        (HEAD + b"transfer-encoding: chunked\r\n\r\n5\r\n[1,2]\r\n", "unreadable", "cut off after 5 bytes"),
        (HEAD + b"connection: close\r\n\r\n" + listed("a")[:-2], "unreadable", "expected JSON"),
        (b"", "unreachable", "without sending a response"),
        (b"SSH-2.0-hello\r\n\r\n", "unreachable", "broke"),
    ],
)
async def test_a_connection_that_ends_too_early(said: bytes, kind: Kind, detail: str) -> None:
    """F26."""
    async with server(said) as via:
        met = await outcome(via)
    assert met.kind == kind
    assert detail in met.detail


@pytest.mark.parametrize("said", [b"", HEAD, HEAD + b"content-length: 100\r\n\r\n{"])
async def test_a_connection_that_falls_silent(said: bytes) -> None:
    async with server(said, then_silent=True) as via:
        met = await outcome(via)
    assert met.kind == "timeout"
    assert "silent for too long" in met.detail


async def test_a_connection_that_nobody_takes() -> None:
    async with server(b"") as via:
        pass
    assert (await outcome(via)).kind == "unreachable"


async def test_a_list_sent_over_the_network_is_read() -> None:
    async with server(HEAD + b"content-length: 21\r\n\r\n" + listed("a")) as via:
        met = await outcome(via)
    assert (met.kind, met.listings) == ("ok", 1)
