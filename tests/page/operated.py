"""A service that wants a key, with a price kept back, a disagreement, and listings of no known model."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import uvicorn
from msgspec.structs import replace

from modelatlas.domain.price import usd
from modelatlas.domain.snapshot import snapshot
from modelatlas.web.app import create
from modelatlas.web.page import read_page
from modelatlas.web.stream import Closing
from modelatlas.wiring.atlas import Atlas
from tests.builders import NOON, listing
from tests.web.builders import ZETA, FakeAtlas

PATIENCE = 30.0

EACH = usd("output_token", "0.000004")
LISTINGS = (
    listing("dear", "acme", prices=(usd("input_token", "1", path="pricing.input"), EACH)),
    listing("disputed", "acme", prices=(usd("input_token", "0.000001"), EACH)),
    listing("plain", "acme", prices=(usd("input_token", "0.000003"), EACH)),
)
SAID = replace(usd("input_token", "0.0000025"), source="reference:few@1")
REFERENCE = snapshot("acme", NOON, [listing("disputed", "acme", prices=(SAID,))], origin="reference")


@contextmanager
def operated() -> Iterator[str]:
    """Serve it on a port of this machine, and yield its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    up, down, closing = threading.Event(), threading.Event(), Closing()
    atlas = FakeAtlas(
        {"acme": snapshot("acme", NOON, LISTINGS)},
        [REFERENCE],
        providers={"acme": replace(ZETA, slug="acme", name="Acme")},
    )
    app = create(cast("Atlas", atlas), page=read_page(), closing=closing)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))

    async def serve() -> None:
        serving = asyncio.create_task(server.serve([listener]))
        await atlas.hear("acme")
        up.set()
        await asyncio.to_thread(down.wait)
        closing.begin()
        server.should_exit = True
        await serving

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert up.wait(PATIENCE)
        yield url
    finally:
        down.set()
        thread.join(PATIENCE)
