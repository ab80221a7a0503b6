"""GET /models, from outside."""

import asyncio
import tracemalloc

import httpx2
import msgspec
import pytest

from modelatlas.domain.snapshot import snapshot
from modelatlas.views.models_answer import ModelsAnswer
from tests.builders import NOON, listing
from tests.web.builders import FakeAtlas, big_world, client_of, decoded, small_world


async def ids(client: httpx2.AsyncClient, query: str) -> list[str]:
    response = await client.get(f"/models?{query}")
    assert response.status_code == 200, response.text
    return [f"{each['provider']}/{each['id']}" for each in decoded(response)["data"]]


@pytest.mark.parametrize(
    "query", ["", "?gateway=all", "?gateway=all&limit=100000", "?provider=all", "?limit=1000000"]
)
async def test_everything_in_provider_and_id_order(client: httpx2.AsyncClient, query: str) -> None:
    """F21: the same model at two providers is two listings."""
    response = await client.get(f"/models{query}")
    answer = msgspec.json.decode(response.content, type=ModelsAnswer)
    assert [(each.provider, each.id) for each in answer.data] == [
        ("acme", "lab/rocket-2-70b"), ("acme", "lab/rocket-2-8b:free"), ("acme", "silent"),
        ("omega", "old-1"), ("omega", "old-2"),
        ("zeta", "lab/rocket-2-70b"), ("zeta", "unpriced"),
    ]  # fmt: skip
    assert (answer.total, answer.returned, answer.gateway) == (7, 7, "all")
    assert (answer.totals.live, answer.totals.reference) == (5, 2)
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("gateway=zeta", ["zeta/lab/rocket-2-70b", "zeta/unpriced"]),
        ("gateway=ACME-Cloud&limit=1", ["acme/lab/rocket-2-70b"]),
        ("provider=zeta,acme&mode=embedding", ["acme/silent"]),
        ("gateway=acme,all&limit=1&offset=6", ["zeta/unpriced"]),
        ("gateway=gone", []),
        ("gateway=omega&limit=1", ["omega/old-1"]),
        ("limit=2&offset=1", ["acme/lab/rocket-2-8b:free", "acme/silent"]),
        ("limit=0", []),
        ("offset=7", []),
        ("q=rocket+8b", ["acme/lab/rocket-2-8b:free"]),
        ("lab=lab", ["acme/lab/rocket-2-70b"]),
        ("status=deprecated", []),
        ("min_context=10000", ["acme/lab/rocket-2-8b:free"]),
        ("free=true", ["acme/lab/rocket-2-8b:free"]),
        ("priced=false", ["acme/silent", "zeta/unpriced"]),
        ("origin=reference&limit=1", ["omega/old-1"]),
        ("sort=-context_tokens&limit=1", ["acme/lab/rocket-2-8b:free"]),
        ("max_input_usd_per_million=0.1&gateway=zeta", []),
        ("max_input_usd_per_million=0.150&gateway=zeta", ["zeta/lab/rocket-2-70b"]),
        ("max_input_usd_per_million=0&gateway=acme", ["acme/lab/rocket-2-8b:free"]),
    ],
)
async def test_a_question_is_answered_exactly(
    client: httpx2.AsyncClient, query: str, expected: list[str]
) -> None:
    assert await ids(client, query) == expected


@pytest.mark.parametrize(
    ("query", "said", "parameter"),
    [
        ("limt=1", "did you mean 'limit'", "limt"),
        ("limit=-1", "from 0 to 1000000", "limit"),
        ("limit=1000001", "from 0 to 1000000", "limit"),
        ("offset=-5", "from 0 to 1000000", "offset"),
        ("gateway=zetta", "did you mean 'zeta'?", "gateway"),
        ("gateway=nobody", "expected one of acme, acme-cloud, gone, omega, zeta", "gateway"),
        ("gateway=acme&provider=zeta", "mean the same", "provider"),
        ("gateway=", "is empty", "gateway"),
        ("mode=chatt", "did you mean 'chat'?", "mode"),
        ("status=alive", "expected one of", "status"),
        ("sort=price", "expected one of", "sort"),
        ("sort=--name", "expected one of", "sort"),
        ("fields=id,usd", "fields='usd'", "fields"),
        ("free=perhaps", "true or false", "free"),
        ("min_context=-1", "from 0 to", "min_context"),
        ("max_input_usd_per_million=NaN", "decimal number", "max_input_usd_per_million"),
    ],
)
async def test_what_cannot_be_is_a_400_that_names_what_can(
    client: httpx2.AsyncClient, query: str, said: str, parameter: str
) -> None:
    """F51: never 200 with an empty list for an unknown word."""
    response = await client.get(f"/models?{query}")
    problem = decoded(response)
    assert (response.status_code, response.headers["content-type"]) == (400, "application/problem+json")
    assert (problem["status"], problem["parameter"]) == (400, parameter)
    assert said in problem["detail"]


async def test_an_absurd_price_filter_is_a_400(client: httpx2.AsyncClient) -> None:
    response = await client.get("/models?max_input_usd_per_million=1e59")
    assert response.status_code == 400


async def test_an_unknown_provider_is_told_all_there_are(client: httpx2.AsyncClient) -> None:
    problem = decoded(await client.get("/models?gateway=nobody"))
    assert problem["allowed"] == ["acme", "gone", "omega", "zeta"]


async def test_fields_leave_the_rest_out(client: httpx2.AsyncClient) -> None:
    """F36."""
    response = await client.get("/models?fields=id,mode&limit=1")
    assert decoded(response)["data"] == [{"id": "lab/rocket-2-70b", "mode": "chat"}]


async def test_answers_of_real_providers_say_nothing_of_simulation(client: httpx2.AsyncClient) -> None:
    assert "simulated" not in decoded(await client.get("/models?limit=1"))


async def test_simulated_answers_say_so(atlas: FakeAtlas) -> None:
    atlas.simulated = True
    async with client_of(atlas) as client:
        await atlas.hear("acme", "zeta", "gone")
        for path in ("/models?limit=2", "/models/zeta/unpriced", "/providers", "/discrepancies"):
            assert decoded(await client.get(path))["simulated"] is True, path
        assert "simulated" in (await client.get("/")).text


async def test_a_read_during_a_hanging_fetch_answers_at_once() -> None:
    """F49: nothing that a provider does is waited for, on a cold start as little as later."""
    atlas = small_world()
    async with client_of(atlas) as client:
        atlas.fetcher.gates["acme"] = asyncio.Event()
        hanging = asyncio.create_task(atlas.live.refresh("acme"))
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            assert await ids(client, "") == ["omega/old-1", "omega/old-2"]
        atlas.fetcher.gates["acme"].set()
        await hanging
        assert len(await ids(client, "gateway=acme")) == 3
        atlas.fetcher.gates["acme"].clear()
        hanging = asyncio.create_task(atlas.live.refresh("acme"))
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            assert len(await ids(client, "gateway=acme")) == 3
        atlas.fetcher.gates["acme"].set()
        await hanging


async def test_a_new_catalog_is_served_from_the_next_request_on(
    atlas: FakeAtlas, client: httpx2.AsyncClient
) -> None:
    """F16, F50."""
    before = decoded(await client.get("/models?gateway=zeta"))
    atlas.fetcher.answers["zeta"] = ["new"]
    await atlas.hear("zeta")
    after = decoded(await client.get("/models?gateway=zeta"))
    assert [each["id"] for each in after["data"]] == ["new"]
    assert before["catalog"] != after["catalog"]


async def test_eighteen_thousand_listings() -> None:
    """F25, F48: all of them, with `limit=100000` too, in memory that stays within reason."""
    atlas = big_world(18_000)
    async with client_of(atlas) as client:
        await atlas.hear(*atlas.providers)
        tracemalloc.start()
        whole = await client.get("/models?gateway=all&limit=100000", headers={"Accept-Encoding": "gzip"})
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    answer = decoded(whole)
    assert (answer["total"], answer["returned"], len(answer["data"])) == (18_000, 18_000, 18_000)
    assert peak < 100 * 2**20  # 41 MB measured, the client's copy among them


async def test_odd_texts_of_a_provider_arrive_unharmed() -> None:
    atlas = small_world()
    odd = ['quote"\\', "a//b", "naïve ☃", "<script>alert(1)</script>", "per%cent?#&"]
    atlas.fetcher.answers["zeta"] = snapshot("zeta", NOON, [listing(each, "zeta", name=each) for each in odd])
    async with client_of(atlas) as client:
        await atlas.hear("zeta")
        answer = decoded(await client.get("/models?gateway=zeta"))
        assert sorted(each["name"] for each in answer["data"]) == sorted(odd)
        for id_ in odd:
            found = await client.get("/models/zeta", params={"id": id_})
            assert decoded(found)["id"] == id_
