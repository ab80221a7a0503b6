"""The past: what changed, what a listing cost, and the catalog as it was."""

import asyncio
from datetime import datetime
from typing import Annotated, Final

from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from modelatlas.domain.changes import ChangeQuery, Changes, Kind
from modelatlas.domain.errors import BadRequest, NotFound
from modelatlas.domain.evaluation import Circumstances
from modelatlas.domain.instants import instant_from
from modelatlas.domain.price import Tier
from modelatlas.domain.query import nearest
from modelatlas.domain.rates import Display, currency_named
from modelatlas.domain.units import UNITS
from modelatlas.flows.past import priced_then
from modelatlas.views.changes import atom, changes_answer, position_of
from modelatlas.views.price_history import looked_up, price_history_answer
from modelatlas.web.answers import momentary
from modelatlas.web.parameters import BadParameter, Parameters
from modelatlas.web.site import Site

MOST: Final = 1_000
"""Changes on one page."""

Instant = Annotated[str, Meta(max_length=40)]
Unit = Annotated[str, Meta(max_length=60)]
Cursor = Annotated[str, Meta(max_length=60)]
Region = Annotated[str, Meta(min_length=1, max_length=100)]
Currency = Annotated[str, Meta(min_length=3, max_length=3)]
MOST_TOKENS: Final = 10**12
Version = Annotated[int, Meta(ge=1, le=10**6)]
Words = Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1)]


class ChangesParameters(Parameters, frozen=True, kw_only=True):
    """Which changes."""

    since: Annotated[Instant | UnsetType, Meta(description="Observed at this instant or later.")] = UNSET
    until: Annotated[Instant | UnsetType, Meta(description="Observed before this instant.")] = UNSET
    provider: Annotated[Words | UnsetType, Meta(description="Slugs or aliases; without it, all.")] = UNSET
    kind: Annotated[tuple[Kind, ...] | UnsetType, Meta(description="Kinds; without it, all.")] = UNSET
    limit: Annotated[int, Meta(ge=1, le=MOST, description="At most so many.")] = 100
    cursor: Annotated[Cursor | UnsetType, Meta(description="The `next` of the page before.")] = UNSET


class PriceHistoryParameters(Parameters, frozen=True, kw_only=True):
    """Which unit, and read by which version."""

    unit: Annotated[Unit | UnsetType, Meta(description="Only this unit.")] = UNSET
    as_read: Annotated[Version | UnsetType, Meta(description="As this version of the reading knew it.")] = (
        UNSET
    )


class PricesParameters(Parameters, frozen=True, kw_only=True):
    """Which unit, when, and in which circumstances."""

    at: Annotated[Instant | UnsetType, Meta(description="An instant; without it, now.")] = UNSET
    unit: Annotated[Unit | UnsetType, Meta(description="Only this unit.")] = UNSET
    tier: Annotated[Tier, Meta(description="The service tier.")] = "standard"
    prompt_tokens: Annotated[int, Meta(ge=0, le=MOST_TOKENS, description="How long the whole prompt is.")] = 0
    region: Annotated[Region | UnsetType, Meta(description="As the source names it.")] = UNSET
    currency: Annotated[Currency | UnsetType, Meta(description="Show amounts in it, too, for display.")] = (
        UNSET
    )


async def changes(site: Site, request: Request, asked: ChangesParameters) -> Response:
    """Answer with what changed."""
    found = await _changes(site, request, asked)
    return momentary(changes_answer(found, simulated=site.atlas.simulated))


async def changes_atom(site: Site, request: Request, asked: ChangesParameters) -> Response:
    """Answer with what changed, as a feed."""
    found = await _changes(site, request, asked)
    content = await asyncio.to_thread(atom, found, updated=site.now())
    return Response(content, 200, {"Cache-Control": "no-store"}, "application/atom+xml")


async def price_history(site: Site, request: Request, asked: PriceHistoryParameters) -> Response:
    """Answer with all that was observed of a listing's prices."""
    slug, id_ = site.slug_at(request.path_params["provider"]), request.path_params["id"]
    unit = unit_of(asked.unit)
    found = await asyncio.to_thread(site.atlas.history.of, slug, id_)
    if found is None or not (found.visibility == "public" or site.sees_all(request.scope)):
        raise _never_seen(site, slug, id_)
    reading = None if asked.as_read is UNSET else asked.as_read
    return momentary(price_history_answer(found, unit, reading, simulated=site.atlas.simulated))


async def prices(site: Site, request: Request, asked: PricesParameters) -> Response:
    """Answer with what a listing costs now, or cost at an instant, by whoever's word counts."""
    slug, id_ = site.slug_at(request.path_params["provider"]), request.path_params["id"]
    unit = unit_of(asked.unit)
    now = site.now()
    at = now if asked.at is UNSET else instant_asked(asked.at)
    seen = await asyncio.to_thread(site.atlas.history.of, slug, id_)
    if seen is not None and seen.visibility != "public" and not site.sees_all(request.scope):
        seen = None
    lookup = site.lookup_for(request.scope, history=None if seen is None else site.atlas.history)
    found = await asyncio.to_thread(lookup.prices, slug, id_, at)
    region = None if asked.region is UNSET else asked.region
    costs, reasons = found.evaluated(Circumstances(at, asked.prompt_tokens, asked.tier, region))
    wanted = [cost for cost in costs.values() if unit in {None, cost.unit}]
    unknown = {each: why for each, why in reasons.items() if unit in {None, each}}
    reason = None
    if not wanted and found.suspects:
        reason = "quarantined"
    elif not wanted:
        past = None if asked.at is UNSET or at > now else at
        reason = await _why_none(site, request, slug, id_, past=past, seen=seen is not None)
    display = None if asked.currency is UNSET else _display(site, asked.currency, at)
    simulated = site.atlas.simulated
    told = looked_up(
        slug, id_, at, wanted, reason, unknown, display=display, announced=at > now, simulated=simulated
    )
    return momentary(told)


def _display(site: Site, currency: str, at: datetime) -> Display:
    try:
        return Display(currency_named(currency), at.date(), site.atlas.rates)
    except BadRequest as error:
        raise BadParameter(str(error), "currency") from None


async def _why_none(
    site: Site, request: Request, slug: str, id_: str, *, past: datetime | None, seen: bool
) -> str:
    """Say why there is no price. Raises `NotFound` for what nobody lists, or has seen."""
    if past is not None:
        if not seen:
            raise _never_seen(site, slug, id_)
        then = await asyncio.to_thread(priced_then, site.atlas.history, slug, id_, past)
        return then.reason or "no_price"
    part = site.catalog_for(request.scope).snapshots.get(slug)
    if part is None or part.find(id_) is None:
        raise NotFound(
            f"{slug} lists no {id_[:300]!r}: look in /models?gateway={slug}&q=WORDS, or ask with at="
        )
    return "no_price"


def instant_asked(text: str, name: str = "at") -> datetime:
    """Read an instant. Raises `BadParameter`."""
    try:
        return instant_from(text)
    except BadRequest as error:
        raise BadParameter(f"{name}: {error}", name) from None


async def _changes(site: Site, request: Request, asked: ChangesParameters) -> Changes:
    query = ChangeQuery(
        since=None if asked.since is UNSET else instant_asked(asked.since, "since"),
        until=None if asked.until is UNSET else instant_asked(asked.until, "until"),
        providers=None
        if asked.provider is UNSET
        else frozenset(site.slug_of(word, "provider") for word in asked.provider),
        kinds=None if asked.kind is UNSET else frozenset(asked.kind),
        limit=asked.limit,
        after=None if asked.cursor is UNSET else position_of(asked.cursor),
        private=site.sees_all(request.scope),
    )
    return await asyncio.to_thread(site.atlas.history.changes, query)


def unit_of(unit: str | UnsetType) -> str | None:
    """Return the unit that is asked for, None for all. Raises `BadParameter`."""
    if unit is UNSET:
        return None
    if unit not in UNITS:
        raise BadParameter(f"unit={unit!r}: {nearest(unit, UNITS)}", "unit", sorted(UNITS))
    return unit


def _never_seen(site: Site, slug: str, id_: str) -> NotFound:
    since = site.atlas.history.history_from().get(slug)
    told = (
        f"{slug} is not observed yet: add it to PRICING_SYNC_PROVIDERS, or sync it"
        if since is None
        else f"{slug} is observed since {since.isoformat()}"
    )
    return NotFound(f"{id_[:300]!r} of {slug} was never seen by a sync; {told}")
