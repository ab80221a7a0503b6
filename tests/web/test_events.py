"""/events: what happens is told to all who listen, within bounds, and a stop ends every stream."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import msgspec
import pytest
from structlog.testing import capture_logs

from modelatlas.domain.errors import Unavailable
from modelatlas.web import stream
from modelatlas.web.stream import Closing, Events, FetchSeen, RunSeen, Seen, news
from tests.web.builders import FakeAtlas, client_of, decoded, small_world

QUIET = Seen("c1", 7, {"acme": FetchSeen("acme", None, None, 0, None)}, {})
FETCHED = FetchSeen("acme", "ok", "2026-11-23T12:00:00+00:00", 0, 3)
BUSY = Seen("c2", 9, {"acme": FETCHED}, {4: RunSeen(4, "acme", "running")})


class World:
    """A moment that can be changed, and how often it was looked at."""

    def __init__(self) -> None:
        self.seen = QUIET
        self.looks = 0

    async def look(self) -> Seen:
        self.looks += 1
        return self.seen


def names(told: list[bytes]) -> list[str]:
    return [each.split(b"\n")[-4 if each.startswith(b"retry") else 0].decode() for each in told]


async def some(told: AsyncIterator[bytes], count: int) -> list[bytes]:
    return [await asyncio.wait_for(anext(told), 10) for _ in range(count)]


def test_news_are_what_is_another_than_before() -> None:
    assert news(BUSY, BUSY) == []
    told = news(QUIET, BUSY)
    assert names(told) == ["event: fetch", "event: run", "event: catalog"]
    assert msgspec.json.decode(told[1].split(b"data: ")[1]) == {
        "id": 4,
        "provider": "acme",
        "status": "running",
    }


async def test_two_listeners_hear_the_same_from_one_look() -> None:
    world = World()
    events = Events(world.look, every=0.01)
    one, other = events.stream(60), events.stream(60)
    assert [names(await some(each, 1)) for each in (one, other)] == [["event: hello"]] * 2
    world.seen = BUSY
    heard = [await some(each, 3) for each in (one, other)]
    assert heard[0] == heard[1] == news(QUIET, BUSY)
    await one.aclose()
    await other.aclose()
    await asyncio.sleep(0.05)
    looks = world.looks
    await asyncio.sleep(0.05)
    assert world.looks == looks  # nobody listens, nobody looks


async def test_listeners_who_begin_at_once_share_one_look() -> None:
    world = World()

    async def slow() -> Seen:
        await asyncio.sleep(0.01)
        return await world.look()

    events = Events(slow, every=0.05)
    both = [events.stream(60), events.stream(60)]
    await asyncio.gather(*(some(each, 1) for each in both))
    assert world.looks == 1
    world.seen = BUSY
    assert [await some(each, 3) for each in both] == [news(QUIET, BUSY)] * 2
    for each in both:
        await each.aclose()


async def test_a_look_that_fails_by_our_fault_is_logged_and_ends_the_streams() -> None:
    """F27: nothing is swallowed."""
    world = World()

    async def broken() -> Seen:
        if world.looks:
            raise ZeroDivisionError("ours")
        return await world.look()

    told = Events(broken, every=0.01).stream(60)
    with capture_logs() as logged:
        await some(told, 1)
        with pytest.raises(StopAsyncIteration):
            await some(told, 1)
    assert [each["error"] for each in logged] == ["ZeroDivisionError('ours')"]


async def test_a_listener_who_does_not_read_is_let_go() -> None:
    world = World()
    events = Events(world.look, every=0.001)
    slow = events.stream(60)
    await some(slow, 1)
    for number in range(stream.WAITING + 5):
        world.seen = msgspec.structs.replace(QUIET, catalog=f"c{number}-")
        await asyncio.sleep(0.003)
    with pytest.raises(StopAsyncIteration):
        await some(slow, stream.WAITING + 6)


async def test_more_than_can_be_served_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LISTENERS", 1)
    events = Events(World().look, every=0.01)
    events.admit()
    one = events.stream(60)
    await some(one, 1)
    with pytest.raises(Unavailable, match="1 listen already"):
        events.admit()
    await one.aclose()


async def test_a_stop_ends_every_stream() -> None:
    events, closing = Events(World().look, every=0.01), Closing()
    closing.tell(events.close)
    told = events.stream(60)
    await some(told, 1)
    closing.begin()
    with pytest.raises(StopAsyncIteration):
        await some(told, 1)


async def test_over_http_it_is_a_stream_of_events_that_ends(
    atlas: FakeAtlas, client: httpx2.AsyncClient
) -> None:
    response = await client.get("/events", params={"seconds": "1"})
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    assert f'"catalog":"{atlas.live.catalog.id}"' in response.text
    assert (await client.head("/events")).status_code == 200


async def test_a_store_that_is_away_ends_no_stream() -> None:
    world = World()
    away = True

    async def look() -> Seen:
        if away and world.looks:
            raise Unavailable("the store is away")
        return await world.look()

    events = Events(look, every=0.01)
    told = events.stream(60)
    await some(told, 1)
    await asyncio.sleep(0.05)
    world.seen, away = BUSY, False
    assert names(await some(told, 3)) == ["event: fetch", "event: run", "event: catalog"]
    await told.aclose()


async def test_account_listings_are_not_counted_for_everybody() -> None:
    atlas = small_world()
    async with client_of(atlas) as client:
        await atlas.hear("acme", "zeta")
        text = (await client.get("/events?seconds=1")).text
        assert f'"listings":{decoded(await client.get("/models?limit=0"))["total"]}' in text
