"""Sync: write a provider's live snapshot to the store, as it is published, as a plan and its applying."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

import structlog
from msgspec import Struct

from modelatlas.domain.errors import CatalogError, Unavailable
from modelatlas.domain.ledger import Run, RunStatus, StoredProvider
from modelatlas.domain.outcome import Outcome
from modelatlas.domain.plan import Plan, Policy, ProviderKind, plan
from modelatlas.domain.ports import Clock, Ledger
from modelatlas.domain.snapshot import Snapshot
from modelatlas.flows.live import Live
from modelatlas.flows.publish import Publisher

FRESH_ENOUGH: Final = timedelta(minutes=5)
"""A run takes a live snapshot younger than this, else it asks the provider first."""
LAST_RUNS: Final = 20
"""So many of a provider's newest runs are looked through for its last success."""

_log = structlog.get_logger()


class Synced(Struct, frozen=True):
    """What a sync needs to know of a provider besides its listings."""

    slug: str
    name: str
    kind: ProviderKind


class Sync:
    """What a run does, and what it would do; when and where it runs is decided by `jobs`."""

    def __init__(
        self,
        live: Live,
        ledger: Ledger,
        clock: Clock,
        providers: Iterable[Synced],
        grace_runs: int,
        publisher: Publisher | None = None,
    ) -> None:
        self._publisher = publisher or Publisher(clock)
        self._live = live
        self._ledger = ledger
        self._clock = clock
        self._providers = {each.slug: each for each in providers}
        self._grace_runs = grace_runs
        self.written: Callable[[], Awaitable[None]] | None = None
        """Called after every run that has written."""

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
        return await asyncio.to_thread(lambda: self._plan(snapshot, self._stored(slug)))

    async def write(self, run: Run) -> Run:
        """Carry a running run to its end, and return it as it ended; what goes wrong is its status.

        Whoever cancels this leaves the run running, for somebody to write it again from the beginning.
        """
        try:
            return await self._write(run)
        except Exception as error:  # noqa: BLE001 - isolates a provider; the run records what was caught
            _log.exception("sync failed", provider=run.provider, run=run.id)
            text = str(error) if isinstance(error, CatalogError) else f"{type(error).__name__}: {error}"
            return await self._end(run, "failed", text)

    async def _write(self, run: Run) -> Run:
        runs = await asyncio.to_thread(self._ledger.runs, run.provider, LAST_RUNS)
        written = next((each.snapshot_at for each in runs if each.status == "success"), None)
        snapshot = self._fresh(run.provider, written)
        if snapshot is None:
            state = await self._live.refresh(run.provider)
            outcome = state.outcome
            if outcome is None or not outcome.good or state.snapshot is None:
                return await self._not_heard(run, outcome)
            snapshot = state.snapshot
        ended = await asyncio.to_thread(self._apply, run, snapshot)
        if self.written is not None:
            await self.written()
        return ended

    def _apply(self, run: Run, snapshot: Snapshot) -> Run:
        planned = self._plan(snapshot, self._stored(run.provider))
        about = self._providers[run.provider]
        return self._ledger.apply(run, planned, name=about.name, kind=about.kind, at=self._clock.now())

    def _stored(self, slug: str) -> StoredProvider:
        return self._ledger.stored([slug])[slug]

    def _plan(self, snapshot: Snapshot, stored: StoredProvider) -> Plan:
        published = self._publisher.whole(snapshot)
        policy = Policy(self._providers[snapshot.provider].kind, self._grace_runs)
        return plan(published.snapshot, stored, policy, published.suspects)

    async def _not_heard(self, run: Run, outcome: Outcome | None) -> Run:
        skipped = outcome is not None and outcome.kind in {"not_configured", "retired"}
        status: RunStatus = "skipped" if skipped else "failed"
        return await self._end(run, status, told(outcome))

    async def _end(self, run: Run, status: RunStatus, error: str) -> Run:
        return await asyncio.to_thread(self._ledger.end_run, run, status, self._clock.now(), error)

    def _fresh(self, slug: str, written: datetime | None = None) -> Snapshot | None:
        """Return the live snapshot if it is young, and not fetched before the one that was written last."""
        snapshot, now = self._live.states[slug].snapshot, self._clock.now()
        if snapshot is None or now - snapshot.fetched_at >= FRESH_ENOUGH:
            return None
        overtaken = written is not None and snapshot.fetched_at < written <= now
        return None if overtaken else snapshot

    def _held(self, slug: str) -> Snapshot | None:
        return self._live.states[slug].snapshot


def told(outcome: Outcome | None) -> str:
    """Say to a person why a provider was not heard."""
    return "never asked" if outcome is None else f"{outcome.kind}: {outcome.detail}"
