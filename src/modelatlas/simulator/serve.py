"""The simulator on a port, beside the program that it feeds."""

import asyncio
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from modelatlas.domain.errors import Misconfigured
from modelatlas.simulator.app import simulator
from modelatlas.simulator.world import World

_GRACE_SECONDS: Final = 1
_SECONDS_TO_STOP: Final = 10.0


@contextmanager
def background(
    world: World, *, host: str = "127.0.0.1", port: int = 0, faults: Iterable[str] = ()
) -> Iterator[str]:
    """Serve from a thread of this process and give the base URL; port 0 is any free one. Stops at the end.

    Raises `Misconfigured` when the port is taken, `BadRequest` for an unknown fault.
    """
    server = _server(simulator(world, faults=faults))
    with _listening(host, port) as listener:
        thread = threading.Thread(target=server.run, args=([listener],), name="simulator", daemon=True)
        thread.start()
        try:
            # The port takes connections already; whoever calls before the server runs waits for it.
            yield f"http://{host}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(_SECONDS_TO_STOP)


class _Quiet(HttpToolsProtocol):
    """Connections that log errors only: in the demo, uvicorn's log belongs to the service."""

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.access_log = False


def _server(app: Starlette) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app, http=_Quiet, log_config=None, lifespan="off", timeout_graceful_shutdown=_GRACE_SECONDS
        )
    )


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1_024)
    except OSError as error:
        msg = f"the simulator cannot listen on {host}:{port} ({error.strerror}): choose another --port"
        raise Misconfigured(msg) from error
