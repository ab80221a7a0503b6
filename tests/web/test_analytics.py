"""The routes of a longer time: what is asked is what is read, once for as long as no run has ended."""

import httpx2
import pytest

from tests.web.builders import FakeAtlas, FewAnalytics, decoded


async def test_the_days_and_weeks_asked_for_are_read(client: httpx2.AsyncClient) -> None:
    totals = await client.get("/analytics/totals?since=2026-11-01")
    assert totals.headers["cache-control"] == "no-store"
    assert decoded(totals)["data"] == [
        {"day": "2026-11-01", "providers": 1, "listings": 3, "priced_listings": 2, "canonical_models": 1}
    ]
    listings = decoded(await client.get("/analytics/listings?provider=acme-cloud&until=2026-11-30"))
    assert [each["provider"] for each in listings["data"]] == ["acme"]
    weeks = decoded(await client.get("/analytics/price-changes?provider=zeta"))
    assert weeks["data"][0]["provider"] == "zeta"


async def test_prices_are_plain_decimals(client: httpx2.AsyncClient) -> None:
    answer = decoded(await client.get("/analytics/prices?unit=output_token&limit=1"))
    assert answer == {
        "unit": "output_token",
        "cheapest": [{"provider": "acme", "id": "cheapest", "model": None, "usd": "0.0000001"}],
        "dearest": [{"provider": "acme", "id": "dearest", "model": None, "usd": "10"}],
    }


async def test_coverage_says_how_old_the_stored_list_is(atlas: FakeAtlas, client: httpx2.AsyncClient) -> None:
    atlas.clock.pass_(minutes=5)
    (row,) = decoded(await client.get("/analytics/coverage"))["data"]
    assert (row["priced_share"], row["matched_share"], row["age_seconds"]) == (0.6667, 0.3333, 300)
    assert (row["last_run_status"], row["failed_since"]) == ("failed", 2)


async def test_an_answer_is_read_again_once_a_run_has_ended(
    atlas: FakeAtlas, client: httpx2.AsyncClient
) -> None:
    analytics = atlas.analytics
    assert isinstance(analytics, FewAnalytics)
    for _ in range(3):
        await client.get("/analytics/totals")
    assert analytics.reads == 1
    await client.get("/analytics/totals?until=2026-12-01")
    assert analytics.reads == 2
    analytics.runs += 1
    await client.get("/analytics/totals")
    assert analytics.reads == 3


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("totals?since=yesterday", "since"),
        ("totals?since=2026-02-30", "expected a day such as 2026-11-23"),
        ("totals?provider=acme", "unknown parameter"),
        ("listings?provider=acmee", "did you mean 'acme'?"),
        ("prices?unit=input_tokens", "did you mean 'input_token'?"),
        ("prices?limit=101", "from 1 to 100"),
        ("prices?limit=0", "from 1 to 100"),
    ],
)
async def test_what_cannot_be_is_refused(client: httpx2.AsyncClient, path: str, said: str) -> None:
    response = await client.get(f"/analytics/{path}")
    assert (response.status_code, said in response.text) == (400, True), response.text
