"""What is served from the store after a sync of everything is what was live, listing by listing and exactly.

The lists hold every example of every declaration, with prices under conditions, in other currencies, free,
varying and borrowed ones; curated files and the bundled reference have their say.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from msgspec.structs import replace

from modelatlas.domain.listing import Listing, is_priced
from modelatlas.domain.price import ALWAYS, usd
from modelatlas.domain.snapshot import Snapshot, snapshot
from modelatlas.providers.payload import decode
from modelatlas.providers.reading import reader_of
from modelatlas.providers.registry import declared
from modelatlas.settings import read
from modelatlas.web.app import create
from modelatlas.wiring.atlas import Atlas
from modelatlas.wiring.building import build
from tests.builders import NOON, FakeClock, FakeFetcher
from tests.postgresql import PostgreSQL
from tests.storage.checks import check_chains, check_rows
from tests.storage.stores import Store
from tests.web.builders import BASE, KEY, WITH_KEY, decoded, lifespan

OPUS, SONNET = "claude-opus-4-1-20250805", "claude-sonnet-4-5-20250929"
UNTIL_NEW_YEAR = (
    replace(usd("input_token", "0.0000010"), rank=1, valid_to="2027-01-01T00:00:00Z"),
    usd("input_token", "0.0000020"),
    usd("output_token", "1E-7"),
)
BEFORE = {
    "anthropic": (Listing("anthropic", OPUS, lab="anthropic"), Listing("anthropic", SONNET, lab="anthropic")),
    "openrouter": (
        Listing(
            "openrouter",
            "openai/o3",
            prices=(usd("input_token", "0.000002"), usd("output_token", "0.000008")),
        ),
    ),
    "helicone": (Listing("helicone", "claude-opus-4-1"), Listing("helicone", "o3"), Listing("helicone", "?")),
    "nebius": (
        Listing("nebius", "anthropic/claude-opus-4.1"),
        Listing("nebius", "openai/o3"),
        Listing("nebius", "dated", prices=UNTIL_NEW_YEAR),
        Listing(
            "nebius", "in-yuan", prices=(replace(usd("input_token", "2.50", "1M tokens"), currency="CNY"),)
        ),
    ),
}
"""Listings beside the examples: models of closed weights where they are priced, and where they are not."""


def lists() -> dict[str, Snapshot]:
    """Every provider with all that its examples are read as."""
    found: dict[str, Snapshot] = {}
    for slug, provider in declared().items():
        listings = {each.id: each for each in BEFORE.get(slug, ())}
        for declared_list in provider.lists:
            for entry, _ in declared_list.examples:
                one = reader_of(provider, declared_list).read(decode(msgspec.json.encode(entry))).result
                if isinstance(one, Listing):
                    listings.setdefault(one.id, one)
        if listings and provider.retired is None:
            found[slug] = snapshot(slug, NOON, listings.values())
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.sqlite'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    with server.database() as made:
        yield made


@asynccontextmanager
async def service(url: str, home: Path, source: str) -> AsyncIterator[tuple[Atlas, httpx2.AsyncClient]]:
    """A service on a store, whose providers answer with those lists."""
    clock = FakeClock()
    variables = {
        "MODELATLAS_HOME": str(home), "DATABASE_URL": url, "ADMIN_API_KEY": KEY,
        "MODEL_CATALOG_SOURCE": source, "PRICING_SYNC_ENABLED": "false", "PRICING_SYNC_PROVIDERS": "all",
    }  # fmt: skip
    atlas = build(read(variables), clock=clock)
    atlas.live._fetcher = FakeFetcher(clock, lists())
    app = create(atlas)
    transport = httpx2.ASGITransport(app=app, client=("203.0.113.9", 50_000))
    async with lifespan(app), httpx2.AsyncClient(transport=transport, base_url=BASE, timeout=120) as client:
        client.headers |= {"Accept-Encoding": "identity", **WITH_KEY}
        await atlas.prices.read()
        await atlas.prices.show()
        await atlas.live.refresh_all()
        yield atlas, client


def by_key(parts: Any) -> dict[tuple[str, str], Listing]:
    return {(each.provider, each.id): each for part in parts for each in part.listings}


async def test_what_is_served_from_the_store_is_what_was_live(url: str, tmp_path: Path) -> None:  # F46
    async with service(url, tmp_path / "a", "live") as (atlas, client):
        runs = decoded(await client.post("/admin/model-sync/all?wait=120"))["runs"]
        assert {run["status"] for run in runs if run["provider"] in lists()} == {"success"}
        live = by_key(part for part in atlas.served.catalog.snapshots.values() if part.origin == "provider")
        answers = await answers_of(client, live)
        left_out = {
            (each["provider"], each["id"])
            for each in decoded(await client.get("/discrepancies"))["data"]
            if each["reason"] in {"no_price", "inactive_upstream", "price_quarantined"}
        }
    async with service(url, tmp_path / "b", "database") as (atlas, client):
        assert {part.origin for slug, part in atlas.served.catalog.snapshots.items() if slug in lists()} == {
            "store"
        }
        stored = by_key(part for part in atlas.served.catalog.snapshots.values() if part.origin == "store")
        assert_is_worth_comparing(stored.values())
        assert stored == {key: each for key, each in live.items() if key not in left_out}
        assert await answers_of(client, stored) == {key: answers[key] for key in stored}


def assert_is_worth_comparing(listings: Any) -> None:
    """Fail unless every sort of price is among them."""
    rules = [rule for each in listings for rule in each.prices]
    sorts: dict[str, Callable[[Any], bool]] = {
        "borrowed": lambda rule: rule.source.startswith("borrowed:"),
        "curated": lambda rule: rule.source.startswith("curated"),
        "reference": lambda rule: rule.source.startswith("reference:"),
        "conditional": lambda rule: rule.when != ALWAYS,
        "dated": lambda rule: rule.valid_from is not None or rule.valid_to is not None,
        "free": lambda rule: rule.state == "free",
        "varying": lambda rule: rule.state == "varying",
        "another currency": lambda rule: rule.currency != "USD",
    }
    missing = [name for name, is_one in sorts.items() if not any(map(is_one, rules))]
    assert not missing, sorted({rule.source for rule in rules})
    assert any(each.visibility == "account" for each in listings)
    assert any(each.factors for each in listings)
    assert any(not is_priced(each) for each in listings)


async def answers_of(client: httpx2.AsyncClient, keys: Any) -> dict[tuple[str, str], Any]:
    """Return what the list of models, a listing's own page and the prices of now say, without the origin."""
    listed = {(row["provider"], row["id"]): row for row in decoded(await client.get("/models"))["data"]}
    found = {}
    for slug, id_ in keys:
        alone = [await client.get(f"/{path}/{slug}", params={"id": id_}) for path in ("models", "prices")]
        said = [listed[slug, id_], *map(decoded, alone)]
        found[slug, id_] = [{key: value for key, value in each.items() if key != "origin"} for each in said]
    return found


async def test_the_tables_say_what_the_listings_say(url: str, tmp_path: Path) -> None:  # F15
    async with service(url, tmp_path / "a", "live") as (atlas, client):
        await client.post("/admin/model-sync/all?wait=120")
        for slug in lists():
            check_rows(Store(atlas.ledger.engine), slug)
            check_chains(Store(atlas.ledger.engine), slug)
