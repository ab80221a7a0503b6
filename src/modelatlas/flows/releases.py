"""Releases: what operators let out of quarantine is obeyed at once, wherever it was said."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

import structlog

from modelatlas.domain.errors import Unavailable
from modelatlas.domain.releases import Release, Releases, by_listing

LOOK_EVERY: Final = 2.0
"""Seconds between two looks at what was said in other processes."""

_log = structlog.get_logger()


class Watch:
    """Looks which prices are released, and has that obeyed; `read` blocks and is asked in a thread."""

    def __init__(
        self, read: Callable[[], Iterable[Release]], obey: Callable[[Releases], Awaitable[None]]
    ) -> None:
        self._read = read
        self._obey = obey
        self._away = False

    async def look(self) -> None:
        """Obey what is said now; while the store is away, what was said before stays."""
        try:
            found = await asyncio.to_thread(self._read)
        except Unavailable as away:
            if not self._away:
                _log.warning("releases stay as they were", reason=str(away))
            self._away = True
            return
        self._away = False
        await self._obey(by_listing(found))

    async def run(self) -> None:
        """Look for ever; end by cancelling."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await self.look()
