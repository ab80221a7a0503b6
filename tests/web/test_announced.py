"""An instant that is yet to come: what is announced for it is answered, and marked as announced."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from msgspec.structs import replace

from modelatlas.domain.price import Rule, usd
from modelatlas.domain.snapshot import snapshot
from tests.builders import NOON, listing
from tests.web.builders import KEY, FakeAtlas, client_of, decoded

NEXT = "2026-12-01T00:00:00Z"


def per_million(amount: str, **more: object) -> Rule:
    return replace(usd("input_token", amount, per="1M tokens", path="p"), **more)


PROMOTED = listing(
    "openai/gpt-oss-120b", "acme", prices=(per_million("2"), per_million("1", valid_to=NEXT, rank=1))
)
RAISED = listing(
    "lab/raised",
    "acme",
    prices=(per_million("1", valid_to=NEXT), per_million("3", valid_from=NEXT)),
)
ENDING = listing("lab/ending", "acme", prices=(per_million("1", valid_to=NEXT),))
STEADY = listing("lab/steady", "acme", prices=(per_million("5"),))
OWN = listing("ft:own", "acme", visibility="account", prices=(per_million("1", valid_to=NEXT),))


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    zeta = snapshot("zeta", NOON, [replace(STEADY, provider="zeta")])
    heard = {"acme": snapshot("acme", NOON, [PROMOTED, RAISED, ENDING, STEADY, OWN]), "zeta": zeta}
    atlas = FakeAtlas(heard)
    async with client_of(atlas) as client:
        await atlas.hear("acme", "zeta")
        yield client


@pytest.mark.parametrize(
    ("id_", "now", "then"),
    [
        (PROMOTED.id, "0.000001", "0.000002"),
        (RAISED.id, "0.000001", "0.000003"),
        (ENDING.id, "0.000001", None),
        (STEADY.id, "0.000005", "0.000005"),
    ],
)
async def test_prices_that_begin_and_end_are_answered_everywhere_alike(
    client: httpx2.AsyncClient, id_: str, now: str, then: str | None
) -> None:
    today = decoded(await client.get(f"/prices/acme/{id_}"))
    assert ("announced" in today, today["prices"]["input_token"]["usd"]) == (False, now)
    for at, usd_then in (("2026-11-30T23:59:59Z", now), (NEXT, then), ("2099-12-31", then)):
        one = decoded(await client.get(f"/prices/acme/{id_}", params={"at": at}))
        assert one["announced"] is True
        assert (one["prices"] and one["prices"]["input_token"]["usd"]) == usd_then
        assert one["reason"] == (None if usd_then else "no_price")
        many = decoded(await client.get("/models", params={"at": at, "gateway": "acme"}))
        (listed,) = [each for each in many["data"] if each["id"] == id_]
        said = {price["usd"] for price in listed["prices"] if price["when"] in (None, {"valid_to": NEXT})}
        assert (usd_then in said) if usd_then else not said
        assert (many["announced"], many["absent"], many["total"]) == (True, [], 4)
        bill = {
            "provider": "acme",
            "model": id_,
            "usage": {"prompt_tokens": 1_000_000},
            "at": f"{at[:10]}T23:59:59Z",
        }
        told = decoded(await client.post("/cost", json=bill))
        assert told["announced"] is True


async def test_filters_and_one_model_are_about_that_instant(client: httpx2.AsyncClient) -> None:
    dear = {"max_input_usd_per_million": "1", "gateway": "acme"}
    assert decoded(await client.get("/models", params=dear))["total"] == 3
    then = decoded(await client.get("/models", params={**dear, "at": NEXT}))
    assert (then["total"], then["at"]) == (0, NEXT)
    model = decoded(await client.get("/catalog/models/openai/gpt-oss-120b", params={"at": NEXT}))
    assert (model["announced"], model["prices"][0]["median"]) == (True, "0.000002")
    assert (await client.get("/catalog/models/openai/gpt-none", params={"at": NEXT})).status_code == 404


async def test_listings_of_an_account_stay_for_who_has_the_key(client: httpx2.AsyncClient) -> None:
    url, key = f"/models?gateway=acme&at={NEXT}", {"Authorization": f"Bearer {KEY}"}
    assert [decoded(await client.get(url, headers=each))["total"] for each in ({}, key)] == [4, 5]


@pytest.mark.parametrize("path", ["/prices/acme/lab/steady", "/models", "/catalog/models/openai/gpt-oss"])
@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2100-01-01", "from 1970 until 2099"),
        ("9999-12-31T23:59:59-12:00", "from 1970 until 2099"),
        ("0001-01-01T00:00:00Z", "from 1970 until 2099"),
        ("1969-12-31", "from 1970 until 2099"),
        ("2026-13-01", "2026-11-23T12:00:00Z"),
        ("2026-11-31", "is no instant"),
        ("next week", "is no instant"),
        ("10000-01-01", "is no instant"),
        ("2026-12-01T25:00", "is no instant"),
        ("1e10", "is no instant"),
    ],
)
async def test_what_is_no_instant_or_too_far_away_is_told(
    client: httpx2.AsyncClient, path: str, at: str, said: str
) -> None:  # F51
    response = await client.get(path, params={"at": at})
    assert response.status_code == 400
    assert said in response.text


async def test_a_cost_too_far_away_is_told(client: httpx2.AsyncClient) -> None:
    bill = {"provider": "acme", "model": STEADY.id, "usage": {"prompt_tokens": 1}}
    for at in ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"):
        response = await client.post("/cost", json={**bill, "at": at})
        assert (response.status_code, "from 1970 until 2099" in response.text) == (400, True)
