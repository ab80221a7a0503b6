"""What a client may keep: ETag, 304, encodings, Age, HEAD (F50)."""

from datetime import timedelta

import httpx2
import pytest
import zstandard

from modelatlas.web.answers import age_of, names
from tests.builders import NOON, snapshot_of
from tests.web.builders import WITH_KEY, FakeAtlas

ZSTD = zstandard.FRAME_HEADER
PATHS = (
    "/models",
    "/models?gateway=acme&limit=2",
    "/models/zeta/lab/rocket-2-70b",
    "/models/zeta?id=unpriced",
)


@pytest.mark.parametrize("path", PATHS)
async def test_a_client_that_has_it_gets_304(client: httpx2.AsyncClient, path: str) -> None:
    first = await client.get(path)
    etag = first.headers["etag"]
    assert etag.startswith('"')  # a strong one
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*", f'"a,b",W/{etag}'):
        again = await client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
        assert "content-length" not in again.headers
        for name in ("vary", "cache-control", "age"):
            assert again.headers[name] == first.headers[name]
    for unknown in ('"other"', etag.strip('"'), ""):
        assert (await client.get(path, headers={"If-None-Match": unknown})).status_code == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_the_headers_are_right(client: httpx2.AsyncClient, path: str, method: str) -> None:
    response = await client.request(method, path)
    assert response.headers["vary"] == "Accept-Encoding, Authorization"
    assert response.headers["cache-control"] == (
        "public, max-age=60, stale-while-revalidate=3600, stale-if-error=86400"
    )
    assert response.headers["age"] == "0"
    assert response.headers["access-control-allow-origin"] == "*"


async def test_every_encoding_decodes_to_the_same(client: httpx2.AsyncClient) -> None:
    """A strong ETag belongs to the bytes, so each encoding has its own."""
    sent = {
        wanted: await client.get("/models", headers={"Accept-Encoding": wanted})
        for wanted in ("identity", "gzip", "zstd", "br")
    }
    assert [each.headers.get("content-encoding") for each in sent.values()] == [None, "gzip", "zstd", None]
    assert len({plain(each) for each in sent.values()}) == 1
    assert len({each.headers["etag"] for each in sent.values()}) == 3


def plain(response: httpx2.Response) -> bytes:
    """Return the body as it was before its encoding; httpx2 undoes zstd only with a package of its own."""
    if response.content.startswith(ZSTD):
        return zstandard.ZstdDecompressor().decompress(response.content)
    return response.content


async def test_a_304_belongs_to_its_encoding(client: httpx2.AsyncClient) -> None:
    gzip = await client.get("/models", headers={"Accept-Encoding": "gzip"})
    asked = {"If-None-Match": gzip.headers["etag"], "Accept-Encoding": "zstd"}
    assert (await client.get("/models", headers=asked)).status_code == 200


@pytest.mark.parametrize("path", [*PATHS, "/providers", "/health", "/", "/docs", "/models?limit=-1"])
async def test_head_says_what_get_would_and_sends_no_body(client: httpx2.AsyncClient, path: str) -> None:
    get, head = await client.get(path), await client.head(path)
    assert head.status_code == get.status_code
    assert head.content == b""
    assert head.headers["content-length"] == str(len(get.content))
    assert head.headers.get("etag") == get.headers.get("etag")


async def test_age_is_that_of_the_provider_heard_longest_ago(
    atlas: FakeAtlas, client: httpx2.AsyncClient
) -> None:
    atlas.clock.pass_(minutes=10)
    await atlas.hear("zeta")
    atlas.clock.pass_(seconds=5)
    ages = {
        query: (await client.get(f"/models{query}")).headers.get("age")
        for query in (
            "",
            "?gateway=acme",
            "?gateway=zeta",
            "?gateway=omega",
            "/zeta/unpriced",
            "/omega/old-1",
        )
    }
    assert ages == {
        "": "605", "?gateway=acme": "605", "?gateway=zeta": "5", "?gateway=omega": None,
        "/zeta/unpriced": "5", "/omega/old-1": None,
    }  # fmt: skip


async def test_hearing_the_same_again_changes_the_age_and_not_the_body(
    atlas: FakeAtlas, client: httpx2.AsyncClient
) -> None:
    before = await client.get("/models")
    atlas.clock.pass_(minutes=10)
    await atlas.hear("acme", "zeta")
    after = await client.get("/models")
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])
    assert after.headers["age"] == "0"


async def test_the_holder_of_a_key_gets_nothing_that_can_be_kept(client: httpx2.AsyncClient) -> None:
    response = await client.get("/models", headers=WITH_KEY)
    assert response.headers["cache-control"] == "private, no-store"
    assert "etag" not in response.headers


def test_an_etag_is_found_in_any_list_and_never_by_a_part() -> None:
    assert names('W/"a", "b"', '"b"')
    assert names(" * ", '"b"')
    assert not names('"abc"', '"b"')
    assert not names("b", '"b"')


def test_an_age_needs_a_provider_that_was_heard() -> None:
    earlier = snapshot_of("a", provider="zeta", at=NOON - timedelta(hours=1))
    parts = {"acme": snapshot_of("a"), "zeta": earlier}
    assert age_of(["acme", "zeta"], parts, NOON) == 3600
    assert age_of(["acme"], parts, NOON - timedelta(seconds=1)) == 0
    assert age_of([], parts, NOON) is None
    assert age_of(["gone"], parts, NOON) is None
