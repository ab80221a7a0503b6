"""Answers that take much reading of the store: one at a time, and kept while no run has ended."""

import asyncio
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

from modelatlas.domain.ports import Analytics

MOST_KEPT: Final = 200
"""Answers that are kept."""

T = TypeVar("T")


class Readings:
    """Answers of the store, read one at a time and kept until another run ends."""

    def __init__(self, analytics: Analytics) -> None:
        self._analytics = analytics
        self._gate = asyncio.Lock()
        self._as_of: int | None = None
        self._kept: dict[Hashable, Any] = {}

    async def __call__(self, question: Hashable, read: Callable[[Analytics], T]) -> T:
        """Return the answer to a question, read now unless it is kept."""
        async with self._gate:
            as_of = await asyncio.to_thread(self._analytics.as_of)
            if as_of != self._as_of or len(self._kept) >= MOST_KEPT:
                self._as_of, self._kept = as_of, {}
            if question not in self._kept:
                self._kept[question] = await asyncio.to_thread(read, self._analytics)
            found: T = self._kept[question]
            return found
