"""One listing, from outside."""

import httpx2
import msgspec
import pytest

from modelatlas.domain.price import Unread
from modelatlas.domain.snapshot import snapshot
from modelatlas.views.one_listing import ListingAnswer
from tests.builders import NOON
from tests.web.builders import ACME_LISTINGS, FakeAtlas, decoded


@pytest.mark.parametrize(
    "path",
    [
        "/models/zeta/lab/rocket-2-70b",
        "/models/zeta/lab%2Frocket-2-70b",
        "/models/ZETA/lab/rocket-2-70b",
        "/models/zeta?id=lab/rocket-2-70b",
        "/models/zeta?id=lab%2Frocket-2-70b",
    ],
)
async def test_a_listing_is_found_by_its_id(client: httpx2.AsyncClient, path: str) -> None:
    answer = msgspec.json.decode((await client.get(path)).content, type=ListingAnswer)
    assert (answer.provider, answer.id) == ("zeta", "lab/rocket-2-70b")
    assert answer.prices[0].usd == "0.00000015"
    assert answer.prices[0].billed is not None
    assert (answer.prices[0].billed.amount, answer.prices[0].billed.per) == ("0.15", "1M tokens")
    assert (answer.prices[0].quote.path, answer.prices[0].quote.raw) == ("p.in", "0.15")


async def test_every_listed_id_resolves(client: httpx2.AsyncClient) -> None:
    """F27b."""
    for each in decoded(await client.get("/models"))["data"]:
        found = await client.get(f"/models/{each['provider']}/{each['id']}")
        assert decoded(found)["id"] == each["id"]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/models/zeta/nothing", 404, "zeta lists no 'nothing': look in /models?gateway=zeta&q=WORDS"),
        ("/models/zeta/LAB/rocket-2-70b", 404, "zeta lists no"),
        ("/models/zeta/", 404, "zeta lists no ''"),
        ("/models/gone/x", 404, "gone lists no"),
        ("/models/zetta/x", 404, "unknown provider 'zetta': did you mean 'zeta'?"),
        ("/models/zeta", 400, "id is missing"),
        ("/models/zeta?id=", 400, "id is empty"),
        ("/models/zeta?name=x", 400, "unknown parameter 'name'"),
        ("/models/zeta/unpriced?limit=1", 400, "this route has no parameters"),
        ("/models/", 404, "nothing is at '/models/'"),
    ],
)
async def test_what_is_not_there_is_told(
    client: httpx2.AsyncClient, path: str, status: int, said: str
) -> None:
    response = await client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert said in decoded(response)["detail"]


async def test_what_was_not_read_of_it_is_told(atlas: FakeAtlas, client: httpx2.AsyncClient) -> None:
    unread = [Unread("silent", "pricing.overrides", "[1]", "conditional price")]
    atlas.fetcher.answers["acme"] = snapshot("acme", NOON, ACME_LISTINGS, unread=unread)
    await atlas.hear("acme")
    answer = decoded(await client.get("/models/acme/silent"))
    assert answer["unread"] == [{"path": "pricing.overrides", "raw": "[1]", "reason": "conditional price"}]
    assert answer["prices"] == []


async def test_a_listing_of_a_reference_says_so(client: httpx2.AsyncClient) -> None:
    answer = decoded(await client.get("/models/omega/old-1"))
    assert (answer["origin"], answer["id_is"], answer["content_since"]) == ("reference", "pattern", None)
