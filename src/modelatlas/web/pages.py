"""The pages for people, and the OpenAPI document."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from modelatlas.web.answers import JSON
from modelatlas.web.docs_page import docs_page
from modelatlas.web.html import page
from modelatlas.web.page import asset_answer, document_answer
from modelatlas.web.parameters import Parameters
from modelatlas.web.providers import rows_of
from modelatlas.web.site import Site
from modelatlas.web.start_page import State, start_page


async def start(site: Site, request: Request, _: Parameters) -> Response:
    """Answer with the page that runs in a browser; where it was not built, with one that says so."""
    if site.page is not None:
        return document_answer(site.page, request.scope)
    rows = await rows_of(site, site.slugs(), sees_all=False)
    atlas = site.atlas
    return page("Model Atlas", *start_page(State(site.catalog.id, rows, atlas.settings.ttl, atlas.simulated)))


async def asset(site: Site, request: Request, _: Parameters) -> Response:
    """Answer with a file of the page."""
    return asset_answer(site.page, request.path_params["name"], request.scope)


async def docs(site: Site, _: Request, __: Parameters) -> Response:
    """Answer with the document as a page."""
    return page("Model Atlas: the API", *docs_page(msgspec.json.decode(site.document)))


async def openapi(site: Site, _: Request, __: Parameters) -> Response:
    """Answer with the document."""
    return Response(site.document, media_type=JSON)
