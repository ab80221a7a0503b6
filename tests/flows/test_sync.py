"""Sync writes the live snapshot, once, and a dry run writes nothing at all."""

import asyncio
from datetime import timedelta

import pytest

from modelatlas.caching.memory import Memory
from modelatlas.domain.errors import Unavailable
from modelatlas.domain.ledger import Run
from modelatlas.domain.plan import Plan, Policy, plan
from modelatlas.domain.snapshot import Snapshot
from modelatlas.flows.explain import explain
from modelatlas.flows.live import Live
from modelatlas.flows.sync import Sync, Synced
from tests.builders import FakeClock, FakeFetcher, MemoryLedger, MemorySnapshots, snapshot_of


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
        self.flow = Sync(self.live, self.ledger, self.clock, providers, 3)

    async def sync(self, slug: str) -> Run:
        return await self.flow.write(self.ledger.start_run(slug, self.clock.now()))


async def test_a_sync_asks_publishes_and_writes_the_same_snapshot() -> None:
    """F46: live and stored come from one snapshot."""
    world = World(acme=["a", "b"])
    run = await world.sync("acme")
    assert (run.status, run.inserted, run.fetched) == ("success", 2, 2)
    assert world.live.catalog.count() == 2
    assert run.snapshot_digest == world.live.catalog.snapshots["acme"].digest


async def test_a_young_snapshot_is_not_fetched_again_and_an_old_one_is() -> None:
    world = World(acme=["a"])
    await world.live.refresh("acme")
    await world.sync("acme")
    assert world.fetcher.asked == ["acme"]
    world.clock.pass_(minutes=6)
    again = await world.sync("acme")
    assert world.fetcher.asked == ["acme", "acme"]
    assert (again.status, again.unchanged, again.updated) == ("success", 1, 0)


async def test_a_provider_that_cannot_be_heard_is_a_failed_run_with_the_reason() -> None:
    world = World(acme="timeout")
    acme, zeta = await world.sync("acme"), await world.sync("zeta")
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
    bad = await world.sync("acme")
    good = await world.sync("zeta")
    assert (bad.status, bad.error) == ("failed", "ZeroDivisionError: planted")
    assert good.status == "success"


async def test_a_dry_run_plans_and_touches_nothing() -> None:
    """F47."""
    world = World(acme=["a", "b"])
    planned = await world.flow.plan("acme")
    assert len(planned.inserted) == 2
    assert world.ledger.log == []
    assert world.ledger.rows == {}
    assert world.live.catalog.count() == 0
    assert world.store.saved == 0


async def test_a_dry_run_of_a_silent_provider_says_so() -> None:
    world = World(acme="unreachable")
    with pytest.raises(Unavailable, match="unreachable"):
        await world.flow.plan("acme")


async def test_a_run_whose_process_stops_stays_running_and_is_written_from_the_beginning_later() -> None:
    """F45: whoever takes it over writes all of it; half of it is never there."""
    world = World(acme=["a"])
    world.fetcher.gates["acme"] = asyncio.Event()
    run = world.ledger.start_run("acme", world.clock.now())
    writing = asyncio.create_task(world.flow.write(run))
    await asyncio.sleep(0.05)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert world.ledger.running() == [run]
    assert world.ledger.rows == {}
    world.fetcher.gates["acme"].set()
    again = await world.flow.write(run)
    assert (again.id, again.status, again.inserted) == (run.id, "success", 1)


async def test_a_young_list_that_is_older_than_the_written_one_is_fetched_again() -> None:
    """Another replica has heard the provider since: its newer list is not overwritten, and no run fails."""
    world = World(acme=["a"])
    await world.live.refresh("acme")
    world.clock.pass_(minutes=1)
    theirs = snapshot_of("a", "b", at=world.clock.now())
    run = world.ledger.start_run("acme", world.clock.now())
    world.ledger.apply(run, plan_of(world, theirs), name="Acme", kind="host", at=world.clock.now())
    world.clock.pass_(minutes=1)
    assert (await world.sync("acme")).status == "success"
    assert world.fetcher.asked == ["acme", "acme"]


def plan_of(world: World, snapshot: Snapshot) -> Plan:
    return plan(snapshot, world.ledger.stored(["acme"])["acme"], Policy("host", 3))


async def test_live_and_stored_are_explained_before_between_and_after() -> None:
    world = World(acme=["a", "b"], zeta=["z"])
    await world.live.refresh_all()
    before = await explain(world.live, world.ledger, {"acme"})
    assert before.by_reason == {"provider_never_synced": 2, "provider_not_synced": 1}
    await world.sync("acme")
    between = await explain(world.live, world.ledger, {"acme"})
    assert between.by_reason == {"provider_not_synced": 1}
    await world.sync("zeta")
    after = await explain(world.live, world.ledger, {"acme"})
    assert (after.live, after.stored, after.by_reason) == (3, 3, {})
