"""The providers: how each is doing, and why live and stored differ."""

import asyncio
from collections.abc import Iterable
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, structs
from starlette.requests import Request
from starlette.responses import Response

from modelatlas.domain.catalog import Catalog, CatalogSource
from modelatlas.domain.discrepancy import Discrepancies
from modelatlas.domain.query import MOST, nearest
from modelatlas.domain.refresh import ProviderState
from modelatlas.domain.snapshot import Snapshot
from modelatlas.views.advice import LAST_RUNS, Circumstances, last_runs, missing_keys
from modelatlas.views.discrepancies import SENTENCES, Page, discrepancies_answer, of_provider
from modelatlas.views.providers import ProviderView, provider_view, providers_answer
from modelatlas.web.answers import momentary
from modelatlas.web.parameters import BadParameter, Parameters
from modelatlas.web.site import Site

Word = Annotated[str, Meta(min_length=1, max_length=100)]


class PageParameters(Parameters, frozen=True, kw_only=True):
    """Which listings of the difference are shown one by one."""

    reason: Annotated[Word | UnsetType, Meta(description="Only those with this reason.")] = UNSET
    limit: Annotated[int, Meta(ge=0, le=MOST, description="At most so many.")] = 1000
    offset: Annotated[int, Meta(ge=0, le=MOST, description="Skip so many.")] = 0


async def providers(site: Site, request: Request, _: Parameters) -> Response:
    """Answer with a row for each provider."""
    rows = await rows_of(site, site.slugs(), sees_all=site.sees_all(request.scope))
    references = site.atlas.prices.references.states
    source: CatalogSource = "database" if site.atlas.served.from_store else "live"
    answer = providers_answer(rows, references, site.catalog.id, source, simulated=site.atlas.simulated)
    return momentary(answer)


async def provider(site: Site, request: Request, _: Parameters) -> Response:
    """Answer with one provider's row."""
    slug = site.slug_at(request.path_params["slug"])
    (row,) = await rows_of(site, [slug], sees_all=site.sees_all(request.scope))
    return momentary(row)


async def discrepancies(site: Site, request: Request, asked: PageParameters) -> Response:
    """Answer with the whole difference."""
    page = _page(asked)
    return await _difference(site, request, await _found(site, request), site.slugs(), page)


async def discrepancies_of(site: Site, request: Request, asked: PageParameters) -> Response:
    """Answer with one provider's difference."""
    page = _page(asked)
    slug = site.slug_at(request.path_params["provider"])
    return await _difference(site, request, of_provider(await _found(site, request), slug), [slug], page)


async def rows_of(site: Site, slugs: list[str], *, sees_all: bool) -> list[ProviderView]:
    """Return the rows of these providers as they are now."""
    live = site.live(sees_all=sees_all)
    catalog = site.atlas.served.catalog if sees_all else site.catalog
    stored = await site.stored_counts(sees_all=sees_all)

    def row(slug: str) -> ProviderView:
        state, part = site.atlas.live.states.get(slug), live.snapshots.get(slug)
        served = catalog.snapshots.get(slug)
        return provider_view(site.about(slug), state, part, stored.get(slug, 0), site.now(), served)

    return await asyncio.to_thread(lambda: [row(slug) for slug in slugs])


async def _circumstances(site: Site, *, sees_all: bool) -> Circumstances:
    """Return what advice depends on; the errors of runs may name the operator's own places (F52)."""
    atlas = site.atlas
    runs = last_runs(await asyncio.to_thread(atlas.ledger.runs, None, LAST_RUNS))
    if not sees_all:
        runs = {slug: structs.replace(run, error=None) for slug, run in runs.items()}
    missing = missing_keys(atlas.providers.values(), atlas.settings.keys)
    return Circumstances(atlas.settings.sync_providers, atlas.live.states, missing, runs)


async def _found(site: Site, request: Request) -> Discrepancies:
    found = await site.explained()
    if site.sees_all(request.scope):
        return found
    return await asyncio.to_thread(site.public_difference, found)


async def _difference(
    site: Site, request: Request, found: Discrepancies, slugs: list[str], page: Page
) -> Response:
    states, sees_all = site.atlas.live.states, site.sees_all(request.scope)
    known = await _circumstances(site, sees_all=sees_all)
    outcomes = {slug: _kind(states.get(slug)) for slug in slugs}
    live, served = site.live(sees_all=False), site.catalog
    reference = _count([part for part in _parts(live, slugs) if part.origin == "reference"])
    models = _count(_parts(served, slugs)) if site.atlas.served.from_store else None
    answer = await asyncio.to_thread(
        lambda: discrepancies_answer(
            found, outcomes, reference, page, known, models=models, simulated=site.atlas.simulated
        )
    )
    return momentary(answer)


def _parts(catalog: Catalog, slugs: Iterable[str]) -> list[Snapshot]:
    return [catalog.snapshots[slug] for slug in slugs if slug in catalog.snapshots]


def _count(parts: Iterable[Snapshot]) -> int:
    return sum(len(part.listings) for part in parts)


def _kind(state: ProviderState | None) -> str | None:
    return None if state is None or state.outcome is None else state.outcome.kind


def _page(asked: PageParameters) -> Page:
    if asked.reason is UNSET:
        return Page(None, asked.limit, asked.offset)
    if asked.reason not in SENTENCES:
        hint = nearest(asked.reason, SENTENCES)
        raise BadParameter(f"reason={asked.reason!r}: {hint}", "reason", sorted(SENTENCES))
    return Page(asked.reason, asked.limit, asked.offset)
