"""The newest state of every provider in memory, and the catalog made of it: swapped whole (F26).

A catalog is made ready before it is shown, and readers have the one before it meanwhile. Lists that come
while one is made ready are shown together by the next.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from modelatlas.domain.catalog import Catalog, with_references
from modelatlas.domain.refresh import ProviderState
from modelatlas.domain.snapshot import Snapshot

Publish = Callable[[Iterable[Snapshot]], Iterable[Snapshot]]


def as_heard(parts: Iterable[Snapshot]) -> Iterable[Snapshot]:
    """Publish lists as they were heard."""
    return parts


class Memory:
    """Holds provider states; `catalog` is always complete and is replaced by one assignment.

    The states hold what providers said; `publish` makes of lists what the catalog shows of them.
    """

    def __init__(self, slugs: Iterable[str], settings: str = "", publish: Publish = as_heard) -> None:
        self._publish = publish
        self._states = {slug: ProviderState(slug) for slug in sorted(slugs)}
        self._references: tuple[Snapshot, ...] = ()
        self._settings = settings
        self._catalog = self._built(self._states)
        self._turns = 0  # of the catalog: whatever is made of what was held before is of no use
        self._waiting: dict[str, ProviderState] = {}
        self._making = asyncio.Lock()
        self.list_beforehand: Callable[[Snapshot], None] = lambda _: None
        self.catalog_beforehand: Callable[[Catalog], None] = lambda _: None

    @property
    def catalog(self) -> Catalog:
        """The catalog of this moment."""
        return self._catalog

    @property
    def states(self) -> Mapping[str, ProviderState]:
        """What is held of each provider."""
        return MappingProxyType(self._states)

    def put(self, *states: ProviderState) -> None:
        """Take new states in; the catalog is built anew when a snapshot among them is another."""
        if self._hold(states):
            self._turn()

    def hold(self, *states: ProviderState) -> None:
        """Take new states in without showing them: the catalog stays as it is."""
        self._hold(states)

    def prepare(self, part: Snapshot) -> None:
        """Make what the catalog will show of a list, and of all that borrow of it; blocks.

        To put it takes no time then.
        """
        others = (state.snapshot for slug, state in self._states.items() if slug != part.provider)
        shown, *_ = self._publish([part, *(each for each in others if each is not None)])
        self.list_beforehand(shown)

    async def show(self, state: ProviderState) -> None:
        """Take a new state in once the catalog that shows it is ready; return then.

        Where a newer one takes its place meanwhile, that is shown.
        """
        part = state.snapshot
        if part is None or part is self._states[state.slug].snapshot:
            self.put(state)
            return
        await asyncio.to_thread(self.prepare, part)
        self._waiting[state.slug] = state
        async with self._making:
            if state.slug in self._waiting:  # this one, or a newer one that took its place
                some, self._waiting = list(self._waiting.values()), {}
                await self._show(some)

    async def reshow(self) -> None:
        """Show anew what is held, once it is ready: what is published of the same lists is another now."""
        for state in list(self._states.values()):
            if state.snapshot is not None:
                await asyncio.to_thread(self.prepare, state.snapshot)
        self._turns += 1
        async with self._making:
            turns, made = await self._made([])
            self._turn(made if turns == self._turns else None)

    def put_references(self, references: Iterable[Snapshot]) -> None:
        """Take the reference catalog in: it stands in for providers that have no snapshot."""
        self._references = tuple(references)
        self._turn()

    def put_settings(self, settings: str) -> None:
        """Take in what besides the content alters the answers; the catalog is built anew when it is other."""
        if settings != self._settings:
            self._settings = settings
            self._turn()

    async def _show(self, some: list[ProviderState]) -> None:
        """Show states by one catalog, made ready before; where that fails, they are shown nonetheless."""
        made: Catalog | None = None
        try:
            turns, found = await self._made(some)
            made = found if turns == self._turns else None
        finally:
            if self._hold(some):
                self._turn(made)

    async def _made(self, states: Iterable[ProviderState]) -> tuple[int, Catalog]:
        """Make the catalog as it will be with some states, and all that comes before its first answer."""
        turns, then = self._turns, {**self._states, **{state.slug: state for state in states}}

        def make() -> Catalog:
            catalog = self._built(then)
            self.catalog_beforehand(catalog)
            return catalog

        return turns, await asyncio.to_thread(make)

    def _hold(self, states: Iterable[ProviderState]) -> bool:
        """Take states in; tell whether a snapshot among them is another."""
        new = {state.slug: state for state in states}
        changed = any(self._states[slug].snapshot is not state.snapshot for slug, state in new.items())
        self._states.update(new)
        self._turns += changed
        return changed

    def _turn(self, made: Catalog | None = None) -> None:
        """Show another catalog: one that was made ready, or one that is built here."""
        self._turns += 1
        self._catalog = self._built(self._states) if made is None else made

    def _built(self, states: Mapping[str, ProviderState]) -> Catalog:
        live = [state.snapshot for state in states.values() if state.snapshot is not None]
        heard = {part.provider for part in live}
        stand_in = (part for part in self._references if part.provider not in heard)
        return with_references(self._publish(live), self._publish(stand_in), self._settings)
