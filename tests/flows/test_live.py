"""The live half: reads never wait, one provider harms no other, what was good stays."""

import asyncio
from datetime import timedelta

import pytest

from modelatlas.caching.memory import Memory
from modelatlas.domain.errors import Unavailable
from modelatlas.domain.refresh import ProviderState
from modelatlas.domain.snapshot import Snapshot, snapshot
from modelatlas.flows.live import Live
from tests.builders import NOON, FakeClock, FakeFetcher, MemorySnapshots, listing, snapshot_of

HOUR = timedelta(hours=1)


def live_of(fetcher: FakeFetcher, store: MemorySnapshots | None = None) -> Live:
    return Live(
        Memory(["acme", "zeta"]),
        fetcher,
        store or MemorySnapshots(),
        fetcher.clock,
        ttl=HOUR,
        jitter=lambda: 0.5,
    )


async def test_what_is_heard_is_published_and_kept() -> None:
    store = MemorySnapshots()
    live = live_of(FakeFetcher(FakeClock(), {"acme": ["a", "b"], "zeta": ["c"]}), store)
    await live.refresh_all()
    assert [each.id for each in live.catalog.listings()] == ["a", "b", "c"]
    assert sorted(store.kept) == ["acme", "zeta"]


async def test_a_hanging_provider_holds_up_neither_reads_nor_others() -> None:
    """F23, F49."""
    fetcher = FakeFetcher(FakeClock(), {"acme": ["a"], "zeta": ["z"]})
    fetcher.gates["acme"] = asyncio.Event()
    live = live_of(fetcher)
    hanging = asyncio.create_task(live.refresh("acme"))
    await live.refresh("zeta")
    assert [each.id for each in live.catalog.listings()] == ["z"]
    fetcher.gates["acme"].set()
    await hanging
    assert [each.id for each in live.catalog.listings()] == ["a", "z"]


async def test_refreshes_of_one_provider_at_once_are_one_fetch() -> None:
    """F49: no stampede."""
    fetcher = FakeFetcher(FakeClock(), {"acme": ["a"]})
    live = live_of(fetcher)
    await asyncio.gather(*(live.refresh("acme") for _ in range(20)))
    assert fetcher.asked == ["acme"]


async def test_what_was_asked_since_is_not_asked_again_and_what_was_answered_before_is() -> None:
    clock = FakeClock()
    fetcher = FakeFetcher(clock, {"acme": ["a"]})
    live = live_of(fetcher)
    before = clock.now()
    clock.pass_(seconds=1)
    await live.refresh("acme", before)
    await live.refresh("acme", before)
    assert (await live.until_asked("acme", before)).outcome is not None
    assert fetcher.asked == ["acme"]
    await live.refresh("acme", clock.now() + HOUR)  # by a clock that is ahead of ours
    assert fetcher.asked == ["acme"] * 3


async def test_who_asked_and_went_away_does_not_end_the_fetch_for_others() -> None:
    fetcher = FakeFetcher(FakeClock(), {"acme": ["a"]})
    fetcher.gates["acme"] = asyncio.Event()
    live = live_of(fetcher)
    impatient, patient = (asyncio.create_task(live.refresh("acme")) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    fetcher.gates["acme"].set()
    state = await patient
    assert state.snapshot is not None
    assert impatient.cancelled()


async def test_a_failure_keeps_what_was_good_with_its_age() -> None:
    """F24."""
    fetcher = FakeFetcher(FakeClock(), {"acme": ["a"]})
    live = live_of(fetcher)
    await live.refresh("acme")
    before = live.catalog
    fetcher.clock.pass_(hours=2)
    fetcher.answers["acme"] = "timeout"
    state = await live.refresh("acme")
    assert live.catalog is before
    assert state.age(fetcher.clock.now()) == 2 * HOUR


async def test_a_start_without_network_answers_from_the_store() -> None:
    store = MemorySnapshots(snapshot_of("a"), snapshot_of("x", provider="no longer declared"))
    live = live_of(FakeFetcher(FakeClock()), store)
    await live.load()
    assert [each.id for each in live.catalog.listings()] == ["a"]
    assert live.states["acme"].kept_in == "store"


async def test_what_is_heard_while_the_store_is_read_stays() -> None:
    clock = FakeClock()
    live = live_of(FakeFetcher(clock, {"acme": ["new"]}), MemorySnapshots(snapshot_of("old")))
    clock.pass_(hours=1)
    heard = (await live.refresh("acme")).snapshot
    assert heard is not None
    live._store.save(snapshot_of("old"), b"")  # as it was when the store was read
    await live.load()
    assert live.states["acme"].snapshot is heard
    assert live.states["acme"].kept_in == "memory"
    assert [each.id for each in live.catalog.listings()] == ["new"]


async def test_references_stand_in_until_the_provider_is_heard() -> None:
    live = live_of(FakeFetcher(FakeClock(), {"acme": ["a"]}))

    live.put_references([snapshot("acme", NOON, [listing("r")], origin="reference")])
    assert [each.id for each in live.catalog.listings()] == ["r"]
    await live.refresh("acme")
    assert [each.id for each in live.catalog.listings()] == ["a"]


async def test_the_background_duty_asks_who_is_due_and_ends_cleanly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelatlas.flows.live.LOOK_EVERY", 0)
    fetcher = FakeFetcher(FakeClock(), {"acme": ["a"], "zeta": "unreachable"})
    live = live_of(fetcher)
    duty = asyncio.create_task(live.run())
    for _ in range(50):
        await asyncio.sleep(0)
    assert sorted(fetcher.asked) == ["acme", "zeta"]
    fetcher.clock.pass_(minutes=1)
    for _ in range(50):
        await asyncio.sleep(0)
    assert sorted(fetcher.asked) == ["acme", "zeta", "zeta"]
    duty.cancel()
    with pytest.raises(asyncio.CancelledError):
        await duty
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


async def test_a_good_fetch_is_told_on_and_a_bad_one_is_not() -> None:
    told: list[str] = []

    async def heard(state: ProviderState) -> None:
        told.append(state.slug)

    live = live_of(FakeFetcher(FakeClock(), {"acme": ["a"], "zeta": "timeout"}))
    live.heard = heard
    await live.refresh_all()
    assert told == ["acme"]


async def test_a_held_snapshot_is_published_when_released() -> None:
    many = [f"m{number}" for number in range(40)]
    fetcher = FakeFetcher(FakeClock(), {"acme": many})
    live = live_of(fetcher)
    await live.refresh("acme")
    fetcher.answers["acme"] = ["m1"]
    state = await live.refresh("acme")
    assert live.catalog.count() == 40
    assert state.held is not None
    await live.release("acme")
    assert live.catalog.count() == 1


class AwayAtTimes(MemorySnapshots):
    """A store that is away for a while."""

    away = True

    def save(self, snapshot: Snapshot, payload: bytes) -> None:
        if self.away:
            raise Unavailable("the store cannot be used now")
        super().save(snapshot, payload)


async def test_while_the_store_is_away_lists_are_served_and_kept_later() -> None:
    store, clock = AwayAtTimes(), FakeClock()
    part = snapshot_of("a")
    live = live_of(FakeFetcher(clock, {"acme": part}), store)
    state = await live.refresh("acme")
    assert state.outcome is not None
    assert state.outcome.good
    assert [each.id for each in live.catalog.listings()] == ["a"]
    store.away = False
    clock.pass_(hours=1)
    await live.refresh("acme")
    assert [each.digest for each in store.kept.values()] == [part.digest]


async def test_what_cannot_be_told_now_is_told_after_the_next_fetch() -> None:
    live = live_of(FakeFetcher(FakeClock(), {"acme": ["a"]}))
    told: list[str] = []

    async def heard(state: ProviderState) -> None:
        told.append(state.slug)
        if len(told) == 1:
            raise Unavailable("the store cannot be used now")

    live.heard = heard
    await live.refresh("acme")
    await live.refresh("acme")
    assert told == ["acme", "acme"]
