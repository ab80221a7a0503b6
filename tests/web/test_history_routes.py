"""The past over HTTP: prices and lists at an instant, changes page by page, a feed that readers take."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx2
import pytest
from msgspec.structs import replace

from modelatlas.domain.price import Condition, Rule, usd
from modelatlas.domain.snapshot import snapshot
from modelatlas.storage.engine import open_engine
from modelatlas.storage.history import SqlHistory
from modelatlas.storage.migrations import upgrade
from tests.builders import NOON, listing
from tests.storage.stores import Store
from tests.web.builders import WITH_KEY, FakeAtlas, client_of

ATOM = "{http://www.w3.org/2005/Atom}"
HOUR = timedelta(hours=1)


def per_million(amount: str) -> Rule:
    return usd("input_token", amount, per="1M tokens", path="p")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    engine = open_engine(f"sqlite:///{tmp_path / 'store.sqlite'}")
    upgrade(engine)
    yield Store(engine)
    engine.dispose()


@pytest.fixture
async def client(store: Store) -> AsyncIterator[httpx2.AsyncClient]:
    """Three observations of one provider: a cheaper price, another name, one gone and one private."""
    private = listing("ft:our-own", visibility="account")
    first = [
        listing("lab/a", prices=(per_million("3"),), name="A"),
        listing("<b>&"),
        private,
    ]
    second = [listing("lab/a", prices=(per_million("2"),), name="A & co"), private]
    for hour, listings in enumerate([first, second, [*second, listing("<b>&")]]):
        store.sync(snapshot("acme", NOON + hour * HOUR, listings))
    atlas = FakeAtlas()
    atlas.clock.pass_(hours=9)
    atlas.history = SqlHistory(store.engine)
    async with client_of(atlas) as client:
        yield client


async def get(client: httpx2.AsyncClient, path: str, **more: Any) -> Any:
    response = await client.get(path, **more)
    assert response.status_code == 200, response.text
    return response.json()


async def test_a_price_at_an_instant(client: httpx2.AsyncClient) -> None:
    for at, expected in (
        ("12:59:59Z", "0.000003"),
        ("13:00:00Z", "0.000002"),
        ("14:30:00+01:00", "0.000002"),
    ):
        answer = await get(client, "/prices/acme/lab/a", params={"at": f"2026-11-23T{at}"})
        assert answer["prices"]["input_token"]["usd"] == expected
    gone = await get(client, "/prices/acme/%3Cb%3E%26?at=2026-11-23T13:00:00Z")
    assert (gone["prices"], gone["reason"]) == (None, "gone")
    early = await get(client, "/prices/acme/lab/a?at=2026-11-22")
    assert (early["prices"], early["reason"]) == (None, "not_seen_yet")


async def test_a_price_of_a_tier_at_an_instant(store: Store) -> None:
    batch = replace(per_million("1"), when=Condition(tier="batch"))
    dear = listing("lab/dear", prices=(usd("input_token", "3"),))
    store.sync(snapshot("acme", NOON, [listing("lab/a", prices=(per_million("2"), batch)), dear]))
    atlas = FakeAtlas()
    atlas.clock.pass_(hours=9)
    atlas.history = SqlHistory(store.engine)
    async with client_of(atlas) as client:
        path = "/prices/acme/lab/a?at=2026-11-23T13:30:00Z&tier="
        cheap, flex = [await get(client, path + tier) for tier in ("batch", "flex")]
        assert cheap["prices"]["input_token"]["usd"] == "0.000001"
        assert (flex["prices"], flex["reason"]) == (None, "no_price")
        assert (await client.get(path + "cheap")).status_code == 400
        kept_back = await get(client, "/prices/acme/lab/dear?at=2026-11-23T12:30:00Z")
        assert (kept_back["prices"], kept_back["reason"]) == (None, "quarantined")


async def test_a_model_as_it_was_offered_at_an_instant(store: Store) -> None:
    """By whom, for what; providers of which nothing is known then are named, with what to do."""
    for hour, amount in enumerate(("3", "2")):
        offer = listing("openai/gpt-oss-120b", prices=(per_million(amount),))
        private = listing("gpt-oss-120b", visibility="account")
        store.sync(snapshot("acme", NOON + hour * HOUR, [offer, private]))
    atlas = FakeAtlas()
    atlas.clock.pass_(hours=9)
    atlas.history = SqlHistory(store.engine)
    async with client_of(atlas) as client:
        path = "/catalog/models/openai/gpt-oss-120b?at="
        for at, amount in (("2026-11-23T12:30:00Z", "0.000003"), ("2026-11-23T13:30:00Z", "0.000002")):
            told = await get(client, path + at)
            assert told["prices"][0]["median"] == amount
            assert (told["listings"], told["at"]) == (1, at)
            assert [each["provider"] for each in told["absent"]] == ["zeta"]
            assert (
                "PRICING_SYNC_PROVIDERS" in told["absent"][0]["to_do"] or "sync" in told["absent"][0]["to_do"]
            )
        early, later = [await client.get(path + at) for at in ("2026-11-23T11:00:00Z", "2027-01-01")]
        assert (early.status_code, later.status_code) == (404, 404)
        assert "/models?at=" in early.json()["detail"]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/prices/acme/lab/a?at=yesterday", 400, "2026-11-23T12:00:00Z"),
        ("/prices/acme/nothing?at=2026-11-23", 404, "observed since 2026-11-23T12:00:00"),
        ("/prices/acme/ft:our-own?at=2026-11-23T13:00:00Z", 404, "never seen"),
        ("/price-history/acme/ft:our-own", 404, "never seen"),
        ("/price-history/acme/lab%00a", 404, "never seen"),
        ("/prices/acme/lab%00a?at=2026-11-23T13:00:00Z", 404, "observed since"),
        ("/price-history/acme/lab/a?unit=token", 400, "input_token"),
        ("/changes?kind=better", 400, "became_free"),
        ("/changes?since=x", 400, "expected an instant such as"),
        ("/changes?since=0001-01-01T00:00:00%2B14:00", 400, "from 1970 until 2099"),
        ("/changes.atom?since=9999-12-31T23:59:59-14:00", 400, "from 1970 until 2099"),
        ("/changes?until=9999-12-31T23:59:59-14:00", 400, "from 1970 until 2099"),
        ("/prices/acme/lab/a?at=0001-01-01T00:00:00%2B14:00", 400, "from 1970 until 2099"),
        ("/changes?cursor=1", 400, "next"),
        ("/changes?limit=0", 400, "from 1 to 1000"),
    ],
)
async def test_what_cannot_be_answered_is_told(
    client: httpx2.AsyncClient, path: str, status: int, said: str
) -> None:  # F51
    response = await client.get(path)
    assert response.status_code == status
    assert said in response.text


async def test_a_list_of_the_past(client: httpx2.AsyncClient) -> None:
    answer = await get(client, "/models?at=2026-11-23T13:30:00Z&sort=name")
    (only,) = answer["data"]
    assert (only["id"], only["name"], only["prices"][0]["usd"]) == ("lab/a", "A & co", "0.000002")
    assert answer["absent"] == [
        {
            "provider": "zeta",
            "history_from": None,
            "to_do": "its first sync is yet to come: run `modelatlas sync zeta`",
        }
    ]
    before = await get(client, "/models?at=2026-11-23T12:30:00Z&gateway=acme")
    assert [(each["id"], each["name"]) for each in before["data"]] == [("<b>&", None), ("lab/a", "A")]
    with_key = await get(client, "/models?at=2026-11-23T12:30:00Z&gateway=acme", headers=WITH_KEY)
    assert with_key["total"] == 3


async def test_a_history_names_its_texts(client: httpx2.AsyncClient) -> None:
    answer = await get(client, "/price-history/acme/lab/a?unit=input_token")
    assert [(each["usd"], each["quote"]["raw"], each["valid_to"]) for each in answer["prices"]] == [
        ("0.000003", "3", "2026-11-23T13:00:00Z"),
        ("0.000002", "2", None),
    ]
    assert [each["kind"] for each in answer["sightings"]] == ["new"]


async def test_changes_page_by_page_are_all_changes(client: httpx2.AsyncClient) -> None:
    whole = (await get(client, "/changes"))["data"]
    kinds = [(each["id"], each["kind"]) for each in whole]
    assert kinds == [
        ("<b>&", "back"),
        ("lab/a", "attribute"),
        ("lab/a", "repriced"),
        ("<b>&", "gone"),
        ("lab/a", "new"),
        ("<b>&", "new"),
    ]
    assert whole[2]["price"]["ratio"] == "2/3"
    paged, path = [], "/changes?limit=1"
    while path:
        page = await get(client, path)
        paged += page["data"]
        path = f"/changes?limit=1&cursor={page['next']}" if page["next"] else ""
    assert paged == whole
    assert len((await get(client, "/changes", headers=WITH_KEY))["data"]) == 7


async def test_the_feed_is_atom_with_ids_that_stay(client: httpx2.AsyncClient) -> None:
    response = await client.get("/changes.atom")
    assert response.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(response.content)
    assert feed.tag == f"{ATOM}feed"
    assert [feed.find(f"{ATOM}{name}") is not None for name in ("id", "title", "updated")] == [True] * 3
    entries = feed.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids) == 6
    assert "acme: <b>& is gone" in [entry.findtext(f"{ATOM}title") for entry in entries]
    again = ET.fromstring((await client.get("/changes.atom?kind=gone")).content)
    (gone,) = again.findall(f"{ATOM}entry")
    assert gone.findtext(f"{ATOM}id") in ids
