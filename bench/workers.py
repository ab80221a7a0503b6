"""A service of two workers and the process that asks: what a worker holds, and when both have a new list.

python bench/workers.py [--json] [--rounds 30] [--profile seed|100k]

Both have a new list when every connection of twenty answers it; between two looks are 20 ms. Latencies are
those of `serving.py`.
"""

import argparse
import asyncio
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from statistics import median
from subprocess import Popen
from tempfile import TemporaryDirectory

import httpx2
from fleet.connection import Connection
from msgspec import structs
from rows import Row, show
from servers import KEY, memory_of, service
from serving import LEAST, MEMORY, while_busy

CONNECTIONS = 20
LOOK_EVERY = 0.02
PATIENCE = 30.0
PROVIDERS = ("deepinfra", "groq", "openrouter", "novita", "featherless")


def workers(program: Popen[bytes], port: int) -> list[int]:
    """Return the processes that accept connections; the one that started them holds the socket, too."""
    listening = {
        f"socket:[{fields[9]}]"
        for fields in map(str.split, Path("/proc/net/tcp").read_text().splitlines()[1:])
        if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port
    }
    children = map(int, Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text().split())
    return [
        pid
        for pid in children
        if listening & {str(fd.readlink()) for fd in Path(f"/proc/{pid}/fd").iterdir()}
    ]


async def tags(readers: list[Connection]) -> list[str]:
    """Return which catalog each connection is answered."""
    replies = await asyncio.gather(*(each.get("/models", method="HEAD") for each in readers))
    return [each.headers["etag"] for each in replies]


async def agreements(url: str, via: str, port: int, rounds: int) -> list[float]:
    """Return the seconds from each answer to a refresh until all connections answer the new catalog."""
    found: list[float] = []
    async with httpx2.AsyncClient(headers=KEY, timeout=120) as client:
        for _, slug in zip(range(rounds), cycle(PROVIDERS), strict=False):
            readers = [
                Connection(port) for _ in range(CONNECTIONS)
            ]  # new ones: who has them is left to chance
            (before,) = {*await tags(readers)}
            (await client.post(f"{via}/_simulator/drift?days=1")).raise_for_status()
            (await client.post(f"{url}/admin/refresh/{slug}")).raise_for_status()
            begun = time.perf_counter()
            while len(now := {*await tags(readers)}) > 1 or before in now:
                if time.perf_counter() - begun > PATIENCE:
                    raise SystemExit(
                        f"{slug} was refreshed {PATIENCE} s ago, and there are {now}; before {before}"
                    )
                await asyncio.sleep(LOOK_EVERY)
            found.append(time.perf_counter() - begun)
            for each in readers:
                each.close()
            await asyncio.sleep(2)
    return found


def rows(rounds: int, profile: str) -> Iterator[Row]:
    """Measure one profile."""
    settled, most = MEMORY[profile]
    with (
        TemporaryDirectory() as name,
        service(Path(name), profile, LEAST[profile], "--workers", "2") as running,
    ):
        url, program, via = running
        port = int(url.rpartition(":")[2])
        for _ in range(CONNECTIONS):
            httpx2.get(f"{url}/models", headers={"Accept-Encoding": "gzip"})
        pids = workers(program, port)
        held = [memory_of(pid) for pid in pids]
        told = ", ".join(f"{each:.0f}" for each in held)
        yield Row("memory, the larger of two workers", max(held), "MB", settled, True, f"{told} MB")
        found = asyncio.run(agreements(url, via, port, rounds))
        late = sum(each > 1 for each in found)
        detail = f"median {median(found):.2f} s, {late} of {len(found)} over 1 s"
        yield Row("from a refresh until every worker answers it, at worst", max(found), "s", 1, True, detail)
        for row in asyncio.run(while_busy(url, via)):
            yield structs.replace(row, operation=f"{row.operation}, two workers")
        held = [memory_of(pid, "VmHWM") for pid in pids]
        told = ", ".join(f"{each:.0f}" for each in held)
        yield Row("memory of a worker at its most", max(held), "MB", most, True, f"{told} MB")


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--profile", choices=LEAST, default="seed")
    asked = parser.parse_args()
    show(rows(asked.rounds, asked.profile))


if __name__ == "__main__":
    main()
