"""The lists of models of OpenAI and OpenRouter, for clients that speak with these."""

from typing import Annotated, Any, Final
from urllib.parse import urlencode

from msgspec import UNSET, Meta, UnsetType, structs
from starlette.requests import Request
from starlette.responses import Response

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.errors import NotFound
from modelatlas.domain.query import MOST, nearest
from modelatlas.views.exports.facts import facts_of
from modelatlas.views.exports.format import encode, source_of, sources_of
from modelatlas.views.exports.litellm import LITELLM
from modelatlas.views.exports.openai import OPENAI, model_of, rows, whole
from modelatlas.views.exports.openrouter import (
    MOST as LARGEST_PAGE,
)
from modelatlas.views.exports.openrouter import (
    OPENROUTER,
    PATH,
    OpenRouterQuery,
    Order,
    endpoints,
    items_of,
    models,
)
from modelatlas.web.answers import age_of, kept
from modelatlas.web.documents import Write, Written
from modelatlas.web.exports import ExportParameters, answered, live_of, slugs_of, written_by
from modelatlas.web.models import Text, Usd, Words
from modelatlas.web.parameters import Parameters
from modelatlas.web.prepared import body_of
from modelatlas.web.site import Site

_ITEMS: Final = 40
"""Names of items among which the nearest is sought are those of one author, or so many."""


class OpenRouterParameters(Parameters, frozen=True, kw_only=True):
    """Which models, as a client of OpenRouter asks."""

    q: Annotated[Text | UnsetType, Meta(description="Words of the id or the name.")] = UNSET
    sort: Annotated[Order | UnsetType, Meta(description="In which order; else by id.")] = UNSET
    providers: Annotated[Words | UnsetType, Meta(description="Offered by these; of one: its own ids.")] = (
        UNSET
    )
    model_authors: Annotated[Words | UnsetType, Meta(description="What stands before the slash.")] = UNSET
    supported_parameters: Annotated[Words | UnsetType, Meta(description="It takes all of these.")] = UNSET
    input_modalities: Annotated[Words | UnsetType, Meta(description="All of these go in.")] = UNSET
    output_modalities: Annotated[Words, Meta(description="All of these come out; `all` for any.")] = ("text",)
    context: Annotated[int, Meta(ge=0, le=10**12, description="Tokens, at least.")] | UnsetType = UNSET
    min_price: Usd | UnsetType = UNSET
    max_price: Usd | UnsetType = UNSET
    min_output_price: Usd | UnsetType = UNSET
    max_output_price: Usd | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=LARGEST_PAGE, description="At most so many.")] | UnsetType = UNSET
    offset: Annotated[int, Meta(ge=0, le=MOST, description="Skip so many.")] = 0


class EndpointsParameters(Parameters, frozen=True, kw_only=True):
    """Whose offers."""

    providers: Annotated[Words | UnsetType, Meta(description="Offered by these; of one: its own id.")] = UNSET


async def openai_models(site: Site, request: Request, asked: ExportParameters) -> Response:
    """Answer with ids; of one provider with its own ones."""
    slugs = slugs_of(site, asked)
    own_ids = slugs is not None and len(slugs) == 1

    def write(catalog: Catalog) -> Written:
        sources = sources_of(catalog, site.atlas.matches.of, site.atlas.providers, slugs)
        export = whole([rows(source, own_ids=own_ids) for source in sources])
        return Written(export.content, export.entries, 0, live_of(catalog, slugs))

    return await answered(site, request, OPENAI, slugs, write)


async def openai_model(site: Site, request: Request, asked: ExportParameters) -> Response:
    """Answer with one listing, named `provider/id`, or by its own id where one provider is asked for."""
    slugs = slugs_of(site, asked)
    id_ = request.path_params["id"]
    if slugs is not None and len(slugs) == 1:
        (slug,), own = slugs, id_
    else:
        slug, _, own = id_.partition("/")
    part = site.catalog.snapshots.get(slug)
    listing = None if part is None else part.find(own)
    if part is None or listing is None:
        raise NotFound(f"there is no model {id_[:300]!r}: expected provider/id, as /v1/models lists them")
    one = source_of(
        structs.replace(part, listings=(listing,)),
        site.atlas.matches.of(part),
        facts_of(slug, site.atlas.providers.get(slug)),
    )
    content = encode(model_of(one.offers[0], own_ids=own == id_))
    return kept(request.scope, body_of(content, "identity", ()), None)


async def openrouter_models(site: Site, request: Request, asked: OpenRouterParameters) -> Response:
    """Answer with models, in OpenRouter's shape."""
    query = _query(site, asked)
    next_url = _next(request, query)
    question = (query, next_url) if request.url.query else None
    return await answered(site, request, OPENROUTER, question, _openrouter(site, query, next_url))


def expect_impatient(site: Site) -> None:
    """Have the lists ready whose readers wait five seconds and then go without: LiteLLM, LibreChat."""
    site.documents.expect((LITELLM.name, None), written_by(site, LITELLM, None))
    query = _query(site, OpenRouterParameters())
    site.documents.expect((OPENROUTER.name, None), _openrouter(site, query, None))


def _openrouter(site: Site, query: OpenRouterQuery, next_url: str | None) -> Write:
    def write(catalog: Catalog) -> Written:
        sources = sources_of(catalog, site.atlas.matches.of, site.atlas.providers, query.providers)
        export = models(sources, query, next_url)
        return Written(export.content, export.entries, len(export.losses), live_of(catalog, query.providers))

    return write


async def openrouter_endpoints(site: Site, request: Request, asked: EndpointsParameters) -> Response:
    """Answer with all offers of one model, or with those of some providers."""
    id_ = request.path_params["id"]
    slugs = _slugs(site, asked.providers)
    catalog = site.catalog

    def answer() -> bytes:
        sources = sources_of(catalog, site.atlas.matches.of, site.atlas.providers, slugs)
        items = {item.id: item for item in items_of(sources, slugs)}
        if id_ not in items:
            raise NotFound(
                f"there is no model {id_[:300]!r} with a price: {nearest(id_[:300], _near(items, id_))}"
            )
        return encode(endpoints(items[id_]))

    content = await site.documents.in_turn(answer)
    return kept(
        request.scope,
        body_of(content, "identity", ()),
        age_of(live_of(catalog, slugs), catalog.snapshots, site.now()),
    )


def _near(items: dict[str, Any], id_: str) -> list[str]:
    author = id_.partition("/")[0] + "/"
    return [name for name in items if name.startswith(author)] or list(items)[:_ITEMS]


def _query(site: Site, asked: OpenRouterParameters) -> OpenRouterQuery:
    given = {name: value for name in asked.__struct_fields__ if (value := getattr(asked, name)) is not UNSET}
    slugs = _slugs(site, given.pop("providers", UNSET))
    return OpenRouterQuery(providers=slugs, **given)


def _slugs(site: Site, words: Words | UnsetType) -> frozenset[str] | None:
    return None if words is UNSET else frozenset(site.slug_of(word, "providers") for word in words)


def _next(request: Request, query: OpenRouterQuery) -> str | None:
    """Return where the next page is: the same question, further on."""
    if query.limit is None:
        return None
    asked = dict(request.query_params.items())
    return f"{PATH}?{urlencode({**asked, 'offset': query.offset + query.limit}, safe=',')}"
