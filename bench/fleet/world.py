"""The providers of the trial: one simulated world behind several doors, which notes who asks what."""

import multiprocessing
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec
import uvicorn
from msgspec import Struct
from starlette.types import ASGIApp, Receive, Scope, Send

from modelatlas.providers.placeholders import simulated_url
from modelatlas.simulator.app import simulator
from modelatlas.simulator.world import SEED, Stock, World, generated

_spawn: Final = multiprocessing.get_context("spawn")


class Asked(Struct, frozen=True):
    """One call: when (seconds since 1970), through which door, to whom, and for what."""

    at: float
    door: int
    provider: str
    url: str


@contextmanager
def doors(count: int, most: int, told: Path) -> Iterator[list[str]]:
    """Run the world in a process of its own; yield one URL for each door. `told` gets a line for each call.

    With `most` no provider begins with more listings than that.
    """
    listeners = [socket.create_server(("127.0.0.1", 0), backlog=1_024) for _ in range(count)]
    program = _spawn.Process(target=_serve, args=(listeners, most, told), daemon=True)
    program.start()
    try:
        yield [f"http://127.0.0.1:{each.getsockname()[1]}" for each in listeners]
    finally:
        program.terminate()
        program.join()
        for each in listeners:
            each.close()


def calls(told: Path) -> list[Asked]:
    """Return what was asked, in order."""
    return [msgspec.json.decode(line, type=Asked) for line in told.read_bytes().splitlines()]


def _serve(listeners: Sequence[socket.socket], most: int, told: Path) -> None:
    world = generated("seed")
    if most:
        world.stocks = {
            slug: Stock(each.generator.provider, SEED, min(most, each.first_size))
            for slug, each in world.stocks.items()
        }
    ports = [each.getsockname()[1] for each in listeners]
    app = _Noting(simulator(world), world, ports, told)
    config = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=list(listeners))


class _Noting:
    """Writes down each call of a provider, and lets the simulator answer it."""

    def __init__(self, app: ASGIApp, world: World, ports: Sequence[int], told: Path) -> None:
        self._app = app
        self._doors = {port: door for door, port in enumerate(ports)}
        self._told = told.open("ab", buffering=0)
        self._slugs = {}
        for slug, provider in world.providers.items():
            for each in provider.lists:
                url = urlsplit(simulated_url(each.url))
                self._slugs[f"/{url.netloc}{url.path}"] = slug

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        slug = self._slugs.get(scope["path"]) if scope["type"] == "http" else None
        if slug is not None:
            url = f"{scope['path']}?{scope['query_string'].decode()}"
            asked = Asked(time.time(), self._doors[scope["server"][1]], slug, url)
            self._told.write(msgspec.json.encode(asked) + b"\n")
        await self._app(scope, receive, send)
