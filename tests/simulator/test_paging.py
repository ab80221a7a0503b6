"""Every kind of paging, of providers made for this: the walk ends, and has seen each entry once."""

import msgspec
import pytest

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import (
    Cursor,
    LinkHeader,
    ModelList,
    NextUrl,
    Offset,
    OnePage,
    PageNumber,
    Paging,
    Provider,
)
from modelatlas.providers.payload import entries
from modelatlas.providers.registry import declared
from modelatlas.simulator.paging import DEFAULT_SIZE, LARGEST_SIZE
from modelatlas.simulator.profiles import counts
from modelatlas.simulator.world import generated
from tests.simulator.client import ask, calls, pages, snapshot_of

KINDS: dict[str, Paging] = {
    "one page": OnePage(),
    "pages from 1": PageNumber("page_no", "page_size", 7, total="output.total"),
    "pages from 0": PageNumber("page", "size", 9, first=0),
    "offset": Offset("offset", "limit", 11, total="output.total"),
    "cursor with more": Cursor("after_id", next="last_id", more="has_more", size_param="limit", size=6),
    "cursor": Cursor("page_token", next="meta.next", size=8),
    "link header": LinkHeader("limit", 12),
    "link header without size": LinkHeader(size=5),
    "next url": NextUrl("next", "limit", 12),
    "next url without size": NextUrl("meta.next", size=5),
}


def paged(paging: Paging) -> Provider:
    listed = ModelList(
        url="https://api.acme.example/v1/models",
        params={"all": "true"},
        paging=paging,
        entries="output.models",
        id="model",
        fields={"context_tokens": "context"},
        examples=(
            (
                {"model": "acme/rocket-2", "context": 8192},
                Listing(provider="acme", id="acme/rocket-2", context_tokens=8192),
            ),
        ),
    )
    return Provider(slug="acme", name="Acme", kind="host", docs="", evidence="", lists=(listed,))


@pytest.mark.parametrize("sized", [True, False])
@pytest.mark.parametrize("kind", KINDS)
async def test_a_walk_through_all_pages_sees_every_listing_once(kind: str, sized: bool) -> None:
    """F25: what is cut in silence would be missing here."""
    provider = paged(KINDS[kind])
    async with calls(generated("real", providers={"acme": provider})) as client:
        read = await snapshot_of(client, provider, sized=sized)
    assert len(read.listings) == counts("real", {"acme": provider})["acme"]
    assert not read.duplicates


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("one page", 40),
        ("pages from 1", DEFAULT_SIZE),
        ("offset", DEFAULT_SIZE),
        ("cursor with more", DEFAULT_SIZE),
        ("cursor", 8),
        ("link header", DEFAULT_SIZE),
        ("link header without size", 5),
    ],
)
async def test_without_a_size_a_page_has_the_size_that_providers_choose(kind: str, size: int) -> None:
    provider = paged(KINDS[kind])
    async with calls(generated("real", providers={"acme": provider})) as client:
        (first, *_) = await pages(client, provider, provider.lists[0], sized=False)
    assert len(entries(provider.lists[0], first)) == size


@pytest.mark.parametrize(("size", "got"), [("3", 3), ("5000", 1_000)])
async def test_a_page_has_the_asked_size_up_to_the_largest(size: str, got: int) -> None:
    provider = paged(PageNumber("page", "size", 100))
    world = generated("seed", providers={"acme": provider})
    async with calls(world) as client:
        answer = await ask(client, provider, provider.lists[0], {"size": size})
    assert len(entries(provider.lists[0], answer.content)) == min(got, LARGEST_SIZE)


@pytest.mark.parametrize(
    "params",
    [{"page": "0"}, {"page": "-1"}, {"page": "x"}, {"size": "0"}, {"size": "1" * 30}, {"page": "²"}],
)
async def test_a_page_that_cannot_be_is_refused(params: dict[str, str]) -> None:
    provider = paged(PageNumber("page", "size", 100))
    async with calls(generated("real", providers={"acme": provider})) as client:
        answer = await ask(client, provider, provider.lists[0], params)
    assert answer.status_code == 400
    assert "expected a whole number" in answer.json()["error"]["message"]


async def test_a_page_beyond_the_end_is_empty_and_tells_the_total() -> None:
    provider = paged(KINDS["pages from 1"])
    async with calls(generated("real", providers={"acme": provider})) as client:
        answer = await ask(client, provider, provider.lists[0], {"page_no": 99})
    assert answer.json() == {"output": {"models": [], "total": 40}}


async def test_an_unknown_cursor_is_refused() -> None:
    provider = paged(KINDS["cursor with more"])
    async with calls(generated("real", providers={"acme": provider})) as client:
        answer = await ask(client, provider, provider.lists[0], {"after_id": "nobody"})
    assert answer.status_code == 400


async def test_a_cursor_walk_ends_although_ids_repeat_or_are_missing() -> None:
    provider = paged(KINDS["cursor with more"])
    for fault in ("duplicate-ids", "renamed-field"):
        async with calls(generated("real", providers={"acme": provider}), faults=[fault]) as client:
            walked = await pages(client, provider, provider.lists[0])
        assert sum(len(entries(provider.lists[0], each)) for each in walked) == (
            44 if fault == "duplicate-ids" else 40
        )


async def test_the_next_link_names_the_provider_itself() -> None:
    provider = paged(LinkHeader("limit", 12))
    async with calls(generated("real", providers={"acme": provider})) as client:
        answer = await ask(client, provider, provider.lists[0], {"limit": 12})
    assert (
        answer.headers["link"]
        == '<https://api.acme.example/v1/models?all=true&limit=12&cursor=12>; rel="next"'
    )


async def test_the_declared_providers_page_as_they_do() -> None:
    provider = declared()["anthropic"]
    async with calls(generated("seed")) as client:
        walked = await pages(client, provider, provider.lists[0], sized=False)
    first, last = msgspec.json.decode(walked[0]), msgspec.json.decode(walked[-1])
    assert first["last_id"] == first["data"][-1]["id"]
    assert (len(first["data"]), first["has_more"], last["has_more"]) == (20, True, False)
