"""Prices: what all sources together say, asked for one by one, or published with every list."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Final

from msgspec import Struct, structs

from modelatlas.domain.borrowing import Borrowed
from modelatlas.domain.catalog import Catalog, catalog
from modelatlas.domain.ports import Clock, History, PriceSource, ReferenceSource, Versioned
from modelatlas.domain.priced import Priced
from modelatlas.domain.publishing import next_turn, with_prices
from modelatlas.domain.quotes import Quotes, Said, quotes
from modelatlas.domain.releases import Releases
from modelatlas.domain.snapshot import Snapshot, snapshot
from modelatlas.flows.live import Live
from modelatlas.flows.lookup import Heard, Lent, Lookup, Remembered
from modelatlas.flows.publish import Publisher
from modelatlas.flows.references import Fetch, References

TURN_EVERY: Final = 15.0
"""Seconds between two looks whether a price begins or ends."""
MOST_QUOTES: Final = 50_000
"""Ids of one provider of which is kept what is said; more are looked up each time."""


class Beside(Struct, frozen=True):
    """Who speaks of prices besides the providers' own lists.

    `compares` tells that lists are checked and completed by them: those of a simulator are not.
    """

    curated: Versioned
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
        self._clock = clock

    def lookup(self, *, sees_all: bool, history: History | None = None) -> Lookup:
        """Return a lookup of prices in the providers' lists, curated files and references.

        With a history, what lists said before they said what they say now is asked for, too.
        """
        heard = Heard(self._part, sees_all=sees_all)
        own: PriceSource = heard if history is None else Remembered(heard, history)
        beside = (self._beside.curated, *self.references.loaded)
        return Lookup(self._known, [own, *beside, Lent(self._loans)], self.publisher.released)

    def settled(self, provider: str, id_: str, *, sees_all: bool) -> Priced:
        """Settle what is published of a listing, with all that was said of it."""
        sources = (Heard(self._part, sees_all=sees_all), *self.publisher.sources, Lent(self.publisher.loans))
        lookup = Lookup(self._known, sources, self.publisher.released)
        return lookup.prices(provider, id_, self._clock.now())

    def quotes(self, provider: str, id_: str, history: History, kept: Quotes | None) -> Quotes | None:
        """Return what everybody says of a provider's listings and of an id, most of it from what was `kept`.

        Of a provider without a list it is what references list. Left out are listings of which it depends on
        the hour what they may borrow. None while somebody cannot be asked.
        """
        now = self._clock.now()
        if any(each.problem is not None for each in self.references.states):
            return None
        said = kept if kept is not None and kept.holds(now) else self._quotes_of_list(provider, history, now)
        part = self._part(provider)
        beside = part is None or part.find(id_) is None
        if said is None or id_ in said or not beside or len(said.said) >= MOST_QUOTES:
            return said
        return said | self._quotes(provider, (id_,), history, now, None)

    def _quotes_of_list(self, provider: str, history: History, now: datetime) -> Quotes | None:
        part = self._part(provider)
        if part is None:
            snapshots = (each for source in self.references.loaded for each in source.snapshots(now))
            listed = {each.id for one in snapshots if one.provider == provider for each in one.listings}
            return self._quotes(provider, listed, history, now, None)
        loans = self._loans(provider).loans.values()  # it is published for this, with those that lend
        if part.content_since > now or any(loan.since > now for loan in loans):
            return None
        until = self.publisher.steady(provider)
        left_out: Collection[str] = ()
        if until is not None and until <= now:
            until, left_out = None, self.publisher.may_borrow(part)
        ids = (each.id for each in part.listings if each.id not in left_out)
        return self._quotes(provider, ids, history, now, until)

    def _quotes(
        self, provider: str, ids: Iterable[str], history: History, now: datetime, until: datetime | None
    ) -> Quotes:
        lookup, released = self.lookup(sees_all=True, history=history), self.publisher.released
        asked = ((id_, lookup.said(provider, id_, now)) for id_ in ids)
        said = {id_: Said(tuple(all_), released.get((provider, id_), ())) for id_, all_ in asked if all_}
        return quotes(said, now, until)

    def announced(self, whole: Catalog, at: datetime) -> Catalog:
        """Return a catalog as it will be at an instant to come, by what is announced today.

        Lists in which no price begins or ends until then stay as they are. May be asked from any thread.
        """
        now = self._clock.now()

        def stays(part: Snapshot) -> bool:
            turn = next_turn(part.listings, now)
            return turn is None or turn > at

        return catalog(part if stays(part) else self._then(part, at) for part in whole.snapshots.values())

    def _then(self, part: Snapshot, at: datetime) -> Snapshot:
        lookup = self.lookup(sees_all=True)
        settled = ((each, lookup.prices(part.provider, each.id, at).settled) for each in part.listings)
        listings = (each if said is None else with_prices(each, said, at) for each, said in settled)
        then = snapshot(part.provider, part.fetched_at, listings, origin=part.origin)
        return structs.replace(then, content_since=part.content_since)

    async def read(self) -> None:
        """Read the references and ask them from now on; what they list is not shown yet."""
        await self.references.read()
        self._ask()

    async def show(self) -> None:
        """Show lists that are held, and what references list of who has none, as one catalog."""
        self._live.put_references(await self.references.listed())

    async def obey(self, released: Releases) -> None:
        """Let these prices out of quarantine, and no others."""
        if self.publisher.obey(released):
            await self._live.republish()

    async def rematch(self) -> None:
        """Borrow anew: listings are other models now."""
        self.publisher.rematch()
        await self._live.republish()

    async def run(self, *, fetches: bool = True) -> None:
        """Keep references fresh, and publish anew whenever a price begins or ends; end by cancelling.

        Where this process `fetches` none, it reads those that another one does.
        """
        references = self.references.run() if fetches else self.references.follow()
        async with asyncio.TaskGroup() as duties:
            duties.create_task(references, name="references")
            duties.create_task(self._turn(), name="turn")

    async def _refer(self, parts: Iterable[Snapshot]) -> None:
        """Take in references: they stand in for lists, and are asked about prices."""
        self._ask()
        listed = list(parts)
        for part in listed:
            await asyncio.to_thread(self.publisher.of, part)
        self._live.put_references(listed)
        await self._live.republish()

    def _ask(self) -> None:
        if self._beside.compares:
            curated, states = self._beside.curated, self.references.states
            versions = [f"curated@{curated.version}", *(f"{each.name}@{each.version}" for each in states)]
            self.publisher.take([curated, *self.references.loaded], " ".join(versions))

    def _loans(self, provider: str) -> Borrowed:
        """Return what a list borrows; one that is held only is published first, with those that lend."""
        states = self._live.states
        if provider in states and not self.publisher.holds(provider):
            slugs = (provider, *(slug for slug in self.publisher.lenders if slug != provider))
            parts = [states[slug].snapshot for slug in slugs if slug in states]
            if parts[0] is not None:
                self.publisher.all(part for part in parts if part is not None)
        return self.publisher.loans(provider)

    async def _turn(self) -> None:
        while True:
            await asyncio.sleep(TURN_EVERY)
            if self.publisher.has_turned():
                await self._live.republish()
