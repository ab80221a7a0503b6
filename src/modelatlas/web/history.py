"""The past: what changed, what a listing cost, and the catalog as it was."""

import asyncio
from datetime import datetime
from typing import Annotated, Final

from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from modelatlas.domain.changes import ChangeQuery, Changes, Kind
from modelatlas.domain.errors import BadRequest, NotFound
from modelatlas.domain.instants import instant_from
from modelatlas.domain.past import not_in_the_future, priced
from modelatlas.domain.query import nearest
from modelatlas.domain.units import UNITS
from modelatlas.flows.past import priced_then
from modelatlas.views.changes import atom, changes_answer, position_of
from modelatlas.views.one_listing import find
from modelatlas.views.price_history import price_history_answer, prices_answer
from modelatlas.web.answers import momentary
from modelatlas.web.parameters import BadParameter, Parameters
from modelatlas.web.site import Site

MOST: Final = 1_000
"""Changes on one page."""

Instant = Annotated[str, Meta(min_length=4, max_length=40)]
Unit = Annotated[str, Meta(max_length=60)]
Cursor = Annotated[str, Meta(max_length=60)]
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
    """Which unit, and when."""

    at: Annotated[Instant | UnsetType, Meta(description="An instant that has come; without it, now.")] = UNSET
    unit: Annotated[Unit | UnsetType, Meta(description="Only this unit.")] = UNSET


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
    unit = _unit(asked.unit)
    found = await asyncio.to_thread(site.atlas.history.of, slug, id_)
    if found is None or not (found.visibility == "public" or site.sees_all(request.scope)):
        raise _never_seen(site, slug, id_)
    reading = None if asked.as_read is UNSET else asked.as_read
    return momentary(price_history_answer(found, unit, reading, simulated=site.atlas.simulated))


async def prices(site: Site, request: Request, asked: PricesParameters) -> Response:
    """Answer with what a listing costs now, or cost at an instant."""
    slug, id_ = site.slug_at(request.path_params["provider"]), request.path_params["id"]
    unit = _unit(asked.unit)
    if asked.at is UNSET:
        return _prices_now(site, request, slug, id_, unit)
    at = past_instant(site, asked.at)
    found = await asyncio.to_thread(site.atlas.history.of, slug, id_)
    if found is None or not (found.visibility == "public" or site.sees_all(request.scope)):
        raise _never_seen(site, slug, id_)
    then = await asyncio.to_thread(priced_then, site.atlas.history, slug, id_, at, unit)
    return momentary(prices_answer(slug, id_, at, then, simulated=site.atlas.simulated))


def past_instant(site: Site, text: str, name: str = "at") -> datetime:
    """Read an instant that has come. Raises `BadParameter`."""
    try:
        return not_in_the_future(instant_from(text), site.now())
    except BadRequest as error:
        raise BadParameter(f"{name}: {error}", name) from None


def _prices_now(site: Site, request: Request, slug: str, id_: str, unit: str | None) -> Response:
    part = site.catalog_for(request.scope).snapshots.get(slug)
    listing = None if part is None else find(part, id_)
    if listing is None:
        raise NotFound(
            f"{slug} lists no {id_[:300]!r}: look in /models?gateway={slug}&q=WORDS, or ask with at="
        )
    rules = [rule for rule in listing.prices if unit in {None, rule.unit}]
    now = site.now()
    return momentary(prices_answer(slug, id_, now, priced(rules, now), simulated=site.atlas.simulated))


async def _changes(site: Site, request: Request, asked: ChangesParameters) -> Changes:
    query = ChangeQuery(
        since=_instant(asked.since, "since"),
        until=_instant(asked.until, "until"),
        providers=None
        if asked.provider is UNSET
        else frozenset(site.slug_of(word, "provider") for word in asked.provider),
        kinds=None if asked.kind is UNSET else frozenset(asked.kind),
        limit=asked.limit,
        after=None if asked.cursor is UNSET else position_of(asked.cursor),
        private=site.sees_all(request.scope),
    )
    return await asyncio.to_thread(site.atlas.history.changes, query)


def _instant(text: str | UnsetType, name: str) -> datetime | None:
    if text is UNSET:
        return None
    try:
        return instant_from(text)
    except BadRequest as error:
        raise BadParameter(f"{name}: {error}", name) from None


def _unit(unit: str | UnsetType) -> str | None:
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
