"""The HTTP program: an atlas, its routes, and the layers around them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as StarletteRoute
from starlette.types import ASGIApp

from modelatlas.domain.errors import CatalogError
from modelatlas.web.front import Front
from modelatlas.web.keys import Policy
from modelatlas.web.layers import Boundary, Headers
from modelatlas.web.models import write_public
from modelatlas.web.openapi import document
from modelatlas.web.prepared import Prepared
from modelatlas.web.problems import on_error
from modelatlas.web.routes import ROUTES
from modelatlas.web.site import Site
from modelatlas.wiring import Atlas, admin_keys

Endpoint = Callable[[Request], Awaitable[Response]]


def create(atlas: Atlas, *, demo: bool = False, public_bind: bool = False) -> ASGIApp:
    """Return the ASGI program that serves an atlas, which it starts and stops.

    `demo` lets a person on this machine write without a key. `public_bind` says that others than this
    machine can reach it: without a configured key nobody can write then.
    """
    site = Site(
        atlas,
        policy(atlas, demo=demo, public_bind=public_bind),
        msgspec.json.encode(document(ROUTES)),
    )
    prepared = Prepared(lambda: site.catalog, lambda catalog, query: write_public(site, catalog, query))

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await atlas.start()
        ready = asyncio.create_task(prepared.keep_ready(), name="prepare")
        try:
            yield
        finally:
            ready.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ready
            await atlas.stop()

    framework = Starlette(
        routes=_routes(site),
        exception_handlers={CatalogError: on_error, HTTPException: on_error, Exception: on_error},
        lifespan=lifespan,
    )
    framework.router.redirect_slashes = False  # what is not at a path is not there, and nothing else
    return Headers(Boundary(Front(framework, site, prepared)))


def _routes(site: Site) -> list[StarletteRoute]:
    """Return one route for each path, which knows all methods there, so that `Allow` names them all."""
    paths: dict[str, dict[str, Endpoint]] = {}
    for each in ROUTES:
        paths.setdefault(each.path, {})[each.method] = each.endpoint(site)
    return [StarletteRoute(path, _by_method(ways), methods=list(ways)) for path, ways in paths.items()]


def _by_method(ways: Mapping[str, Endpoint]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return await ways["GET" if request.method == "HEAD" else request.method](request)

    return endpoint


def policy(atlas: Atlas, *, demo: bool, public_bind: bool) -> Policy:
    """Say what writing needs; without a configured key one is made, unless the network can reach it."""
    if public_bind and not atlas.settings.admin_keys:
        return Policy((), shut=True)
    return Policy(admin_keys(atlas.settings), keyless_demo=demo)
