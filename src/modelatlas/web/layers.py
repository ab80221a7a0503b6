"""What lies around every answer: headers that protect and open it, and the boundary of a fault of ours."""

from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from modelatlas.web.keys import header
from modelatlas.web.problems import problem_response

SECURITY: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
OPEN: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Age, Retry-After"),
)
"""Reads are public, so that a page of any site may read; nothing below /admin ever is."""
PREFLIGHT: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"If-None-Match, Accept"),
    (b"access-control-max-age", b"86400"),
    (b"content-length", b"0"),
)
CLOSED: Final = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
"""For answers that name no policy of their own, which is all but the HTML pages."""

HeaderList = list[tuple[bytes, bytes]]

_log = structlog.get_logger()


def around(path: str, own: HeaderList) -> HeaderList:
    """Return the headers of an answer with those that protect it, and open it."""
    closed = [] if any(name == CLOSED[0] for name, _ in own) else [CLOSED]
    return [*own, *SECURITY, *(() if is_admin(path) else OPEN), *closed]


class Headers:
    """Adds the headers, answers preflights of reads, and sends no body to HEAD."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = around(scope["path"], list(message["headers"]))
            elif head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        if _is_preflight(scope):
            await sending({"type": "http.response.start", "status": 204, "headers": PREFLIGHT})
            await sending({"type": "http.response.body", "body": b""})
        else:
            await self._app(scope, receive, sending)


class Boundary:
    """Ends a fault of ours: it is logged, and the client is told without details."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - isolates a request; the log records what was caught
            _log.exception("a request failed", method=scope["method"], path=scope["path"])
            if not begun:
                await problem_response(error)(scope, receive, send)


def is_admin(path: str) -> bool:
    """Tell whether a path is the operator's."""
    return path == "/admin" or path.startswith("/admin/")


def _is_preflight(scope: Scope) -> bool:
    wanted = header(scope["headers"], b"access-control-request-method")
    return scope["method"] == "OPTIONS" and not is_admin(scope["path"]) and wanted in {"GET", "HEAD"}
