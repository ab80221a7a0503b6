"""The built page as it is served: under its policy, kept for ever by its hashes, and said to be missing."""

import gzip
from pathlib import Path

import httpx2
import pytest
import zstandard

from modelatlas.web.app import create
from modelatlas.web.page import FOR_EVER, HOW_TO_BUILD, BuiltPage, read_page
from tests.web.builders import BASE, FakeAtlas, lifespan, small_world

SCRIPT = b"export const answer = 42;\n" * 100


@pytest.fixture
def built(tmp_path: Path) -> BuiltPage:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(
        '<!doctype html><script type="module" src="./assets/index-a1.js"></script>'
    )
    (tmp_path / "assets" / "index-a1.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "icon-b2.svg").write_text("<svg/>")
    page = read_page(tmp_path)
    assert page is not None
    return page


async def get(page: BuiltPage | None, path: str, **headers: str) -> httpx2.Response:
    atlas: FakeAtlas = small_world()
    app = create(atlas, page=page)  # type: ignore[arg-type]  # what `web` uses of an atlas
    transport = httpx2.ASGITransport(app=app)
    async with lifespan(app), httpx2.AsyncClient(transport=transport, base_url=BASE) as client:
        return await client.get(path, headers={"Accept-Encoding": "identity", **headers})


@pytest.mark.parametrize("path", ["/", "/assets/index-a1.js", "/assets/icon-b2.svg"])
async def test_every_file_has_the_policy_since_workers_obey_their_own(built: BuiltPage, path: str) -> None:
    response = await get(built, path)
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_the_document_is_asked_for_each_time_and_answered_with_304(built: BuiltPage) -> None:
    first = await get(built, "/?view=providers&q=anything")
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-cache")
    assert first.headers["content-type"].startswith("text/html")
    again = await get(built, "/", **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("encoding", ["gzip", "zstd", "identity"])
async def test_a_file_is_kept_for_ever_and_comes_in_every_encoding(built: BuiltPage, encoding: str) -> None:
    response = await get(built, "/assets/index-a1.js", **{"Accept-Encoding": encoding})
    assert response.headers["cache-control"] == FOR_EVER
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers.get("content-encoding", "identity") == encoding
    bodies = built.assets["index-a1.js"].bodies
    assert gzip.decompress(bodies["gzip"]) == zstandard.decompress(bodies["zstd"]) == SCRIPT
    assert response.content == (bodies["zstd"] if encoding == "zstd" else SCRIPT)  # the client reads gzip


@pytest.mark.parametrize("name", ["index-old.js", "..%2Findex.html", "%2e%2e", "x" * 3000])
async def test_only_the_files_of_this_build_are_there(built: BuiltPage, name: str) -> None:
    assert (await get(built, f"/assets/{name}")).status_code == 404


async def test_without_it_the_service_runs_and_says_what_is_missing(tmp_path: Path) -> None:
    assert read_page(tmp_path) is None
    response = await get(None, "/?view=providers")
    assert response.status_code == 200
    assert HOW_TO_BUILD.split("`")[0] in response.text
    assert (await get(None, "/assets/index-a1.js")).status_code == 404
