"""How fast the service answers over HTTP, beside nginx with the same bytes in files and a handler of FastAPI.

32 connections of `wrk`, by turns, medians; needs `wrk` and `nginx`, and for FastAPI a Python that has it:

    python bench/serving.py [--json] [--rounds 3] [--profile seed|100k] [--fastapi /path/to/python]

Memory is that of the service, with all providers heard and synced; latencies while everything is fetched and
synced are those of 8 connections that ask for a page every 10 ms.
"""

import argparse
import asyncio
import socket
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

import httpx2
from rows import Row, show
from servers import KEY, Load, load, megabytes, nginx, service, until

PAGE = "/models?limit=50"
WHOLE = "whole catalog, gzip"
OFFSETS = """
local n = 0
request = function() n = (n + 1) % 18000; return wrk.format("GET", wrk.path .. n) end
"""
"""A page after the other: the service keeps those that it is asked for again, and knows which four thousand
it was asked for last. So none is found made, but for a few hundred where one run begins as another ended."""
FASTAPI = """
import json, sys, uvicorn
from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
rows = json.load(open(sys.argv[1]))["data"]
app = FastAPI()
app.add_middleware(GZipMiddleware)
@app.get("/models")
def models() -> list[dict]:
    return rows
uvicorn.run(app, port=int(sys.argv[2]), log_level="error")
"""
LEAST = {"seed": 18_000, "100k": 99_000}
MEMORY = {"seed": (200, 300), "100k": (450, 600)}


def throughput(url: str, folder: Path, rounds: int, asked: argparse.Namespace) -> Iterator[Row]:
    """Compare requests a second."""
    packed = {"Accept-Encoding": "gzip"}
    with httpx2.stream("GET", f"{url}/models", headers=packed) as whole:
        (folder / "whole.gz").write_bytes(b"".join(whole.iter_raw()))
    page = httpx2.get(url + PAGE, headers={"Accept-Encoding": "identity"})
    (folder / "page.json").write_bytes(page.content)
    with nginx(folder) as files:
        known = {"If-None-Match": httpx2.get(f"{files}/page").headers["etag"]}
        cells = {
            WHOLE: ((url + "/models", packed), (files + "/whole", packed), 0.8),
            "If-None-Match hit": (
                (url + "/models", {**packed, "If-None-Match": whole.headers["etag"]}),
                (files + "/page", known),
                0.30,
            ),
            "hot page of 50": ((url + PAGE, {}), (files + "/page", {}), 0.50),
        }
        for name, (ours, theirs, target) in cells.items():
            found = load({"ours": ours, "nginx": theirs}, rounds)
            yield from beside(name, found, target)
        script = folder / "offsets.lua"
        script.write_text(OFFSETS)
        pages = {"ours": f"{url}{PAGE}&offset=", "nginx": f"{files}/page?limit=50&offset="}
        found = load({name: (each, {}) for name, each in pages.items()}, rounds, script)
        yield from beside("page computed for the first time", found, 0.35)
    if asked.fastapi:
        yield against_fastapi(url, folder, asked.fastapi)


def beside(name: str, found: dict[str, Load], target: float) -> Iterator[Row]:
    """Make the rows of requests a second, and of how long the slowest hundredth took."""
    ours, theirs = found["ours"], found["nginx"]
    detail = f"{ours.rate:,.0f} beside {theirs.rate:,.0f} requests a second"
    yield Row(name, ours.rate / theirs.rate, "x nginx", target, detail=detail)
    most = None if name == WHOLE else 3
    yield Row(f"{name}, p99", ours.p99, "ms", most, True, f"nginx {theirs.p99:.2g} ms")


def against_fastapi(url: str, folder: Path, python: str) -> Row:
    """Compare the whole catalog with a handler that serialises dicts."""
    (folder / "plain.json").write_bytes(httpx2.get(f"{url}/models").content)
    (folder / "handler.py").write_text(FASTAPI)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    program = subprocess.Popen([python, folder / "handler.py", folder / "plain.json", str(port)])
    try:
        time.sleep(5)
        ours = load({"ours": (f"{url}/models", {"Accept-Encoding": "gzip"})}, 3)["ours"].rate
        begun = time.perf_counter()
        for _ in range(5):
            httpx2.get(f"http://127.0.0.1:{port}/models", headers={"Accept-Encoding": "gzip"}, timeout=60)
        theirs = 5 / (time.perf_counter() - begun)
    finally:
        program.kill()
        program.wait()
    detail = f"{ours:,.0f} beside {theirs:.2f} requests a second"
    return Row("whole catalog, gzip, beside dicts", ours / theirs, "x FastAPI", 1_000, detail=detail)


async def latencies(url: str, done: asyncio.Event) -> list[float]:
    """Ask for a page every 10 ms over 8 connections until done; return the milliseconds of each answer."""
    host, port = urlsplit(url).hostname or "", urlsplit(url).port
    found: list[float] = []

    async def ask() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        while not done.is_set():
            begun = time.perf_counter()
            writer.write(f"GET {PAGE} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
            found.append((time.perf_counter() - begun) * 1e3)
            await asyncio.sleep(0.01)
        writer.close()

    await asyncio.gather(*(ask() for _ in range(8)))
    return found


async def quiet(_url: str, _via: str, done: asyncio.Event) -> None:
    """Do nothing for a while."""
    await asyncio.sleep(10)
    done.set()


async def busy(url: str, _via: str, done: asyncio.Event) -> None:
    """Fetch and sync everything."""
    async with httpx2.AsyncClient(base_url=url, headers=KEY, timeout=120) as client:
        slugs = [each["slug"] for each in (await client.get("/providers")).json()["data"]]
        refreshed = [client.post(f"/admin/refresh/{slug}") for slug in slugs]
        await asyncio.gather(client.post("/admin/model-sync/all?wait=60"), *refreshed)
    done.set()


async def different(url: str, via: str, done: asyncio.Event) -> None:
    """Fetch and sync everything, of which much is different."""
    async with httpx2.AsyncClient(timeout=120) as client:
        (await client.post(f"{via}/_simulator/drift?days=30")).raise_for_status()
    await busy(url, via, done)


Work = Callable[[str, str, asyncio.Event], Awaitable[None]]
WORKS: dict[str, Work] = {"quiet": quiet, "busy": busy, "different": different}
BUSY = {
    "busy": "p99 while all is fetched and synced, over quiet",
    "different": "p99 while all is also different, over quiet",
}


async def p99_while(work: Work, url: str, via: str) -> float:
    """Return the milliseconds of the slowest hundredth of answers while something is done."""
    done = asyncio.Event()
    found, _ = await asyncio.gather(latencies(url, done), work(url, via, done))
    return quantiles(found, n=100)[98]


async def while_busy(url: str, via: str) -> list[Row]:
    """Compare the slowest hundredth of answers in quiet with that while much is done."""
    p99 = {name: await p99_while(work, url, via) for name, work in WORKS.items()}
    still = p99["quiet"]
    return [
        Row(
            what, p99[name] - still, "ms more", 15, True, f"{p99[name]:.1f} ms beside {still:.1f} ms in quiet"
        )
        for name, what in BUSY.items()
    ]


def settled(program: subprocess.Popen[bytes]) -> float:
    """Return the memory of a program that has come to rest from what it did before."""
    before = 0.0
    while abs((now := megabytes(program)) - before) > 0.1:
        before = now
        time.sleep(5)
    return now


def slow_readers(url: str, program: subprocess.Popen[bytes]) -> Row:
    """Open 200 connections that ask for the whole catalog and read nothing for a while."""
    before, open_ = settled(program), []
    for number in range(200):
        encoding = ("gzip", "identity")[number % 2]
        one = socket.create_connection((urlsplit(url).hostname, urlsplit(url).port))
        one.sendall(f"GET /models HTTP/1.1\r\nHost: x\r\nAccept-Encoding: {encoding}\r\n\r\n".encode())
        open_.append(one)
    time.sleep(5)
    grown = megabytes(program) - before
    for one in open_:
        one.close()
    return Row(
        "200 readers that read nothing", grown, "MB more", 10, True, "half of them without compression"
    )


def rows(asked: argparse.Namespace) -> Iterator[Row]:
    """Measure one profile."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with service(folder / "home", asked.profile, LEAST[asked.profile]) as (url, program, via):
            httpx2.get(f"{url}/models", headers={"Accept-Encoding": "gzip"})
            least, most = MEMORY[asked.profile]
            count = until(url, LEAST[asked.profile])
            yield Row(f"memory, {count:,} listings served", settled(program), "MB", least, True)
            yield from throughput(url, folder, asked.rounds, asked)
            yield from asyncio.run(while_busy(url, via))
            yield Row(
                "memory at its most, fetched and synced anew", megabytes(program, "VmHWM"), "MB", most, True
            )
            yield slow_readers(url, program)


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", choices=LEAST, default="seed")
    parser.add_argument("--fastapi", metavar="PYTHON", help="a Python that has FastAPI and uvicorn")
    show(rows(parser.parse_args()))


if __name__ == "__main__":
    main()
