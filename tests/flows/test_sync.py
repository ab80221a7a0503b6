"""Sync writes the live snapshot, once, and a dry run writes nothing at all."""

import asyncio
from datetime import timedelta

import pytest

from modelatlas.caching.memory import Memory
from modelatlas.domain.errors import Unavailable
from modelatlas.flows.explain import explain
from modelatlas.flows.live import Live
from modelatlas.flows.sync import Sync, Synced, is_due_for_sync
from tests.builders import FakeClock, FakeFetcher, MemoryLedger, MemorySnapshots


class World:
    def __init__(self, **answers: object) -> None:
        self.clock = FakeClock()
        self.fetcher = FakeFetcher(self.clock, answers)
        self.store = MemorySnapshots()
        self.ledger = MemoryLedger()
        self.live = Live(
            Memory(["acme", "zeta"]), self.fetcher, self.store, self.clock,
            ttl=timedelta(hours=1), jitter=lambda: 0.0,
        )  # fmt: skip
        providers = [Synced("acme", "Acme", "host"), Synced("zeta", "Zeta", "gateway")]
        self.sync = Sync(self.live, self.ledger, self.clock, providers, 3)


async def test_a_sync_asks_publishes_and_writes_the_same_snapshot() -> None:
    """F46: live and stored come from one snapshot."""
    world = World(acme=["a", "b"])
    run = await world.sync.sync("acme")
    assert (run.status, run.inserted, run.fetched) == ("success", 2, 2)
    assert world.live.catalog.count() == 2
    assert run.snapshot_digest == world.live.catalog.snapshots["acme"].digest


async def test_a_young_snapshot_is_not_fetched_again_and_an_old_one_is() -> None:
    world = World(acme=["a"])
    await world.live.refresh("acme")
    await world.sync.sync("acme")
    assert world.fetcher.asked == ["acme"]
    world.clock.pass_(minutes=6)
    again = await world.sync.sync("acme")
    assert world.fetcher.asked == ["acme", "acme"]
    assert (again.status, again.unchanged, again.updated) == ("success", 1, 0)


async def test_two_syncs_of_one_provider_at_once_are_one_run() -> None:
    """F44."""
    world = World(acme=["a"])
    world.fetcher.gates["acme"] = asyncio.Event()
    first, second = await world.sync.start(["acme"]), await world.sync.start(["acme"])
    assert first == second
    world.fetcher.gates["acme"].set()
    (run,) = await world.sync.wait(first, 5)
    assert run.status == "success"
    assert len(world.ledger.log) == 1


async def test_a_provider_that_cannot_be_heard_is_a_failed_run_with_the_reason() -> None:
    world = World(acme="timeout")
    acme, zeta = await world.sync.sync("acme"), await world.sync.sync("zeta")
    assert (acme.status, acme.error) == ("failed", "timeout: ")
    assert zeta.status == "skipped"
    assert (zeta.error or "").startswith("not_configured")


async def test_a_fault_in_one_run_is_recorded_there_and_leaves_others_alone() -> None:
    """F23, F45: no run stays running."""
    world = World(acme=["a"], zeta=["z"])

    def fail_once() -> None:
        world.ledger.before_apply = lambda: None
        raise ZeroDivisionError("planted")

    world.ledger.before_apply = fail_once
    bad = await world.sync.sync("acme")
    good = await world.sync.sync("zeta")
    assert (bad.status, bad.error) == ("failed", "ZeroDivisionError: planted")
    assert good.status == "success"


async def test_a_dry_run_plans_and_touches_nothing() -> None:
    """F47."""
    world = World(acme=["a", "b"])
    plan = await world.sync.plan("acme")
    assert len(plan.inserted) == 2
    assert world.ledger.log == []
    assert world.ledger.rows == {}
    assert world.live.catalog.count() == 0
    assert world.store.saved == 0


async def test_a_dry_run_of_a_silent_provider_says_so() -> None:
    world = World(acme="unreachable")
    with pytest.raises(Unavailable, match="unreachable"):
        await world.sync.plan("acme")


async def test_stopping_the_service_ends_its_runs_as_cancelled() -> None:
    """F45."""
    world = World(acme=["a"])
    world.fetcher.gates["acme"] = asyncio.Event()
    (run,) = await world.sync.start(["acme"])
    await asyncio.sleep(0)
    await world.sync.stop()
    ended = world.ledger.run(run.id)
    assert ended is not None
    assert ended.status == "cancelled"
    await world.live.stop()


async def test_live_and_stored_are_explained_before_between_and_after() -> None:
    world = World(acme=["a", "b"], zeta=["z"])
    await world.live.refresh_all()
    before = await explain(world.live, world.ledger, {"acme"})
    assert before.by_reason == {"provider_never_synced": 2, "provider_not_synced": 1}
    await world.sync.sync("acme")
    between = await explain(world.live, world.ledger, {"acme"})
    assert between.by_reason == {"provider_not_synced": 1}
    await world.sync.sync("zeta")
    after = await explain(world.live, world.ledger, {"acme"})
    assert (after.live, after.stored, after.by_reason) == (3, 3, {})


async def test_a_provider_heard_is_due_when_never_synced_or_long_ago() -> None:
    world = World(acme=["a"], zeta="timeout")
    await world.live.refresh_all()
    heard, silent = world.live.states["acme"], world.live.states["zeta"]
    interval = timedelta(hours=6)
    assert is_due_for_sync(heard, [], interval)
    assert not is_due_for_sync(silent, [], interval)
    await world.sync.sync("acme")
    assert not is_due_for_sync(heard, world.ledger.runs("acme"), interval)
    world.clock.pass_(hours=6, minutes=1)
    await world.live.refresh("acme")
    assert is_due_for_sync(world.live.states["acme"], world.ledger.runs("acme"), interval)
