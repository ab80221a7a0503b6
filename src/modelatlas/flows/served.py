"""What is served: the live catalog, or what the store holds of each provider that was ever synced."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import structlog

from modelatlas.domain.catalog import Catalog, with_stored
from modelatlas.domain.errors import Unavailable
from modelatlas.domain.ledger import StoredList
from modelatlas.domain.ports import StoredLists
from modelatlas.domain.snapshot import Snapshot
from modelatlas.flows.live import Live

LOOK_EVERY: Final = 1.0
"""Seconds between two looks at what other processes have synced."""

_log = structlog.get_logger()


class Served:
    """The catalog that answers are made of.

    Without `lists` it is the live one. With them, a provider with a successful run is served as that run
    left it, be it with no listing at all; the others are served live.
    """

    def __init__(self, live: Live, lists: StoredLists | None = None) -> None:
        self._live = live
        self._lists = lists
        self._stored: Mapping[str, StoredList] = MappingProxyType({})
        self._made: tuple[Catalog, Mapping[str, StoredList], Catalog] | None = None
        self._gate = asyncio.Lock()
        self._away = False

    @property
    def from_store(self) -> bool:
        """Tell whether what is stored is served."""
        return self._lists is not None

    @property
    def catalog(self) -> Catalog:
        """The catalog of this moment, complete."""
        live, stored = self._live.catalog, self._stored
        if self._lists is None:
            return live
        made = self._made
        if made is None or made[0] is not live or made[1] is not stored:
            made = self._made = (live, stored, self.of(live))
        return made[2]

    def of(self, live: Catalog) -> Catalog:
        """Return what is served while a catalog is the live one."""
        if self._lists is None:
            return live
        parts = [each.snapshot for each in self._stored.values() if each.snapshot is not None]
        return with_stored(live, parts)

    def part(self, slug: str) -> Snapshot | None:
        """Return a provider's own list: as it is stored where that is served, else as it was heard."""
        stored = self._stored.get(slug)
        if stored is not None and stored.snapshot is not None:
            return stored.snapshot
        state = self._live.states.get(slug)
        return None if state is None else state.snapshot

    async def look(self) -> None:
        """Take in what syncs have written, here or in another process.

        While the store is away, what is held stays.
        """
        if self._lists is None:
            return
        async with self._gate:
            held = self._stored
            try:
                found = await asyncio.to_thread(self._lists.load, held)
            except Unavailable as away:
                if not self._away:
                    _log.warning("what is stored is served as it was", reason=str(away))
                self._away = True
                return
            self._away = False
            if found != held:
                self._stored = found

    async def run(self) -> None:
        """Look for ever; end by cancelling. It ends by itself where the live catalog is served."""
        while self._lists is not None:
            await asyncio.sleep(LOOK_EVERY)
            await self.look()
