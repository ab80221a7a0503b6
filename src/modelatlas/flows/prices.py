"""Prices: what all sources together say, asked for one by one, or published with every list."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from modelatlas.domain.ports import Clock, History, PriceSource, ReferenceSource
from modelatlas.domain.publishing import Releases
from modelatlas.domain.snapshot import Snapshot
from modelatlas.flows.live import Live
from modelatlas.flows.lookup import Heard, Lookup, Remembered
from modelatlas.flows.publish import Publisher
from modelatlas.flows.references import Fetch, References

TURN_EVERY: Final = 15.0
"""Seconds between two looks whether a price begins or ends."""


class Beside(Struct, frozen=True):
    """Who speaks of prices besides the providers' own lists.

    `compares` tells that lists are checked and completed by them: those of a simulator are not.
    """

    curated: PriceSource
    references: tuple[ReferenceSource, ...]
    fetch: Fetch | None = None
    compares: bool = True


class Prices:
    """Keeps sources and what is published by them together; `part` is the list of a provider that counts."""

    def __init__(
        self,
        live: Live,
        part: Callable[[str], Snapshot | None],
        publisher: Publisher,
        beside: Beside,
        clock: Clock,
        known: Callable[[str], str | None],
    ) -> None:
        self.publisher: Final = publisher
        self.references: Final = References(beside.references, clock, self._refer, beside.fetch)
        self._live = live
        self._part = part
        self._beside = beside
        self._known = known

    def lookup(self, *, sees_all: bool, history: History | None = None) -> Lookup:
        """Return a lookup of prices in the providers' lists, curated files and references.

        With a history, what lists said before they said what they say now is asked for, too.
        """
        heard = Heard(self._part, sees_all=sees_all)
        own: PriceSource = heard if history is None else Remembered(heard, history)
        return Lookup(
            self._known, [own, self._beside.curated, *self.references.loaded], self.publisher.released
        )

    async def load(self) -> None:
        """Read the references and ask them from now on."""
        await self.references.load()

    async def obey(self, released: Releases) -> None:
        """Let these prices out of quarantine."""
        self.publisher.obey(released)
        await self._live.republish()

    async def run(self) -> None:
        """Keep references fresh, and publish anew whenever a price begins or ends; end by cancelling."""
        async with asyncio.TaskGroup() as duties:
            duties.create_task(self.references.run(), name="references")
            duties.create_task(self._turn(), name="turn")

    async def _refer(self, parts: Iterable[Snapshot]) -> None:
        """Take in references: they stand in for lists, and are asked about prices."""
        if self._beside.compares:
            self.publisher.take([self._beside.curated, *self.references.loaded])
        listed = list(parts)
        for part in listed:
            await asyncio.to_thread(self.publisher.of, part)
        self._live.put_references(listed)
        await self._live.republish()

    async def _turn(self) -> None:
        while True:
            await asyncio.sleep(TURN_EVERY)
            if self.publisher.has_turned():
                await self._live.republish()
