"""The live half: every provider asked in the background, its newest good snapshot published at once.

A read never waits for a provider: it takes `Live.catalog`, whatever its age.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.errors import Unavailable
from modelatlas.domain.outcome import Fetched
from modelatlas.domain.ports import Cache, Clock, Fetcher, Replicas, SnapshotStore
from modelatlas.domain.refresh import ProviderState, after, is_due, released, taken, was_asked
from modelatlas.domain.snapshot import Snapshot
from modelatlas.flows.alone import Alone

AT_ONCE: Final = 64
"""Providers asked at the same time: all there are, since most of a fetch is waiting."""
LOOK_EVERY: Final = 1.0
"""Seconds between two looks at who is due."""
LOOK_AGAIN: Final = 0.05
"""Seconds between two looks whether another process has asked a provider."""

_log = structlog.get_logger()

Heard = Callable[[ProviderState], Awaitable[None]]


class Live:
    """Fetches, publishes and keeps the snapshots of all providers."""

    def __init__(
        self,
        cache: Cache,
        fetcher: Fetcher,
        store: SnapshotStore,
        clock: Clock,
        *,
        ttl: timedelta,
        jitter: Callable[[], float],
        replicas: Replicas | None = None,
    ) -> None:
        self._cache = cache
        self._fetcher = fetcher
        self._store = store
        self._clock = clock
        self._ttl = ttl
        self._jitter = jitter
        self.replicas: Final = replicas or Alone()
        self._under_way: dict[str, asyncio.Task[ProviderState]] = {}
        self._unkept: dict[str, bytes] = {}  # slug -> payload of a snapshot that the store could not take
        self._gate = asyncio.Semaphore(AT_ONCE)
        self.heard: Heard | None = None
        """Called after every good fetch, with the new state."""

    @property
    def catalog(self) -> Catalog:
        """The catalog of this moment."""
        return self._cache.catalog

    @property
    def states(self) -> Mapping[str, ProviderState]:
        """What is held of each provider."""
        return self._cache.states

    async def load(self, *, shown: bool = True) -> None:
        """Take in the last good snapshots that the store kept (decision: a start needs no network).

        Unless `shown` they are held only, and the catalog is without them. What was heard meanwhile stays.
        """
        kept = await asyncio.to_thread(self._store.load)
        known = self._cache.states
        take = self._cache.put if shown else self._cache.hold
        take(
            *(
                msgspec.structs.replace(known[part.provider], snapshot=part, kept_in="store")
                for part in kept
                if part.provider in known and _is_newer(part, known[part.provider].snapshot)
            )
        )

    def make_beforehand(
        self, of_list: Callable[[Snapshot], None], of_catalog: Callable[[Catalog], None]
    ) -> None:
        """Call these, in threads, with each list and each catalog as it will be shown, before it is."""
        self._cache.list_beforehand = of_list
        self._cache.catalog_beforehand = of_catalog

    def put_references(self, parts: Iterable[Snapshot]) -> None:
        """Take in what references list; it stands in for providers without a snapshot."""
        self._cache.put_references(parts)

    def put_settings(self, settings: str) -> None:
        """Take in what besides the content alters the answers: the catalog has another id from now on."""
        self._cache.put_settings(settings)

    async def republish(self) -> None:
        """Make what is shown of every list anew: prices have turned, or sources are others."""
        await self._cache.reshow()

    async def run(self) -> None:
        """Ask whoever is due, for ever; end by cancelling."""
        try:
            while True:
                now = self._clock.now()
                for state in self.states.values():
                    if is_due(state, now, self._ttl):
                        self._start(state.slug, if_due=True)
                await asyncio.sleep(LOOK_EVERY)
        finally:
            await self.stop()

    async def stop(self) -> None:
        """End the fetches under way and leave no task behind."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def refresh(self, slug: str, since: datetime | None = None) -> ProviderState:
        """Ask one provider now, sharing a fetch that is under way; return what is held afterwards.

        With `since` it is not asked where it was since then; a fetch under way counts if answered later.
        """
        if since is None:
            return await asyncio.shield(self._start(slug))
        for _ in range(2):  # the first may share a fetch that was answered before
            if not was_asked(self.states[slug], since):
                await asyncio.shield(self._start(slug))
        return self.states[slug]

    async def until_asked(self, slug: str, since: datetime) -> ProviderState:
        """Wait until another process has asked a provider at `since` or later, and its word is held here."""
        while not was_asked(self.states[slug], since):  # noqa: ASYNC110 - replicas say nothing, they are read
            await asyncio.sleep(LOOK_AGAIN)
        return self.states[slug]

    async def refresh_all(self) -> None:
        """Ask every provider now and wait for all."""
        await asyncio.gather(*(self.refresh(slug) for slug in self.states))

    async def look(self, slug: str) -> Fetched:
        """Ask one provider without publishing or keeping anything: for a dry run."""
        return taken(self.states[slug].snapshot, await self._fetcher.fetch(slug))

    async def release(self, slug: str) -> ProviderState:
        """Publish a snapshot that was held for its shrinking."""
        held = self.states[slug].held
        state = released(self.states[slug])
        await self._publish(state, b"" if held is None else held.payload)
        return state

    def _start(self, slug: str, *, if_due: bool = False) -> asyncio.Task[ProviderState]:
        task = self._under_way.get(slug)
        if task is None or task.done():
            task = asyncio.create_task(self._in_turn(slug, if_due=if_due), name=f"fetch {slug}")
            self._under_way[slug] = task
            task.add_done_callback(lambda done: self._ended(slug, done))
        return task

    def _ended(self, slug: str, task: asyncio.Task[ProviderState]) -> None:
        if self._under_way.get(slug) is task:
            del self._under_way[slug]
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("fetch ended with a fault of ours", provider=slug, error=repr(error))

    async def _in_turn(self, slug: str, *, if_due: bool) -> ProviderState:
        """Ask a provider, unless another replica has asked it while we waited for our turn."""
        wanted, before = self._clock.now(), self.states[slug]
        async with self.replicas.turn(slug):
            state, now = self.states[slug], self._clock.now()
            asked = state is not before and was_asked(state, wanted)
            if asked or (if_due and not is_due(state, now, self._ttl)):
                return state
            return await self._fetch(slug)

    async def _fetch(self, slug: str) -> ProviderState:
        async with self._gate:
            fetched = await self._fetcher.fetch(slug)
        before = self.states[slug]
        state = after(before, fetched, self._ttl, self._jitter())
        await self._publish(state, fetched.payload)
        outcome = state.outcome
        if outcome is not None and outcome.good and self.heard is not None:
            await self._tell(self.heard, state)
        return state

    async def _tell(self, heard: Heard, state: ProviderState) -> None:
        try:
            await heard(state)
        except Unavailable as away:  # the next good fetch tells it again
            _log.warning("not told", provider=state.slug, reason=str(away))

    async def _publish(self, state: ProviderState, payload: bytes) -> None:
        changed = self.states[state.slug].snapshot is not state.snapshot
        await self._cache.show(state)
        if state.snapshot is not None and (changed or state.slug in self._unkept):
            await self._keep(state.snapshot, payload or self._unkept.get(state.slug, b""))
        await self.replicas.publish(state)

    async def _keep(self, snapshot: Snapshot, payload: bytes) -> None:
        """Keep a snapshot; one that the store cannot take now is served all the same, and kept later."""
        try:
            await asyncio.to_thread(self._store.save, snapshot, payload)
        except Unavailable as away:
            self._unkept[snapshot.provider] = payload
            _log.warning("not kept", provider=snapshot.provider, reason=str(away))
        else:
            self._unkept.pop(snapshot.provider, None)


def _is_newer(part: Snapshot, held: Snapshot | None) -> bool:
    return held is None or held.fetched_at < part.fetched_at
