"""The service on a port: the socket first, so that a taken port is said at once, then uvicorn."""

import socket
from collections.abc import Callable
from typing import Any, Final

import uvicorn

from modelatlas.domain.errors import CatalogError

_SECONDS_TO_STOP: Final = 10
"""For answers under way, when the service is told to stop."""


class Announcing(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self._announce()


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 is any free one. Raises `CatalogError` when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2_048)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while ")[0]
        raise CatalogError(
            f"cannot listen on {host}:{port} ({reason}): "
            "expected a free port of this machine; choose another with --port or PORT"
        ) from None


def url_of(listener: socket.socket) -> str:
    """Return the URL by which this machine reaches a listening socket."""
    host, port, *_ = listener.getsockname()
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(
    app: Callable[..., Any], listener: socket.socket, announce: Callable[[], None], *, access_log: bool
) -> None:
    """Serve until told to stop by SIGINT or SIGTERM; answers under way are finished first.

    Raises `CatalogError` when the application did not start; its log says why.
    """
    config = uvicorn.Config(
        app,
        access_log=access_log,
        log_level="info" if access_log else "warning",
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=_SECONDS_TO_STOP,
    )
    server = Announcing(config, announce)
    server.run(sockets=[listener])
    if not server.started:
        raise CatalogError("the service did not start: the lines above say why; `modelatlas doctor` checks")
