"""The catalog at another time: as it was observed, or as it is announced. /models?at= and one model."""

import asyncio
from collections.abc import Callable, Collection

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.errors import NotFound
from modelatlas.domain.identity.models import models_of
from modelatlas.domain.query import ModelQuery
from modelatlas.flows.past import past_catalog
from modelatlas.views.catalog_models import model_answer
from modelatlas.views.models_answer import Moment, absent_view, models_json
from modelatlas.views.rows import EncodedListings
from modelatlas.views.visibility import public_catalog
from modelatlas.web.answers import private
from modelatlas.web.encodings import SMALLEST, Encoding, encoded, wanted_encoding
from modelatlas.web.history import instant_asked
from modelatlas.web.keys import header
from modelatlas.web.prepared import Body, body_of
from modelatlas.web.site import Site


async def models_at(site: Site, request: Request, query: ModelQuery, text: str) -> Response:
    """Answer with the listings of an instant, and name the providers of which nothing is known then."""
    then = await _then(site, request, text, query.providers)

    def content() -> bytes:
        catalog, about = then
        encoder = EncodedListings(site.atlas.matches.of)
        return models_json(catalog, query, encoder, simulated=site.atlas.simulated, moment=about).joined()

    return private(await asyncio.to_thread(_body, request, content))


async def model_at(site: Site, request: Request, name: str, text: str) -> Response:
    """Answer with one model and its offers of an instant. Raises `NotFound` where nobody offers it then."""
    catalog, about = await _then(site, request, text, None)

    def content() -> bytes:
        model = models_of(catalog, site.atlas.matches.of).get(name)
        if model is None:
            raise NotFound(
                f"no listing of {about.at.isoformat()} is of the model {name[:300]!r}: "
                f"/models?at={text} names the providers of which nothing is known then, and why"
            )
        return msgspec.json.encode(model_answer(model, catalog, moment=about, simulated=site.atlas.simulated))

    return private(await asyncio.to_thread(_body, request, content))


async def _then(
    site: Site, request: Request, text: str, slugs: Collection[str] | None
) -> tuple[Catalog, Moment]:
    """Return the catalog of an instant as this caller may see it; a few are put together at once."""
    at = instant_asked(text)
    asked = slugs or {slug for slug, each in site.atlas.providers.items() if each.retired is None}
    sees_all = site.sees_all(request.scope)

    def observed() -> tuple[Catalog, Moment]:
        past = past_catalog(site.atlas.history, asked, at)
        absent = [absent_view(each, synced=each.provider in site.atlas.synced) for each in past.absent]
        return past.catalog if sees_all else public_catalog(past.catalog), Moment(at, absent)

    def announced() -> tuple[Catalog, Moment]:
        coming = site.atlas.prices.announced(site.atlas.served.catalog, at)
        return coming if sees_all else public_catalog(coming), Moment(at, [], announced=True)

    async with site.pasts:
        return await asyncio.to_thread(announced if at > site.now() else observed)


def _body(request: Request, content: Callable[[], bytes]) -> Body:
    made = content()
    wanted = wanted_encoding(header(request.scope["headers"], b"accept-encoding"))
    used: Encoding = wanted if len(made) >= SMALLEST else "identity"
    return body_of(encoded(made, used), used, ())
