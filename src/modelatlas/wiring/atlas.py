"""One running Model Atlas: its parts, started and stopped together."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, Literal

import structlog

from modelatlas.domain.derived import NOTHING_DERIVED, Derived
from modelatlas.domain.discrepancy import Discrepancies
from modelatlas.domain.errors import Misconfigured, Unavailable
from modelatlas.domain.identity.matches import Matches
from modelatlas.domain.ledger import Run
from modelatlas.domain.plan import GRACE_RUNS
from modelatlas.domain.ports import Clock
from modelatlas.domain.rates import NO_RATES, Rates, read_rates
from modelatlas.domain.refresh import ProviderState
from modelatlas.domain.snapshot import Snapshot, seen_again
from modelatlas.fetching.packing import packed
from modelatlas.flows.explain import explain
from modelatlas.flows.live import Live
from modelatlas.flows.prices import Prices
from modelatlas.flows.releases import Watch
from modelatlas.flows.replay import replay
from modelatlas.flows.served import Served
from modelatlas.flows.sync import Synced
from modelatlas.jobs.jobs import Jobs
from modelatlas.providers.contract import Provider
from modelatlas.settings import Settings
from modelatlas.storage.analytics import SqlAnalytics
from modelatlas.storage.history import SqlHistory
from modelatlas.storage.ledger import SqlLedger
from modelatlas.storage.pins import SqlPins
from modelatlas.storage.reading import query
from modelatlas.storage.snapshots import SqlSnapshots
from modelatlas.wiring.quick import Basis, keep

Part = Literal["all", "asking", "reading"]
"""What a process does: all, or as one of several that serve together, ask providers and sync, or be read."""
FOLLOW_EVERY: Final = 0.5
"""Seconds between two looks at what operators said in another process of the same service."""

_log = structlog.get_logger()


class Atlas:
    """One running Model Atlas: its parts, started and stopped together."""

    def __init__(
        self,
        settings: Settings,
        live: Live,
        jobs: Jobs,
        ledger: SqlLedger,
        *,
        providers: Mapping[str, Provider],
        prices: Prices,
        served: Served,
        matches: Matches,
        clock: Clock,
    ) -> None:
        self.part: Part = "all"
        self.settings = settings
        self.engine = ledger.engine
        self.live = live
        self.jobs = jobs
        self.sync = jobs.sync
        self.ledger = ledger
        self.history = SqlHistory(self.engine)
        self.analytics = SqlAnalytics(self.engine)
        self.pins = SqlPins(self.engine)
        self.providers = providers
        self.synced = jobs.synced
        self.clock = clock
        self.prices = prices
        self.served = served
        self.matches = matches
        self.derived: Derived = NOTHING_DERIVED
        self.releases = Watch(self.ledger.releases, prices.obey)
        self._duties: list[asyncio.Task[None]] = []

    @cached_property
    def rates(self) -> Rates:
        """The operator's rates of exchange for display. Raises `Misconfigured`."""
        path = self.settings.display_rates
        try:
            return NO_RATES if path is None else read_rates(path.read_bytes())
        except OSError as error:
            raise Misconfigured(f"DISPLAY_RATES: {path} cannot be read ({error.strerror})") from error

    @property
    def simulated(self) -> bool:
        """Tell whether the providers are a simulator."""
        return self.settings.via is not None

    async def load(self, *, listed: bool = True) -> None:
        """Take in what store and references know, so that the first answer is whole; write nothing.

        Unless `listed` no catalog is made: a lookup asks lists and references by id.
        """
        await self.prices.read()
        await self.live.load(shown=False)
        if listed:
            await self.prices.show()
        await self.served.look()

    def keep_quotes(self, provider: str, id_: str, of: Basis) -> None:
        """Keep what everybody says of a provider and of an id, so that the next lookup need not ask."""
        keep(self.settings, provider, of, lambda kept: self.prices.quotes(provider, id_, self.history, kept))

    async def start(self) -> None:
        """Load, join those that run syncs, and begin the duties: fetch whoever is due, and sync it.

        A process that answers readers only leaves both to the one that asks, and follows it.
        """
        asks = self.part != "reading"
        await asyncio.gather(self.load(), self.jobs.start(takes_work=asks))
        await self.live.replicas.start()
        self.live.heard = self._on_heard
        self.sync.written = self.served.look
        duties = {
            "prices": self.prices.run(fetches=asks),
            "served": self.served.run(),
            "releases": self.releases.run(),
        }
        if asks:
            duties["refresh"] = self.live.run()
        if self.part != "all":
            duties["words"] = self._follow_words()
        self._duties = [asyncio.create_task(duty, name=name) for name, duty in duties.items()]

    async def stop(self) -> None:
        """End all duties and close the store."""
        for duty in self._duties:
            duty.cancel()
        for ended in await asyncio.gather(*self._duties, return_exceptions=True):
            if isinstance(ended, Exception):
                _log.error("a duty ended with a fault of ours", error=repr(ended))
        await self.jobs.stop()
        await self.live.stop()
        await self.live.replicas.stop()
        await asyncio.to_thread(self.engine.dispose)

    async def refresh(self, slug: str) -> ProviderState:
        """Have a provider asked now; return what is held once its word is here.

        A process that answers readers leaves the asking to the one that asks, so that readers do not wait.
        """
        if self.part != "reading":
            return await self.live.refresh(slug)
        now = self.clock.now()
        await self.jobs.refresh(slug, now)
        return await self.live.until_asked(slug, now)

    async def explain(self) -> Discrepancies:
        """Name every difference between the live catalog and the stored rows."""
        return await explain(self.live, self.ledger, self.synced)

    def query(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Answer one SELECT: the names of the columns, and all rows. Raises `BadRequest` for all else."""
        return query(self.engine, sql)

    def replay(
        self, slug: str, lists: Iterable[tuple[Snapshot, Mapping[str, Sequence[bytes]]]]
    ) -> Iterator[Run]:
        """Write a provider's lists of the past, the oldest first, each with the pages it was read from.

        The last one is kept as the newest snapshot, unless a newer one was fetched. Raises what
        `flows.replay` and the reading of a list do.
        """
        last: list[tuple[Snapshot, bytes]] = []

        def parts() -> Iterator[Snapshot]:
            for part, pages in lists:
                before = last.pop()[0] if last else None
                last.append((seen_again(before, part), packed(pages)))
                yield part

        try:
            yield from replay(self.ledger, synced(self.providers[slug]), parts(), GRACE_RUNS)
        finally:
            snapshots = SqlSnapshots(self.engine)
            held = {each.provider: each for each in snapshots.load()}.get(slug)
            for part, payload in last:
                if held is None or held.fetched_at < part.fetched_at:
                    snapshots.save(part, payload)

    async def obey_words(self) -> None:
        """Take up what operators say now of which models listings are; then the catalog has another id."""
        words = await asyncio.to_thread(self.ledger.models_said)
        before = self.matches.version
        await asyncio.to_thread(self.matches.obey, words)
        if self.matches.version != before:
            await self.prices.rematch()
        self.live.put_settings(self.matches.version)

    async def _follow_words(self) -> None:
        while True:
            await asyncio.sleep(FOLLOW_EVERY)
            try:
                await self.obey_words()
            except Unavailable as away:
                _log.debug("words stay as they were", reason=str(away))

    async def _on_heard(self, state: ProviderState) -> None:
        await self.obey_words()  # another process may have kept some
        await self.jobs.heard(state)


def synced(provider: Provider) -> Synced:
    """Return what a sync needs to know of a provider."""
    return Synced(provider.slug, provider.name, provider.kind)
