"""Pins: exports that are kept under the hash of their bytes."""

import asyncio
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from modelatlas.domain.errors import NotFound
from modelatlas.views.pins import pins_answer
from modelatlas.web.answers import kept, momentary
from modelatlas.web.encodings import SMALLEST, Encoding, encoded, wanted_encoding
from modelatlas.web.exports import told
from modelatlas.web.keys import header
from modelatlas.web.parameters import Parameters
from modelatlas.web.prepared import body_of
from modelatlas.web.site import Site

FOR_EVER: Final = b"public, max-age=31536000, immutable"
LONGEST: Final = 64
"""Characters of a hash."""


async def pins(site: Site, _: Request, __: Parameters) -> Response:
    """Answer with what is kept."""
    return momentary(pins_answer(await asyncio.to_thread(site.atlas.pins.all)))


async def pin(site: Site, request: Request, _: Parameters) -> Response:
    """Answer with the bytes of one pin: they are the same for ever."""
    hash_ = request.path_params["hash"].lower()[: LONGEST + 1]
    found = next((each for each in await asyncio.to_thread(site.atlas.pins.all) if each.hash == hash_), None)
    content = None if found is None else await asyncio.to_thread(site.atlas.pins.content, hash_)
    if found is None or content is None:
        raise NotFound(f"nothing is kept under {hash_!r}: /pins lists what is, by whole hashes")
    encoding = wanted_encoding(header(request.scope["headers"], b"accept-encoding"))
    used: Encoding = encoding if len(content) >= SMALLEST else "identity"
    body = await asyncio.to_thread(lambda: body_of(encoded(content, used), used, ()))
    counts = found.entries, found.losses
    answer = told(kept(request.scope, body, None), counts, found.media_type, None)
    answer.raw_headers = [
        (name, FOR_EVER if name == b"cache-control" else value) for name, value in answer.raw_headers
    ]
    return answer
