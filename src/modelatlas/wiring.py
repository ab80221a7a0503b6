"""The one place that picks the real parts and puts them together."""

import asyncio
import contextlib
import platform
import random
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import httpx2
import structlog
from sqlalchemy import Engine

from modelatlas.caching.memory import Memory
from modelatlas.clock import SystemClock
from modelatlas.domain.discrepancy import Discrepancies
from modelatlas.domain.errors import BadRequest, Misconfigured
from modelatlas.domain.identity.matches import Matches
from modelatlas.domain.ledger import Run
from modelatlas.domain.outcome import Outcome
from modelatlas.domain.plan import GRACE_RUNS
from modelatlas.domain.ports import Clock, ReferenceSource, Replicas
from modelatlas.domain.price import Rule
from modelatlas.domain.refresh import ProviderState
from modelatlas.domain.snapshot import Snapshot, seen_again
from modelatlas.fetching.documents import Documents
from modelatlas.fetching.fetch import HttpFetcher
from modelatlas.fetching.reading import packed, unpacked
from modelatlas.flows.alone import Alone
from modelatlas.flows.explain import explain
from modelatlas.flows.live import Live
from modelatlas.flows.prices import Beside, Prices
from modelatlas.flows.publish import Publisher
from modelatlas.flows.replay import replay
from modelatlas.flows.served import Served
from modelatlas.flows.sync import Sync, Synced
from modelatlas.jobs.jobs import Jobs, Member, Schedule
from modelatlas.jobs.work import Engine as JobsEngine
from modelatlas.jobs.work import Place, Work
from modelatlas.prices.files import CuratedPrices, with_own
from modelatlas.providers import openai_compatible
from modelatlas.providers.contract import Provider
from modelatlas.providers.registry import declared, slug_of, words
from modelatlas.providers.rereading import Rereader
from modelatlas.references.sources import sources
from modelatlas.settings import Settings
from modelatlas.storage.analytics import SqlAnalytics
from modelatlas.storage.engine import is_postgresql, kind_of, open_engine, stamp
from modelatlas.storage.executors import SqlExecutors, made_at
from modelatlas.storage.history import SqlHistory
from modelatlas.storage.ledger import Reread, SqlLedger
from modelatlas.storage.lists import SqlLists
from modelatlas.storage.migrations import upgrade
from modelatlas.storage.reading import query
from modelatlas.storage.snapshots import SqlSnapshots

ADMIN_KEY_FILE: Final = "admin.key"
CURATED_FOLDER: Final = "prices"
"""In the data folder: the operator's own curated files."""
REFERENCES_FOLDER: Final = "references"
"""In the data folder: the last good copies of references that are fetched."""
JOBS_FILE: Final = "dbos.sqlite"
"""In the data folder: the state of runs, where the store is a file."""
JOBS_SCHEMA: Final = "modelatlas_dbos"
"""In the database of the store: the state of runs, where that is PostgreSQL."""

_log = structlog.get_logger()


class Atlas:
    """One running Model Atlas: its parts, started and stopped together."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        live: Live,
        jobs: Jobs,
        *,
        providers: Mapping[str, Provider],
        prices: Prices,
        served: Served,
        matches: Matches,
        clock: Clock,
    ) -> None:
        self.settings = settings
        self.engine = engine
        self.live = live
        self.jobs = jobs
        self.sync = jobs.sync
        self.ledger = SqlLedger(engine, matches.of, _reread(providers))
        self.history = SqlHistory(engine)
        self.analytics = SqlAnalytics(engine)
        self.providers = providers
        self.synced = jobs.synced
        self.clock = clock
        self.prices = prices
        self.served = served
        self.matches = matches
        self._duties: list[asyncio.Task[None]] = []

    @property
    def simulated(self) -> bool:
        """Tell whether the providers are a simulator."""
        return self.settings.via is not None

    async def load(self) -> None:
        """Take in what store and references know, so that the first answer is whole; write nothing."""
        await self.prices.load()
        await self.live.load()
        await self.served.look()

    async def start(self) -> None:
        """Load, join those that run syncs, and begin the duties: fetch whoever is due, and sync it."""
        await asyncio.gather(self.load(), self.jobs.start(takes_work=True))
        await self.live.replicas.start()
        self.live.heard = self._on_heard
        self.sync.written = self.served.look
        self._duties = [
            asyncio.create_task(self.live.run(), name="refresh"),
            asyncio.create_task(self.prices.run(), name="prices"),
            asyncio.create_task(self.served.run(), name="served"),
        ]

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
            yield from replay(self.ledger, _synced(self.providers[slug]), parts(), GRACE_RUNS)
        finally:
            snapshots = SqlSnapshots(self.engine)
            held = {each.provider: each for each in snapshots.load()}.get(slug)
            for part, payload in last:
                if held is None or held.fetched_at < part.fetched_at:
                    snapshots.save(part, payload)

    async def obey_words(self) -> None:
        """Take up what operators say now of which models listings are; then the catalog has another id."""
        words = await asyncio.to_thread(self.ledger.models_said)
        await asyncio.to_thread(self.matches.obey, words)
        self.live.put_settings(self.matches.version)

    async def obey_releases(self) -> None:
        """Take up which prices operators let out of quarantine."""
        await self.prices.obey(await asyncio.to_thread(self.ledger.released))

    async def _on_heard(self, state: ProviderState) -> None:
        await self.obey_words()  # another process may have kept some
        await self.jobs.heard(state)


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    providers: Mapping[str, Provider] | None = None,
    references: Iterable[ReferenceSource] | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
    allow_remote_via: bool = False,
    reading: bool = False,
    jitter: Callable[[], float] = random.random,
) -> Atlas:
    """Put an atlas together: open and migrate the store, pick fetcher, cache and flows.

    With `reading` the store may be of either world, real or simulated, and is not marked. `transport`
    stands in for the network in tests. Raises `Misconfigured` for settings that cannot be obeyed.
    """
    clock = clock or SystemClock()
    known = _with_operators(settings, declared() if providers is None else providers)
    synced = synced_slugs(settings.sync_providers, known)
    settings.home.mkdir(parents=True, exist_ok=True)
    fetcher = HttpFetcher(
        known,
        settings.keys,
        clock,
        via=settings.via,
        allow_remote_via=allow_remote_via,
        transport=transport,
    )
    named = sources(settings.references, settings.home / REFERENCES_FOLDER)
    engine = _opened(settings, clock, reading=reading)
    matches = Matches(SqlLedger(engine).models_said())
    publisher = Publisher(clock)
    publisher.obey(SqlLedger(engine).released())
    memory = Memory(known, matches.version, publisher.of)
    live = Live(
        memory,
        fetcher,
        SqlSnapshots(engine),
        clock,
        ttl=settings.ttl,
        jitter=jitter,
        replicas=_replicas(settings, memory, clock),
    )
    served = Served(live, SqlLists(engine) if settings.catalog_source == "database" else None)
    beside = Beside(
        curated=CuratedPrices(with_own(settings.home / CURATED_FOLDER)),
        references=tuple(named if references is None else references),
        fetch=Documents(clock, transport=transport).fetch if settings.via is None else None,
        compares=settings.via is None and kind_of(engine) != "simulated",
    )
    ledger = SqlLedger(engine, matches.of, _reread(known))
    sync = Sync(live, ledger, clock, map(_synced, known.values()), GRACE_RUNS, publisher)
    stamped = made_at(engine)
    jobs = Jobs(
        sync,
        live,
        ledger,
        SqlExecutors(engine),
        clock,
        launch=partial(_launched, _place(settings, engine)),
        member=Member(platform.node() or "localhost", partial(secrets.token_hex, 8)),
        schedule=Schedule(
            synced,
            settings.sync_interval if settings.sync_enabled else None,
            "" if stamped is None else f"{stamped.timestamp():.6f}",
        ),
    )
    return Atlas(
        settings,
        engine,
        live,
        jobs,
        providers=known,
        prices=Prices(live, served.part, publisher, beside, clock, words(known.values()).get),
        served=served,
        matches=matches,
        clock=clock,
    )


def _opened(settings: Settings, clock: Clock, *, reading: bool) -> Engine:
    """Open the store, migrated and marked; what cannot be used is closed again."""
    with contextlib.ExitStack() as undone:
        engine = open_engine(settings.database_url)
        undone.callback(engine.dispose)
        upgrade(engine)
        if not reading:
            stamp(engine, "real" if settings.via is None else "simulated", clock.now())
        undone.pop_all()
        return engine


def _replicas(settings: Settings, memory: Memory, clock: Clock) -> Replicas:
    if settings.redis_url is None:
        return Alone()
    # Imported here: it takes a fifth of a second, which only those who share need wait for.
    from modelatlas.caching.redis import RedisReplicas  # noqa: PLC0415

    return RedisReplicas(
        settings.redis_url,
        memory,
        clock,
        world="real" if settings.via is None else "simulated",
        token=partial(secrets.token_hex, 8),
    )


def _place(settings: Settings, engine: Engine) -> Place:
    """Say where the engine of runs keeps its state: beside the store on PostgreSQL, else in a file."""
    if is_postgresql(engine):
        return Place(settings.database_url, JOBS_SCHEMA)
    return Place(f"sqlite:///{(settings.home / JOBS_FILE).absolute()}")


def _launched(place: Place, executor: str, work: Work, *, takes_work: bool) -> JobsEngine:
    # Imported here: it takes half a second, which a command that only reads need not wait for.
    from modelatlas.jobs.engine import DbosEngine  # noqa: PLC0415

    return DbosEngine(place, executor, work, takes_work=takes_work)


def _synced(provider: Provider) -> Synced:
    return Synced(provider.slug, provider.name, provider.kind)


def _reread(known: Mapping[str, Provider]) -> Reread:
    """Return how the texts of these providers' prices are read today."""
    rereader = cache(lambda slug: Rereader(known[slug]))

    def reread(slug: str, texts: Mapping[str, str]) -> Mapping[str, Sequence[Rule]]:
        return rereader(slug)(texts) if slug in known else {}

    return reread


async def pages_of(
    settings: Settings,
    provider: Provider,
    *,
    transport: httpx2.AsyncBaseTransport | None = None,
    allow_remote_via: bool = False,
) -> tuple[Outcome, list[bytes]]:
    """Ask one provider once; return what came of it and the pages it sent, without storing anything."""
    fetcher = HttpFetcher(
        {provider.slug: provider},
        settings.keys,
        SystemClock(),
        via=settings.via,
        allow_remote_via=allow_remote_via,
        transport=transport,
    )
    fetched = await fetcher.fetch(provider.slug)
    return fetched.outcome, unpacked(fetched.payload)


def _with_operators(settings: Settings, known: Mapping[str, Provider]) -> Mapping[str, Provider]:
    """Return the providers with those that the operator names; a simulator knows nothing of these."""
    if settings.via is not None:
        return known
    named = openai_compatible.named(settings.openai_compatible, settings.keys, words(known.values()))
    return {**known, **{each.slug: each for each in named}}


def synced_slugs(words: Iterable[str], known: Mapping[str, Provider]) -> frozenset[str]:
    """Return the slugs that PRICING_SYNC_PROVIDERS names; `all` is every provider that is not retired.

    A retired provider is left out and said; an unknown word raises `Misconfigured` with the nearest.
    """
    slugs: set[str] = set()
    for word in words:
        if word.lower() == "all":
            slugs.update(slug for slug, each in known.items() if each.retired is None)
            continue
        try:
            slug = slug_of(word, known)
        except BadRequest as error:
            raise Misconfigured(f"PRICING_SYNC_PROVIDERS: {error}") from None
        retired = known[slug].retired
        if retired is None:
            slugs.add(slug)
        else:
            _log.warning("not synced", provider=slug, reason=retired)
    return frozenset(slugs)


def admin_keys(settings: Settings) -> tuple[str, ...]:
    """Return the keys that open writing; without ADMIN_API_KEY one is made and kept in `admin.key` (0600)."""
    if settings.admin_keys:
        return settings.admin_keys
    path = settings.home / ADMIN_KEY_FILE
    if not path.exists():
        _write_private(path, secrets.token_urlsafe(32))
    return (path.read_text(encoding="ascii").strip(),)


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text + "\n", encoding="ascii")
