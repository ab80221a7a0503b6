"""Replicas share what they hear: one asks, all know within a second; without Redis each goes on alone."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import msgspec
import pytest
import redis
import structlog

from modelatlas.caching.codec import shape
from modelatlas.caching.memory import Memory
from modelatlas.caching.redis import RedisReplicas
from modelatlas.domain.outcome import Fetched
from modelatlas.flows.live import Live
from tests.builders import FakeClock, FakeFetcher, MemorySnapshots, snapshot_of
from tests.redis_server import RedisServer

SLUGS = ("acme", "zeta")


class Replica:
    """One process: it hears providers that count how often they are asked."""

    def __init__(self, url: str, clock: FakeClock, fetcher: FakeFetcher, world: str = "real") -> None:
        numbers = iter(range(10_000))
        memory = Memory(SLUGS)
        self.clock = clock
        self.fetcher = fetcher
        self.replicas = RedisReplicas(
            url, memory, clock,
            world=world,  # type: ignore[arg-type]
            token=lambda: f"{id(self)}-{next(numbers)}",
        )  # fmt: skip
        self.live = Live(
            memory, fetcher, MemorySnapshots(), clock,
            ttl=timedelta(hours=1), jitter=lambda: 0.0, replicas=self.replicas,
        )  # fmt: skip

    def ids(self, slug: str = "acme") -> list[str]:
        part = self.live.catalog.live.get(slug)
        return [] if part is None else [each.id for each in part.listings]

    @property
    def state(self) -> str:
        return self.replicas.status.state


class World:
    """Providers and a clock that all replicas share."""

    def __init__(self, server: RedisServer) -> None:
        self.server = server
        self.clock = FakeClock()
        self.fetcher = FakeFetcher(self.clock, {"acme": ["a", "b"], "zeta": ["z"]})
        self.stack = contextlib.AsyncExitStack()

    async def replica(self, world: str = "real", *, fetcher: FakeFetcher | None = None) -> Replica:
        made = Replica(self.server.url, self.clock, fetcher or self.fetcher, world)
        await made.replicas.start()
        self.stack.push_async_callback(made.replicas.stop)
        self.stack.push_async_callback(made.live.stop)
        return made


@pytest.fixture
async def world(redis_server: RedisServer) -> AsyncIterator[World]:
    made = World(redis_server)
    async with made.stack:
        yield made


async def until(holds: Callable[[], bool], seconds: float = 15) -> float:
    begun = time.monotonic()
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.01)
    return time.monotonic() - begun


async def test_what_one_hears_the_others_serve_as_it_was(world: World) -> None:
    one, other = await world.replica(), await world.replica()
    await one.live.refresh("acme")
    await until(lambda: other.ids() == ["a", "b"])
    ours, theirs = one.live.states["acme"], other.live.states["acme"]
    assert theirs == msgspec.structs.replace(ours, kept_in="redis")
    assert one.live.catalog.id == other.live.catalog.id
    assert one.live.states["acme"].kept_in == "memory"


async def test_who_comes_later_begins_with_what_is_known_and_asks_nobody(world: World) -> None:
    one = await world.replica()
    await one.live.refresh_all()
    late = await world.replica()
    assert (late.ids("acme"), late.ids("zeta")) == (["a", "b"], ["z"])
    running = asyncio.create_task(late.live.run())
    await asyncio.sleep(0.3)
    running.cancel()
    assert sorted(world.fetcher.asked) == ["acme", "zeta"]


async def test_of_all_that_are_due_at_once_one_asks(world: World) -> None:
    """One fetch per provider and time to live for the whole fleet, hour after hour."""
    fleet = [await world.replica() for _ in range(4)]
    duties = [asyncio.create_task(each.live.run()) for each in fleet]
    for hour in range(1, 4):
        await until(lambda: len(world.fetcher.asked) >= 2 * hour)  # noqa: B023 - waited for at once
        await until(
            lambda: all(
                each.live.states["acme"].outcome == fleet[0].live.states["acme"].outcome for each in fleet
            )
        )
        await asyncio.sleep(1.2)  # everybody looks once more
        assert sorted(world.fetcher.asked) == ["acme"] * hour + ["zeta"] * hour
        world.clock.pass_(hours=1, minutes=1)
    for duty in duties:
        duty.cancel()


async def test_who_asks_while_another_is_asking_gets_that_answer(world: World) -> None:
    one, other = await world.replica(), await world.replica()
    world.fetcher.gates["acme"] = asyncio.Event()
    first = asyncio.create_task(one.live.refresh("acme"))
    await until(lambda: world.fetcher.asked == ["acme"])
    second = asyncio.create_task(other.live.refresh("acme"))
    await asyncio.sleep(0.3)
    world.clock.pass_(seconds=1)
    world.fetcher.gates["acme"].set()
    assert (await first).outcome == (await second).outcome
    assert world.fetcher.asked == ["acme"]
    await other.live.refresh("acme")
    assert world.fetcher.asked == ["acme", "acme"]


async def test_a_failure_is_shared_too_so_that_a_fleet_does_not_hammer(world: World) -> None:
    one, other = await world.replica(), await world.replica()
    world.fetcher.answers["acme"] = "rate_limited"
    await one.live.refresh("acme")
    await until(lambda: other.live.states["acme"].failures == 1)
    assert other.live.states["acme"].next_try == one.live.states["acme"].next_try


async def test_a_held_list_is_held_everywhere_and_may_be_released_anywhere(world: World) -> None:
    one, other = await world.replica(), await world.replica()
    world.fetcher.answers["acme"] = [f"m{number}" for number in range(40)]
    await one.live.refresh("acme")
    world.fetcher.answers["acme"] = ["m1"]
    await one.live.refresh("acme")
    await until(lambda: other.live.states["acme"].held is not None)
    held = other.live.states["acme"].held
    assert isinstance(held, Fetched)
    assert held == one.live.states["acme"].held
    assert len(other.ids()) == 40
    await other.live.release("acme")
    await until(lambda: one.ids() == ["m1"])
    assert one.live.states["acme"].held is None


async def test_a_notice_is_not_needed(world: World) -> None:
    """The head is looked at every second, should a notice be lost."""
    one, other = await world.replica(), await world.replica()
    news = f"{other.replicas._prefix}news"
    with world.server.client() as client:
        client.client_kill_filter(_type="pubsub")
        client.publish(news, b"\xff\xfe nobody")
    await one.live.refresh("acme")
    await until(lambda: other.ids() == ["a", "b"])


async def test_without_redis_each_goes_on_by_itself_and_says_so(world: World) -> None:
    world.server.stop()
    with structlog.testing.capture_logs() as logs:
        one, other = await world.replica(), await world.replica()
        await one.live.refresh("acme")
        await other.live.refresh("acme")
    assert (one.ids(), other.ids()) == (["a", "b"], ["a", "b"])
    assert world.fetcher.asked == ["acme", "acme"]
    assert (one.state, one.replicas.status.detail) == ("away", "ConnectionError")
    assert len([each for each in logs if "Redis is away" in each["event"]]) == 2


async def test_redis_goes_and_comes_back_empty_and_what_was_heard_meanwhile_is_shared(world: World) -> None:
    one = await world.replica()
    elsewhere = FakeFetcher(world.clock, {"acme": ["a"], "zeta": ["z", "newer"]})
    other = await world.replica(fetcher=elsewhere)
    await one.live.refresh_all()
    await until(lambda: (other.ids("acme"), other.ids("zeta")) == (["a", "b"], ["z"]))
    world.server.stop()
    await until(lambda: one.state == other.state == "away")
    world.clock.pass_(minutes=1)
    world.fetcher.answers["acme"] = ["a", "b", "c"]
    await one.live.refresh("acme")
    world.clock.pass_(minutes=1)
    await other.live.refresh("zeta")
    assert (one.ids("zeta"), other.ids("acme")) == (["z"], ["a", "b"])
    world.server.start()
    await until(lambda: one.state == other.state == "connected")
    await until(lambda: one.ids("zeta") == other.ids("zeta") == ["newer", "z"])
    await until(lambda: one.ids("acme") == other.ids("acme") == ["a", "b", "c"])


async def test_a_redis_that_is_emptied_is_filled_again(world: World) -> None:
    one, other = await world.replica(), await world.replica()
    await one.live.refresh_all()
    await until(lambda: other.ids("zeta") == ["z"])
    with world.server.client() as client:
        client.flushall()
    late: list[Replica] = []
    await until(lambda: keys_of(world.server) > 3)
    late.append(await world.replica())
    await until(lambda: late[0].ids("acme") == ["a", "b"])
    await until(lambda: late[0].ids("zeta") == ["z"])
    assert sorted(world.fetcher.asked) == ["acme", "zeta"]


async def test_a_redis_that_does_not_answer_holds_up_no_read_and_a_fetch_for_some_seconds(
    world: World,
) -> None:
    one = await world.replica()
    await one.live.refresh("acme")
    world.server.pause(paused=True)
    world.clock.pass_(hours=2)
    world.fetcher.answers["acme"] = ["c"]
    async with asyncio.timeout(10):
        await one.live.refresh("acme")
    assert one.ids() == ["c"]
    assert one.state == "away"
    world.server.pause(paused=False)
    await until(lambda: one.state == "connected")
    other = await world.replica()
    await until(lambda: other.ids() == ["c"])


async def test_bytes_that_are_not_what_was_written_are_left_out_and_said(world: World) -> None:
    one = await world.replica()
    await one.live.refresh("acme")
    await one.live.refresh("zeta")
    with world.server.client() as client:
        for key in client.scan_iter("*body:*"):
            content = client.get(key)
            assert isinstance(content, bytes)
            client.set(key, content[:-1] + bytes([content[-1] ^ 1]))
    with structlog.testing.capture_logs() as logs:
        late = await world.replica()
    assert late.ids() == []
    assert {each["provider"] for each in logs if "left out" in each["event"]} == {"acme", "zeta"}
    assert late.live.catalog.live == {}
    world.clock.pass_(seconds=1)
    await late.live.refresh("acme")
    assert late.ids() == ["a", "b"]
    healed = await world.replica()
    assert healed.ids() == ["a", "b"]


async def test_a_body_of_another_provider_and_a_pointer_of_another_shape_are_left_out(world: World) -> None:
    one = await world.replica()
    await one.live.refresh_all()
    states = f"{one.replicas._prefix}states"
    with world.server.client() as client:
        theirs = client.hget(states, "zeta")
        assert isinstance(theirs, bytes)
        client.hset(states, "acme", theirs)
        client.hset(states, "zeta", b"\x00 nonsense")
        late = await world.replica()
        assert (late.ids("acme"), late.ids("zeta")) == ([], [])


async def test_the_lease_of_a_replica_that_died_ends_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modelatlas.caching.redis.LEASE", 0.5)
    one = await world.replica()
    with world.server.client() as client:
        client.set(f"{one.replicas._prefix}lease:acme", "somebody who died", px=500)
    await one.live.refresh("acme")
    assert one.ids() == ["a", "b"]
    with world.server.client() as client:
        assert not list(client.scan_iter("*lease:*"))


async def test_a_lease_lasts_as_long_as_whoever_has_it_asks(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modelatlas.caching.redis.LEASE", 1.0)
    monkeypatch.setattr("modelatlas.caching.redis.RENEW", 0.1)
    one, other = await world.replica(), await world.replica()
    world.fetcher.gates["acme"] = asyncio.Event()
    first = asyncio.create_task(one.live.refresh("acme"))
    await until(lambda: world.fetcher.asked == ["acme"])
    second = asyncio.create_task(other.live.refresh("acme"))
    await asyncio.sleep(2.5)
    world.clock.pass_(seconds=1)
    world.fetcher.gates["acme"].set()
    assert (await first).outcome == (await second).outcome
    assert world.fetcher.asked == ["acme"]


async def test_one_that_is_away_for_a_moment_is_waited_for_and_nobody_asks_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a process sees it that had no share of the processor for some seconds."""
    monkeypatch.setattr("modelatlas.caching.redis.PATIENCE", 30)  # a busy machine is slow without being wrong
    one, other = await world.replica(), await world.replica()
    await other.live.refresh("acme")
    await until(lambda: one.ids() == ["a", "b"])
    world.server.stop()
    await until(lambda: one.state == other.state == "away")
    world.clock.pass_(hours=2)
    due = [each.live._start("acme", if_due=True) for each in (one, other)]
    world.server.start()
    await asyncio.gather(*due)
    assert world.fetcher.asked == ["acme", "acme"]


async def test_one_answer_that_is_late_says_nothing_and_a_second_one_does(world: World) -> None:
    """On a machine that is busy it may be this process that is late."""
    one = await world.replica()
    late = 1

    async def asked() -> str:
        nonlocal late
        await asyncio.sleep(0)
        late -= 1
        if late >= 0:
            raise TimeoutError
        return "answer"

    assert (await one.replicas._tried(asked), one.state) == ("answer", "connected")
    late = 2
    assert (await one.replicas._tried(asked), one.state) == (None, "away")
    late = 1
    assert await one.replicas._tried(asked) is None  # of one that is away nothing is expected


async def test_real_and_simulated_data_and_other_shapes_never_meet(world: World) -> None:
    real, simulated = await world.replica("real"), await world.replica("simulated")
    await real.live.refresh("acme")
    await simulated.live.refresh("zeta")
    await asyncio.sleep(1.3)
    assert (real.ids("zeta"), simulated.ids("acme")) == ([], [])
    with world.server.client() as client:
        keys = {key.decode() for key in client.scan_iter("*")}
    assert {key.rpartition(":")[0].split(":body")[0] for key in keys} == {
        f"modelatlas:{shape()}:real",
        f"modelatlas:{shape()}:simulated",
    }


async def test_what_is_kept_goes_by_itself_in_the_end(world: World) -> None:
    one = await world.replica()
    await one.live.refresh("acme")
    with world.server.client() as client:
        lasting = {key.decode().rpartition(":")[2] for key in client.scan_iter("*") if client.ttl(key) < 0}
    assert lasting == set()


def test_the_shape_tells_what_is_shared() -> None:
    """A field more or less in anything that is shared gives another name, and words about it do not."""
    assert shape() == shape()
    assert len(shape().split("-")[1]) == 12
    assert snapshot_of("a").__struct_fields__


def keys_of(server: RedisServer) -> int:
    with server.client() as client, contextlib.suppress(redis.RedisError):
        return int(client.dbsize())
    return 0
