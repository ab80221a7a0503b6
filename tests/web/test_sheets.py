"""A page that is cut at once is the page that every other way makes, whatever was asked before (F50, F51)."""

import asyncio
import random
from collections.abc import Iterator
from typing import Any, cast

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modelatlas.domain.price import usd
from modelatlas.domain.query import SORTS
from modelatlas.domain.snapshot import Snapshot, snapshot
from modelatlas.web.hot import Answer, Hot
from modelatlas.web.reads import Wanted
from tests.builders import NOON, listing
from tests.web.builders import FREE, REFERENCE, ZETA, FakeAtlas

SLUGS = ("acme", "beta", "zeta")
Reply = tuple[int, dict[bytes, bytes], bytes]


def varied(slug: str) -> Snapshot:
    """Return a list whose listings differ in all that can be asked for."""
    chance = random.Random(slug)
    return snapshot(
        slug,
        NOON,
        [
            listing(
                f"lab/{chance.choice(['rocket', 'llama', 'gpt'])}-{number}",
                slug,
                name=chance.choice([None, "Rocket", "rocket 2", "Llama"]),
                mode=chance.choice([None, "chat", "embedding"]),
                context_tokens=chance.choice([None, 4_000, 8_000, 128_000]),
                released=chance.choice([None, "2025-01-01", "2026-02-01"]),
                supported_parameters=chance.choice([(), ("tools",), ("seed", "tools")]),
                prices=chance.choice([(), FREE, (usd("input_token", "0.15", per="1M tokens", path="p"),)]),
            )
            for number in range(90)
        ],
    )


class World:
    """One atlas, served by a program as it is, and by one that never makes a page at once."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        providers = {slug: msgspec.structs.replace(ZETA, slug=slug, name=slug) for slug in SLUGS}
        references = [snapshot("omega", NOON, REFERENCE, origin="reference")]
        self.atlas = FakeAtlas({slug: varied(slug) for slug in SLUGS}, references, providers=providers)
        self.runner.run(self._begin())
        self.quick, self.general = (self.atlas.app() for _ in range(2))
        self.general._make = lambda *_: None
        for sort in SORTS:  # so that all is made which takes long
            for target in (f"sort={sort}", f"sort=-{sort}", "q=a&model=a/b&variant=fp8"):
                self.ask(self.quick, f"limit=1&{target}".encode(), {})

    async def _begin(self) -> None:
        await self.atlas.start()
        await self.atlas.hear(*SLUGS)

    def ask(self, app: Hot, query: bytes, headers: dict[bytes, bytes], method: str = "GET") -> Reply:
        return self.runner.run(self._ask(app, query, headers, method))

    async def _ask(self, app: Hot, query: bytes, headers: dict[bytes, bytes], method: str) -> Reply:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        scope = {
            "type": "http", "method": method, "path": "/models", "raw_path": b"/models",
            "query_string": query, "headers": list(headers.items()), "http_version": "1.1", "scheme": "http",
            "root_path": "", "client": ("203.0.113.9", 5), "server": ("127.0.0.1", 8080),
        }  # fmt: skip
        await app(scope, receive, send)
        content = b"".join(message.get("body", b"") for message in sent[1:])
        return sent[0]["status"], dict(sent[0]["headers"]), content


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    world = World()
    yield world
    world.runner.run(world.atlas.stop())
    world.runner.close()


VALUES: dict[str, list[str]] = {
    "limit": ["0", "1", "7", "50", "200", "201", "400", "-1", "x", "", "07", "1000001"],
    "sort": [*SORTS, "-name", "-input_price", "price"],
    "gateway": ["all", "acme", "beta,zeta", "omega", "ACME", "nobody", "acme,,beta"],
    "q": ["rocket", "lama", "gpt%201", "%FF", "%00", "+"],
    "mode": ["chat", "Chat", "rerank"],
    "min_context": ["0", "8000", "1e3"],
    "max_input_usd_per_million": ["0.15", "0", "1e9", "NaN"],
    "supported_parameters": ["tools", "tools,seed", "none"],
    "free": ["true", "false", "1", "maybe"],
    "origin": ["provider", "reference", "store"],
    "model": ["lab/rocket", "none"],
    "facets": ["provider,mode", "price"],
    "fields": ["id", "provider,id,prices", "nothing"],
    "group": ["model", "lab"],
    "catalog": ["NOW", "8c15b2a1f0e3d497"],
    "cursor": ["NOW.0", "NOW.3", "NOW.x", "8c15b2a1f0e3d497.4", "NOW%2E3"],
    "%63ursor": ["NOW.0"],
    "at": ["2026-11-01T00:00:00Z", "never"],
    "nonsense": ["1"],
}
ONE = st.sampled_from(list(VALUES)).flatmap(
    lambda name: st.sampled_from(VALUES[name]).map(lambda value: f"{name}={value}")
)
SOME = st.builds(
    lambda size, others: [*([f"limit={size}"] if size is not None else []), *others],
    st.sampled_from([None, 1, 7, 20, 50, 200]),
    st.lists(ONE, max_size=3),
)
LAST = st.sampled_from(["offset=", "offset=", "offset=", "cursor=NOW.", "%6Fffset=", "xoffset="])
OFFSETS = st.lists(
    st.sampled_from(
        ["0", "1", "3", "50", "271", "272", "273", "999999", "1000001", "00", "007", "", "-1", "2&"]
    ),
    min_size=1,
    max_size=4,
)
ACCEPT = st.sampled_from([None, b"identity", b"gzip", b"gzip, zstd", b"zstd;q=0, *;q=0.1", b""])


@given(some=SOME, last=LAST, offsets=OFFSETS, accept=ACCEPT, method=st.sampled_from(["GET", "GET", "HEAD"]))
@example(some=["limit=7", "cursor=NOW.0"], last="offset=", offsets=["0", "2"], accept=None, method="GET")
@example(some=["limit=7", "%63ursor=NOW.0"], last="offset=", offsets=["0", "2"], accept=None, method="GET")
@example(
    some=["limit=7", "catalog=8c15b2a1f0e3d497"], last="offset=", offsets=["0"], accept=None, method="GET"
)
@example(some=["limit=7", "sort=name"], last="cursor=NOW.", offsets=["0", "9"], accept=b"zstd", method="GET")
@example(some=["limit=50"], last="offset=", offsets=["0", "50", "272", "0"], accept=b"gzip", method="GET")
@example(some=["limit=400"], last="offset=", offsets=["3", "0"], accept=None, method="GET")
def test_every_way_gives_one_answer(
    world: World, some: list[str], last: str, offsets: list[str], accept: bytes | None, method: str
) -> None:
    """Read and cut, cut again, and kept from then on; statuses, headers and bytes, of bad questions too."""
    now = world.atlas.live.catalog.id
    headers = {} if accept is None else {b"accept-encoding": accept}
    for offset in offsets:
        query = "&".join([*some, last + offset]).replace("NOW", now).encode()
        expected = world.ask(world.general, query, headers, method)
        for _ in range(3):
            assert world.ask(world.quick, query, headers, method) == expected
        tag = expected[1].get(b"etag")
        known = headers if tag is None else {**headers, b"if-none-match": tag}
        assert world.ask(world.quick, query, known) == world.ask(world.general, query, known)
        for each in (headers, known):
            answer = at_once(world, query, each.get(b"accept-encoding"), each.get(b"if-none-match"))
            if answer is not None:  # as a connection sends it
                told = sorted(b"%s: %s\r\n" % header for header in answer.headers(NOON))
                assert sorted(answer.written(NOON).splitlines(keepends=True)) == told


def at_once(
    world: World, query: bytes, accept: bytes | None = None, if_none_match: bytes | None = None
) -> Answer | None:
    """Ask as a connection does."""
    known = None if if_none_match is None else if_none_match.decode()
    return world.quick.answer(query, Wanted(accept, known))


def test_pages_are_cut_and_not_read_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the test above would compare one way with itself."""
    assert world.ask(world.quick, b"limit=9&sort=name&offset=1", {})[0] == 200
    monkeypatch.setattr("modelatlas.web.front.read_parameters", lambda *_: 1 / 0)
    for query in (b"limit=9&sort=name&offset=2", b"limit=9&sort=name&offset=200"):
        assert world.ask(world.quick, query, {})[0] == 200
    with pytest.raises(ZeroDivisionError):
        world.quick._make(world.quick._site.catalog, b"limit=8&sort=name&offset=2", None)


@pytest.mark.parametrize("accept", [None, b"zstd"])
def test_only_what_is_asked_for_again_is_kept(world: World, accept: bytes | None) -> None:
    """Who goes through all pages pushes out nothing; and no page waits for a thread."""
    prepared = cast("Any", world.quick)._app._app._app._prepared
    before = set(prepared._kept)
    for offset in range(20):
        assert at_once(world, b"limit=50&sort=released&offset=%d" % offset, accept) is not None
    assert set(prepared._kept) == before
    again = at_once(world, b"limit=50&sort=released&offset=7", accept)
    assert [key[1].offset for key in set(prepared._kept) - before] == [7]
    third = at_once(world, b"limit=50&sort=released&offset=7", accept)
    assert again is not None
    assert third is not None
    assert third.body is again.body


@pytest.mark.parametrize(
    ("query", "accept", "quick"),
    [
        (b"limit=200", None, True),
        (b"limit=201", None, False),
        (b"limit=200", b"zstd", True),
        (b"limit=201", b"zstd", False),
        (b"limit=1", b"gzip", False),
        (b"limit=20&fields=id", None, True),
        (b"limit=21&fields=id", None, False),
        (b"limit=1&group=model", None, False),
        (b"mode=chat", None, False),
    ],
)
def test_what_takes_long_is_left_to_a_thread(
    world: World, query: bytes, accept: bytes | None, quick: bool
) -> None:
    """F41: the event loop has other things to do."""
    unlike_others = query + b"&min_context=77"
    assert (at_once(world, unlike_others, accept) is not None) is quick


def test_what_is_long_is_answered_and_not_remembered(world: World) -> None:
    """F41: there is no end of texts that can be asked."""
    answers, site = world.quick._answers, world.quick._site
    before = len(site.sheets_of(site.catalog)), len(answers._once), len(answers._ready)
    many = b",".join([b"acme"] * 120)
    for query, accept in ((b"limit=5&gateway=%s&offset=1" % many, b""), (b"limit=5&offset=1", b"x" * 501)):
        for _ in range(3):
            assert at_once(world, query, accept) is not None
    assert before == (len(site.sheets_of(site.catalog)), len(answers._once), len(answers._ready))


def test_sheets_go_with_the_catalog_that_they_are_cut_from(world: World) -> None:
    site, query = world.quick._site, b"limit=5&sort=name&offset="
    assert world.ask(world.quick, query + b"1", {})[0] == 200
    before = site.catalog
    assert (query, None) in site.sheets_of(before)
    world.atlas.fetcher.answers["beta"] = snapshot("beta", NOON, varied("beta").listings[:80])
    world.runner.run(world.atlas.hear("beta"))
    assert site.sheets_of(site.catalog) == {}
    site.make_ready(site.catalog)
    assert (query, None) in site.sheets_of(before)
    site.forget_older(site.catalog)
    assert site.sheets_of(before) == site.sheets_of(site.catalog) == {}
    assert world.ask(world.quick, query + b"1", {}) == world.ask(world.general, query + b"1", {})
