"""What is kept back, and an operator's word that lets one amount through; where sources disagree."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from msgspec.structs import replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule, usd
from modelatlas.domain.snapshot import snapshot
from tests.builders import NOON, release_of
from tests.web.builders import WITH_KEY, ZETA, FakeAtlas, client_of, decoded

DEAR = usd("input_token", "1", path="pricing.input")
EACH = usd("output_token", "0.000004")


def listing(id_: str, *rules: Rule, **more: Any) -> Listing:
    return Listing("acme", id_, prices=rules, **more)


def heard(*listings: Listing) -> Any:
    return snapshot("acme", NOON, listings)


def said(id_: str, unit: str, amount: str) -> Listing:
    return listing(id_, replace(usd(unit, amount), source="reference:few@1"))


LISTINGS = (
    listing("a", DEAR, EACH),
    listing("b", usd("input_token", "0.000001"), EACH),
    listing("mine", DEAR, visibility="account"),
)
REFERENCE = snapshot(
    "acme",
    NOON,
    [said("b", "input_token", "0.0000025"), said("a", "output_token", "0.000004")],
    origin="reference",
)


@pytest.fixture
async def atlas() -> FakeAtlas:
    providers = {"acme": replace(ZETA, slug="acme", name="Acme")}
    return FakeAtlas({"acme": heard(*LISTINGS)}, [REFERENCE], providers=providers)


@pytest.fixture
async def client(atlas: FakeAtlas) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(atlas) as client:
        await atlas.hear("acme")
        yield client


async def units_of(client: httpx2.AsyncClient, id_: str = "a") -> list[str]:
    return [price["unit"] for price in decoded(await client.get(f"/models/acme/{id_}"))["prices"]]


async def test_a_price_is_kept_back_with_its_evidence(client: httpx2.AsyncClient) -> None:
    answer = decoded(await client.get("/quarantine?provider=acme&unit=input_token"))
    (kept,) = answer["data"]
    assert (answer["total"], answer["providers"], answer["units"]) == (1, {"acme": 1}, {"input_token": 1})
    assert (kept["provider"], kept["id"], kept["unit"]) == ("acme", "a", "input_token")
    assert kept["suspicion"] == "outside_band"
    assert kept["band"]["most"] == "0.0002"
    assert kept["value"]["quote"] == {"path": "pricing.input", "raw": "1"}
    assert (kept["value"]["source"], kept["value"]["as_of"]) == ("provider", NOON.isoformat())
    assert decoded(await client.get("/quarantine?unit=image_token")).get("status") == 400
    assert decoded(await client.get("/quarantine?unit=output_token"))["data"] == []


async def test_what_an_account_is_charged_is_kept_back_in_private(client: httpx2.AsyncClient) -> None:
    """F52."""
    assert decoded(await client.get("/quarantine"))["total"] == 1
    assert decoded(await client.get("/quarantine", headers=WITH_KEY))["total"] == 2


async def test_a_release_is_obeyed_at_once_and_taken_back(client: httpx2.AsyncClient) -> None:
    (kept,) = decoded(await client.get("/quarantine"))["data"]
    asked = {"note": "as their page says", "by": "me"}
    assert await units_of(client) == ["output_token"]
    assert (await client.post(kept["release"], params=asked)).status_code == 401
    done = await client.post(kept["release"], params=asked, headers=WITH_KEY)
    assert done.status_code == 201
    assert await units_of(client) == ["input_token", "output_token"]
    assert decoded(await client.get("/quarantine"))["data"] == []
    again = await client.post(kept["release"], headers=WITH_KEY)
    assert (again.status_code, decoded(again)) == (200, decoded(done))
    (said,) = decoded(await client.get("/admin/quarantine/releases", headers=WITH_KEY))["data"]
    assert (said["amount"], said["by"], said["note"], said["source"]) == (
        "1",
        "me",
        asked["note"],
        "provider",
    )
    gone = await client.delete(kept["release"], headers=WITH_KEY)
    assert decoded(gone) == {"forgotten": True}
    assert await units_of(client) == ["output_token"]
    assert decoded(await client.get("/quarantine"))["data"] == [kept]
    assert (await client.delete(kept["release"], headers=WITH_KEY)).status_code == 404


async def test_another_amount_is_kept_back_again_and_the_right_one_never(
    atlas: FakeAtlas, client: httpx2.AsyncClient
) -> None:
    """F17b: a release covers no other amount, and nothing keeps the cure of a wrong price back."""
    (kept,) = decoded(await client.get("/quarantine"))["data"]
    await client.post(kept["release"], headers=WITH_KEY)
    for amount, shown in (("2", False), ("1.0", True), ("0.000001", True)):
        atlas.fetcher.answers["acme"] = heard(listing("a", usd("input_token", amount)))
        await atlas.hear("acme")
        assert ("input_token" in await units_of(client)) is shown, amount


async def test_what_another_process_lets_through_is_seen_at_the_next_look(
    atlas: FakeAtlas, client: httpx2.AsyncClient
) -> None:
    atlas.ledger.release(release_of("1"))
    assert await units_of(client) == ["output_token"]
    await atlas.releases.look()
    assert await units_of(client) == ["input_token", "output_token"]


async def test_values_that_differ_stand_side_by_side(client: httpx2.AsyncClient) -> None:
    answer = decoded(await client.get("/disagreements"))
    (found,) = answer["data"]
    assert (found["id"], found["unit"], found["differs"], found["ratio"]) == (
        "b",
        "input_token",
        "amount",
        "2.5",
    )
    assert found["published"] == "provider"
    values = [(value["source"], value["usd"], value["published"]) for value in found["values"]]
    assert values == [("provider", "0.000001", True), ("reference:few@1", "0.0000025", False)]
    assert [(pair["unit"], pair["agree"], pair["differ"]) for pair in answer["pairs"]] == [
        ("input_token", 0, 1),
        ("output_token", 1, 0),
    ]
    assert (answer["agree"], answer["differ"]) == (1, 1)


@pytest.mark.parametrize(
    ("question", "total"),
    [
        ("min_ratio=2.5", 1),
        ("min_ratio=2.6", 0),
        ("source=few", 1),
        ("source=reference:few", 1),
        ("source=litellm", 0),
        ("unit=output_token", 0),
        ("provider=acme&unit=input_token", 1),
    ],
)
async def test_disagreements_are_chosen(client: httpx2.AsyncClient, question: str, total: int) -> None:
    assert decoded(await client.get(f"/disagreements?{question}"))["total"] == total


@pytest.mark.parametrize("wrong", ["min_ratio=0.5", "min_ratio=x", "unit=tokens", "provider=acmee", "sort=a"])
async def test_what_cannot_be_asked_is_refused(client: httpx2.AsyncClient, wrong: str) -> None:
    answer = await client.get(f"/disagreements?{wrong}")
    assert (answer.status_code, decoded(answer)["parameter"]) == (400, wrong.partition("=")[0])


async def test_a_listing_says_who_says_what_and_why_one_counts(client: httpx2.AsyncClient) -> None:
    sources = {each["unit"]: each for each in decoded(await client.get("/models/acme/b"))["sources"]}
    first, second = sources["input_token"]["values"]
    assert (first["source"], first["published"], first["agrees"]) == ("provider", True, True)
    assert (second["source"], second["published"], second["agrees"]) == ("reference:few@1", False, False)
    assert second["why"] == "provider counts before reference"
    assert sources["input_token"]["disputed"]
    dear = {each["unit"]: each for each in decoded(await client.get("/models/acme/a"))["sources"]}
    assert (dear["input_token"]["outcome"], dear["output_token"]["outcome"]) == ("quarantined", "published")
    assert "outside" in dear["input_token"]["detail"]
