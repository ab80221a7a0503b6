"""POST /cost: what a usage costs, one or many, within limits, and without a key."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import msgspec
import pytest

from modelatlas.domain.price import usd
from modelatlas.domain.rates import read_rates
from modelatlas.domain.snapshot import snapshot
from modelatlas.web.bodies import LARGEST
from modelatlas.web.bounds import AT_ONCE, Bounds, TooMany
from tests.builders import NOON, listing
from tests.web.builders import WITH_KEY, FakeAtlas, client_of, decoded

PRICES = (
    usd("input_token", "3", per="1M tokens", path="p.in"),
    usd("output_token", "15", per="1M tokens", path="p.out"),
)
USAGE = {"prompt_tokens": 1_000, "completion_tokens": 100}


@pytest.fixture
def atlas() -> FakeAtlas:
    private = listing("ft:ours", visibility="account", prices=PRICES)
    return FakeAtlas({"acme": snapshot("acme", NOON, [listing("rocket-2", prices=PRICES), private])})


@pytest.fixture
async def client(atlas: FakeAtlas) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(atlas) as client:
        await atlas.hear("acme")
        yield client


def question(**more: Any) -> dict[str, Any]:
    return {"provider": "acme-cloud", "model": "rocket-2", "usage": USAGE, **more}


async def test_one_usage_is_priced_line_by_line(client: httpx2.AsyncClient) -> None:
    response = await client.post("/cost", json=question())
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    found = decoded(response)
    assert (found["provider"], found["usd"], found["known_usd"]) == ("acme", "0.0045", "0.0045")
    assert (found["api"], found["cached"], found["tier"]) == ("chat completions", "included", "standard")
    assert [(line["unit"], line["quantity"], line["usd"], line["source"]) for line in found["lines"]] == [
        ("input_token", "1000", "0.003", "provider"),
        ("output_token", "100", "0.0015", "provider"),
    ]
    assert found["lines"][0]["quote"] == {"path": "p.in", "raw": "3"}
    assert found["reasons"] == []


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"provider": "nobody"}, "unknown_provider"),
        ({"model": "comet"}, "unknown_model"),
        ({"model": "ft:ours"}, "unknown_model"),
        ({"at": "2020-01-01T00:00:00Z"}, "unknown_model"),
        ({"tier": "batch"}, "input_token has no price in the tier batch"),
    ],
)
async def test_what_is_not_known_is_null_with_the_reason(
    client: httpx2.AsyncClient, more: dict[str, Any], reason: str
) -> None:
    """F8: never 0."""
    found = decoded(await client.post("/cost", json=question(**more)))
    assert found["usd"] is None
    assert found["reasons"][0].startswith(reason)


async def test_with_the_key_listings_of_the_account_are_priced(client: httpx2.AsyncClient) -> None:
    found = decoded(await client.post("/cost", json=question(model="ft:ours"), headers=WITH_KEY))
    assert found["usd"] == "0.0045"


async def test_a_batch_answers_in_its_order_and_a_bad_one_harms_no_other(client: httpx2.AsyncClient) -> None:
    requests = [question(), question(usage={"prompt_tokens": -1}), {"provider": 3}, question(model="comet")]
    found = decoded(await client.post("/cost", json={"requests": requests}))
    assert [each["kind"] for each in found["data"]] == ["cost", "fault", "fault", "cost"]
    assert (found["usd"], found["known_usd"], found["unknown"]) == (None, "0.0045", 3)
    whole = decoded(await client.post("/cost", json={"requests": requests[:1] * 3}))
    assert (whole["usd"], whole["unknown"]) == ("0.0135", 0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"requests": []}',
        b'{"requests": [], "more": 1}',
        b'{"requests": 3}',
        msgspec.json.encode({"requests": [{}] * 10_001}),
        msgspec.json.encode(question(surprise=1)),
        msgspec.json.encode(question(usage={})),
        msgspec.json.encode(question(at="2026-01-01T00:00:00")),
        msgspec.json.encode(question(tier="cheap")),
        b"[" * 100_000,
    ],
)
async def test_another_body_is_a_problem(client: httpx2.AsyncClient, body: bytes) -> None:
    response = await client.post("/cost", content=body)
    assert (response.status_code, decoded(response)["type"]) == (400, "/docs#bad-request")
    assert "expected" in decoded(response)["detail"]


async def test_a_body_that_is_too_large_is_not_received_whole(client: httpx2.AsyncClient) -> None:
    response = await client.post("/cost", content=b" " * (LARGEST + 1))
    assert (response.status_code, decoded(response)["type"]) == (413, "/docs#too-large")


async def test_a_client_has_few_questions_under_way_at_once() -> None:
    bounds = Bounds()
    scope, other = {"client": ("203.0.113.9", 1)}, {"client": ("203.0.113.8", 1)}
    refused = pytest.raises(TooMany, match=f"{AT_ONCE} questions")
    with bounds.one(scope), bounds.one(scope), bounds.one(other), refused, bounds.one(scope):
        pass
    with bounds.one(scope):
        pass
    assert not bounds._under_way


async def test_too_many_at_once_is_told_when_to_come_again(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modelatlas.web.bounds.AT_ONCE", 0)
    response = await client.post("/cost", json=question())
    assert (response.status_code, response.headers["retry-after"]) == (429, "1")


async def test_the_total_is_shown_in_a_currency_at_the_rate_of_the_day(
    atlas: FakeAtlas, client: httpx2.AsyncClient
) -> None:
    atlas.rates = read_rates(b"date,from,to,rate,source\n2026-11-23,USD,EUR,0.8652,a bank\n")
    found = decoded(await client.post("/cost", json=question(currency="EUR")))
    assert (found["usd"], found["shown"]["amount"], found["shown"]["rate"]) == (
        "0.0045",
        "0.0038934",
        "0.8652",
    )
    price = decoded(await client.get("/prices/acme/rocket-2?currency=EUR"))["prices"]["input_token"]
    assert (price["usd"], price["shown"]["amount"]) == ("0.000003", "0.0000025956")
    for refused in (
        await client.post("/cost", json=question(currency="JPY")),
        await client.get("/prices/acme/rocket-2?currency=JPY"),
    ):
        assert refused.status_code == 400
        assert "no rate of USD in JPY for 2026-11-23" in decoded(refused)["detail"]
    assert (await client.get("/prices/acme/rocket-2?currency=12E")).status_code == 400


async def test_ten_thousand_usages_are_one_question(client: httpx2.AsyncClient) -> None:
    found = decoded(await client.post("/cost", json={"requests": [question()] * 10_000}))
    assert (len(found["data"]), found["usd"], found["unknown"]) == (10_000, "45", 0)
