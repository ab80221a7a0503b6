"""All providers are asked at once, and none can harm another."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from urllib.parse import urlsplit

import httpx2
import pytest
from starlette.applications import Starlette

from modelatlas.domain.outcome import Fetched
from modelatlas.domain.snapshot import Snapshot
from modelatlas.fetching import reading
from modelatlas.fetching.fetch import HttpFetcher
from modelatlas.fetching.gather import gather
from modelatlas.fetching.limits import Limits
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.contract import ModelList, Provider
from modelatlas.providers.registry import declared
from modelatlas.simulator.app import simulator
from modelatlas.simulator.world import generated
from tests.builders import FakeClock, fetched
from tests.fetching.acme import acme, answer, fetcher

SLUGS = [f"p{number}" for number in range(12)]
PROVIDERS = [acme(ModelList(url=f"https://{slug}.example/models"), slug=slug) for slug in SLUGS]


class Staged:
    """A fetcher whose providers take as long as told, in hundredths of a second; a negative one fails."""

    def __init__(self, **waits: float) -> None:
        self.waits = waits
        self.running = 0
        self.most = 0
        self.ended: list[str] = []

    async def fetch(self, slug: str) -> Fetched:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await asyncio.sleep(abs(self.waits[slug]) / 100)
            if self.waits[slug] < 0:
                raise ZeroDivisionError(slug)
            return fetched(slug, "ok", "a")
        finally:
            self.running -= 1
            self.ended.append(slug)


def others() -> set[asyncio.Task[object]]:
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}


async def test_each_is_yielded_as_it_lands() -> None:
    staged = Staged(a=6, b=0, c=3)
    assert [each.outcome.provider async for each in gather(staged, "abc")] == ["b", "c", "a"]
    assert not others()


async def test_no_more_than_allowed_are_asked_at_once() -> None:
    staged = Staged(**dict.fromkeys("abcdefgh", 1))
    assert len([each async for each in gather(staged, "abcdefgh", at_once=3)]) == 8
    assert staged.most == 3


async def test_a_provider_named_twice_is_asked_once() -> None:
    assert len([each async for each in gather(Staged(a=0, b=0), "abab")]) == 2


async def test_nobody_asked_nobody_answers() -> None:
    assert [each async for each in gather(Staged(), [])] == []


async def test_a_fetcher_that_raises_harms_no_other_and_is_not_forgotten() -> None:
    """F23."""
    landing = gather(Staged(a=-1, b=3, c=4), "abc")
    landed = [(await anext(landing)).outcome.provider for _ in range(2)]
    with pytest.raises(ZeroDivisionError, match="a"):
        await anext(landing)
    assert landed == ["b", "c"]


async def test_leaving_early_leaves_no_task_behind() -> None:
    staged = Staged(a=0, b=3_000, c=3_000)
    async with asyncio.timeout(20), aclosing(gather(staged, "abc", at_once=2)) as landing:
        async for each in landing:
            assert each.outcome.provider == "a"
            break
    assert not others()
    assert staged.running == 0


async def test_cancelling_leaves_no_task_behind() -> None:
    staged = Staged(a=500, b=500)

    async def all_of_them() -> None:
        async for _ in gather(staged, "ab"):
            pass

    task = asyncio.create_task(all_of_them())
    await asyncio.sleep(0.01)
    assert staged.running == 2
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not others()
    assert staged.running == 0


async def test_one_that_cannot_be_read_and_one_that_hangs_harm_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """F23, F41."""

    def breaks_for_one(provider: Provider, pages: Mapping[str, Sequence[bytes]], at: datetime) -> Snapshot:
        if provider.slug == "p3":
            raise ZeroDivisionError("p3")
        return read_snapshot(provider, pages, at)

    async def handler(request: httpx2.Request) -> httpx2.Response:
        if request.url.host == "p5.example":
            await asyncio.Event().wait()
        return answer(f"{request.url.host}/a")

    monkeypatch.setattr(reading, "read_snapshot", breaks_for_one)
    asking = fetcher(handler, *PROVIDERS, limits=Limits(seconds=2.0, retries=0))
    async with asyncio.timeout(20):
        kinds = {each.outcome.provider: each.outcome.kind async for each in gather(asking, SLUGS)}
    assert kinds == {**dict.fromkeys(SLUGS, "ok"), "p3": "unreadable", "p5": "timeout"}
    assert not others()


FAULTS = {
    "hang": "timeout",
    "429": "rate_limited",
    "500": "bad_status",
    "html-200": "unreadable",
    "cut-body": "unreadable",
    "wrong-json": "unreadable",
    "redirect-elsewhere": "bad_status",
    "bomb": "unreadable",
}
"""Fault of the simulator -> what a fetch then comes to."""

WELL_KNOWN = (
    "anthropic", "cerebras", "deepinfra", "groq", "huggingface", "mistral", "openrouter",
    "perplexity", "together",
)  # fmt: skip


async def test_every_fault_of_the_simulator_has_its_outcome_and_the_others_are_well() -> None:
    """F23, F24."""
    known = {slug: declared()[slug] for slug in WELL_KNOWN}
    asked = list(known)
    faults = dict(zip(FAULTS, asked, strict=False))
    app = simulator(
        generated("real", providers=known), faults=[f"{fault}={slug}" for fault, slug in faults.items()]
    )
    keys = {name: "any" for each in known.values() for name in each.variables}
    asking = HttpFetcher(
        known,
        keys,
        FakeClock(),
        limits=Limits(seconds=120.0, retries=0, payload_bytes=64 << 20),
        via="http://127.0.0.1:9000",
        transport=Hanging(app, known[asked[0]]),
    )
    kinds = {each.outcome.provider: each.outcome.kind async for each in gather(asking, asked)}
    expected = dict.fromkeys(asked, "ok") | {slug: FAULTS[fault] for fault, slug in faults.items()}
    assert kinds == expected


class Hanging(httpx2.ASGITransport):
    """The simulator in-process; one of its providers, which hangs, is silent for longer than is allowed."""

    def __init__(self, app: Starlette, hanging: Provider) -> None:
        super().__init__(app=app)
        self._hosts = {urlsplit(each.url).netloc for each in hanging.lists}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        hangs = request.url.path.split("/")[1] in self._hosts
        try:
            async with asyncio.timeout(0.1 if hangs else None):
                return await super().handle_async_request(request)
        except TimeoutError:
            raise httpx2.ReadTimeout("silent") from None
