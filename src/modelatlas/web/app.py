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

from modelatlas.domain.errors import CatalogError
from modelatlas.views.rows import Rows
from modelatlas.web.front import Front
from modelatlas.web.hot import Answers, Hot
from modelatlas.web.keys import Policy
from modelatlas.web.layers import Boundary, Headers
from modelatlas.web.memory import keep_given_back
from modelatlas.web.openai_models import expect_impatient
from modelatlas.web.openapi import document
from modelatlas.web.page import BuiltPage
from modelatlas.web.prepared import FEW, Prepared
from modelatlas.web.problems import on_error
from modelatlas.web.routes import ROUTES
from modelatlas.web.site import Site
from modelatlas.web.stream import Closing
from modelatlas.wiring.atlas import Atlas
from modelatlas.wiring.keys import admin_keys

Endpoint = Callable[[Request], Awaitable[Response]]


def create(
    atlas: Atlas,
    *,
    demo: bool = False,
    public_bind: bool = False,
    page: BuiltPage | None = None,
    closing: Closing | None = None,
) -> Hot:
    """Return the ASGI program that serves an atlas, which it starts and stops.

    `page` is the built page, None where none was built; `closing` tells it that it is about to be stopped.
    `demo` lets a person on this machine write without a key. `public_bind` says that others than this
    machine can reach it: without a configured key nobody can write then.
    """
    site = Site(
        atlas,
        policy(atlas, demo=demo, public_bind=public_bind),
        msgspec.json.encode(document(ROUTES)),
        page,
    )
    if closing is not None:
        closing.tell(site.events.close)
    prepared = Prepared(
        lambda: site.catalog,
        lambda catalog, query: site.parts_of(catalog).written(query),
        ready=site.make_ready,
        replaced=site.forget_older,
        derived=atlas.derived,
    )

    expect_impatient(site)
    atlas.live.make_beforehand(
        lambda part: _compressed(prepared, site.make_part_ready(part)),
        lambda live: prepared.make_ready(site.shown(live)),
    )

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await atlas.start()
        duties = [
            asyncio.create_task(prepared.keep_ready(), name="prepare"),
            asyncio.create_task(site.documents.keep_ready(), name="documents"),
            asyncio.create_task(keep_given_back(), name="memory"),
        ]
        try:
            yield
        finally:
            for duty in duties:
                duty.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await duty
            await atlas.stop()

    framework = Starlette(
        routes=_routes(site),
        exception_handlers={CatalogError: on_error, HTTPException: on_error, Exception: on_error},
        lifespan=lifespan,
    )
    framework.router.redirect_slashes = False  # what is not at a path is not there, and nothing else
    answers = Answers()
    front = Front(framework, site, prepared, answers)
    return Hot(Headers(Boundary(front)), site, answers, front.at_once)


def _compressed(prepared: Prepared, rows: Rows) -> None:
    if len(rows.by_id) >= FEW:
        prepared.blocks.of(rows)


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
