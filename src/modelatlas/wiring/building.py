"""Build: open the store, pick fetcher, cache and flows by the settings, and put them together."""

import contextlib
import platform
import random
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy import Engine

from modelatlas.caching.codec import shape
from modelatlas.caching.memory import Memory
from modelatlas.caching.store import StoreReplicas
from modelatlas.clock import SystemClock
from modelatlas.domain.errors import BadRequest, Misconfigured
from modelatlas.domain.identity.matches import Matches
from modelatlas.domain.plan import GRACE_RUNS
from modelatlas.domain.ports import Clock, Fetcher, ReferenceSource, Replicas
from modelatlas.domain.price import Rule
from modelatlas.domain.releases import by_listing
from modelatlas.domain.snapshot import Snapshot
from modelatlas.fetching.via import checked
from modelatlas.flows.alone import Alone
from modelatlas.flows.live import Live
from modelatlas.flows.prices import Beside, Prices
from modelatlas.flows.publish import Publisher
from modelatlas.flows.recall import Recall
from modelatlas.flows.references import Fetch
from modelatlas.flows.served import Served
from modelatlas.flows.sync import Sync
from modelatlas.flows.unasked import Unasked
from modelatlas.jobs.jobs import Jobs, Member, Schedule
from modelatlas.jobs.work import Engine as JobsEngine
from modelatlas.jobs.work import Place, Work
from modelatlas.prices.files import CuratedPrices, with_own
from modelatlas.providers import openai_compatible
from modelatlas.providers.contract import Provider
from modelatlas.providers.registry import declared, finder, lenders, slug_of, words
from modelatlas.providers.rereading import Rereader
from modelatlas.references.sources import sources
from modelatlas.settings import Settings
from modelatlas.storage.engine import is_postgresql, kind_of, open_engine, stamp
from modelatlas.storage.executors import SqlExecutors, made_at
from modelatlas.storage.ledger import Reread, SqlLedger
from modelatlas.storage.lists import SqlLists
from modelatlas.storage.migrations import upgrade
from modelatlas.storage.snapshots import SqlSnapshots
from modelatlas.storage.states import SqlStates
from modelatlas.wiring.atlas import Atlas, Part, synced
from modelatlas.wiring.quick import CURATED_FOLDER, derived_files

if TYPE_CHECKING:  # it is imported by who fetches
    import httpx2

REFERENCES_FOLDER: Final = "references"
"""In the data folder: the last good copies of references that are fetched."""
JOBS_FILE: Final = "dbos.sqlite"
"""In the data folder: the state of runs, where the store is a file."""
JOBS_SCHEMA: Final = "modelatlas_dbos"
"""In the database of the store: the state of runs, where that is PostgreSQL."""


_log = structlog.get_logger()


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    providers: Mapping[str, Provider] | None = None,
    references: Iterable[ReferenceSource] | None = None,
    transport: "httpx2.AsyncBaseTransport | None" = None,
    allow_remote_via: bool = False,
    reading: bool = False,
    jitter: Callable[[], float] = random.random,
    part: Part = "all",
) -> Atlas:
    """Put an atlas together: open and migrate the store, pick fetcher, cache and flows.

    With `reading` the store may be of either world, real or simulated, and is not marked, and nothing is
    fetched. `transport` stands in for the network in tests. `part` is what this process does of a service
    of several. Raises `Misconfigured` for settings that cannot be obeyed.
    """
    clock = clock or SystemClock()
    known = _with_operators(settings, declared() if providers is None else providers)
    listed = synced_slugs(settings.sync_providers, known)
    settings.home.mkdir(parents=True, exist_ok=True)
    fetcher, fetch = (
        _unasked(settings, allow_remote_via=allow_remote_via)
        if reading
        else _network(
            settings,
            known,
            clock,
            transport,
            lambda slug: memory.states[slug].snapshot,
            allow_remote_via=allow_remote_via,
        )
    )
    derived = derived_files(settings)
    named = sources(settings.references, settings.home / REFERENCES_FOLDER, derived)
    engine = _opened(settings, clock, reading=reading)
    matches = Matches(SqlLedger(engine).models_said(), derived=derived)
    abstaining = {each.slug for each in known.values() if each.by_subscription}
    recall = Recall(derived, lambda: matches.version)
    publisher = Publisher(clock, (), lenders(known.values()), matches.of, abstaining, recall)
    publisher.obey(by_listing(SqlLedger(engine).releases()))
    memory = Memory(known, matches.version, publisher.all)
    live = Live(
        memory,
        fetcher,
        SqlSnapshots(engine),
        clock,
        ttl=settings.ttl,
        jitter=jitter,
        replicas=_replicas(settings, engine, memory, clock, part),
    )
    served = Served(live, SqlLists(engine) if settings.catalog_source == "database" else None)
    beside = Beside(
        curated=CuratedPrices(with_own(settings.home / CURATED_FOLDER)),
        references=tuple(named if references is None else references),
        fetch=fetch,
        compares=settings.via is None and kind_of(engine) != "simulated",
    )
    ledger = SqlLedger(engine, matches.of, _reread(known))
    sync = Sync(live, ledger, clock, map(synced, known.values()), GRACE_RUNS, publisher)
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
            listed,
            settings.sync_interval if settings.sync_enabled else None,
            "" if stamped is None else f"{stamped.timestamp():.6f}",
        ),
    )
    atlas = Atlas(
        settings,
        live,
        jobs,
        ledger,
        providers=known,
        prices=Prices(live, served.part, publisher, beside, clock, finder(known.values())),
        served=served,
        matches=matches,
        clock=clock,
    )
    atlas.part = part
    atlas.derived = derived
    _ = atlas.rates  # a table that cannot be read is refused at the start
    return atlas


def _network(
    settings: Settings,
    known: Mapping[str, Provider],
    clock: Clock,
    transport: "httpx2.AsyncBaseTransport | None",
    held: Callable[[str], Snapshot | None],
    *,
    allow_remote_via: bool,
) -> tuple[Fetcher, Fetch | None]:
    """Return what asks providers, and what fetches references: a simulator has none."""
    # Imported here: the HTTP client takes a fifth of a second, which only who fetches need wait for.
    from modelatlas.fetching.documents import Documents  # noqa: PLC0415
    from modelatlas.fetching.fetch import HttpFetcher  # noqa: PLC0415

    fetcher = HttpFetcher(
        known,
        settings.keys,
        clock,
        via=settings.via,
        allow_remote_via=allow_remote_via,
        transport=transport,
        held=held,
    )
    return fetcher, Documents(clock, transport=transport).fetch if settings.via is None else None


def _unasked(settings: Settings, *, allow_remote_via: bool) -> tuple[Fetcher, None]:
    """Stand in for the network where nothing is fetched; what `via` cannot be is refused all the same."""
    checked(settings.via, allow_remote=allow_remote_via)
    return Unasked(), None


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


def _replicas(settings: Settings, engine: Engine, memory: Memory, clock: Clock, part: Part) -> Replicas:
    if settings.redis_url is None:
        return Alone() if part == "all" else StoreReplicas(SqlStates(engine, shape()), memory, clock)
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


def _reread(known: Mapping[str, Provider]) -> Reread:
    """Return how the texts of these providers' prices are read today."""
    rereader = cache(lambda slug: Rereader(known[slug]))

    def reread(slug: str, texts: Mapping[str, str]) -> Mapping[str, Sequence[Rule] | Rule]:
        return rereader(slug)(texts) if slug in known else {}

    return reread


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
