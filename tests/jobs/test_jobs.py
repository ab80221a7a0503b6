"""Runs are begun once, waited for, cancelled, taken over from the dead, and handed over at the end."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from modelatlas.caching.memory import Memory
from modelatlas.domain.errors import Misconfigured, Unavailable
from modelatlas.domain.ledger import Run
from modelatlas.flows.live import Live
from modelatlas.flows.sync import Sync, Synced
from modelatlas.jobs import jobs as jobs_module
from modelatlas.jobs.jobs import Jobs
from modelatlas.jobs.leases import ABANDONED, LEASE
from modelatlas.jobs.work import Work
from tests.builders import FakeClock, FakeFetcher, MemoryLedger, MemorySnapshots
from tests.jobs.builders import MemoryExecutors, ThreadEngine, jobs_of

SLUGS = ("acme", "zeta")


class Shared:
    """What all processes of a service have in common: clock, store, leases."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.ledger = MemoryLedger()
        self.executors = MemoryExecutors()


class Process:
    """One process: its own live catalog and its own engine, over what all share."""

    def __init__(self, shared: Shared, interval: timedelta | None = timedelta(hours=6)) -> None:
        self.clock = shared.clock
        self.ledger = shared.ledger
        self.fetcher = FakeFetcher(shared.clock, {"acme": ["a"], "zeta": ["z"]})
        self.live = Live(
            Memory(SLUGS), self.fetcher, MemorySnapshots(), shared.clock,
            ttl=timedelta(hours=1), jitter=lambda: 0.0,
        )  # fmt: skip
        sync = Sync(self.live, shared.ledger, shared.clock, [Synced(s, s, "host") for s in SLUGS], 3)
        self.engines: list[ThreadEngine] = []
        self.jobs: Jobs = jobs_of(
            sync, self.live, shared.ledger, shared.clock,
            synced=["acme"], interval=interval, executors=shared.executors, launch=self.launch,
            token=lambda: f"{id(self)}-{next(self.tokens)}",
        )  # fmt: skip
        self.tokens = iter(range(1_000))

    @property
    def engine(self) -> ThreadEngine:
        return self.engines[-1]

    def launch(self, executor: str, work: Work, *, takes_work: bool) -> ThreadEngine:
        self.engines.append(ThreadEngine(executor, work, takes_work=takes_work))
        return self.engine


@contextlib.asynccontextmanager
async def started(process: Process) -> AsyncIterator[Process]:
    await process.jobs.start(takes_work=True)
    try:
        yield process
    finally:
        for gate in process.fetcher.gates.values():
            gate.set()
        await process.jobs.stop()
        await process.live.stop()


@pytest.fixture
def shared() -> Shared:
    return Shared()


@pytest.fixture
async def process(shared: Shared) -> AsyncIterator[Process]:
    async with started(Process(shared)) as begun:
        yield begun


async def ended(process: Process, runs: list[Run]) -> list[Run]:
    return await process.jobs.wait(runs, 10)


async def test_runs_are_begun_at_once_and_end_by_themselves(process: Process) -> None:
    """F40."""
    runs = await process.jobs.begin(SLUGS)
    assert [(run.provider, run.status, run.executor) for run in runs] == [
        ("acme", "running", "host-0"),
        ("zeta", "running", "host-0"),
    ]
    assert [run.status for run in await ended(process, runs)] == ["success", "success"]


async def test_one_provider_twice_at_once_is_one_run_in_this_process_and_in_others(shared: Shared) -> None:
    """F44."""
    async with started(Process(shared)) as one, started(Process(shared)) as other:
        one.fetcher.gates["acme"] = asyncio.Event()
        first = await one.jobs.begin(["acme"])
        assert [run.id for run in await one.jobs.begin(["acme"])] == [first[0].id]
        assert [run.id for run in await other.jobs.begin(["acme"])] == [first[0].id]
        joined = asyncio.create_task(other.jobs.run("acme"))
        await asyncio.sleep(0.05)
        one.fetcher.gates["acme"].set()
        assert (await joined).status == "success"
        assert len(shared.ledger.log) == 1
        assert other.fetcher.asked == []


async def test_who_takes_work_asks_for_those_who_do_not(shared: Shared) -> None:
    reads, asks = Process(shared), Process(shared)
    async with started(reads), started(asks):
        reads.engine._ask = asks.engine._ask  # type: ignore[method-assign]  # as through their database
        now = shared.clock.now()
        await reads.jobs.refresh("acme", now)
        await until(lambda: asks.live.states["acme"].outcome is not None)
        await reads.jobs.refresh("acme", now)
        assert asks.jobs.ask("nobody", now) == "unknown"
        await asyncio.to_thread(asks.jobs.ask, "acme", now)  # it was asked since
        assert (asks.fetcher.asked, reads.fetcher.asked) == (["acme"], [])


async def test_what_is_being_asked_at_the_stop_is_left_for_the_next(shared: Shared) -> None:
    process = Process(shared)
    async with started(process):
        process.fetcher.gates["acme"] = asyncio.Event()
        asking = asyncio.create_task(asyncio.to_thread(process.engine._ask, "acme", shared.clock.now()))
        await asked(process, "acme")
        await process.jobs.stop()
        assert await asking == "handed over"
        assert await asyncio.to_thread(process.engine._ask, "acme", shared.clock.now()) == "handed over"


async def test_waiting_ends_with_the_time_and_the_run_goes_on(process: Process) -> None:
    process.fetcher.gates["acme"] = asyncio.Event()
    runs = await process.jobs.begin(["acme"])
    assert [run.status for run in await process.jobs.wait(runs, 0.05)] == ["running"]
    process.fetcher.gates["acme"].set()
    assert [run.status for run in await ended(process, runs)] == ["success"]


async def test_a_run_is_cancelled_and_writes_nothing(process: Process) -> None:
    process.fetcher.gates["acme"] = asyncio.Event()
    (run,) = await process.jobs.begin(["acme"])
    await asked(process, "acme")
    cancelled = await process.jobs.cancel(run)
    assert (cancelled.status, cancelled.error) == ("cancelled", "cancelled by an operator")
    process.fetcher.gates["acme"].set()
    again = await ended(process, await process.jobs.begin(["acme"]))
    assert [(each.id, each.status) for each in again] == [(run.id + 1, "success")]
    assert await process.jobs.cancel(again[0]) == again[0]
    assert process.ledger.log[0] == cancelled


async def test_a_run_in_another_process_is_cancelled_too(shared: Shared) -> None:
    async with started(Process(shared)) as one, started(Process(shared)) as other:
        one.fetcher.gates["acme"] = asyncio.Event()
        (run,) = await one.jobs.begin(["acme"])
        await asked(one, "acme")
        shared_engine = other.engine
        shared_engine._begun = one.engine._begun
        assert (await other.jobs.cancel(run)).status == "cancelled"
        one.fetcher.gates["acme"].set()
        await until(lambda: not one.engine.active([run.workflow or ""]))
        assert shared.ledger.log[0].status == "cancelled"
        assert shared.ledger.rows == {}


async def test_a_command_that_is_broken_off_cancels_its_run(process: Process) -> None:
    process.fetcher.gates["acme"] = asyncio.Event()
    running = asyncio.create_task(process.jobs.run("acme"))
    await asked(process, "acme")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [run.status for run in process.ledger.log] == ["cancelled"]


async def test_a_run_that_cannot_be_begun_has_failed_and_says_why(process: Process) -> None:
    process.engine.fails = OSError("no space")
    with pytest.raises(OSError, match="no space"):
        await process.jobs.begin(["acme"])
    (run,) = process.ledger.log
    assert (run.status, run.error) == ("failed", "it could not be begun: OSError: no space")


async def test_what_is_in_hand_at_a_stop_is_handed_over(shared: Shared) -> None:
    """A stop ends no run: it stays running for whoever comes next, and its lease is over at once."""
    process = Process(shared)
    async with started(process):
        process.fetcher.gates["acme"] = asyncio.Event()
        (run,) = await process.jobs.begin(["acme"])
        await asked(process, "acme")
        await process.jobs.stop()
        assert shared.ledger.running() == [run]
        assert shared.executors.lapsed(shared.clock.now()) == {"host-0"}
        with pytest.raises(Unavailable, match="does not run syncs now"):
            await process.jobs.begin(["acme"])


async def test_a_survivor_takes_over_from_the_dead_and_forgets_them(shared: Shared) -> None:
    """F45: their unfinished workflows go back into the queue; runs that no engine knows end as failed."""
    shared.executors.leases["dead-0"] = ("gone", shared.clock.now())
    lost = shared.ledger.start_run("zeta", shared.clock.now(), "known-to-nobody", "dead-0")
    async with started(Process(shared)) as survivor:
        assert survivor.engine.recovered == ["dead-0"]
        assert shared.executors.lapsed(shared.clock.now()) == frozenset()
        log = shared.ledger.run(lost.id)
        assert log is not None
        assert (log.status, log.error) == ("failed", ABANDONED)


async def test_survivors_go_on_looking(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_module, "BEAT", 0.01)
    async with started(Process(shared)) as survivor:
        shared.executors.leases["dead-0"] = ("gone", shared.clock.now())
        await until(lambda: survivor.engine.recovered == ["dead-0"])
        shared.clock.pass_(seconds=20)
        later = shared.clock.now() + LEASE
        await until(lambda: shared.executors.leases["host-0"][1] == later)


async def test_a_lease_is_renewed_while_all_other_threads_wait(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_module, "BEAT", 0.01)
    go_on = threading.Event()
    waiting: list[asyncio.Task[bool]] = []
    async with started(Process(shared)):
        try:
            waiting += [asyncio.create_task(asyncio.to_thread(go_on.wait, 20)) for _ in range(40)]
            await asyncio.sleep(0.05)
            shared.clock.pass_(seconds=20)
            end = shared.clock.now() + LEASE
            await until(lambda: shared.executors.leases["host-0"][1] == end)
        finally:
            go_on.set()
            await asyncio.gather(*waiting)


async def test_who_was_taken_for_dead_goes_on_under_another_name(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_module, "BEAT", 0.01)
    async with started(Process(shared)) as process:
        first = process.engine
        shared.executors.leases["host-0"] = ("another", shared.clock.now() + LEASE)
        await until(lambda: len(process.engines) > 1)
        await until(lambda: process.engine.recovered == ["host-0"])
        assert "host-1" in shared.executors.leases
        assert process.engine is not first
        assert [run.status for run in await ended(process, await process.jobs.begin(["acme"]))] == ["success"]


async def test_whoever_is_due_is_begun_once_however_often_somebody_looks(process: Process) -> None:
    jobs = process.jobs

    def look() -> list[tuple[str, int]]:
        begun = jobs.begin_due()
        for workflow, run_id in begun:
            process.engine.enqueue(workflow, run_id)
        return begun

    (first,) = await asyncio.to_thread(look)
    await ended(process, process.ledger.runs())
    assert await asyncio.to_thread(look) == []
    process.clock.pass_(hours=5, minutes=59)
    assert await asyncio.to_thread(look) == []
    process.clock.pass_(minutes=1)
    (second,) = await asyncio.to_thread(look)
    await ended(process, process.ledger.runs())
    assert first != second
    assert [run.provider for run in process.ledger.log] == ["acme", "acme"]


async def test_a_provider_just_heard_is_synced_at_once_if_it_is_listed_and_due(process: Process) -> None:
    process.live.heard = process.jobs.heard
    await process.live.refresh_all()
    await ended(process, process.ledger.runs())
    assert [(run.provider, run.status) for run in process.ledger.log] == [("acme", "success")]
    process.clock.pass_(hours=5)
    await process.live.refresh_all()
    assert len(process.ledger.log) == 1
    process.clock.pass_(hours=1)
    await process.live.refresh_all()
    await ended(process, process.ledger.runs())
    assert len(process.ledger.log) == 2


async def test_heard_and_looked_for_at_the_same_time_is_one_run(process: Process) -> None:
    """F44: both name the run that follows the provider's newest one."""
    process.live.heard = process.jobs.heard
    process.fetcher.gates["acme"] = asyncio.Event()
    refreshing = asyncio.create_task(process.live.refresh("acme"))
    await asked(process, "acme")
    ((workflow, run_id),) = await asyncio.to_thread(process.jobs.begin_due)
    process.engine.enqueue(workflow, run_id)
    process.fetcher.gates["acme"].set()
    await refreshing
    await ended(process, process.ledger.runs())
    assert [run.workflow for run in process.ledger.log] == [workflow]


async def test_without_an_interval_nobody_is_synced_by_itself(shared: Shared) -> None:
    async with started(Process(shared, interval=None)) as process:
        assert process.engine.looks is None
        process.live.heard = process.jobs.heard
        await process.live.refresh_all()
        assert await asyncio.to_thread(process.jobs.begin_due) == []
        assert shared.ledger.log == []


async def test_the_schedule_is_set_by_those_who_take_work(shared: Shared) -> None:
    async with started(Process(shared)) as process:
        assert (process.engine.takes_work, process.engine.looks) == (True, 60)
    command = Process(shared)
    await command.jobs.start(takes_work=False)
    assert (command.engine.takes_work, command.engine.looks) == (False, None)
    await command.jobs.stop()


async def test_an_engine_that_does_not_start_leaves_no_lease(shared: Shared) -> None:
    process = Process(shared)

    def fails(executor: str, work: Work, *, takes_work: bool) -> ThreadEngine:
        raise Misconfigured("no place")

    process.jobs._launch = fails
    with pytest.raises(Misconfigured, match="no place"):
        await process.jobs.start(takes_work=True)
    assert shared.executors.alive(shared.clock.now()) == frozenset()


async def asked(process: Process, slug: str) -> None:
    """Wait until a provider is being asked."""
    await until(lambda: slug in process.fetcher.asked)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.01)
