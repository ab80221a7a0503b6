"""Reads while catalogs are swapped: every body is whole, of one catalog, and what its ETag says."""

import asyncio
import gzip
import random
from collections.abc import Callable

import httpx2
import msgspec
import zstandard
from xxhash import xxh3_64_hexdigest

from modelatlas.domain.snapshot import Snapshot, snapshot
from modelatlas.web.reads import Wanted
from tests.builders import NOON, listing
from tests.web.builders import FakeAtlas, big_world, client_of, decoded, lifespan

UNDO: dict[str | None, Callable[[bytes], bytes]] = {
    None: lambda body: body,
    "gzip": gzip.decompress,
    "zstd": zstandard.ZstdDecompressor().decompress,
}
QUESTIONS = (
    "", "?gateway=p00,p01", "?gateway=p02", "?limit=50", "?q=model&limit=20", "?sort=-name&limit=30",
    "?facets=provider&limit=0", "?limit=1000000", "?fields=provider,id&limit=40", "?min_context=1",
)  # fmt: skip


def said(slug: str, version: int) -> Snapshot:
    """Return a list of which every listing names its version."""
    return snapshot(
        slug, NOON, [listing(f"lab/model-{n}", slug, name=f"{slug} version {version}") for n in range(40)]
    )


async def raw(client: httpx2.AsyncClient, path: str, encoding: str) -> tuple[httpx2.Response, bytes]:
    async with client.stream("GET", path, headers={"Accept-Encoding": encoding}) as response:
        return response, b"".join([piece async for piece in response.aiter_raw()])


async def swap(atlas: FakeAtlas, versions: dict[str, dict[str, int]], done: asyncio.Event) -> None:
    """Let some provider say something else, again and again, and note what each catalog holds."""
    now = dict.fromkeys(atlas.providers, 0)
    for round_ in range(120):
        slug = random.choice(list(atlas.providers))
        now[slug] += 1
        atlas.fetcher.answers[slug] = said(slug, now[slug])
        await atlas.hear(slug)
        versions[atlas.live.catalog.id] = dict(now)
        await asyncio.sleep(0.001 * (round_ % 4))
    done.set()


async def read(
    client: httpx2.AsyncClient,
    versions: dict[str, dict[str, int]],
    etags: dict[str, bytes],
    done: asyncio.Event,
) -> int:
    checked = 0
    while not done.is_set():
        response, body = await raw(
            client, f"/models{random.choice(QUESTIONS)}", random.choice(["gzip", "zstd", "identity"])
        )
        assert response.status_code == 200, body
        assert etags.setdefault(response.headers["etag"], body) == body
        plain = UNDO[response.headers.get("content-encoding")](body)
        answer = decoded(httpx2.Response(200, content=plain))
        assert response.headers["etag"] == f'"{answer["catalog"]}-{xxh3_64_hexdigest(body)}"'
        assert answer["returned"] == len(answer["data"])
        expected = versions.get(answer["catalog"])
        if expected is not None:
            for each in answer["data"]:
                if "name" in each:
                    assert each["name"] == f"{each['provider']} version {expected[each['provider']]}"
        checked += 1
    return checked


async def test_no_read_is_wrong_mixed_or_stale_while_catalogs_are_swapped() -> None:
    """F26, F50."""
    random.seed(7)
    atlas = big_world(30)
    for slug in atlas.providers:
        atlas.fetcher.answers[slug] = said(slug, 0)
    async with client_of(atlas) as client:
        await atlas.hear(*atlas.providers)
        versions = {atlas.live.catalog.id: dict.fromkeys(atlas.providers, 0)}
        etags: dict[str, bytes] = {}
        done = asyncio.Event()
        readers = [asyncio.create_task(read(client, versions, etags, done)) for _ in range(8)]
        await swap(atlas, versions, done)
        checked = sum(await asyncio.gather(*readers))
        assert checked > 100
        assert decoded(await client.get("/models?limit=1"))["catalog"] == atlas.live.catalog.id


async def test_what_was_asked_for_again_is_ready_when_the_next_catalog_is_shown() -> None:
    """F49: after a swap nobody waits, neither for the whole catalog nor for a page that many read."""
    atlas = big_world(600)
    app = atlas.app()
    gzip_please = Wanted(b"gzip")
    async with lifespan(app), httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app)) as client:
        await atlas.hear(*atlas.providers)
        for query in ("", "?limit=50", "?limit=50", "?limit=50&q=model"):
            await client.get(f"http://x/models{query}", headers={"Accept-Encoding": "gzip"})
        atlas.fetcher.answers["p00"] = said("p00", 1)
        before = atlas.live.catalog
        await atlas.hear("p00")
        whole, page = (app.answer(query, gzip_please) for query in (b"", b"limit=50"))
        assert atlas.live.catalog is not before
        assert whole is not None
        assert page is not None
        for answer in (whole, page):
            body = msgspec.json.decode(gzip.decompress(answer.content))
            assert (body["catalog"], body["data"][0]["name"]) == (atlas.live.catalog.id, "p00 version 1")
