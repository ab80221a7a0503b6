"""Pages are of one catalog, however often it is replaced; one that is no longer kept says where to begin."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from tests.web.builders import WITH_KEY, FakeAtlas, decoded


async def walked(client: httpx2.AsyncClient, query: str) -> list[dict[str, Any]]:
    """Go through all pages by cursor."""
    pages = [decoded(await client.get(f"/models?{query}"))]
    while pages[-1]["next"] is not None:
        pages.append(decoded(await client.get(f"/models?{query}&cursor={pages[-1]['next']}")))
    return pages


def ids(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["provider"], each["id"]) for each in answer["data"]]


@pytest.mark.parametrize(
    "query", ["limit=2", "limit=3&sort=-context_tokens", "limit=7", "limit=4&fields=provider,id"]
)
async def test_all_pages_together_are_the_whole(client: httpx2.AsyncClient, query: str) -> None:
    """F25."""
    whole = ids(decoded(await client.get("/models")))
    pages = await walked(client, query)
    seen = [each for page in pages for each in ids(page)]
    assert sorted(seen) == sorted(whole)
    assert len(set(seen)) == len(seen) == 7


async def test_groups_are_paged_too(client: httpx2.AsyncClient) -> None:
    pages = await walked(client, "group=model&limit=2")
    assert sum(page["returned"] for page in pages) == pages[0]["groups"]


async def test_pages_stay_those_of_their_catalog(atlas: FakeAtlas, client: httpx2.AsyncClient) -> None:
    first = decoded(await client.get("/models?limit=2"))
    atlas.fetcher.answers["zeta"] = ["aaa", "bbb"]
    atlas.fetcher.answers["acme"] = ["only"]
    await atlas.hear("zeta", "acme")
    newest = decoded(await client.get("/models?limit=2"))
    assert newest["catalog"] != first["catalog"]
    by_cursor = decoded(await client.get(f"/models?limit=10&cursor={first['next']}"))
    by_offset = decoded(await client.get(f"/models?limit=10&offset=2&catalog={first['catalog']}"))
    assert by_cursor == by_offset
    assert by_cursor["catalog"] == first["catalog"]
    assert len(ids(first) + ids(by_cursor)) == first["total"] == 7
    assert ("zeta", "lab/rocket-2-70b") in ids(by_cursor)


async def test_after_ten_minutes_the_first_page_of_the_newest_is_named(
    atlas: FakeAtlas, client: httpx2.AsyncClient
) -> None:
    first = decoded(await client.get("/models?limit=2&sort=name&gateway=acme,zeta"))
    atlas.fetcher.answers["zeta"] = ["aaa"]
    await atlas.hear("zeta")
    url = f"/models?limit=2&sort=name&gateway=acme,zeta&cursor={first['next']}"
    assert (await client.get(url)).status_code == 200
    atlas.clock.pass_(minutes=9, seconds=59)
    assert (await client.get(url)).status_code == 200
    atlas.clock.pass_(seconds=1)
    gone = await client.get(url)
    assert (gone.status_code, gone.headers["content-type"]) == (410, "application/problem+json")
    assert decoded(gone)["first"] == "/models?limit=2&sort=name&gateway=acme,zeta"
    assert decoded(await client.get(decoded(gone)["first"]))["catalog"] != first["catalog"]


async def test_a_catalog_that_comes_back_is_no_old_one(atlas: FakeAtlas, client: httpx2.AsyncClient) -> None:
    first = decoded(await client.get("/models?limit=2"))
    before = atlas.fetcher.answers["zeta"]
    for answer in (["aaa"], before):
        atlas.fetcher.answers["zeta"] = answer
        await atlas.hear("zeta")
        assert (await client.get("/models?limit=1")).status_code == 200
    atlas.clock.pass_(hours=1)
    assert (await client.get(f"/models?limit=2&cursor={first['next']}")).status_code == 200


@pytest.mark.parametrize(
    "query", ["cursor=x", "cursor=.5", "cursor=a.-1", "cursor=a.1&offset=2", "cursor=a.1&catalog=a"]
)
async def test_a_cursor_that_is_none_is_a_400(client: httpx2.AsyncClient, query: str) -> None:
    """F51."""
    problem = decoded(await client.get(f"/models?limit=2&{query}"))
    assert (problem["status"], problem["parameter"]) == (400, "cursor")


async def test_a_catalog_that_never_was_is_a_410(client: httpx2.AsyncClient) -> None:
    gone = decoded(await client.get("/models?limit=2&catalog=0123456789abcdef&offset=4"))
    assert (gone["status"], gone["first"]) == (410, "/models?limit=2")


async def test_with_a_key_pages_are_those_of_the_catalog_of_the_moment(
    atlas: FakeAtlas, client: httpx2.AsyncClient
) -> None:
    first = decoded(await client.get("/models?limit=2", headers=WITH_KEY))
    url = f"/models?limit=2&cursor={first['next']}"
    assert len(decoded(await client.get(url, headers=WITH_KEY))["data"]) == 2
    atlas.fetcher.answers["zeta"] = ["aaa"]
    await atlas.hear("zeta")
    assert (await client.get(url, headers=WITH_KEY)).status_code == 410


async def test_facets_are_counted_in_all_that_answers(client: httpx2.AsyncClient) -> None:
    told = decoded(await client.get("/models?facets=mode,provider&limit=0"))
    assert told["data"] == []
    assert told["facets"] == {
        "mode": {"chat": 2, "embedding": 1},
        "provider": {"acme": 3, "omega": 2, "zeta": 2},
    }
    told = decoded(await client.get("/models?facets=mode&free=true&limit=1"))
    assert told["facets"] == {"mode": {"chat": 1}}


async def test_a_misspelt_search_says_what_was_searched_for(client: httpx2.AsyncClient) -> None:
    told = decoded(await client.get("/models?q=rokcet"))
    assert (told["searched"], told["total"]) == ("rocket", 3)
    assert "searched" not in decoded(await client.get("/models?q=rocket"))


async def test_the_age_of_an_old_page_is_that_of_its_lists(
    atlas: FakeAtlas, client: httpx2.AsyncClient
) -> None:
    first = decoded(await client.get("/models?limit=2"))
    atlas.clock.pass_(minutes=5)
    atlas.fetcher.answers["zeta"] = ["aaa"]
    await atlas.hear("zeta", "acme")
    await client.get("/models")
    old = await client.get(f"/models?limit=2&cursor={first['next']}")
    assert old.headers["age"] == str(int(timedelta(minutes=5).total_seconds()))
