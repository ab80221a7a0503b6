"""The catalog: /models, and one listing."""

import asyncio
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType, structs
from starlette.requests import Request
from starlette.responses import Response

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.errors import NotFound
from modelatlas.domain.listing import Mode, Status
from modelatlas.domain.query import MOST, FacetName, Grouping, ModelQuery, Sort, nearest
from modelatlas.domain.snapshot import Origin
from modelatlas.views.models import FIELDS
from modelatlas.views.models_answer import live_in, models_json
from modelatlas.views.one_listing import listing_answer
from modelatlas.views.rows import EncodedListings, FewListings
from modelatlas.web.answers import age_of, kept, private
from modelatlas.web.encodings import SMALLEST, Encoding, encoded, wanted_encoding
from modelatlas.web.keys import header
from modelatlas.web.models_then import models_at
from modelatlas.web.parameters import BadParameter, Parameters
from modelatlas.web.prepared import Body, body_in, body_of
from modelatlas.web.recent import Old, gone
from modelatlas.web.site import Site

LONGEST: Final = 300
"""Characters of a text that is searched for; no id has more."""

Words = Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1)]
Text = Annotated[str, Meta(min_length=1, max_length=LONGEST)]
Usd = Annotated[Decimal, Meta(description="USD per million tokens of the headline price; unknown ones fail.")]
Order = Literal[
    Sort, "-name", "-context_tokens", "-max_output_tokens", "-released", "-input_price", "-output_price"
]
Number = Annotated[int, Meta(ge=0, le=MOST)]


class ModelsParameters(Parameters, frozen=True, kw_only=True):
    """Which listings, in which order, which part of them."""

    gateway: Annotated[Words | UnsetType, Meta(description="`all`, or providers: slugs or aliases.")] = UNSET
    provider: Annotated[Words | UnsetType, Meta(description="The same as `gateway`.")] = UNSET
    q: Annotated[Text | UnsetType, Meta(description="Words that begin words of the id or name.")] = UNSET
    lab: Annotated[Text | UnsetType, Meta(description="Who made the model.")] = UNSET
    mode: Annotated[Mode | UnsetType, Meta(description="What it is for.")] = UNSET
    status: Annotated[Status | UnsetType, Meta(description="What the provider says of it.")] = UNSET
    input_modalities: Annotated[Words | UnsetType, Meta(description="All of these go in.")] = UNSET
    output_modalities: Annotated[Words | UnsetType, Meta(description="All of these come out.")] = UNSET
    supported_parameters: Annotated[Words | UnsetType, Meta(description="It takes all of these.")] = UNSET
    min_context: Annotated[int, Meta(ge=0, le=10**12, description="Tokens of context.")] | UnsetType = UNSET
    max_input_usd_per_million: Usd | UnsetType = UNSET
    max_output_usd_per_million: Usd | UnsetType = UNSET
    free: Annotated[bool | UnsetType, Meta(description="Input and output cost nothing, or not.")] = UNSET
    priced: Annotated[bool | UnsetType, Meta(description="Any unit has a price, or none has.")] = UNSET
    quantization: Annotated[Text | UnsetType, Meta(description="As the provider says it.")] = UNSET
    model: Annotated[Text | UnsetType, Meta(description="The model that it is: `lab/name`.")] = UNSET
    variant: Annotated[Text | UnsetType, Meta(description="How it is served: `fp8`, `fp8+turbo`.")] = UNSET
    deprecated: Annotated[bool | UnsetType, Meta(description="The provider gives it up, or not.")] = UNSET
    origin: Annotated[Origin | UnsetType, Meta(description="Where the listing came from.")] = UNSET
    sort: Annotated[Order | UnsetType, Meta(description="With `-` the largest first.")] = UNSET
    fields: Annotated[Words | UnsetType, Meta(description=f"Keys wanted, of {', '.join(FIELDS)}.")] = UNSET
    group: Annotated[
        Grouping | UnsetType, Meta(description="Listings of one model together; the part counts models then.")
    ] = UNSET
    facets: Annotated[
        tuple[FacetName, ...] | UnsetType, Meta(description="Count the values of these properties.")
    ] = UNSET
    limit: Annotated[Number | UnsetType, Meta(description="At most so many; without it, all.")] = UNSET
    offset: Annotated[Number, Meta(description="Skip so many.")] = 0
    catalog: Annotated[
        Text | UnsetType, Meta(description="The `catalog` of an answer: another part of the same one.")
    ] = UNSET
    cursor: Annotated[Text | UnsetType, Meta(description="The `next` of the page before.")] = UNSET
    at: Annotated[
        Text | UnsetType, Meta(description="The listings of that instant, with the rules valid then.")
    ] = UNSET


class ListingParameters(Parameters, frozen=True, kw_only=True):
    """An id that does not fit into a path."""

    id: Annotated[Text | UnsetType, Meta(description="The provider's id of the listing.")] = UNSET


async def models(site: Site, request: Request, asked: ModelsParameters) -> Response:
    """Answer for one holder of a key, account listings included, or from the past.

    Everybody else is answered by `front`.
    """
    id_, offset = catalog_asked(asked)
    query = structs.replace(query_of(site, asked), offset=offset)
    if asked.at is not UNSET:
        return await models_at(site, request, query, asked.at)
    catalog = site.catalog_for(request.scope)
    if id_ not in {None, catalog.id}:  # what an account saw of older ones is not kept
        raise gone(id_, request.scope["query_string"])
    kept_rows = site.encoded if catalog is site.catalog else EncodedListings(site.atlas.matches.of)
    encoding = wanted_encoding(header(request.scope["headers"], b"accept-encoding"))
    return private(await asyncio.to_thread(_whole, site, catalog, query, kept_rows, encoding))


async def listing_at(site: Site, request: Request, _: Parameters) -> Response:
    """Answer with the listing that the path names."""
    return _listing(site, request, request.path_params["id"])


async def listing_named(site: Site, request: Request, asked: ListingParameters) -> Response:
    """Answer with the listing that the parameter names."""
    if asked.id is UNSET:
        slug = site.slug_at(request.path_params["provider"])
        raise BadParameter(f"id is missing: expected ?id=ID; /models?gateway={slug} lists all", "id")
    return _listing(site, request, asked.id)


def query_of(site: Site, asked: ModelsParameters) -> ModelQuery:
    """Turn parameters into a question in its normal form: equal questions are equal values."""
    given = {name: value for name, value in structs.asdict(asked).items() if value is not UNSET}
    for name in ("at", "catalog", "cursor"):
        given.pop(name, None)
    providers = providers_of(site, given)
    for name in given.get("fields", ()):
        if name not in FIELDS:
            raise BadParameter(f"fields={name[:100]!r}: {nearest(name[:100], FIELDS)}", "fields", FIELDS)
    for name in ("input_modalities", "output_modalities", "supported_parameters"):
        given[name] = tuple(sorted(given.get(name, ())))
    if "q" in given:
        given["q"] = " ".join(given["q"].lower().split())
    return ModelQuery(providers=providers, **given)


def catalog_asked(asked: ModelsParameters) -> tuple[str | None, int]:
    """Return the id of the catalog that a question is about, None for that of the moment, and the offset."""
    if asked.cursor is UNSET:
        return None if asked.catalog is UNSET else asked.catalog, asked.offset
    if asked.catalog is not UNSET or asked.offset:
        raise BadParameter("cursor holds the catalog and the offset: leave these out", "cursor")
    id_, _, offset = asked.cursor.rpartition(".")
    if not id_ or not (offset.isascii() and offset.isdigit()) or int(offset) > MOST:
        raise BadParameter(
            f"cursor={asked.cursor[:100]!r}: expected the `next` of an answer to the same question", "cursor"
        )
    return id_, int(offset)


def write_old(site: Site, old: Old, query: ModelQuery, encoding: Encoding) -> Body:
    """Write the public answer to a question about a catalog that was replaced."""
    pieces = models_json(old.catalog, query, FewListings(old.matches.of), simulated=site.atlas.simulated)
    content = pieces.joined()
    used: Encoding = encoding if len(content) >= SMALLEST else "identity"
    return body_in(old.catalog, encoded(content, used), used, live_in(old.catalog, query))


def providers_of(site: Site, given: dict[str, Any]) -> frozenset[str] | None:
    """Take the words for providers out of what is given; return their slugs, None for all."""
    parameter = "provider" if given.get("provider") else "gateway"
    words = _provider_words(given)
    everything = not words or any(word.lower() == "all" for word in words)
    return None if everything else frozenset(site.slug_of(word, parameter) for word in words)


def _provider_words(given: dict[str, Any]) -> tuple[str, ...]:
    gateway, provider = given.pop("gateway", ()), given.pop("provider", ())
    if gateway and provider:
        raise BadParameter("gateway and provider mean the same: expected one of them", "provider")
    words: tuple[str, ...] = gateway or provider
    return words


def _whole(
    site: Site, catalog: Catalog, query: ModelQuery, rows: EncodedListings, encoding: Encoding
) -> Body:
    pieces = models_json(catalog, query, rows, simulated=site.atlas.simulated)
    return _encoded(pieces.joined(), encoding)


def _encoded(content: bytes, encoding: Encoding) -> Body:
    used: Encoding = encoding if len(content) >= SMALLEST else "identity"
    return body_of(encoded(content, used), used, ())


def _listing(site: Site, request: Request, id_: str) -> Response:
    slug = site.slug_at(request.path_params["provider"])
    part = site.catalog_for(request.scope).snapshots.get(slug)
    listing = None if part is None else part.find(id_)
    if part is None or listing is None:
        raise NotFound(f"{slug} lists no {id_[:LONGEST]!r}: look in /models?gateway={slug}&q=WORDS")
    encoding = wanted_encoding(header(request.scope["headers"], b"accept-encoding"))
    match = site.atlas.matches.of(part).get(listing.id)
    answer = listing_answer(
        part,
        listing,
        match,
        site.sources_of(slug, id_, sees_all=site.sees_all(request.scope)),
        simulated=site.atlas.simulated,
    )
    content = msgspec.json.encode(answer)
    body = _encoded(content, encoding)
    if listing.visibility == "account":
        return private(body)
    live = () if part.origin == "reference" else (slug,)
    return kept(request.scope, body, age_of(live, site.catalog.snapshots, site.now()))
