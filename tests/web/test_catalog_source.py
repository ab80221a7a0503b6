"""MODEL_CATALOG_SOURCE=database: the same routes over what is stored."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from modelatlas.domain.snapshot import snapshot
from modelatlas.settings import read
from modelatlas.views.discrepancies import DiscrepanciesAnswer
from modelatlas.web.app import create
from modelatlas.wiring.atlas import Atlas
from modelatlas.wiring.building import build
from tests.builders import NOON, FakeClock, FakeFetcher, listing
from tests.postgresql import PostgreSQL
from tests.web.builders import ACME, BASE, KEY, PRIVATE, WITH_KEY, ZETA, decoded, lifespan


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.sqlite'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    with server.database() as made:
        yield made


class World:
    """A service on a real store, whose providers answer as told."""

    def __init__(self, url: str, home: Path, source: str = "database") -> None:
        self.clock = FakeClock()
        self.fetcher = FakeFetcher(self.clock, {"acme": ["a", "b"], "zeta": ["z"]})
        variables = {
            "MODELATLAS_HOME": str(home), "DATABASE_URL": url, "ADMIN_API_KEY": KEY,
            "MODEL_CATALOG_SOURCE": source, "PRICING_SYNC_ENABLED": "false", "PRICING_SYNC_PROVIDERS": "acme",
        }  # fmt: skip
        self.atlas: Atlas = build(
            read(variables), clock=self.clock, providers={"acme": ACME, "zeta": ZETA}, references=[]
        )
        self.atlas.live._fetcher = self.fetcher


@pytest.fixture
async def world(url: str, tmp_path: Path) -> World:
    return World(url, tmp_path / "home")


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    app = create(world.atlas)
    transport = httpx2.ASGITransport(app=app, client=("203.0.113.9", 50_000))
    async with lifespan(app), httpx2.AsyncClient(transport=transport, base_url=BASE) as client:
        client.headers["Accept-Encoding"] = "identity"
        await world.atlas.live.refresh_all()
        yield client


async def models(client: httpx2.AsyncClient, **asked: Any) -> dict[str, Any]:
    answer: dict[str, Any] = decoded(await client.get("/models", params=asked))
    return answer


async def sync(client: httpx2.AsyncClient, path: str) -> None:
    response = await client.post(f"/admin/model-sync/{path}?wait=60", headers=WITH_KEY)
    assert [run["status"] for run in decoded(response)["runs"]] in (["success"], ["success"] * 2)


async def test_the_served_catalog_follows_a_sync_at_once(world: World, client: httpx2.AsyncClient) -> None:
    before = await models(client)
    assert {(each["id"], each["origin"]) for each in before["data"]} == {
        ("a", "provider"), ("b", "provider"), ("z", "provider"),
    }  # fmt: skip
    await sync(client, "provider/acme")
    response = await client.get("/models")
    after = decoded(response)
    assert {(each["id"], each["origin"]) for each in after["data"]} == {
        ("a", "store"), ("b", "store"), ("z", "provider"),
    }  # fmt: skip
    assert after["catalog"] != before["catalog"]
    assert {slug: part["origin"] for slug, part in after["providers"].items()} == {
        "acme": "store", "zeta": "provider",
    }  # fmt: skip
    known = {"If-None-Match": response.headers["etag"]}
    assert (await client.get("/models", headers=known)).status_code == 304
    one = decoded(await client.get("/models/acme/a"))
    assert (one["id"], one["origin"]) == ("a", "store")
    without = [
        {k: v for k, v in each.items() if k != "origin"} for each in (before["data"][0], after["data"][0])
    ]
    assert without[0] == without[1]


async def test_what_is_fetched_is_live_at_once_and_served_after_the_next_sync(
    world: World, client: httpx2.AsyncClient
) -> None:
    await sync(client, "provider/acme")
    world.fetcher.answers["acme"] = ["a", "b", "c"]
    world.clock.pass_(hours=2)
    await world.atlas.live.refresh("acme")
    assert [each["id"] for each in (await models(client, gateway="acme"))["data"]] == ["a", "b"]
    found = msgspec.json.decode((await client.get("/discrepancies")).content, type=DiscrepanciesAnswer)
    assert [(each.id, each.reason) for each in found.data] == [
        ("c", "appeared_since_sync"), ("z", "provider_not_synced"),
    ]  # fmt: skip
    assert (found.totals.live, found.totals.stored, found.totals.models) == (4, 2, 3)
    row = decoded(await client.get("/providers/acme"))
    assert (row["live"], row["stored"], row["served"], row["origin"]) == (3, 2, 2, "store")
    assert decoded(await client.get("/providers"))["source"] == "database"
    await sync(client, "provider/acme")
    assert [each["id"] for each in (await models(client, gateway="acme"))["data"]] == ["a", "b", "c"]


async def test_a_provider_synced_to_nothing_stays_at_nothing(
    world: World, client: httpx2.AsyncClient
) -> None:
    await sync(client, "provider/zeta")  # a gateway, whose listing without a price is left out
    assert (await models(client, gateway="zeta"))["total"] == 1
    world.fetcher.answers["zeta"] = snapshot_without_prices()
    world.clock.pass_(hours=2)
    await sync(client, "provider/zeta")
    assert (await models(client, gateway="zeta"))["total"] == 0
    row = decoded(await client.get("/providers/zeta"))
    assert (row["live"], row["stored"], row["served"], row["origin"]) == (1, 0, 0, "store")


async def test_rows_of_an_account_are_for_the_key_alone(world: World, client: httpx2.AsyncClient) -> None:
    world.fetcher.answers["acme"] = snapshot("acme", NOON, [listing("a"), PRIVATE])
    world.clock.pass_(hours=2)
    await sync(client, "provider/acme")
    assert (await models(client, gateway="acme"))["total"] == 1
    everything = decoded(await client.get("/models?gateway=acme", headers=WITH_KEY))
    assert [each["origin"] for each in everything["data"]] == ["store", "store"]


async def test_another_process_that_starts_serves_what_is_stored(
    world: World, client: httpx2.AsyncClient, url: str, tmp_path: Path
) -> None:
    await sync(client, "all")
    there = await models(client)
    other = World(url, tmp_path / "other").atlas
    await other.load()
    assert other.served.catalog.id == there["catalog"]
    await other.stop()
    live = World(url, tmp_path / "third", "live").atlas
    await live.load()
    assert {part.origin for part in live.served.catalog.snapshots.values()} == {"provider"}
    await live.stop()


def snapshot_without_prices() -> Any:
    return snapshot("zeta", NOON, [listing("z", "zeta", prices=())])
