"""Which state of a provider is the newest: the one held here, or the one that another replica told."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from modelatlas.caching.codec import Bodies, Pointer, unpacked
from modelatlas.domain.ports import Cache
from modelatlas.domain.refresh import ProviderState

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
TICK: Final = timedelta(microseconds=1)


class Newest:
    """When the states in a cache were made; `kept_in` is where those that others made come from."""

    def __init__(self, cache: Cache, kept_in: str) -> None:
        self._cache = cache
        self._kept_in = kept_in
        self._made: dict[str, datetime] = {}

    def made_at(self, slug: str) -> datetime:
        """Return when what we hold was made; what was loaded from the store, when it was heard."""
        snapshot = self._cache.states[slug].snapshot
        return self._made.get(slug) or (EPOCH if snapshot is None else snapshot.fetched_at)

    def made_now(self, slug: str, now: datetime) -> None:
        """Count what we hold as made now, and in any case after what was known before."""
        self._made[slug] = max(now, self.made_at(slug) + TICK)

    def pass_over(self, slug: str, pointer: Pointer) -> None:
        """Leave out what a pointer says, which is damaged, until there is a newer one."""
        self._made[slug] = pointer.at

    async def adopt(self, slug: str, pointer: Pointer, bodies: Bodies, ours: ProviderState) -> None:
        """Hold what a pointer says, unless something newer came meanwhile. Raises `Damaged`."""
        state = await asyncio.to_thread(unpacked, slug, pointer, bodies, ours, self._kept_in)
        if state.snapshot is not None and state.snapshot is not ours.snapshot:
            await asyncio.to_thread(self._cache.prepare, state.snapshot)
        if self._cache.states[slug] is ours:
            self._made[slug] = pointer.at
            self._cache.put(state)


def says_something(state: ProviderState) -> bool:
    """Tell whether there is anything in a state that others would want to know."""
    return state.outcome is not None or state.snapshot is not None
