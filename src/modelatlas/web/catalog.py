"""The catalog by model: /catalog/models, one model, /resolve, and what is not matched."""

import asyncio
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from modelatlas.domain.errors import NotFound
from modelatlas.domain.identity.models import Model, grouped, spread
from modelatlas.domain.identity.unmatched import Question
from modelatlas.domain.listing import Listing, Mode
from modelatlas.domain.query import MOST, ModelQuery, nearest, select
from modelatlas.views.catalog_models import catalog_models_answer, model_answer
from modelatlas.views.matches import match_view
from modelatlas.views.questions import QuestionsAnswer, ResolveAnswer, questions_answer
from modelatlas.web.answers import age_of, kept, private
from modelatlas.web.encodings import SMALLEST, encoded, wanted_encoding
from modelatlas.web.history import Instant
from modelatlas.web.keys import header
from modelatlas.web.models import Text, Words, providers_of
from modelatlas.web.models_then import model_at
from modelatlas.web.parameters import BadParameter, Parameters
from modelatlas.web.prepared import Body, body_of
from modelatlas.web.site import Site

Order = Literal[
    "model", "-model", "listings", "-listings", "providers", "-providers", "input_price", "-input_price",
    "output_price", "-output_price",
]  # fmt: skip
Page = Annotated[int, Meta(ge=0, le=MOST)]
LARGEST_PAGE: Final = 1_000


class CatalogParameters(Parameters, frozen=True, kw_only=True):
    """Which models, in which order, which part of them."""

    gateway: Annotated[Words | UnsetType, Meta(description="Offered by these: slugs or aliases.")] = UNSET
    provider: Annotated[Words | UnsetType, Meta(description="The same as `gateway`.")] = UNSET
    q: Annotated[Text | UnsetType, Meta(description="Words that begin words of the model's name.")] = UNSET
    lab: Annotated[Text | UnsetType, Meta(description="Who made it.")] = UNSET
    mode: Annotated[Mode | UnsetType, Meta(description="What a provider offers it for.")] = UNSET
    sort: Annotated[Order, Meta(description="With `-` the largest first; prices are medians.")] = "model"
    limit: Annotated[Page, Meta(description="At most so many.")] = 100
    offset: Annotated[Page, Meta(description="Skip so many.")] = 0


class ModelParameters(Parameters, frozen=True, kw_only=True):
    """When."""

    at: Annotated[Instant | UnsetType, Meta(description="An instant; without it, now.")] = UNSET


class ResolveParameters(Parameters, frozen=True, kw_only=True):
    """A listing, as its provider writes it."""

    provider: Annotated[Text | UnsetType, Meta(description="Any word for a provider.")] = UNSET
    id: Annotated[Text | UnsetType, Meta(description="The provider's id of the listing.")] = UNSET
    name: Annotated[Text | UnsetType, Meta(description="How the provider calls it.")] = UNSET


class UnmatchedParameters(Parameters, frozen=True, kw_only=True):
    """Which part of the questions."""

    problem: Annotated[
        Literal["unmatched", "conflicting"] | UnsetType, Meta(description="One of the two.")
    ] = UNSET
    limit: Annotated[int, Meta(ge=0, le=LARGEST_PAGE, description="At most so many.")] = 100
    offset: Annotated[Page, Meta(description="Skip so many.")] = 0


async def catalog_models(site: Site, request: Request, asked: CatalogParameters) -> Response:
    """Answer with models; the work is done in a thread."""
    catalog = site.catalog_for(request.scope)
    given = {name: value for name in ("gateway", "provider") if (value := getattr(asked, name)) is not UNSET}
    query = ModelQuery(providers=providers_of(site, given), mode=None if asked.mode is UNSET else asked.mode)

    def answer() -> Struct:
        found = select(catalog, query, site.atlas.matches.of)
        models = grouped(found.page, catalog, site.atlas.matches.of)
        chosen = _sorted([model for model in models.values() if _is_wanted(model, asked)], asked.sort)
        unmatched = found.total - sum(len(model.offers) for model in models.values())
        page = chosen[asked.offset : asked.offset + asked.limit]
        return catalog_models_answer(
            chosen, page, unmatched=unmatched, catalog=catalog, simulated=site.atlas.simulated
        )

    return await _kept(site, request, answer)


async def catalog_model(site: Site, request: Request, asked: ModelParameters) -> Response:
    """Answer with one model and all its offers, now or as they were."""
    wanted = f"{request.path_params['lab']}/{request.path_params['name']}".lower()
    if asked.at is not UNSET:
        return await model_at(site, request, wanted, asked.at)
    catalog = site.catalog_for(request.scope)
    models = await asyncio.to_thread(site.models_for, request.scope)
    model = models.get(wanted)
    if model is None:
        hint = nearest(wanted[:300], _names(models, wanted))
        raise NotFound(f"no listing is of the model {wanted[:300]!r}: {hint}")
    return await _kept(site, request, lambda: model_answer(model, catalog, simulated=site.atlas.simulated))


async def resolve(site: Site, request: Request, asked: ResolveParameters) -> Response:
    """Answer with the model of a listing; one that is in the catalog brings what its provider declares."""
    if asked.provider is UNSET or asked.id is UNSET:
        raise BadParameter("expected ?provider=WORD&id=ID", "provider" if asked.provider is UNSET else "id")
    slug = site.words().get(asked.provider.lower(), asked.provider)
    part = site.catalog_for(request.scope).snapshots.get(slug)
    name = None if asked.name is UNSET else asked.name
    listing = None if part is None else part.find(asked.id)
    found = site.atlas.matches.match(listing or Listing(slug, asked.id, name))
    match = None if found is None else match_view(found, None if listing is None else part)
    answer = ResolveAnswer(slug, asked.id, listing is not None, match)
    return await _kept(site, request, lambda: answer)


async def unmatched(site: Site, request: Request, asked: UnmatchedParameters) -> Response:
    """Answer with what is not matched or contradicted, those that one word would join most listings first."""
    questions = await asyncio.to_thread(site.questions_for, request.scope)
    chosen = [each for each in questions if asked.problem is UNSET or each.problem == asked.problem]
    page: Sequence[Question] = chosen[asked.offset : asked.offset + asked.limit]
    answer: QuestionsAnswer = questions_answer(chosen, page, site.catalog.id, simulated=site.atlas.simulated)
    return await _kept(site, request, lambda: answer)


async def _kept(site: Site, request: Request, answer: Callable[[], Struct]) -> Response:
    """Answer so that a client may keep it; with a key, for the client alone."""
    encoding = wanted_encoding(header(request.scope["headers"], b"accept-encoding"))

    def body() -> Body:
        content = msgspec.json.encode(answer())
        used = encoding if len(content) >= SMALLEST else "identity"
        return body_of(encoded(content, used), used, ())

    made = await asyncio.to_thread(body)
    if site.sees_all(request.scope):
        return private(made)
    catalog = site.catalog
    return kept(request.scope, made, age_of(catalog.live, catalog.snapshots, site.now()))


def _is_wanted(model: Model, asked: CatalogParameters) -> bool:
    if asked.lab is not UNSET and model.lab != asked.lab.lower():
        return False
    if asked.q is UNSET:
        return True
    text = " " + model.id.replace("/", " ").replace("-", " ")
    return all(f" {word}" in text for word in asked.q.lower().replace("/", " ").replace("-", " ").split())


def _sorted(models: list[Model], sort: str) -> list[Model]:
    """Sort models, those without a value last, ties by name."""
    value = _VALUES[sort.removeprefix("-")]
    keyed = [(value(model), model) for model in models]
    have = [pair for pair in keyed if pair[0] is not None]
    have.sort(key=lambda pair: pair[0], reverse=sort.startswith("-"))
    return [model for _, model in have] + [model for key, model in keyed if key is None]


def _median(model: Model, unit: str) -> Decimal | None:
    return spread(model.offers, unit).median


_VALUES: Final[dict[str, Callable[[Model], Any]]] = {
    "model": lambda model: model.id,
    "listings": lambda model: len(model.offers),
    "providers": lambda model: len(model.providers),
    "input_price": lambda model: _median(model, "input_token"),
    "output_price": lambda model: _median(model, "output_token"),
}


def _names(models: dict[str, Model], wanted: str) -> list[str]:
    """Return the models among which the nearest is sought: those of the lab, else the first thousand."""
    lab = wanted.partition("/")[0] + "/"
    return [name for name in models if name.startswith(lab)] or list(models)[:1_000]
