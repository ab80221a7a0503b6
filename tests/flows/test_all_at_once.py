"""All providers are asked at once over HTTP, and none can harm another."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpx2
import pytest
from starlette.applications import Starlette

from modelatlas.caching.memory import Memory
from modelatlas.domain.outcome import Fetched
from modelatlas.domain.ports import Fetcher
from modelatlas.domain.snapshot import Snapshot
from modelatlas.fetching import reading
from modelatlas.fetching.fetch import HttpFetcher
from modelatlas.fetching.limits import Limits
from modelatlas.flows import live as flow
from modelatlas.flows.live import Live
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.contract import ModelList, Provider
from modelatlas.providers.registry import declared
from modelatlas.simulator.app import simulator
from modelatlas.simulator.world import generated
from tests.builders import FakeClock, FakeFetcher, MemorySnapshots
from tests.fetching.acme import acme, answer, fetcher

SLUGS = [f"p{number}" for number in range(12)]
PROVIDERS = [acme(ModelList(url=f"https://{slug}.example/models"), slug=slug) for slug in SLUGS]


def live_of(asking: Fetcher, slugs: Iterable[str]) -> Live:
    clock = FakeClock()
    return Live(Memory(slugs), asking, MemorySnapshots(), clock, ttl=timedelta(hours=1), jitter=lambda: 0.5)


async def kinds_of(live: Live) -> dict[str, str]:
    """Ask all; return what came of each."""
    await live.refresh_all()
    return {state.slug: state.outcome.kind for state in live.states.values() if state.outcome is not None}


def others() -> set[asyncio.Task[object]]:
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}


class Counting(FakeFetcher):
    """A fetcher that counts how many it is asked at once."""

    running = most = 0

    async def fetch(self, slug: str) -> Fetched:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await asyncio.sleep(0)
            return await super().fetch(slug)
        finally:
            self.running -= 1


async def test_no_more_than_allowed_are_asked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "AT_ONCE", 3)
    counting = Counting(FakeClock(), {slug: ["a"] for slug in SLUGS})
    assert await kinds_of(live_of(counting, SLUGS)) == dict.fromkeys(SLUGS, "ok")
    assert counting.most == 3


async def test_stopping_leaves_no_task_behind() -> None:
    asking = FakeFetcher(FakeClock(), {slug: ["a"] for slug in SLUGS})
    asking.gates = {slug: asyncio.Event() for slug in SLUGS}
    live = live_of(asking, SLUGS)
    waiting = asyncio.create_task(live.refresh_all())
    for _ in range(10):  # all are under way by then
        await asyncio.sleep(0)
    assert len(asking.asked) == len(SLUGS)
    await live.stop()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not others()


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
        kinds = await kinds_of(live_of(asking, SLUGS))
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
    kinds = await kinds_of(live_of(asking, asked))
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
