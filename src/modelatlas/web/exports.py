"""The catalog in other tools' formats: documents kept as bytes for as long as the catalog is the same."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Annotated, Any, Final

from msgspec import UNSET, Meta, Struct, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.errors import NotFound
from modelatlas.domain.query import MOST, nearest
from modelatlas.views.exports.format import Export, Format, sources_of
from modelatlas.views.exports.formats import FORMATS, HISTORICAL, HISTORICAL_PATH
from modelatlas.views.exports.llm_prices import KEYS, historical
from modelatlas.views.exports.losses import Part, formats_answer, losses_answer
from modelatlas.web.answers import age_of, kept, momentary
from modelatlas.web.documents import Write, Written
from modelatlas.web.encodings import SMALLEST, Encoding, encoded, wanted_encoding
from modelatlas.web.keys import header
from modelatlas.web.models import Words, providers_of
from modelatlas.web.parameters import Parameters
from modelatlas.web.prepared import body_of
from modelatlas.web.site import Site

LARGEST_PAGE: Final = 1_000

Page = Annotated[int, Meta(ge=0, le=MOST)]
Handler = Callable[[Site, Request, Any], Awaitable[Response]]


class ExportParameters(Parameters, frozen=True, kw_only=True):
    """Which providers."""

    gateway: Annotated[Words | UnsetType, Meta(description="Of these only: slugs or aliases.")] = UNSET
    provider: Annotated[Words | UnsetType, Meta(description="The same as `gateway`.")] = UNSET


class LossesParameters(ExportParameters, frozen=True, kw_only=True):
    """Of which providers, and which part of the losses."""

    limit: Annotated[int, Meta(ge=0, le=LARGEST_PAGE, description="At most so many.")] = 100
    offset: Annotated[Page, Meta(description="Skip so many.")] = 0


async def exports(_: Site, __: Request, ___: Parameters) -> Response:
    """Answer with all formats."""
    return momentary(formats_answer(list(FORMATS.values()), HISTORICAL, HISTORICAL_PATH))


async def losses(site: Site, request: Request, asked: LossesParameters) -> Response:
    """Answer with what a format does not hold."""
    name = request.path_params["format"]
    slugs = slugs_of(site, asked)
    catalog = site.catalog
    if name == HISTORICAL:
        past = await _past(site)
    elif name not in FORMATS:
        raise NotFound(f"format {name[:100]!r}: {nearest(name[:100], [*FORMATS, HISTORICAL])}")

    def answer() -> Struct:
        if name == HISTORICAL:
            export = past
        else:
            export = FORMATS[name].export(
                sources_of(catalog, site.atlas.matches.of, site.atlas.providers, slugs)
            )
        part = Part(asked.offset, asked.limit)
        return losses_answer(name, export, catalog.id, part, simulated=site.atlas.simulated)

    return momentary(await site.documents.in_turn(answer))


def export_of(format_: Format) -> Handler:
    """Return the handler of a format."""

    async def handler(site: Site, request: Request, asked: ExportParameters) -> Response:
        slugs = slugs_of(site, asked)
        return await answered(site, request, format_, slugs, written_by(site, format_, slugs))

    handler.__name__ = f"export_{format_.name.replace('-', '_').replace('.', '_')}"
    return handler


def written_by(site: Site, format_: Format, slugs: frozenset[str] | None) -> Write:
    """Return what writes a format, of all providers or of some."""

    def write(catalog: Catalog) -> Written:
        sources = sources_of(catalog, site.atlas.matches.of, site.atlas.providers, slugs)
        export = format_.export(sources)
        return Written(export.content, export.entries, len(export.losses), live_of(catalog, slugs))

    return write


async def llm_prices_historical(site: Site, request: Request, _: Parameters) -> Response:
    """Answer with what the store observed from day to day; kept until another run ends."""
    export = await _past(site)
    encoding = wanted_encoding(header(request.scope["headers"], b"accept-encoding"))
    used: Encoding = encoding if len(export.content) >= SMALLEST else "identity"
    body = await asyncio.to_thread(lambda: body_of(encoded(export.content, used), used, ()))
    counts = export.entries, len(export.losses)
    where = f"/exports/{HISTORICAL}/losses"
    return told(kept(request.scope, body, None), counts, "application/json", where)


async def answered(
    site: Site, request: Request, format_: Format, question: Hashable | None, write: Write
) -> Response:
    """Answer with a document that everybody may have and keep; without a question it is made ahead."""
    encoding = wanted_encoding(header(request.scope["headers"], b"accept-encoding"))
    name = (format_.name, question)
    document = await site.documents.document(name, write, ahead=question is None)
    body = document.bodies.get(encoding)
    if body is None:
        body = await asyncio.to_thread(document.body, encoding)
    age = age_of(body.live, document.catalog.snapshots, site.now())
    counts = document.entries, document.losses
    return told(kept(request.scope, body, age), counts, format_.media_type, f"/exports/{format_.name}/losses")


def told(answer: Response, counts: tuple[int, int], media_type: str, losses_at: str | None) -> Response:
    """Add how many entries a document has, how many losses, and where these are told."""
    entries, losses = counts
    headers = [pair for pair in answer.raw_headers if pair[0] != b"content-type"]
    if len(headers) < len(answer.raw_headers):
        headers.append((b"content-type", media_type.encode()))
    headers.append((b"x-entries", str(entries).encode()))
    headers.append((b"x-losses", str(losses).encode()))
    if losses_at is not None:
        headers.append((b"link", f'<{losses_at}>; rel="describedby"'.encode()))
    answer.raw_headers = headers
    return answer


async def _past(site: Site) -> Export:
    history = site.atlas.history
    return await site.readings((HISTORICAL,), lambda _: historical(history.plain_spells(tuple(KEYS))))


def slugs_of(site: Site, asked: ExportParameters) -> frozenset[str] | None:
    """Return the slugs of the providers that are asked for, None for all."""
    given = {name: value for name in ("gateway", "provider") if (value := getattr(asked, name)) is not UNSET}
    return providers_of(site, given)


def live_of(catalog: Catalog, slugs: frozenset[str] | None) -> tuple[str, ...]:
    """Return whose own words are in a document."""
    return tuple(slug for slug in catalog.live if slugs is None or slug in slugs)
