"""/models?at=: the catalog as it was, put together from what was observed."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from modelatlas.domain.query import ModelQuery
from modelatlas.flows.past import past_catalog
from modelatlas.views.models_answer import EncodedListings, Past, absent_view, models_json
from modelatlas.views.visibility import public_catalog
from modelatlas.web.answers import private
from modelatlas.web.encodings import SMALLEST, Encoding, encoded, wanted_encoding
from modelatlas.web.history import past_instant
from modelatlas.web.keys import header
from modelatlas.web.prepared import Body, body_of
from modelatlas.web.site import Site


async def models_at(site: Site, request: Request, query: ModelQuery, text: str) -> Response:
    """Answer with the listings of an instant, and name the providers of which nothing is known then."""
    at = past_instant(site, text)
    slugs = query.providers or {slug for slug, each in site.atlas.providers.items() if each.retired is None}
    encoding = wanted_encoding(header(request.scope["headers"], b"accept-encoding"))
    sees_all = site.sees_all(request.scope)

    def answer() -> Body:
        past = past_catalog(site.atlas.history, slugs, at)
        catalog = past.catalog if sees_all else public_catalog(past.catalog)
        about = Past(
            at, [absent_view(each, synced=each.provider in site.atlas.synced) for each in past.absent]
        )
        content = models_json(
            catalog, query, EncodedListings(site.atlas.matches.of), simulated=site.atlas.simulated, past=about
        )
        used: Encoding = encoding if len(content) >= SMALLEST else "identity"
        return body_of(encoded(content, used), used, ())

    async with site.pasts:
        return private(await asyncio.to_thread(answer))
