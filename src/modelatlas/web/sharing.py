"""One piece of work for all who ask for it while it waits or runs."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class OneAtATime(Generic[T]):
    """Work by key: whoever asks while the same work runs gets its result."""

    def __init__(self) -> None:
        self._running: dict[Hashable, asyncio.Task[T]] = {}

    async def __call__(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """Return the result of the work of this key, begun now unless it runs already.

        Who goes away leaves the work to the others.
        """
        task = self._running.get(key)
        if task is None:
            task = asyncio.ensure_future(_as_coroutine(work))
            self._running[key] = task
            task.add_done_callback(lambda done: self._ended(key, done))
        return await asyncio.shield(task)

    def _ended(self, key: Hashable, task: asyncio.Task[T]) -> None:
        del self._running[key]
        if not task.cancelled():
            task.exception()  # seen, also when everybody has gone away


class NextReading(Generic[T]):
    """A costly reading of something that changes: nobody gets one that began before they asked."""

    def __init__(self, read: Callable[[], Awaitable[T]]) -> None:
        self._read = read
        self._gate = asyncio.Lock()
        self._next: asyncio.Task[T] | None = None

    async def __call__(self) -> T:
        """Return a reading that begins from now on, shared with all who wait for it too."""
        if self._next is None:
            self._next = asyncio.ensure_future(self._begin())
            self._next.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(self._next)

    async def _begin(self) -> T:
        async with self._gate:
            self._next = None
            return await self._read()


async def _as_coroutine(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
