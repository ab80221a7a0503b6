"""Prices that are kept back, and the operator's word that lets one through."""

import asyncio
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from modelatlas.domain.errors import NotFound
from modelatlas.domain.query import MOST
from modelatlas.domain.releases import Release
from modelatlas.views.overrides import LONGEST_NOTE, Forgotten
from modelatlas.views.quarantine import (
    kept_back,
    quarantine_answer,
    release_of,
    release_view,
    releases_answer,
)
from modelatlas.web.answers import momentary
from modelatlas.web.history import Unit, unit_of
from modelatlas.web.parameters import Parameters
from modelatlas.web.providers import Word
from modelatlas.web.site import Site

LARGEST_PAGE = 1_000


class QuarantineParameters(Parameters, frozen=True, kw_only=True):
    """Which prices, and which part of them."""

    provider: Annotated[Word | UnsetType, Meta(description="A slug or an alias; without it, all.")] = UNSET
    unit: Annotated[Unit | UnsetType, Meta(description="Only this unit.")] = UNSET
    limit: Annotated[int, Meta(ge=0, le=LARGEST_PAGE, description="At most so many.")] = 100
    offset: Annotated[int, Meta(ge=0, le=MOST, description="Skip so many.")] = 0


class ReleaseParameters(Parameters, frozen=True, kw_only=True):
    """Why, and who says so."""

    note: Annotated[str, Meta(max_length=LONGEST_NOTE, description="Why, for those who come after.")] = ""
    by: Annotated[str, Meta(max_length=100, description="Who says so.")] = ""


async def quarantine(site: Site, request: Request, asked: QuarantineParameters) -> Response:
    """Answer with the prices that are kept back."""
    slug = None if asked.provider is UNSET else site.slug_of(asked.provider, "provider")
    unit = unit_of(asked.unit)
    kept = site.atlas.prices.publisher.kept
    sees_all, simulated = site.sees_all(request.scope), site.atlas.simulated
    found = [
        each
        for each in kept_back(kept, sees_all=sees_all)
        if slug in {None, each.provider} and unit in {None, each.suspect.unit}
    ]
    return momentary(quarantine_answer(found, asked.limit, asked.offset, site.dates(), simulated=simulated))


async def releases(site: Site, _: Request, __: Parameters) -> Response:
    """Answer with all that operators let through."""
    return momentary(releases_answer(await asyncio.to_thread(site.atlas.ledger.releases)))


async def release_price(site: Site, request: Request, asked: ReleaseParameters) -> Response:
    """Let a price through, from now on and as long as it is this amount."""
    key = request.path_params["key"]
    kept = site.atlas.prices.publisher.kept
    found = next((each for each in kept_back(kept, sees_all=True) if each.key == key), None)
    ledger = site.atlas.ledger
    if found is None:
        said = await _released(site, key)
        if said is None:
            raise NotFound(f"no price in quarantine has the key {key[:40]!r}: /quarantine lists all")
        return momentary(release_view(said), 200)
    said = release_of(found, note=asked.note, by=asked.by, at=site.now())
    await asyncio.to_thread(ledger.release, said)
    await site.atlas.releases.look()
    return momentary(release_view(said), 201)


async def forget_release(site: Site, request: Request, _: Parameters) -> Response:
    """Take such a word back: the price is kept back again, if it is suspect still."""
    key = request.path_params["key"]
    said = await _released(site, key)
    if said is None:
        raise NotFound(f"no release has the key {key[:40]!r}: /admin/quarantine/releases lists all")
    forgotten = await asyncio.to_thread(site.atlas.ledger.forget_release, said.provider, said.id, said.unit)
    await site.atlas.releases.look()
    return momentary(Forgotten(forgotten))


async def _released(site: Site, key: str) -> Release | None:
    said = await asyncio.to_thread(site.atlas.ledger.releases)
    return next((each for each in said if each.key == key), None)
