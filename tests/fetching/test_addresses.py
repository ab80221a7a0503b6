"""No name leads inside: what a name server answers is checked, and what was checked is what is called."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence

import pytest

from modelatlas.domain.outcome import Kind
from modelatlas.fetching.addresses import is_public, look_up, permit
from modelatlas.fetching.fetch import HttpFetcher
from modelatlas.fetching.limits import Limits
from tests.builders import FakeClock
from tests.fetching.acme import QUICK, acme, ids, listed


@pytest.mark.parametrize("address", ["8.8.8.8", "104.18.2.115", "2606:4700::6812:273", "::ffff:8.8.8.8"])
def test_public_addresses_may_be_called(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254", "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.100.100.200", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "ff02::1",
        "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::ffff:224.0.0.1",
    ],
)  # fmt: skip
def test_private_link_local_and_metadata_addresses_may_not(address: str) -> None:
    assert not is_public(address)
    assert permit("http://10.0.0.1:9000", allow_remote=True)(address)


def test_with_a_simulator_only_this_machine_may_be_called() -> None:
    allowed = permit("http://localhost:9000", allow_remote=False)
    assert allowed("127.0.0.1")
    assert allowed("::1")
    assert not allowed("8.8.8.8")


async def kind_and_detail(found: Sequence[str] | Exception, limits: Limits = QUICK) -> tuple[Kind, str]:
    async def resolver(host: str, port: int) -> Sequence[str]:
        assert (host, port) == ("api.acme.example", 443)
        if isinstance(found, Exception):
            raise found
        return found

    fetched = await HttpFetcher({"acme": acme()}, {}, FakeClock(), limits=limits, resolver=resolver).fetch(
        "acme"
    )
    return fetched.outcome.kind, fetched.outcome.detail


@pytest.mark.parametrize("addresses", [["169.254.169.254"], ["10.0.0.8", "::1"], []])
async def test_a_host_that_leads_inside_is_not_called(addresses: list[str]) -> None:
    kind, detail = await kind_and_detail(addresses)
    assert kind == "unreachable"
    assert detail.endswith("such an address is not called")
    assert all(address in detail for address in addresses)


async def test_a_name_that_nobody_knows_is_unreachable() -> None:
    kind, detail = await kind_and_detail(OSError(-2, "Name or service not known"))
    assert kind == "unreachable"
    assert detail == ("no connection to api.acme.example: its name is not known (Name or service not known)")


async def test_a_name_server_that_hangs_takes_no_more_than_the_time_to_connect() -> None:
    async def resolver(_host: str, _port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return ()

    limits = Limits(seconds=30.0, connect_seconds=0.05, retries=0)
    asked = HttpFetcher({"acme": acme()}, {}, FakeClock(), limits=limits, resolver=resolver)
    outcome = (await asked.fetch("acme")).outcome
    assert outcome.kind == "unreachable"
    assert "not looked up within 0.05 s" in outcome.detail


async def test_the_system_knows_its_own_name_and_says_what_it_does_not_know() -> None:
    assert set(await look_up("localhost", 80)) & {"127.0.0.1", "::1"}
    for name in ("", "a" * 300, ".."):
        with pytest.raises(OSError, match=r"."):
            await look_up(name or "\0", 80)


async def test_a_lookup_under_way_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_more: release.wait(5) and [])
    task = asyncio.create_task(look_up("slow.example", 80))
    await asyncio.sleep(0.02)
    (thread,) = [each for each in threading.enumerate() if each.name == "look up slow.example"]
    assert thread.daemon
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    release.set()
    await asyncio.to_thread(thread.join)


@pytest.fixture
async def local_server() -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server on 127.0.0.1 that lists one model; its port, and the first lines of what it was asked."""
    asked: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked.append(head)
        body = listed("a")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1], asked
    server.close()
    await server.wait_closed()


async def test_a_simulator_is_called_over_the_real_network(local_server: tuple[int, list[bytes]]) -> None:
    """The first address is of another machine, the second dead, the third is it."""
    port, asked = local_server

    async def resolver(_host: str, _port: int) -> Sequence[str]:
        return "8.8.8.8", "127.77.0.1", "127.0.0.1"

    via = f"http://localhost:{port}"
    fetched = await HttpFetcher({"acme": acme()}, {}, FakeClock(), via=via, resolver=resolver).fetch("acme")
    assert ids(fetched) == ["a"]
    assert asked[0].startswith(b"GET /api.acme.example/v1/models HTTP/1.1\r\n")
