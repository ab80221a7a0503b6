"""References: loaded at the start, fetched anew in the background, the last good copy kept."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from msgspec import structs

from modelatlas.domain.catalog import united
from modelatlas.domain.errors import CatalogError
from modelatlas.domain.ports import Clock, Reference, ReferenceSource
from modelatlas.domain.references import ReferenceState
from modelatlas.domain.snapshot import Snapshot

EVERY: Final = timedelta(hours=6)
"""How often a document is fetched; the files of others change a few times a day at most."""
LOOK_EVERY: Final = 60.0
"""Seconds between two looks at what is due."""
FOLLOW_EVERY: Final = 0.5
"""Seconds between two looks at copies that another process keeps fresh."""

_log = structlog.get_logger()

Fetch = Callable[[str, str], Awaitable[bytes]]
"""How a document is fetched: by name and URL; raises `CatalogError`."""


class References:
    """Loads references and keeps them fresh; `publish` gets their snapshots whenever one is another."""

    def __init__(
        self,
        sources: Iterable[ReferenceSource],
        clock: Clock,
        publish: Callable[[list[Snapshot]], Awaitable[None]],
        fetch: Fetch | None = None,
    ) -> None:
        self._sources = tuple(sources)
        self._clock = clock
        self._publish = publish
        self._fetch = fetch
        self._loaded: dict[str, Reference] = {}
        self._states = {each.name: ReferenceState(each.name, each.url) for each in self._sources}

    @property
    def loaded(self) -> Sequence[Reference]:
        """The references that could be read, in the order of the setting."""
        return [self._loaded[each.name] for each in self._sources if each.name in self._loaded]

    @property
    def states(self) -> Sequence[ReferenceState]:
        """What is held of each reference."""
        return [self._states[each.name] for each in self._sources]

    async def load(self) -> None:
        """Read all of them, and publish what they list."""
        await self.read()
        await self._put()

    async def read(self) -> None:
        """Read all of them; one that cannot be read is left out, logged and harms no other (F23)."""
        for source in self._sources:
            try:
                self._take(source, await asyncio.to_thread(source.load))
            except CatalogError as error:
                self._fail(source, error)

    async def run(self) -> None:
        """Fetch what is due, for ever; end by cancelling."""
        while True:
            for source in self._sources:
                await self.refresh(source.name)
            await asyncio.sleep(LOOK_EVERY)

    async def follow(self) -> None:
        """Read what another process has fetched, for ever; end by cancelling."""
        while True:
            await asyncio.sleep(FOLLOW_EVERY)
            await self.look()

    async def look(self) -> None:
        """Read the copies that are others than those that were read."""
        for source in self._sources:
            at = await asyncio.to_thread(source.fetched_at)
            if at is not None and at != self._states[source.name].fetched_at:
                await self.load()
                return

    async def refresh(self, name: str) -> None:
        """Fetch a reference that has a URL, if it is due; a document that can be read is kept."""
        source = next(each for each in self._sources if each.name == name)
        state = self._states[name]
        if source.url is None or self._fetch is None or not _is_due(state, self._clock.now()):
            return
        self._states[name] = structs.replace(state, tried_at=self._clock.now())
        try:
            document = await self._fetch(name, source.url)
            reference = await asyncio.to_thread(source.read, document)
            await asyncio.to_thread(source.keep, document)
        except CatalogError as error:
            self._fail(source, error)
            return
        before = self._states[name].version
        self._take(source, reference, self._clock.now())
        if before != reference.version:
            await self._put()

    def _take(self, source: ReferenceSource, reference: Reference, at: datetime | None = None) -> None:
        before = self._states[source.name]
        same = before.version == reference.version
        self._loaded[source.name] = reference
        self._states[source.name] = ReferenceState(
            source.name,
            source.url,
            reference.version,
            reference.count(),
            at or source.fetched_at(),
            before.tried_at,
            since=before.since if same else at or source.written_at(),
        )

    def _fail(self, source: ReferenceSource, error: CatalogError) -> None:
        _log.warning("reference not read", reference=source.name, reason=str(error))
        self._states[source.name] = structs.replace(self._states[source.name], problem=str(error))

    async def listed(self) -> list[Snapshot]:
        """Return what all of them list, one list for each provider."""
        now = self._clock.now()
        loaded = self.loaded

        def snapshots() -> list[Snapshot]:
            return united(part for reference in loaded for part in reference.snapshots(now))

        return await asyncio.to_thread(snapshots)

    async def _put(self) -> None:
        await self._publish(await self.listed())


def _is_due(state: ReferenceState, now: datetime) -> bool:
    """Tell whether a document is to be fetched: never heard, or long ago; after a failure half as long."""
    if state.tried_at is not None and now - state.tried_at < (EVERY if state.problem is None else EVERY / 2):
        return False
    return state.fetched_at is None or now - state.fetched_at >= EVERY
