"""An atlas in memory, served in-process: fake providers, a fake store, a clock moved by hand."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import httpx2
import msgspec
from starlette.types import ASGIApp, Message

from modelatlas.caching.memory import Memory
from modelatlas.domain.analytics import (
    Coverage,
    DayTotals,
    PriceRank,
    PriceWeek,
    ProviderDay,
    Side,
    Span,
)
from modelatlas.domain.changes import ChangeQuery, Changes
from modelatlas.domain.derived import NOTHING_DERIVED
from modelatlas.domain.discrepancy import Discrepancies
from modelatlas.domain.history import ListingHistory, PastList, PlainSpell, PricesThen
from modelatlas.domain.identity.matches import Matches
from modelatlas.domain.pins import Pin
from modelatlas.domain.ports import Analytics, History
from modelatlas.domain.price import Rule, usd
from modelatlas.domain.rates import NO_RATES, Rates
from modelatlas.domain.refresh import ProviderState
from modelatlas.domain.snapshot import Snapshot, snapshot
from modelatlas.flows.explain import explain
from modelatlas.flows.live import Live
from modelatlas.flows.prices import Beside, Prices
from modelatlas.flows.publish import Publisher
from modelatlas.flows.releases import Watch
from modelatlas.flows.served import Served
from modelatlas.flows.sync import Sync, Synced
from modelatlas.prices.files import CuratedPrices
from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.registry import words
from modelatlas.references.catalog import Entry, Part, ReferenceCatalog
from modelatlas.settings import Settings, read
from modelatlas.web.app import create
from modelatlas.web.hot import Hot
from modelatlas.wiring.atlas import Atlas
from tests.builders import NOON, FakeClock, FakeFetcher, MemoryLedger, MemorySnapshots, listing
from tests.jobs.builders import jobs_of

KEY = "a-key-of-the-operator"
WITH_KEY = {"Authorization": f"Bearer {KEY}"}
BASE = "http://127.0.0.1:8080"

LISTS = (ModelList(url="https://acme.test/models"),)
ACME = Provider(
    slug="acme",
    name="Acme",
    kind="host",
    docs="https://acme.test/docs",
    lists=LISTS,
    evidence="inferred",
    auth=Bearer("ACME_API_KEY"),
    aliases=("acme-cloud",),
    private=(r"^ft:",),
)
ZETA = Provider(
    slug="zeta",
    name="Zeta <b>&</b>",
    kind="gateway",
    docs="https://zeta.test",
    lists=LISTS,
    evidence="inferred",
)
GONE = Provider(
    slug="gone",
    name="Gone",
    kind="host",
    docs="https://gone.test",
    lists=LISTS,
    evidence="inferred",
    retired="it closed on 2026-01-01",
)
DECLARED = {each.slug: each for each in (ACME, GONE, ZETA)}

FREE = (Rule("input_token", "free", raw="0", path="price.in"), Rule("output_token", "free", raw="0"))
ACME_LISTINGS = (
    listing("lab/rocket-2-70b", context_tokens=8_000, lab="lab", name="Rocket 2", mode="chat"),
    listing("lab/rocket-2-8b:free", context_tokens=32_000, mode="chat", prices=FREE),
    listing("silent", mode="embedding", prices=()),
)
PRIVATE = listing("ft:rocket:our-own", visibility="account")
ZETA_LISTINGS = (
    listing("lab/rocket-2-70b", "zeta", prices=(usd("input_token", "0.15", per="1M tokens", path="p.in"),)),
    listing("unpriced", "zeta", prices=()),
)
REFERENCE = (listing("old-1", "omega", id_is="pattern"), listing("old-2", "omega"))


class Kept:
    """A reference source that has its snapshots ready."""

    name = "few"
    url = None

    def __init__(self, parts: Iterable[Snapshot]) -> None:
        self._parts = {part.provider: Part(tuple(Entry(each) for each in part.listings)) for part in parts}

    def fetched_at(self) -> None:
        return None

    def written_at(self) -> None:
        return None

    def load(self) -> ReferenceCatalog:
        return ReferenceCatalog(self.name, "1", self._parts, {})

    def read(self, document: bytes) -> ReferenceCatalog:
        raise AssertionError("it is never fetched")

    def keep(self, document: bytes) -> None:
        raise AssertionError("it is never fetched")


class NoHistory:
    """The past of a store in which nothing was ever synced."""

    def of(self, provider: str, id_: str) -> ListingHistory | None:
        del provider, id_
        return None

    def prices_at(self, provider: str, id_: str, at: datetime, unit: str | None = None) -> PricesThen | None:
        del provider, id_, at, unit
        return None

    def list_at(self, provider: str, at: datetime) -> PastList | None:
        del provider, at
        return None

    def changes(self, asked: ChangeQuery) -> Changes:
        del asked
        return Changes((), None)

    def history_from(self) -> Mapping[str, datetime]:
        return {}

    def plain_spells(self, units: Collection[str]) -> list[PlainSpell]:
        del units
        return []


class MemoryPins:
    """Pins in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[Pin, bytes]] = {}

    def keep(self, pin: Pin, content: bytes) -> Pin:
        return self.kept.setdefault(pin.hash, (pin, content))[0]

    def all(self) -> list[Pin]:
        return [pin for pin, _ in self.kept.values()]

    def content(self, hash_: str) -> bytes | None:
        return self.kept[hash_][1] if hash_ in self.kept else None


class FewAnalytics:
    """One row of everything; counts how often it is read."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self.runs = 1
        self.reads = 0
        self._ledger = ledger

    def as_of(self) -> int:
        return self.runs + sum(run.status != "running" for run in self._ledger.log)

    def totals(self, span: Span) -> list[DayTotals]:
        self.reads += 1
        return [DayTotals(span.since or "2026-11-23", 1, 3, 2, 1)]

    def listings(self, span: Span) -> list[ProviderDay]:
        return [ProviderDay("2026-11-23", slug, 3, 2) for slug in sorted(span.providers or {"acme", "zeta"})]

    def price_changes(self, span: Span) -> list[PriceWeek]:
        return [PriceWeek("2026-11-23", slug, 1, 1, 0, 0, 0, 0, 0, 1) for slug in span.providers or {"acme"}]

    def extremes(self, unit: str, side: Side, limit: int) -> list[PriceRank]:
        usd = Decimal("0.00000010") if side == "cheapest" else Decimal("1E+1")
        return [PriceRank(unit, "acme", side, None, usd, 1, 1)][:limit]

    def coverage(self) -> list[Coverage]:
        return [Coverage("acme", 3, 2, 1, 0, NOON, NOON, NOON, "failed", 2)]


class FakeAtlas:
    """What `web` uses of an atlas, over fakes."""

    def __init__(
        self,
        answers: Mapping[str, Any] | None = None,
        references: Iterable[Snapshot] = (),
        *,
        providers: Mapping[str, Provider] = DECLARED,
        settings: Settings | None = None,
    ) -> None:
        self.clock = FakeClock()
        self.fetcher = FakeFetcher(self.clock, answers)
        self.snapshots = MemorySnapshots()
        self.ledger = MemoryLedger()
        self.providers = providers
        self.settings = settings or read(
            {
                "ADMIN_API_KEY": f"another-key,{KEY}",
                "MODELATLAS_HOME": "/nowhere",
                "ACME_API_KEY": "secret-of-acme",
            }
        )
        self.matches = Matches()
        self.derived = NOTHING_DERIVED
        self.publisher = Publisher(self.clock)
        self.memory = Memory(providers, self.matches.version, self.publisher.all)
        self.live = Live(
            self.memory,
            self.fetcher,
            self.snapshots,
            self.clock,
            ttl=timedelta(hours=1),
            jitter=lambda: 0.0,
        )
        synced = [Synced(each.slug, each.name, each.kind) for each in providers.values()]
        self.sync = Sync(self.live, self.ledger, self.clock, synced, 3)
        self.jobs = jobs_of(self.sync, self.live, self.ledger, self.clock)
        self.served = Served(self.live)
        self.synced = frozenset({"zeta"})
        curated = CuratedPrices({})
        beside = Beside(curated, (Kept(references),))
        self.prices = Prices(
            self.live, self.served.part, self.publisher, beside, self.clock, words(providers.values()).get
        )
        self.rates: Rates = NO_RATES
        self.releases = Watch(self.ledger.releases, self.prices.obey)
        self.simulated = False
        self.running = False
        self.history: History = NoHistory()
        self.analytics: Analytics = FewAnalytics(self.ledger)
        self.pins = MemoryPins()

    async def start(self) -> None:
        self.running = True
        await self.jobs.start(takes_work=True)
        await self.prices.read()
        await self.prices.show()

    async def stop(self) -> None:
        self.running = False
        await self.jobs.stop()
        await self.live.stop()

    async def obey_words(self) -> None:
        self.matches.obey(self.ledger.models_said())
        self.live.put_settings(self.matches.version)

    async def refresh(self, slug: str) -> ProviderState:
        return await self.live.refresh(slug)

    async def explain(self) -> Discrepancies:
        return await explain(self.live, self.ledger, self.synced)

    def app(self, *, demo: bool = False, public_bind: bool = False) -> Hot:
        return create(cast("Atlas", self), demo=demo, public_bind=public_bind)

    async def hear(self, *slugs: str) -> None:
        """Ask these providers, as the background duty would."""
        for slug in slugs:
            await self.live.refresh(slug)


def small_world() -> FakeAtlas:
    """Three declared providers (one retired) and one that only a reference knows."""
    answers = {
        "acme": snapshot("acme", NOON, [*ACME_LISTINGS, PRIVATE]),
        "zeta": snapshot("zeta", NOON, ZETA_LISTINGS),
        "gone": "retired",
    }
    return FakeAtlas(answers, [snapshot("omega", NOON, REFERENCE, origin="reference")])


def big_world(listings: int) -> FakeAtlas:
    """Thirty providers with so many listings together."""
    slugs = [f"p{number:02d}" for number in range(30)]
    providers = {slug: msgspec.structs.replace(ZETA, slug=slug, name=slug) for slug in slugs}
    each = listings // len(slugs)
    answers = {
        slug: snapshot(slug, NOON, [listing(f"lab/model-{n}-{n % 70}b", slug) for n in range(each)])
        for slug in slugs
    }
    return FakeAtlas(answers, providers=providers)


@contextlib.asynccontextmanager
async def client_of(
    atlas: FakeAtlas, *, demo: bool = False, public_bind: bool = False, peer: str = "203.0.113.9"
) -> AsyncIterator[httpx2.AsyncClient]:
    """Serve an atlas, from its start to its stop, to a client at an address."""
    app = atlas.app(demo=demo, public_bind=public_bind)
    transport = httpx2.ASGITransport(app=app, client=(peer, 50_000))
    async with lifespan(app), httpx2.AsyncClient(transport=transport, base_url=BASE) as client:
        client.headers["Accept-Encoding"] = "identity"
        yield client


@contextlib.asynccontextmanager
async def lifespan(app: ASGIApp) -> AsyncIterator[None]:
    """Start and stop a program as a server does."""
    inbox: asyncio.Queue[Message] = asyncio.Queue()
    outbox: asyncio.Queue[Message] = asyncio.Queue()
    task = asyncio.create_task(_run(app, inbox, outbox))
    await inbox.put({"type": "lifespan.startup"})
    assert (await outbox.get())["type"] == "lifespan.startup.complete"
    try:
        yield
    finally:
        await inbox.put({"type": "lifespan.shutdown"})
        assert (await outbox.get())["type"] == "lifespan.shutdown.complete"
        await task


async def _run(app: ASGIApp, inbox: "asyncio.Queue[Message]", outbox: "asyncio.Queue[Message]") -> None:
    await app({"type": "lifespan", "state": {}}, inbox.get, outbox.put)


def decoded(response: httpx2.Response) -> Any:
    """Return the JSON of an answer."""
    return msgspec.json.decode(response.content)
