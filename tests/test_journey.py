"""The main job on real input: recorded payloads in, one exact catalog out, stored, served, explained.

Everything runs as for a user: the simulator answers on a port, the service asks it by HTTP, the API is
called as an ASGI application. What is compared with is counted here again, straight from the files.
"""

import gzip
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest

from modelatlas.providers.registry import declared
from modelatlas.settings import read
from modelatlas.simulator.serve import background
from modelatlas.simulator.world import recorded
from modelatlas.web.app import create
from modelatlas.wiring.building import build
from tests.postgresql import PostgreSQL

KEYS = dict.fromkeys((name for each in declared().values() for name in each.variables), "a-secret-of-mine")
ADMIN = {"Authorization": "Bearer key-of-the-test"}
QUERIES = (
    "SELECT COUNT(*) FROM models WHERE is_active = true;",
    """SELECT p.slug AS provider, COUNT(m.id) AS model_count FROM models m
    JOIN providers p ON m.provider_id = p.id WHERE m.is_active = true
    GROUP BY p.slug ORDER BY model_count DESC;""",
    """SELECT provider_slug, sync_started_at, models_updated, status FROM pricing_sync_log
    ORDER BY sync_started_at DESC LIMIT 10;""",
    "SELECT DISTINCT p.slug FROM models m JOIN providers p ON m.provider_id = p.id WHERE m.is_active = true;",
)


class Service:
    """A running service and a client of its API."""

    def __init__(self, atlas: Any, client: httpx2.AsyncClient) -> None:
        self.atlas = atlas
        self.client = client

    async def get(self, path: str) -> Any:
        answer = await self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str) -> Any:
        answer = await self.client.post(path, headers=ADMIN)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def reasons(self) -> dict[str, int]:
        told = await self.get("/discrepancies?limit=1")
        assert told["totals"]["unexplained"] == 0
        assert told["totals"]["difference"] == sum(each["count"] for each in told["reasons"])
        return {each["reason"]: each["count"] for each in told["reasons"]}

    def sql(self, question: str) -> list[tuple[Any, ...]]:
        with self.atlas.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(question)]


@asynccontextmanager
async def service(home: Path, via: str, database_url: str = "") -> AsyncIterator[Service]:
    """Run a service without duty and schedule, so that the test decides when a provider is asked."""
    variables = {
        "MODELATLAS_HOME": str(home),
        "DATABASE_URL": database_url,
        "PROVIDERS_VIA": via,
        "ADMIN_API_KEY": "key-of-the-test",
        "PRICING_SYNC_PROVIDERS": "openrouter,featherless",
        "PRICING_SYNC_ENABLED": "false",
        **KEYS,
    }
    atlas = build(read(variables))
    await atlas.load()
    await atlas.jobs.start(takes_work=True)
    client = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(create(atlas)), base_url="http://127.0.0.1:8080", timeout=60
    )
    try:
        async with client:
            yield Service(atlas, client)
    finally:  # what goes on in a thread would disturb the tests after this one
        await atlas.stop()


@pytest.fixture
def simulator(shared: Path) -> Iterator[tuple[str, AbstractContextManager[str]]]:
    running = background(recorded(shared / "payloads"))
    with running as base:
        yield base, running


def raw_entries(shared: Path, slug: str) -> list[dict[str, Any]]:
    path = shared / "payloads" / f"{slug}.json"
    text = path.read_bytes() if path.exists() else gzip.decompress(path.with_suffix(".json.gz").read_bytes())
    document = json.loads(text, parse_float=Decimal)
    entries = document if isinstance(document, list) else document["data"]
    assert isinstance(entries, list)
    return entries


def usd(listing: dict[str, Any], unit: str) -> Decimal | None:
    found = [rule["usd"] for rule in listing["prices"] if rule["unit"] == unit and rule["state"] != "varying"]
    return Decimal(found[0]) if found else None


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "sqlite":
        yield ""
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    with server.database() as url:
        yield url


async def test_real_lists_become_one_exact_catalog_and_every_difference_is_explained(
    simulator: tuple[str, Any], shared: Path, tmp_path: Path, database_url: str
) -> None:
    base, _ = simulator
    async with service(tmp_path, base, database_url) as running:
        await running.atlas.live.refresh_all()
        featherless = await running.get("/providers/featherless")
        told = [featherless[name] for name in ("entries", "listings", "duplicates", "rejected")]
        assert told == [15_698, 15_695, 3, {}]
        openrouter = await running.get("/providers/openrouter")
        assert (openrouter["listings"], openrouter["unread"]) == (421, 0)
        await prices_are_the_recorded_ones(running, shared)

        live = (await running.get("/models?limit=1"))["totals"]["live"]
        others = live - 15_695 - 421
        assert await running.reasons() == {
            "provider_never_synced": 15_695 + 421,
            "provider_not_synced": others,
        }
        await running.post("/admin/model-sync/provider/openrouter?wait=60")
        assert await running.reasons() == {"provider_never_synced": 15_695, "provider_not_synced": others}
        await running.post("/admin/model-sync/all?wait=120")
        assert set(await running.reasons()) <= {"no_price", "inactive_upstream"}
        await sql_answers_as_documented(running, live)


async def prices_are_the_recorded_ones(running: Service, shared: Path) -> None:
    """F1, F17: compared with the files themselves, to the last digit."""
    places = {
        "openrouter": ("pricing", {"input_token": "prompt", "output_token": "completion"}, Decimal(1)),
        "cerebras": ("pricing", {"input_token": "prompt", "output_token": "completion"}, Decimal(1)),
        "perplexity": (
            "pricing",
            {"input_token": "input", "output_token": "output", "cache_read_token": "cache_read"},
            Decimal(1_000_000),
        ),
    }
    for slug, (member, units, per) in places.items():
        listings = {each["id"]: each for each in (await running.get(f"/models?gateway={slug}"))["data"]}
        for entry in raw_entries(shared, slug):
            for unit, key in units.items():
                said = entry[member].get(key)
                amount = None if said is None or Decimal(said) < 0 else Decimal(said) / per
                assert usd(listings[entry["id"]], unit) == amount, (slug, entry["id"], unit)
    listings = {each["id"]: each for each in (await running.get("/models?gateway=deepinfra"))["data"]}
    for entry in raw_entries(shared, "deepinfra"):
        pricing = (entry["metadata"] or {}).get("pricing", {})
        if "input_tokens" in pricing and pricing["input_tokens"] > 0:
            assert usd(listings[entry["id"]], "input_token") == Decimal(pricing["input_tokens"]) / 1_000_000


async def sql_answers_as_documented(running: Service, live: int) -> None:
    stored = running.sql(QUERIES[0])[0][0]
    assert 0.97 * live <= stored <= live
    by_provider = dict(running.sql(QUERIES[1]))
    assert by_provider["featherless"] == 15_695
    assert sum(by_provider.values()) == stored
    assert len(running.sql(QUERIES[2])) == 10
    assert {slug for (slug,) in running.sql(QUERIES[3])} == by_provider.keys()
    before = (
        running.sql("SELECT * FROM models ORDER BY id"),
        running.sql("SELECT * FROM price_quotes ORDER BY id"),
    )
    await running.post("/admin/model-sync/all?wait=120")
    after = (
        running.sql("SELECT * FROM models ORDER BY id"),
        running.sql("SELECT * FROM price_quotes ORDER BY id"),
    )
    assert before == after


async def test_when_every_provider_is_gone_everything_is_still_answered_and_after_a_restart_too(
    shared: Path, tmp_path: Path
) -> None:
    """F24, F49."""
    with background(recorded(shared / "payloads")) as base:
        async with service(tmp_path, base) as running:
            await running.atlas.live.refresh_all()
            whole = await running.get("/models")
    async with service(tmp_path, base) as again:
        await again.atlas.live.refresh_all()
        assert await again.get("/models") == whole
        told = await again.get("/providers/featherless")
        assert told["outcome"]["kind"] == "unreachable"
        assert told["kept_in"] == "store"
        assert told["age_seconds"] >= 0
        assert told["listings"] == 15_695


async def test_no_key_of_ours_reaches_the_simulator_or_an_answer(
    simulator: tuple[str, Any], tmp_path: Path
) -> None:
    """Section 11 of the design: a simulator gets `demo` in the place of every key."""
    base, _ = simulator
    async with service(tmp_path, base) as running:
        await running.atlas.live.refresh_all()
        asked = httpx2.get(f"{base}/_simulator/requests").json()
        assert len(asked) >= 12
        assert {each["authorization"] for each in asked.values()} <= {"none", "demo"}
        for path in ("/models", "/providers", "/discrepancies", "/"):
            assert "a secret of mine" not in (await running.client.get(path)).text
