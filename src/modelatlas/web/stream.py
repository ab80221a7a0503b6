"""What happens in the service as it happens: the listeners of `/events`, and the look that serves them.

One look a second serves all who listen; nobody listens, nobody looks. A listener who reads too slowly is let
go and asks again by itself, as every EventSource does.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from typing import Final

import msgspec
import structlog
from msgspec import Struct

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.errors import Unavailable
from modelatlas.domain.ledger import Run
from modelatlas.domain.refresh import ProviderState

LISTENERS: Final = 200
"""Who may listen at once; each holds one connection."""
LOOK_EVERY: Final = 1.0
STILL_THERE_EVERY: Final = 15
"""Looks without news after which a comment is sent, so that nothing in between closes the connection."""
WAITING: Final = 200
"""Events that may wait for one listener."""
RUNS: Final = 100
"""The newest runs, among which changes are looked for."""


_log = structlog.get_logger()


class FetchSeen(Struct, frozen=True):
    """How the last fetch of a provider went; null before the first one."""

    provider: str
    outcome: str | None
    at: str | None
    failures: int
    listings: int | None


class RunSeen(Struct, frozen=True):
    """One run of a sync, without what only operators may see: its counts and its error."""

    id: int
    provider: str
    status: str


class Seen(Struct, frozen=True):
    """All that events tell of, at one moment."""

    catalog: str
    listings: int
    fetches: Mapping[str, FetchSeen]
    runs: Mapping[int, RunSeen]


def news(before: Seen, after: Seen) -> list[bytes]:
    """Return the events that lead from one moment to a later one."""
    told: list[bytes] = []
    for slug, fetch in after.fetches.items():
        if fetch != before.fetches.get(slug):
            told.append(event("fetch", fetch))
    for number, run in sorted(after.runs.items()):
        if run != before.runs.get(number):
            told.append(event("run", run))
    if after.catalog != before.catalog:
        told.append(event("catalog", {"catalog": after.catalog, "listings": after.listings}))
    return told


def event(name: str, data: Struct | Mapping[str, object]) -> bytes:
    """Write one event: its name, and its data as JSON, which holds no line break."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(data))


class Closing:
    """Word from the server that it is about to stop, so that answers without end do not hold it up."""

    def __init__(self) -> None:
        self._told: list[Callable[[], None]] = []

    def tell(self, end: Callable[[], None]) -> None:
        """Remember what is to be called then."""
        self._told.append(end)

    def begin(self) -> None:
        """Call all that was remembered."""
        for end in self._told:
            end()


class Events:
    """The listeners of one service, and the one look that serves them."""

    def __init__(self, look: Callable[[], Awaitable[Seen]], every: float = LOOK_EVERY) -> None:
        self._look = look
        self._every = every
        self._listeners: set[asyncio.Queue[bytes]] = set()
        self._looking: asyncio.Task[None] | None = None
        self._beginning = asyncio.Lock()
        self._last: Seen | None = None
        self._closing = False

    async def stream(self, seconds: int) -> AsyncGenerator[bytes]:
        """Yield what is now, then what changes, for so many seconds at most."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        queue: asyncio.Queue[bytes] = asyncio.Queue(WAITING)
        self._listeners.add(queue)
        try:
            now = await self._begin()
            hello = {"catalog": now.catalog, "listings": now.listings}
            yield b"retry: 2000\n\n" + event("hello", hello)
            quiet = 0
            while not self._closing and queue in self._listeners and (left := end - loop.time()) > 0:
                try:
                    told = await asyncio.wait_for(queue.get(), min(self._every, left))
                except TimeoutError:
                    quiet += 1
                    if quiet % STILL_THERE_EVERY == 0:
                        yield b": still there\n\n"
                else:
                    quiet = 0
                    yield told
        finally:
            self._listeners.discard(queue)

    def admit(self) -> None:
        """Let one more in. Raises `Unavailable` when too many listen."""
        if len(self._listeners) >= LISTENERS:
            raise Unavailable(
                f"{LISTENERS} listen already, and no more can; /providers tells the same when asked"
            )

    def close(self) -> None:
        """End every stream within one look: the service is about to stop."""
        self._closing = True

    async def _begin(self) -> Seen:
        """Return the moment from which the next news count, and see that one task looks."""
        async with self._beginning:
            if self._looking is None or self._looking.done() or self._last is None:
                self._last = await self._look()
                self._looking = asyncio.create_task(self._keep_looking(), name="events")
                self._looking.add_done_callback(self._ended)
            return self._last

    async def _keep_looking(self) -> None:
        while self._listeners and not self._closing:
            await asyncio.sleep(self._every)
            with contextlib.suppress(Unavailable):  # the store is away: there is no news of it meanwhile
                await self._tell()

    def _ended(self, looking: asyncio.Task[None]) -> None:
        """Say of a look that ended by a fault of ours, and end all streams: who asks again begins another."""
        if not looking.cancelled() and (error := looking.exception()) is not None:
            _log.error("looking for events ended with a fault of ours", error=repr(error))
            self._listeners.clear()

    async def _tell(self) -> None:
        before, self._last = self._last, await self._look()
        for told in [] if before is None else news(before, self._last):
            for queue in list(self._listeners):
                try:
                    queue.put_nowait(told)
                except asyncio.QueueFull:
                    self._listeners.discard(queue)


def seen(catalog: Catalog, live: Catalog, states: Iterable[ProviderState], runs: Iterable[Run]) -> Seen:
    """Return this moment as everybody may see it; both catalogs are the public ones."""
    counts = {slug: len(part.listings) for slug, part in live.snapshots.items() if part.origin != "reference"}
    return Seen(
        catalog.id,
        catalog.count(),
        {state.slug: _fetch(state, counts.get(state.slug)) for state in states},
        {run.id: RunSeen(run.id, run.provider, run.status) for run in runs},
    )


def _fetch(state: ProviderState, listings: int | None) -> FetchSeen:
    outcome = state.outcome
    if outcome is None:
        return FetchSeen(state.slug, None, None, state.failures, listings)
    return FetchSeen(state.slug, outcome.kind, outcome.at.isoformat(), state.failures, listings)
