"""Sync: write a provider's live snapshot to the store, as a plan and its applying."""

import asyncio
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Final

import structlog
from msgspec import Struct

from modelatlas.domain.errors import CatalogError, Unavailable
from modelatlas.domain.ledger import Run, RunStatus
from modelatlas.domain.outcome import Outcome
from modelatlas.domain.plan import Plan, Policy, ProviderKind, plan
from modelatlas.domain.ports import Clock, Ledger
from modelatlas.domain.refresh import ProviderState
from modelatlas.domain.snapshot import Snapshot
from modelatlas.flows.live import Live

FRESH_ENOUGH: Final = timedelta(minutes=5)
"""A run takes a live snapshot younger than this, else it asks the provider first."""
AT_ONCE: Final = 4
"""Runs at the same time."""

_log = structlog.get_logger()


class Synced(Struct, frozen=True):
    """What a sync needs to know of a provider besides its listings."""

    slug: str
    name: str
    kind: ProviderKind


class Sync:
    """Plans and runs syncs; two syncs of one provider at once are one run."""

    def __init__(
        self, live: Live, ledger: Ledger, clock: Clock, providers: Iterable[Synced], grace_runs: int
    ) -> None:
        self._live = live
        self._ledger = ledger
        self._clock = clock
        self._providers = {each.slug: each for each in providers}
        self._grace_runs = grace_runs
        self._under_way: dict[str, tuple[Run, asyncio.Task[Run]]] = {}
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._starting = asyncio.Lock()

    async def plan(self, slug: str) -> Plan:
        """Say what a run would write now, without writing or publishing anything (F47).

        Raises `Unavailable` when there is no fresh snapshot and the provider cannot be heard.
        """
        snapshot = self._fresh(slug)
        if snapshot is None:
            looked = await self._live.look(slug)
            snapshot = looked.snapshot or (self._held(slug) if looked.outcome.good else None)
            if snapshot is None:
                raise Unavailable(told(looked.outcome), looked.outcome.retry_after)
        return await self._planned(slug, snapshot)

    async def start(self, slugs: Collection[str]) -> list[Run]:
        """Begin a run for each provider, or join the one under way; return the runs at once (F40)."""
        async with self._starting:
            return [await self._start(slug) for slug in slugs]

    async def wait(self, runs: Iterable[Run], seconds: float) -> list[Run]:
        """Wait up to so many seconds for runs to end; return them as they then are."""
        wanted = list(runs)
        tasks = [task for run, task in self._under_way.values() if any(each.id == run.id for each in wanted)]
        if tasks and seconds > 0:
            await asyncio.wait(tasks, timeout=seconds)
        found = [await asyncio.to_thread(self._ledger.run, run.id) for run in wanted]
        return [run for run in found if run is not None]

    async def sync(self, slug: str) -> Run:
        """Run one sync to its end."""
        (run,) = await self.start([slug])
        under_way = self._under_way.get(slug)
        if under_way is not None and under_way[0].id == run.id:
            return await asyncio.shield(under_way[1])
        return (await self.wait([run], 0))[0]

    async def stop(self) -> None:
        """Cancel the runs under way; each is logged as cancelled."""
        tasks = [task for _, task in self._under_way.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _start(self, slug: str) -> Run:
        under_way = self._under_way.get(slug)
        if under_way is not None and not under_way[1].done():
            return under_way[0]
        run = await asyncio.to_thread(self._ledger.start_run, slug, self._clock.now())
        task = asyncio.create_task(self._run(run), name=f"sync {slug}")
        self._under_way[slug] = (run, task)
        return run

    async def _run(self, run: Run) -> Run:
        try:
            async with self._gate:
                return await self._write(run)
        except asyncio.CancelledError:
            self._ledger.end_run(run, "cancelled", self._clock.now(), "the service was stopped")
            raise
        except Exception as error:  # noqa: BLE001 - isolates a provider; the run records what was caught
            _log.exception("sync failed", provider=run.provider, run=run.id)
            text = str(error) if isinstance(error, CatalogError) else f"{type(error).__name__}: {error}"
            return await self._end(run, "failed", text)

    async def _write(self, run: Run) -> Run:
        snapshot = self._fresh(run.provider)
        if snapshot is None:
            state = await self._live.refresh(run.provider)
            outcome = state.outcome
            if outcome is None or not outcome.good or state.snapshot is None:
                return await self._not_heard(run, outcome)
            snapshot = state.snapshot
        planned = await self._planned(run.provider, snapshot)
        about = self._providers[run.provider]
        return await asyncio.to_thread(
            lambda: self._ledger.apply(run, planned, name=about.name, kind=about.kind, at=self._clock.now())
        )

    async def _planned(self, slug: str, snapshot: Snapshot) -> Plan:
        policy = Policy(self._providers[slug].kind, self._grace_runs)
        return await asyncio.to_thread(lambda: plan(snapshot, self._ledger.stored([slug])[slug], policy))

    async def _not_heard(self, run: Run, outcome: Outcome | None) -> Run:
        skipped = outcome is not None and outcome.kind in {"not_configured", "retired"}
        status: RunStatus = "skipped" if skipped else "failed"
        return await self._end(run, status, told(outcome))

    async def _end(self, run: Run, status: RunStatus, error: str) -> Run:
        return await asyncio.to_thread(self._ledger.end_run, run, status, self._clock.now(), error)

    def _fresh(self, slug: str) -> Snapshot | None:
        state = self._live.states[slug]
        age = state.age(self._clock.now())
        return state.snapshot if age is not None and age < FRESH_ENOUGH else None

    def _held(self, slug: str) -> Snapshot | None:
        return self._live.states[slug].snapshot


def told(outcome: Outcome | None) -> str:
    """Say to a person why a provider was not heard."""
    return "never asked" if outcome is None else f"{outcome.kind}: {outcome.detail}"


def is_due_for_sync(state: ProviderState, runs: Iterable[Run], interval: timedelta) -> bool:
    """Tell whether a provider just heard is to be written: never synced, or longer ago than the interval.

    `runs` are its newest ones, newest first.
    """
    outcome = state.outcome
    if outcome is None or not outcome.good:
        return False
    last = next((run for run in runs if run.status == "success"), None)
    return last is None or last.completed_at is None or outcome.at - last.completed_at >= interval
