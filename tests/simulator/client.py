"""Calls of a simulator in-process, as the program makes them: every page of every list."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import httpx2
import msgspec

from modelatlas.domain.snapshot import Snapshot
from modelatlas.fetching.reading import ids_for
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.contract import (
    JSON,
    Bearer,
    ByIds,
    Cursor,
    Header,
    LinkHeader,
    ModelList,
    NextUrl,
    Offset,
    OnePage,
    PageNumber,
    Provider,
    QueryKey,
    Way,
    auth_of,
    ways_of,
)
from modelatlas.providers.payload import dig, entries, payload_of_text
from modelatlas.providers.placeholders import simulated_url
from modelatlas.simulator.app import simulator
from modelatlas.simulator.world import World

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def calls(world: World, *, faults: Iterable[str] = ()) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=simulator(world, faults=faults))
    return httpx2.AsyncClient(transport=transport, base_url="http://simulator")


def address(declared: ModelList) -> str:
    return f"/{simulated_url(declared.url).removeprefix('https://')}"


def with_key(provider: Provider, key: str = "demo", declared: ModelList | None = None) -> dict[str, str]:
    """Return the headers by which a key is sent, in the first of the declared ways."""
    way = first_way(provider, declared)
    if isinstance(way, Header):
        return {way.header: f"{way.prefix} {key}".strip()}
    return {"authorization": f"Bearer {key}"} if isinstance(way, Bearer) else {}


def in_query(provider: Provider, key: str = "demo", declared: ModelList | None = None) -> dict[str, str]:
    way = first_way(provider, declared)
    return {way.param: key} if isinstance(way, QueryKey) else {}


def first_way(provider: Provider, declared: ModelList | None) -> Way | None:
    auth = provider.auth if declared is None else auth_of(provider, declared)
    return next(iter(ways_of(auth)), None)


def params_of(declared: ModelList) -> dict[str, str]:
    return {name: simulated_url(value) for name, value in declared.params.items()}


async def ask(
    client: httpx2.AsyncClient,
    provider: Provider,
    declared: ModelList,
    params: Mapping[str, str | int | Sequence[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx2.Response:
    return await client.get(
        address(declared),
        params={**params_of(declared), **in_query(provider, declared=declared), **(params or {})},
        headers={**declared.headers, **with_key(provider, declared=declared), **(headers or {})},
    )


async def payloads(
    client: httpx2.AsyncClient, provider: Provider, *, sized: bool = True
) -> dict[str, list[bytes]]:
    """Walk through all pages of all lists, naming the declared size of a page or none."""
    found: dict[str, list[bytes]] = {}
    for declared in provider.lists:
        if isinstance(declared.paging, ByIds):
            ids = ids_for(provider, declared, found)
            found[declared.name] = await pages_of_ids(client, provider, declared, declared.paging, ids)
        else:
            found[declared.name] = await pages(client, provider, declared, sized=sized)
    return found


async def pages_of_ids(
    client: httpx2.AsyncClient, provider: Provider, declared: ModelList, paging: ByIds, ids: Sequence[str]
) -> list[bytes]:
    batches = [ids[start : start + paging.size] for start in range(0, len(ids), paging.size)]
    answers = [await ask(client, provider, declared, {paging.param: batch}) for batch in batches]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.content for answer in answers]


async def pages(
    client: httpx2.AsyncClient, provider: Provider, declared: ModelList, *, sized: bool = True
) -> list[bytes]:
    paging = declared.paging
    assert not isinstance(paging, ByIds)
    params: dict[str, str | int] = {}
    if sized and not isinstance(paging, OnePage) and paging.size_param is not None:
        params[paging.size_param] = paging.size
    found: list[bytes] = []
    seen = 0
    while True:
        response = await ask(client, provider, declared, params)
        assert response.status_code == 200, response.text
        found.append(received(declared, response.content))
        if isinstance(paging, OnePage):
            return found
        document, size = msgspec.json.decode(response.content), len(entries(declared, response.content))
        seen += size
        match paging:
            case PageNumber():
                params[paging.param] = paging.first + len(found)
                ended = size == 0
            case Offset():
                params[paging.param] = seen
                ended = size == 0
            case Cursor():
                ended = not dig(document, paging.next if paging.more is None else paging.more)
                params[paging.param] = dig(document, paging.next) or ""
            case NextUrl():
                following = dig(document, paging.next)
                ended = not following
                params = {} if ended else dict(httpx2.URL(following).params)
            case LinkHeader():
                ended = "next" not in response.links
                params = {} if ended else dict(httpx2.URL(response.links["next"]["url"]).params)
        if ended:
            return found


def received(declared: ModelList, content: bytes) -> bytes:
    return content if declared.media == JSON else payload_of_text(content)


async def snapshot_of(client: httpx2.AsyncClient, provider: Provider, *, sized: bool = True) -> Snapshot:
    return read_snapshot(provider, await payloads(client, provider, sized=sized), NOON)
