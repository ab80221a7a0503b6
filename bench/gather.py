"""How long it takes to hear 30 providers of 600 listings each that all answer after 100 ms.

The yardstick is the latency and twice the time that reading the same payloads takes, one after another, in
the same run: asking and publishing must not cost more than that.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx2
from rows import Row, options, show

from modelatlas.caching.memory import Memory
from modelatlas.clock import SystemClock
from modelatlas.domain.snapshot import Snapshot
from modelatlas.fetching.fetch import HttpFetcher
from modelatlas.fetching.limits import Limits
from modelatlas.flows.live import AT_ONCE, Live
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.contract import ModelList, Open, Provider
from modelatlas.providers.fields import usd_text

PROVIDERS, LISTINGS, ROUNDS = 30, 600, 5
LATENCY = 0.1
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Forgetful:
    """A store that keeps nothing: what is measured is asking, reading and publishing."""

    def load(self) -> list[Snapshot]:
        return []

    def save(self, snapshot: Snapshot, payload: bytes) -> None:
        del snapshot, payload


def provider(number: int) -> Provider:
    """Return an invented provider."""
    prices = {unit: usd_text(f"pricing.{unit}", per="token") for unit in ("input_token", "output_token")}
    return Provider(
        slug=f"p{number}",
        name=f"P{number}",
        kind="host",
        docs="https://acme.example/docs",
        evidence="inferred",
        lists=(ModelList(url=f"https://p{number}.example/models", prices=prices),),
        auth=Open(),
    )


def payload(number: int) -> bytes:
    """Return a list of its models, each with prices of its own."""
    entries = [
        {
            "id": f"lab-{number}/model-{at}",
            "pricing": {"input_token": f"0.0000{at + 1:04}", "output_token": f"0.0001{at + 1:04}"},
        }
        for at in range(LISTINGS)
    ]
    return json.dumps({"data": entries}).encode()


async def hear(providers: dict[str, Provider], payloads: dict[str, bytes]) -> float:
    """Return the seconds until all are published."""

    async def answer(request: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(LATENCY)
        return httpx2.Response(200, content=payloads[request.url.host.partition(".")[0]])

    clock = SystemClock()
    asking = HttpFetcher(
        providers,
        {},
        clock,
        limits=Limits(seconds=60.0, retries=0),
        transport=httpx2.MockTransport(answer),
    )
    live = Live(Memory(providers), asking, Forgetful(), clock, ttl=timedelta(hours=1), jitter=lambda: 0.5)
    begun = time.perf_counter()
    await live.refresh_all()
    seconds = time.perf_counter() - begun
    if sum(len(part.listings) for part in live.catalog.live.values()) != PROVIDERS * LISTINGS:
        raise SystemExit("not all were heard: expected every provider to answer")
    return seconds


def read(providers: dict[str, Provider], payloads: dict[str, bytes]) -> float:
    """Return the seconds that reading all payloads takes, one after another."""
    begun = time.perf_counter()
    for slug, each in providers.items():
        read_snapshot(each, {each.lists[0].name: [payloads[slug]]}, NOON)
    return time.perf_counter() - begun


def rows() -> Iterator[Row]:
    """Measure both, by turns."""
    providers = {f"p{number}": provider(number) for number in range(PROVIDERS)}
    payloads = {f"p{number}": payload(number) for number in range(PROVIDERS)}
    heard, wanted = [], []
    for _ in range(ROUNDS):
        heard.append(asyncio.run(hear(providers, payloads)))
        wanted.append(LATENCY + 2 * read(providers, payloads))
    ours, most = statistics.median(heard), statistics.median(wanted)
    yield Row(
        f"gather of {PROVIDERS} providers x {LISTINGS}, each after {LATENCY * 1000:.0f} ms", ours / most,
        "x latency and twice the reading", 1, True,
        f"{ours * 1000:.0f} ms beside {most * 1000:.0f} ms; {AT_ONCE} are asked at once",
    )  # fmt: skip


def main() -> None:
    """Print the row."""
    options()
    show(rows())


if __name__ == "__main__":
    main()
