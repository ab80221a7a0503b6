"""What a provider said last is kept, so that the same words need not be sent or read again."""

from datetime import timedelta

import httpx2
import pytest

from modelatlas.domain.refresh import ProviderState, after
from modelatlas.fetching import reading
from modelatlas.providers.contract import ModelList, PageNumber, Provider
from tests.builders import NOON, FakeClock
from tests.fetching.acme import HOST, URL, acme, answer, fetcher, ids, listed, raising

PAGED = ModelList(url=URL, paging=PageNumber("page", "size", 2))
OPEN = ModelList(url=f"https://{HOST}/public", name="public", needs_key=False)


class Remembering:
    """A provider that answers 304 to who knows its newest words."""

    def __init__(self, *ids: str, header: str = "etag") -> None:
        self.ids = ids
        self.header = header
        self.statuses: list[int] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        tag = {
            "etag": '"' + "-".join(self.ids) + '"',
            "last-modified": f"{NOON:%a, %d %b %Y} {len(self.ids):02}",
        }[self.header]
        asked = request.headers.get("if-none-match" if self.header == "etag" else "if-modified-since")
        self.statuses.append(304 if asked == tag else 200)
        return httpx2.Response(304) if asked == tag else answer(*self.ids, headers={self.header: tag})


@pytest.mark.parametrize("header", ["etag", "last-modified"])
async def test_a_list_that_is_not_modified_is_heard_again_without_being_sent(header: str) -> None:
    provider, clock = Remembering("a", "b", header=header), FakeClock()
    asking = fetcher(provider, clock=clock)
    first = await asking.fetch("acme")
    clock.pass_(hours=1)
    second = await asking.fetch("acme")
    assert provider.statuses == [200, 304]
    assert second.outcome.kind == "ok"
    assert second.outcome.at == clock.now()
    assert second.payload == first.payload
    assert ids(second) == ids(first)
    held = after(ProviderState("acme"), first, timedelta(hours=1), 0.0)
    then = after(held, second, timedelta(hours=1), 0.0)
    assert then.outcome is not None
    assert then.outcome.kind == "unchanged"
    assert then.snapshot is not None
    assert (then.snapshot.content_since, then.snapshot.fetched_at) == (NOON, clock.now())


async def test_who_looked_in_between_does_not_hide_what_is_new() -> None:
    """F26: a 304 speaks of what was sent last, which need not be what is published."""
    provider = Remembering("a")
    asking = fetcher(provider)
    published = after(ProviderState("acme"), await asking.fetch("acme"), timedelta(hours=1), 0.0)
    provider.ids = ("a", "b")
    await asking.fetch("acme")  # a dry run: nobody keeps it
    then = after(published, await asking.fetch("acme"), timedelta(hours=1), 0.0)
    assert provider.statuses == [200, 200, 304]
    assert then.snapshot is not None
    assert [each.id for each in then.snapshot.listings] == ["a", "b"]


async def test_a_modified_list_is_read_anew() -> None:
    provider = Remembering("a")
    asking = fetcher(provider)
    await asking.fetch("acme")
    provider.ids = ("a", "b")
    assert ids(await asking.fetch("acme")) == ["a", "b"]
    assert provider.statuses == [200, 200]


@pytest.mark.parametrize("provider", [acme(PAGED), acme(OPEN, ModelList(url=URL))])
async def test_several_pages_or_lists_are_always_asked_for(provider: Provider) -> None:
    """F26: "not modified" of one page says nothing about the others."""
    conditions: list[str] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        conditions.extend(name for name in request.headers if name.startswith("if-"))
        return answer("a", headers={"etag": '"1"', "last-modified": "Mon, 23 Nov 2026 12:00:00 GMT"})

    asking = fetcher(handler, provider)
    await asking.fetch("acme")
    await asking.fetch("acme")
    assert not conditions


@pytest.mark.parametrize("tag", [b'"' + b"x" * 600 + b'"', b'"\xe9"'])
async def test_a_validator_that_cannot_be_sent_back_is_not_kept(tag: bytes) -> None:
    asking = fetcher(lambda _request: httpx2.Response(200, content=listed("a"), headers=[(b"etag", tag)]))
    await asking.fetch("acme")
    assert (await asking.fetch("acme")).outcome.kind == "ok"


async def test_the_same_bytes_are_not_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """F42: nothing new, nothing done."""
    clock = FakeClock()
    asking = fetcher(lambda _request: answer("a"), clock=clock)
    first = await asking.fetch("acme")
    monkeypatch.setattr(reading, "read_snapshot", raising(AssertionError("read again")))
    clock.pass_(hours=1)
    second = await asking.fetch("acme")
    assert first.snapshot is not None
    assert second.snapshot is not None
    assert second.snapshot.listings is first.snapshot.listings
    assert second.snapshot.fetched_at == clock.now()


async def test_a_failure_in_between_is_not_taken_for_the_last_words() -> None:
    answers = [answer("a"), httpx2.Response(500), answer("a", "b")]
    asking = fetcher(lambda _request: answers.pop(0))
    kinds = [(await asking.fetch("acme")).outcome.kind for _ in range(2)]
    assert kinds == ["ok", "bad_status"]
    assert ids(await asking.fetch("acme")) == ["a", "b"]


async def test_a_list_that_says_what_is_held_is_held_once() -> None:
    held = (await fetcher(Remembering("a", "b")).fetch("acme")).snapshot
    assert held is not None
    again = await fetcher(Remembering("a", "b"), held=lambda _: held).fetch("acme")
    other = await fetcher(Remembering("a", "c"), held=lambda _: held).fetch("acme")
    assert again.snapshot is not None
    assert again.snapshot.listings is held.listings
    assert ids(other) == ["a", "c"]
