"""The service on a port: the socket first, so that a taken port is said at once, then uvicorn."""

import asyncio
import gc
import math
import socket
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from modelatlas.domain.errors import CatalogError
from modelatlas.web.hot import Answer, Hot
from modelatlas.web.reads import PATH, READS, Wanted, wanted_by

_SECONDS_TO_STOP: Final = 10
"""For answers under way, when the service is told to stop."""
MOST_WAITING: Final = 4_096
"""Bytes that may wait for a client before the next piece does. More than the headers, which so go out with
the beginning of the body; asyncio's own limit of 64 KiB is reached by three pieces, and twice (2026-11)."""

_PATH: Final = PATH.encode()
_READS: Final = frozenset(map(str.encode, READS))
_ANSWERED: Final = cast(
    RequestResponseCycle, SimpleNamespace(response_complete=True, message_event=asyncio.Event())
)


class Connection(HttpToolsProtocol):
    """A connection that answers at once what is ready, and holds one piece of an answer for a slow reader.

    What is ready needs neither a task nor a cycle of messages, and its headers leave with its content. A
    request whose headers were read before, on this connection or another, is not parsed either. Where
    requests are logged or limited all go the way of all requests.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        app: object = config.app
        is_counted = self.access_log or self.limit_concurrency is not None
        self._hot = app if isinstance(app, Hot) and not is_counted else None
        self._between = True
        self._answered: Wanted | None = None
        self._answered_at = -math.inf

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=MOST_WAITING)
        self.cycle = _ANSWERED

    def data_received(self, data: bytes) -> None:
        """Answer a request that is known by its bytes; all else is parsed."""
        hot = self._hot
        if hot is None or not self._between:
            super().data_received(data)
            return
        read = hot.known.of(data)
        if read is not None and self._is_free():
            method, query, wanted = read
            answer = hot.answer(query, wanted)
            if answer is not None:
                self._send(hot, answer, method)
                self._wait_for_more()
                return
        self._answered = None
        super().data_received(data)
        answered: Wanted | None = self._answered  # by `on_headers_complete`
        if answered is not None and self._between:
            hot.known.learn(data, answered)

    def on_message_begin(self) -> None:
        """Begin with a request."""
        self._between = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Answer a request if that can be done at once; any other goes the way of all requests."""
        path, _, query = self.url.partition(b"?")
        hot, method = self._hot, self.parser.get_method()
        reads = path == _PATH and method in _READS
        wanted = wanted_by(self.headers) if reads and self._is_plain() else None
        if hot is not None and wanted is not None:
            answer = hot.answer(query, wanted)
            if answer is not None:
                self._answered = wanted
                self._send(hot, answer, method)
                self.cycle = _ANSWERED  # what is left of the request, if it has a body, is passed over
                self.on_response_complete()
                return
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """End with a request."""
        self._between = True
        super().on_message_complete()

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which nothing was asked for; one timer serves many answers."""
        left = self._answered_at + self.timeout_keep_alive - self.loop.time()
        if left <= 0:
            super().timeout_keep_alive_handler()
        else:
            self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)

    def _send(self, hot: Hot, answer: Answer, method: bytes) -> None:
        second = hot.second(self.server_state.default_headers)
        own = answer.written(second.now)
        head = b"".join([STATUS_LINE[answer.status], second.written, own, b"\r\n"])
        self.transport.writelines([head, b"" if method == b"HEAD" else answer.content])

    def _wait_for_more(self) -> None:
        """End an answer as `on_response_complete` does, without another timer."""
        self.server_state.total_requests += 1
        self._answered_at = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def _is_free(self) -> bool:
        """Tell whether no other request is under way here, and the client takes in what is sent."""
        return self.cycle.response_complete and not self.flow.write_paused and not self.transport.is_closing()

    def _is_plain(self) -> bool:
        """Tell whether a request is the only one under way here, and more may follow."""
        return (
            self._is_free()
            and not self.expect_100_continue
            and b"#" not in self.url
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
            and not self.parser.should_upgrade()
        )


class Announcing(uvicorn.Server):
    """A server that says when it answers, and before it stops."""

    def __init__(
        self, config: uvicorn.Config, announce: Callable[[], None], closing: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._announce = announce
        self._closing = closing

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            keep_quiet()
            self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say that it stops, so that answers without end are ended; then stop."""
        self._closing()
        await super().shutdown(sockets)


def collect_seldom() -> None:
    """Look for garbage seldom from now on: nearly all that a service makes stays, or is gone by itself."""
    gc.set_threshold(20_000, 20, 100)


def keep_quiet() -> None:
    """Let neither threads nor the collection of garbage keep readers waiting, from now on.

    What exists by now stays, so it is never gone through again; later lists hold few objects that are. A
    thread that works on Python values hands the interpreter over after 0.1 ms instead of 5.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(0.000_1)


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
    app: Callable[..., Any],
    listener: socket.socket,
    announce: Callable[[], None],
    closing: Callable[[], None],
    *,
    access_log: bool,
) -> None:
    """Serve until told to stop by SIGINT or SIGTERM; answers under way are finished first.

    `announce` is called when it answers, `closing` when it is about to stop.

    Raises `CatalogError` when the application did not start; its log says why.
    """
    config = uvicorn.Config(
        app,
        http=Connection,
        access_log=access_log,
        log_level="info" if access_log else "warning",
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=_SECONDS_TO_STOP,
    )
    server = Announcing(config, announce, closing)
    server.run(sockets=[listener])
    if not server.started:
        raise CatalogError("the service did not start: the lines above say why; `modelatlas doctor` checks")
