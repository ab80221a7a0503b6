"""The newest state of every provider, shared through the store by the processes of one service.

Snapshots are in the store anyway; beside them lies, of each provider, the pointer that says the rest of its
state, and what is held of it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Final

import structlog

from modelatlas.caching.codec import Bodies, Pointer, packed, pointer_bytes, pointer_from
from modelatlas.caching.newest import Newest, says_something
from modelatlas.domain.codec import Damaged
from modelatlas.domain.errors import Unavailable
from modelatlas.domain.ports import Cache, Clock, StateStore
from modelatlas.domain.refresh import ProviderState
from modelatlas.domain.sharing import Sharing, Told

LOOK_EVERY: Final = 0.5
"""Seconds between two looks at what others have told: half of what a new list may take to be everywhere."""
_OFF: Final = Sharing("off")

_log = structlog.get_logger()


class StoreReplicas:
    """A `domain.ports.Replicas` over the store, for what is held in `cache`.

    There are no turns: one of the processes asks providers, the others when an operator wants it.
    """

    status = _OFF

    def __init__(self, states: StateStore, cache: Cache, clock: Clock) -> None:
        self._states = states
        self._cache = cache
        self._clock = clock
        self._newest = Newest(cache, "store")
        self._damaged: set[str] = set()
        self._following: asyncio.Task[None] | None = None
        self._gate = asyncio.Lock()
        self._away = False

    async def start(self) -> None:
        """Take in what others have told, and follow them from then on."""
        await self.look()
        self._following = asyncio.create_task(self._follow(), name="follow replicas")

    async def stop(self) -> None:
        """Follow no longer."""
        if self._following is not None:
            self._following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._following
            self._following = None

    @contextlib.asynccontextmanager
    async def turn(self, slug: str) -> AsyncIterator[None]:
        """Enter once what others have told is taken in."""
        del slug
        await self.look()
        yield

    async def publish(self, state: ProviderState) -> None:
        """Let the others have a state; while the store is away they get it later."""
        self._newest.made_now(state.slug, self._clock.now())
        try:
            await self._tell(state)
        except Unavailable as away:
            self._note(away)

    async def look(self) -> None:
        """Take in what is newer than what we hold, and tell what we hold where that is newer."""
        async with self._gate:
            try:
                made = await asyncio.to_thread(self._states.made)
                self._away = False
                await self._compare(made)
            except Unavailable as away:
                self._note(away)

    async def _compare(self, made: Mapping[str, datetime]) -> None:
        for slug, ours in list(self._cache.states.items()):
            theirs, own = made.get(slug), self._newest.made_at(slug)
            if theirs is not None and theirs > own:
                await self._take(slug, ours)
            elif (theirs is None or theirs < own) and says_something(ours):
                await self._tell(ours)

    async def _take(self, slug: str, ours: ProviderState) -> None:
        """Hold what was told; what is damaged, or half told as yet, is looked at again the next time."""
        try:
            pointer, bodies = await asyncio.to_thread(self._told, slug)
            if pointer is not None:
                await self._newest.adopt(slug, pointer, bodies, ours)
        except Damaged as damaged:
            if slug not in self._damaged:
                _log.warning("what another process told is left out", provider=slug, reason=str(damaged))
            self._damaged.add(slug)
        else:
            self._damaged.discard(slug)

    def _told(self, slug: str) -> tuple[Pointer | None, Bodies]:
        told = self._states.read(slug)
        if told is None:
            return None, {}
        pointer = pointer_from(told.pointer)
        if pointer.snapshot is None or told.snapshot is None:
            return pointer, dict(told.held)
        return pointer, {**told.held, pointer.snapshot.hash: told.snapshot}

    async def _tell(self, state: ProviderState) -> None:
        await asyncio.to_thread(self._write, state, self._newest.made_at(state.slug))

    def _write(self, state: ProviderState, at: datetime) -> None:
        pointer, bodies = packed(state, id_="", at=at)
        held = [] if pointer.held is None else [pointer.held.body.hash, pointer.held.payload]
        told = Told(at, pointer_bytes(pointer), {name: bodies[name] for name in held})
        self._states.tell(state.slug, told)

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await self.look()

    def _note(self, away: Unavailable) -> None:
        if not self._away:
            _log.warning("other processes are not heard while the store is away", reason=str(away))
        self._away = True
