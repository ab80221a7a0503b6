"""`sync`: providers' lists written to the store, in this process."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from typing import Annotated, Final

import typer

from modelatlas.cli.opening import log_to_stderr, settings_via
from modelatlas.cli.options import Json, RemoteVia, Via
from modelatlas.cli.output import NOTHING, say, write_json, write_table
from modelatlas.cli.running import FAILED, PARTLY_FAILED
from modelatlas.domain.errors import BadRequest, CatalogError
from modelatlas.providers.registry import slug_of
from modelatlas.settings import environment
from modelatlas.views.runs import PlanView, RunView, Unplanned
from modelatlas.wiring.atlas import Atlas
from modelatlas.wiring.building import build

Result = RunView | PlanView | Unplanned
Done = Callable[[], None]

COLUMNS: Final = (
    "provider", "status", "fetched", "inserted", "updated", "unchanged", "skipped", "deactivated",
    "prices", "error",
)  # fmt: skip


def sync(
    provider: Annotated[
        list[str] | None, typer.Argument(metavar="[PROVIDER]...", help="Default: PRICING_SYNC_PROVIDERS.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All providers.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")
    ] = False,
    via: Via = None,
    allow_remote_via: RemoteVia = False,
    json: Json = False,
) -> None:
    """Write providers' lists to the store.

    Takes a list that is younger than five minutes from the store, else asks the provider. Ends with 1
    when all failed and with 3 when some did. A provider without its key is skipped, which is a failure
    only where it was asked for by name.
    """
    log_to_stderr()
    atlas = build(settings_via(environment(), via), allow_remote_via=allow_remote_via)
    slugs = slugs_of(atlas, provider or [], everything=everything)
    with _progress(len(slugs)) as done:
        results = asyncio.run(_synced(atlas, slugs, done, dry_run=dry_run))
    if json:
        write_json(results)
    else:
        write_table(COLUMNS, list(map(_cells, results)), right=COLUMNS[2:9])
    _end(results, skipping_fails=bool(provider))


def slugs_of(atlas: Atlas, words: Sequence[str], *, everything: bool) -> list[str]:
    """Return whom to sync: those named, all, or those of PRICING_SYNC_PROVIDERS. Raises `BadRequest`."""
    if words and everything:
        raise BadRequest("--all and provider names: expected one of them")
    if everything:
        return [slug for slug, each in atlas.providers.items() if each.retired is None]
    named = {slug_of(word, atlas.providers) for word in words}
    return sorted(named or atlas.synced)


async def _synced(atlas: Atlas, slugs: Sequence[str], done: Done, *, dry_run: bool) -> list[Result]:
    async def one(slug: str) -> Result:
        result = await (_planned(atlas, slug) if dry_run else _run(atlas, slug))
        done()
        return result

    async with _loaded(atlas, runs=not dry_run):
        return await asyncio.gather(*map(one, slugs))


@contextlib.asynccontextmanager
async def _loaded(atlas: Atlas, *, runs: bool) -> AsyncIterator[None]:
    try:
        await atlas.live.load()
        if runs:
            await atlas.live.replicas.start()
            await atlas.jobs.start(takes_work=False)
        yield
    finally:
        await atlas.stop()


async def _run(atlas: Atlas, slug: str) -> Result:
    return RunView.of(await atlas.jobs.run(slug))


async def _planned(atlas: Atlas, slug: str) -> Result:
    try:
        return PlanView.of(await atlas.sync.plan(slug))
    except CatalogError as error:
        return Unplanned(slug, str(error))


def _end(results: Collection[Result], *, skipping_fails: bool) -> None:
    failed = sum(_is_failed(each, skipping_fails=skipping_fails) for each in results)
    if failed:
        say(f"error: {failed} of {len(results)} failed")
        raise typer.Exit(FAILED if failed == len(results) else PARTLY_FAILED)


def _is_failed(result: Result, *, skipping_fails: bool) -> bool:
    match result:
        case PlanView():
            return False
        case Unplanned():
            return skipping_fails or not result.detail.startswith(("not_configured", "retired"))
        case _:
            return result.status not in {"success", "partial", *(() if skipping_fails else ("skipped",))}


def _cells(result: Result) -> tuple[str, ...]:
    match result:
        case Unplanned():
            return (result.provider, "no plan", *[NOTHING] * 7, result.detail)
        case PlanView():
            counts = [
                result.fetched, result.inserted.count, result.updated.count, result.unchanged,
                result.excluded.count, result.deactivated.count,
            ]  # fmt: skip
            return (result.provider, "planned", *map(str, counts), NOTHING, "")
        case _:
            counts = [
                result.fetched, result.inserted, result.updated, result.unchanged, result.skipped,
                result.deactivated, result.prices_changed,
            ]  # fmt: skip
            return (result.provider, result.status, *map(str, counts), result.error or "")


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Done]:
    """Show on a terminal how many of so many are done."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("providers", total=total)
        yield lambda: progress.advance(task)
