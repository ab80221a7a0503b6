"""A watch over all services: which catalog each answers, and since when each has what another had first."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct

from bench.fleet.connection import Connection
from bench.fleet.reads import Part
from bench.fleet.services import Service

LOOK_EVERY: Final = 0.02
HEALTH_EVERY: Final = 0.25


class Heads(Struct, frozen=True):
    """What an answer without rows says of its catalog."""

    catalog: str
    providers: dict[str, Part]


_heads_from: Final = msgspec.json.Decoder(Heads).decode


class Watch:
    """What all services answer at the moment; `firsts` are when each first had a list that is this old."""

    def __init__(self, services: Sequence[Service]) -> None:
        self.now: dict[int, Heads] = {}
        self.firsts: dict[tuple[str, str], dict[int, float]] = {}
        self.lost_redis: list[tuple[float, int]] = []
        self._services = services
        self._changed = 0.0

    async def run(self, service: Service) -> None:
        """Look at one service for ever; end by cancelling."""
        connection, tag = Connection(service.port), '""'
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                reply = await connection.get("/models?limit=0", if_none_match=tag)
            except (OSError, EOFError):
                self.now.pop(service.number, None)
                tag = '""'
                continue
            if reply.status == 200:
                tag = reply.headers["etag"]
                self._note(service.number, _heads_from(reply.content))

    async def ask_for_redis(self, service: Service) -> None:
        """Note for ever when a service says that Redis is away; end by cancelling."""
        while True:
            await asyncio.sleep(HEALTH_EVERY)
            if service.is_up and service.has_redis:
                with contextlib.suppress(OSError, EOFError):
                    if await service.redis() != "connected":
                        self.lost_redis.append((time.time(), service.number))

    def agreed(self) -> str | None:
        """Return the catalog that all services answer which should, if they agree."""
        up = [each.number for each in self._services if each.is_up]
        found = {self.now[number].catalog if number in self.now else None for number in up}
        return found.pop() if len(found) == 1 else None

    def is_quiet(self, seconds: float) -> bool:
        """Tell whether all agree and nothing has changed for so long."""
        return self.agreed() is not None and time.time() - self._changed > seconds

    def lags(self, since: float) -> list[float]:
        """Return of each list after how many seconds the last service had it that was there and had Redis."""
        found = []
        for times in self.firsts.values():
            first = min(times.values())
            there = [each.number for each in self._services if not each.was_away(first - 1, first + 30)]
            theirs = [times[number] for number in there if number in times]
            if first > since and len(theirs) > 1:
                found.append(max(theirs) - min(theirs))
        return found

    def _note(self, number: int, heads: Heads) -> None:
        self.now[number] = heads
        self._changed = now = time.time()
        for slug, part in heads.providers.items():
            if part.content_since is not None:
                self.firsts.setdefault((slug, part.content_since), {}).setdefault(number, now)
