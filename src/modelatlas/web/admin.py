"""The operator's routes: syncs and their runs, refreshes, holds. All of them need the key."""

import asyncio
from collections.abc import Iterable
from typing import Annotated, Final

from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from modelatlas.domain.errors import BadRequest, CatalogError, NotFound
from modelatlas.domain.ledger import Run
from modelatlas.views.advice import LAST_RUNS
from modelatlas.views.runs import (
    RUNS,
    PlansAnswer,
    PlanView,
    RunsAnswer,
    RunView,
    SyncedProvider,
    SyncProvidersAnswer,
    SyncStatusAnswer,
    Unplanned,
    overdue,
)
from modelatlas.web.answers import momentary
from modelatlas.web.parameters import BadParameter, Parameters
from modelatlas.web.providers import Word, rows_of
from modelatlas.web.site import Site

LONGEST_WAIT: Final = 300
"""Seconds."""
PLANS_AT_ONCE: Final = 8
STATUS: Final = "/admin/model-sync/status"

Wait = Annotated[int, Meta(ge=0, le=LONGEST_WAIT)]


class SyncParameters(Parameters, frozen=True, kw_only=True):
    """Whether to wait for the runs, or only to say what they would write."""

    wait: Annotated[Wait, Meta(description="Seconds to wait for the runs to end.")] = 0
    dry_run: Annotated[bool, Meta(description="Say what would be written, and write nothing.")] = False


class RefreshParameters(Parameters, frozen=True, kw_only=True):
    """How long to wait for the provider."""

    wait: Annotated[Wait, Meta(description="Seconds to wait for the provider's answer.")] = 30


class RunsParameters(Parameters, frozen=True, kw_only=True):
    """Which runs."""

    provider: Annotated[Word | UnsetType, Meta(description="Of this provider only.")] = UNSET
    limit: Annotated[int, Meta(ge=1, le=LAST_RUNS, description="At most so many.")] = 50


async def sync_all(site: Site, _: Request, asked: SyncParameters) -> Response:
    """Sync every provider that is not retired."""
    slugs = [slug for slug, each in site.atlas.providers.items() if each.retired is None]
    if _is_dry(asked):
        return await _plans(site, slugs)
    return await _runs(site, slugs, asked.wait)


async def sync_one(site: Site, request: Request, asked: SyncParameters) -> Response:
    """Sync one provider."""
    slug = _fetched(site, request.path_params["slug"])
    if _is_dry(asked):
        plan = PlanView.of(await site.atlas.sync.plan(slug))
        return momentary(PlansAnswer([plan], []))
    return await _runs(site, [slug], asked.wait)


async def sync_providers(site: Site, _: Request, __: Parameters) -> Response:
    """Answer with every provider and its last runs."""
    runs = await asyncio.to_thread(site.atlas.ledger.runs, None, LAST_RUNS)
    rows = [SyncedProvider.of(site.about(slug), runs) for slug in site.atlas.providers]
    return momentary(SyncProvidersAnswer(rows))


async def sync_status(site: Site, _: Request, __: Parameters) -> Response:
    """Answer with what runs now, what ran last, and whose sync is overdue."""
    runs = await asyncio.to_thread(site.atlas.ledger.runs, None, LAST_RUNS)
    settings = site.atlas.settings
    return momentary(
        SyncStatusAnswer(
            enabled=settings.sync_enabled,
            interval_seconds=int(settings.sync_interval.total_seconds()),
            providers=sorted(site.atlas.synced),
            running=[RunView.of(run) for run in runs if run.status == "running"],
            last=[RunView.of(run) for run in runs[:20]],
            overdue=overdue(site.atlas.synced, runs, settings.sync_interval, site.now()),
        )
    )


async def sync_runs(site: Site, _: Request, asked: RunsParameters) -> Response:
    """Answer with the newest runs."""
    slug = None if asked.provider is UNSET else site.slug_of(asked.provider, "provider")
    runs = await asyncio.to_thread(site.atlas.ledger.runs, slug, asked.limit)
    return momentary(_answer(runs))


async def sync_run(site: Site, request: Request, _: Parameters) -> Response:
    """Answer with one run."""
    return momentary(RunView.of(await _run_at(site, request.path_params["id"])))


async def cancel_run(site: Site, request: Request, _: Parameters) -> Response:
    """End a run as cancelled; one that has ended is answered as it ended."""
    run = await _run_at(site, request.path_params["id"])
    return momentary(RunView.of(await site.atlas.jobs.cancel(run)))


async def refresh(site: Site, request: Request, asked: RefreshParameters) -> Response:
    """Ask one provider now; the fetch goes on when it takes longer than the wait."""
    slug = _fetched(site, request.path_params["slug"])
    fetch = asyncio.create_task(site.atlas.refresh(slug))
    fetch.add_done_callback(lambda done: done.cancelled() or done.exception())
    await asyncio.wait([fetch], timeout=asked.wait)
    if fetch.done():
        fetch.result()
    (row,) = await rows_of(site, [slug], sees_all=True)
    return momentary(row, 200 if fetch.done() else 202, {"Location": f"/providers/{slug}"})


async def release(site: Site, request: Request, _: Parameters) -> Response:
    """Publish the shrunken list that was held."""
    slug = site.slug_at(request.path_params["slug"])
    state = site.atlas.live.states.get(slug)
    if state is None or state.held is None:
        raise NotFound(f"no list of {slug} is held; /providers shows which are")
    await site.atlas.live.release(slug)
    (row,) = await rows_of(site, [slug], sees_all=True)
    return momentary(row)


def _fetched(site: Site, word: str) -> str:
    """Return the slug of a provider that can be fetched."""
    slug = site.slug_at(word)
    provider = site.atlas.providers.get(slug)
    if provider is None:
        raise NotFound(f"{slug} is known from a reference only: it has no list of its own here")
    if provider.retired is not None:
        raise BadRequest(f"{slug} is retired: {provider.retired}")
    return slug


async def _run_at(site: Site, text: str) -> Run:
    """Return the run that a path names."""
    run = None
    if text.isascii() and text.isdigit() and len(text) < len(str(2**63)):
        run = await asyncio.to_thread(site.atlas.ledger.run, int(text))
    if run is None:
        raise NotFound(f"there is no run {text[:40]!r}: {RUNS} lists the newest")
    return run


def _is_dry(asked: SyncParameters) -> bool:
    if asked.dry_run and asked.wait:
        raise BadParameter("wait: a dry run answers when it is done; leave wait out", "wait")
    return asked.dry_run


async def _plans(site: Site, slugs: list[str]) -> Response:
    gate = asyncio.Semaphore(PLANS_AT_ONCE)

    async def planned(slug: str) -> PlanView | Unplanned:
        async with gate:
            try:
                return PlanView.of(await site.atlas.sync.plan(slug))
            except CatalogError as error:
                return Unplanned(slug, str(error))

    found = await asyncio.gather(*map(planned, slugs))
    return momentary(
        PlansAnswer(
            [each for each in found if isinstance(each, PlanView)],
            [each for each in found if isinstance(each, Unplanned)],
        )
    )


async def _runs(site: Site, slugs: list[str], seconds: int) -> Response:
    runs = await site.atlas.jobs.begin(slugs)
    if seconds:
        runs = await site.atlas.jobs.wait(runs, seconds)
        await site.atlas.served.look()  # who has waited is to find what was written
    ended = bool(seconds) and all(run.status != "running" for run in runs)
    answer = _answer(runs)
    return momentary(answer, 200 if ended else 202, {"Location": answer.status_url})


def _answer(runs: Iterable[Run]) -> RunsAnswer:
    views = [RunView.of(run) for run in runs]
    return RunsAnswer(views, views[0].url if len(views) == 1 else STATUS)
