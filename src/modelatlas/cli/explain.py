"""`explain`: why live and stored differ: each reason in a sentence, with what a person can do."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final

import typer

from modelatlas.cli.opening import is_simulated, reading
from modelatlas.cli.options import Demo, Json
from modelatlas.cli.output import NOTHING, write, write_json, write_table
from modelatlas.cli.times import ago
from modelatlas.domain.discrepancy import UNEXPLAINED, Discrepancies, ProviderDiscrepancy
from modelatlas.domain.ledger import Run
from modelatlas.domain.snapshot import Snapshot
from modelatlas.providers.registry import slug_of
from modelatlas.views.discrepancies import SENTENCES, Page, discrepancies_answer, of_provider
from modelatlas.wiring import Atlas

TO_DO: Final = {
    "operator_excluded": "take the override back to store it again",
    "provider_not_synced": "add the provider to PRICING_SYNC_PROVIDERS, or run `modelatlas sync PROVIDER`",
    "provider_never_synced": "run `modelatlas sync PROVIDER`, which says what hinders it",
    "no_price": "nothing: it is stored as soon as it has a price",
    "price_quarantined": "release the price, or wait for a second source",
    "inactive_upstream": "nothing",
    "appeared_since_sync": "run `modelatlas sync PROVIDER`, or wait for the next run",
    "operator_kept": "take the override back to let it go",
    "no_live_snapshot": "`modelatlas doctor` says whether a key is missing",
    "missing_grace": "nothing: it comes back, or it becomes inactive after a few runs",
    "vanished_since_sync": "run `modelatlas sync PROVIDER`, or wait for the next run",
    "live_behind": "nothing: it passes with the next fetch",
    UNEXPLAINED: "report it, please, with the output of `modelatlas explain --listings`",
}
"""Reason -> what a person can do; docs/discrepancies.md says more."""

REASONS: Final = ("reason", "count", "meaning", "what to do")
PROVIDERS: Final = (
    "provider", "entries", "rejected", "duplicates", "live", "stored", "difference", "reasons",
)  # fmt: skip


def explain(
    provider: Annotated[
        str | None, typer.Argument(metavar="[PROVIDER]", help="A slug or an alias; without it, all.")
    ] = None,
    listings: Annotated[
        bool, typer.Option("--listings", help="Name each listing of the difference.")
    ] = False,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Explain why the live and the stored counts differ, listing by listing.

    Live are the last good lists that the store keeps, stored are the active rows of `models`. Each
    listing that one side lacks has one reason: + is live only, - is stored only.
    """
    with reading(demo=demo) as atlas:
        slug = None if provider is None else slug_of(provider, atlas.providers)
        found = asyncio.run(_found(atlas))
        if slug is not None:
            found = of_provider(found, slug)
        if json:
            _write_answer(found, slug, atlas, listings=listings)
            return
        _tell(found, atlas)
    if listings:
        write([""])
        rows = [
            (each.provider, each.id, f"{each.sign:+}", each.reason)
            for part in found.providers
            for each in part.differences
        ]
        write_table(("provider", "id", "sign", "reason"), rows)


async def _found(atlas: Atlas) -> Discrepancies:
    await atlas.live.load()
    return await atlas.explain()


def _write_answer(found: Discrepancies, slug: str | None, atlas: Atlas, *, listings: bool) -> None:
    asked = {} if slug is None else {slug: None}
    page = Page(limit=sum(len(part.differences) for part in found.providers) if listings else 0)
    write_json([discrepancies_answer(found, asked, 0, page, simulated=is_simulated(atlas))])


def _tell(found: Discrepancies, atlas: Atlas) -> None:
    difference = f"live {found.live:,} - stored {found.stored:,} = {found.live - found.stored:+,}"
    write([f"{difference}; unexplained {found.unexplained:,}", ""])
    write_table(REASONS, _reasons(found), right=REASONS[1:2])
    write([""])
    live = atlas.live.catalog.live
    write_table(
        PROVIDERS,
        [_provider(part, live.get(part.provider)) for part in found.providers],
        right=PROVIDERS[1:7],
    )
    attempts = list(_attempts(found, atlas))
    if attempts:
        write(["", *attempts])


def _reasons(found: Discrepancies) -> list[tuple[str, ...]]:
    """Return a row for each reason, the largest first; `unexplained` has one even when it is empty."""
    counts = found.by_reason
    if found.unexplained == 0:
        counts[UNEXPLAINED] = 0
    return [
        (reason, f"{count:+,}" if count else "0", SENTENCES[reason], TO_DO[reason])
        for reason, count in counts.items()
    ]


def _provider(part: ProviderDiscrepancy, live: Snapshot | None) -> tuple[str, ...]:
    said = (NOTHING,) * 3
    if live is not None:
        said = (f"{live.entries:,}", f"{len(live.rejected):,}", f"{len(live.duplicates):,}")
    return (
        part.provider,
        *said,
        NOTHING if part.live is None else f"{part.live:,}",
        f"{part.stored:,}",
        f"{(part.live or 0) - part.stored:+,}",
        ", ".join(f"{reason} {count:+,}" for reason, count in part.by_reason.items()),
    )


def _attempts(found: Discrepancies, atlas: Atlas) -> Iterable[str]:
    """Say of each provider that no run has written yet how its last run went."""
    never = [part.provider for part in found.providers if "provider_never_synced" in part.by_reason]
    stored = atlas.ledger.stored(never)
    for slug in never:
        run = stored[slug].last_attempt
        yield f"{slug}: {_told(run, atlas.clock.now())}"


def _told(run: Run | None, now: datetime) -> str:
    if run is None:
        return "no run yet"
    return f"the last run, {ago(run.started_at, now)}, is {run.status}" + (
        f": {run.error}" if run.error else ""
    )
