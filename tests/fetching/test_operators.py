"""Servers that the operator named may stand inside, where no other provider leads."""

import httpx2
import pytest

from modelatlas.fetching.addresses import is_operators
from modelatlas.fetching.fetch import HttpFetcher
from modelatlas.fetching.urls import stays_within
from modelatlas.providers.openai_compatible import named
from tests.builders import FakeClock
from tests.fetching.acme import QUICK, answer, fetch, ids


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "172.20.0.1", "192.168.1.9", "127.0.0.1", "::1", "fd12::1", "8.8.8.8"]
)
def test_a_named_server_may_be_private(address: str) -> None:
    assert is_operators(address)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "fe80::1",
        "fd00:ec2::254",
        "100.100.100.200",
        "0.0.0.0",
        "224.0.0.1",
        "::ffff:169.254.169.254",
    ],
)
def test_where_clouds_tell_credentials_nobody_may_lead(address: str) -> None:
    """F29."""
    assert not is_operators(address)


async def test_a_server_on_this_machine_answers_by_http() -> None:
    (desk,) = named("desk=http://127.0.0.1:8000/v1", {})
    asked: list[str] = []

    def good(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        return answer("a")

    assert ids(await fetch(good, desk)) == ["a"]
    assert asked == ["http://127.0.0.1:8000/v1/models"]


async def test_the_host_of_a_named_server_is_not_told() -> None:
    (room,) = named("room=https://llm.example.internal/v1", {})

    def broken(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError(f"no way to {request.url}")

    failed = await fetch(broken, room)
    assert failed.outcome.kind == "unreachable"
    assert "llm.example.internal" not in failed.outcome.detail


@pytest.mark.parametrize(
    ("base", "address", "called"),
    [
        ("https://llm.example.internal/v1", "169.254.169.254", False),
        ("https://llm.example.internal/v1", "10.0.0.7", True),
        ("http://localhost:9/v1", "10.0.0.7", False),
    ],
)
async def test_a_name_that_leads_elsewhere_is_not_called(base: str, address: str, called: bool) -> None:
    """F29: a look-up decides, not the name."""

    async def resolver(_host: str, _port: int) -> list[str]:
        return [address]

    (room,) = named(f"room={base}", {})
    limits = QUICK.__class__(seconds=0.3, connect_seconds=0.2, retries=0)
    fetcher = HttpFetcher({"room": room}, {}, FakeClock(), limits=limits, resolver=resolver)
    outcome = (await fetcher.fetch("room")).outcome
    assert ("such an address is not called" not in outcome.detail) is called
    assert outcome.kind in {"unreachable", "timeout"}


def test_http_stays_only_where_it_was_declared_for_this_machine() -> None:
    own, other = "http://127.0.0.1:8000/v1/models", "http://acme.example/v1/models"
    assert stays_within(f"{own}?page=2", own)
    assert not stays_within("http://127.0.0.1:8001/v1/models", own)
    assert not stays_within(other, other)
