"""The pages: plain, true, and deaf to what providers write."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import httpx2
import msgspec
import pytest

from modelatlas.web.html import escaped, prose, tag
from modelatlas.web.openapi import path_of
from modelatlas.web.problems import SORTS
from modelatlas.web.routes import ROUTES
from modelatlas.web.start_page import age
from tests.builders import fetched
from tests.web.builders import FakeAtlas, client_of, small_world

VOID = {"meta"}


class Reader(HTMLParser):
    """Collects tags, links, anchors, text, and whether each element was closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)
        found = dict(attrs)
        self.links.append(found["href"] or "") if "href" in found else None
        self.anchors.add(found.get("id") or "")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


async def page(client: httpx2.AsyncClient, path: str) -> Reader:
    response = await client.get(path)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return Reader(response.text)


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_a_page_holds_no_script_and_loads_nothing(client: httpx2.AsyncClient, path: str) -> None:
    response = await client.get(path)
    read = Reader(response.text)
    assert not {"script", "img", "link", "iframe", "form", "b"} & set(read.tags)
    assert not {name for name in read.attributes if name.startswith("on") or name in {"src", "style"}}
    assert not [link for link in read.links if not link.startswith(("/", "#"))]
    (style,) = re.findall(r"<style>(.*?)</style>", response.text, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = response.headers["content-security-policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert "url(" not in style


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_every_link_leads_somewhere(client: httpx2.AsyncClient, path: str) -> None:
    read = await page(client, path)
    for link in read.links:
        if link.startswith("#"):
            assert link[1:] in read.anchors, link
        else:
            assert (await client.get(link)).status_code == 200, link


async def test_the_start_page_tells_the_state(atlas: FakeAtlas, client: httpx2.AsyncClient) -> None:
    text = (await page(client, "/")).text
    assert "7 listings · 5 live · 2 from references · 0 stored" in text
    assert "2 of 2 providers fresh" in text
    assert atlas.live.catalog.id in text
    assert "retired: it closed on 2026-01-01" in text
    assert "simulated" not in text
    atlas.fetcher.answers["zeta"] = "timeout"
    atlas.clock.pass_(hours=2)
    await atlas.hear("acme", "zeta")
    assert "1 of 2 providers fresh; 1 timeout." in (await page(client, "/")).text


async def test_a_start_without_anything_heard_says_what_is_missing() -> None:
    atlas = small_world()
    atlas.settings = msgspec.structs.replace(atlas.settings, keys={})
    atlas.fetcher.answers["acme"] = "not_configured"
    async with client_of(atlas) as client:
        assert "not asked yet" in (await page(client, "/")).text
        await atlas.hear("acme")
        text = (await page(client, "/")).text
    assert "not_configured: set ACME_API_KEY" in text
    assert "0 of 2 providers fresh; 1 not_configured." in text


async def test_what_a_provider_writes_stays_text(atlas: FakeAtlas, client: httpx2.AsyncClient) -> None:
    atlas.fetcher.answers["zeta"] = fetched("zeta", "unreadable").outcome.kind
    response = await client.get("/")
    assert "Zeta <b>" not in response.text
    assert "Zeta &lt;b&gt;&amp;&lt;/b&gt;" in response.text


async def test_the_docs_name_every_route_and_every_sort_of_problem(client: httpx2.AsyncClient) -> None:
    read = await page(client, "/docs")
    for route in ROUTES:
        assert f"{route.method} {path_of(route)}" in read.text
        assert route.summary in read.text
    assert read.anchors >= SORTS.keys()


def test_only_what_is_html_already_is_not_escaped() -> None:
    assert (
        tag("p", "<i>", tag("b", 'a"b'), None, title='"<')
        == '<p title="&quot;&lt;">&lt;i&gt;<b>a&quot;b</b></p>'
    )
    assert escaped("<") == "&lt;"
    assert prose("`<a>` is & a `tag") == "<code>&lt;a&gt;</code> is &amp; a <code>tag</code>"


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "-"), (0, "0s"), (59, "59s"), (60, "1m"), (7199, "1h"), (200_000, "2d")]
)
def test_an_age_is_told_in_its_largest_unit(seconds: int | None, text: str) -> None:
    assert age(seconds) == text
