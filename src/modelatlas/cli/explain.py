"""`explain`: why live and stored differ: each reason in a sentence, with what a person can do."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Final

import typer

from modelatlas.cli.opening import is_simulated, reading
from modelatlas.cli.options import Demo, Json
from modelatlas.cli.output import NOTHING, write, write_json, write_table
from modelatlas.domain.discrepancy import UNEXPLAINED, Discrepancies, ProviderDiscrepancy
from modelatlas.domain.snapshot import Snapshot
from modelatlas.providers.registry import slug_of
from modelatlas.views.advice import LAST_RUNS, Circumstances, hindrances, last_runs, missing_keys
from modelatlas.views.discrepancies import (
    SENTENCES,
    Page,
    ReasonView,
    discrepancies_answer,
    of_provider,
    reasons,
)
from modelatlas.wiring.atlas import Atlas

REASONS: Final = ("reason", "count", "providers", "meaning")
MOST_NAMED: Final = 6
"""Providers named beside a reason."""
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
        _tell(found, slug, atlas)
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


def _circumstances(atlas: Atlas) -> Circumstances:
    """Return what advice depends on; how fetches went is known to a running service alone."""
    runs = last_runs(atlas.ledger.runs(None, LAST_RUNS))
    return Circumstances(
        atlas.settings.sync_providers,
        missing=missing_keys(atlas.providers.values(), atlas.settings.keys),
        attempts=runs,
    )


def _write_answer(found: Discrepancies, slug: str | None, atlas: Atlas, *, listings: bool) -> None:
    known = _circumstances(atlas)
    asked = dict.fromkeys(known.attempts if slug is None else [slug])
    page = Page(limit=sum(len(part.differences) for part in found.providers) if listings else 0)
    write_json([discrepancies_answer(found, asked, 0, page, known, simulated=is_simulated(atlas))])


def _tell(found: Discrepancies, slug: str | None, atlas: Atlas) -> None:
    known = _circumstances(atlas)
    difference = f"live {found.live:,} - stored {found.stored:,} = {found.live - found.stored:+,}"
    write([f"{difference}; unexplained {found.unexplained:,}", ""])
    why = reasons(found, known)
    write_table(REASONS, _reasons(found, why), right=REASONS[1:2])
    if why:
        write(["", "What to do:", *_steps(why)])
    hindered = hindrances(known.attempts if slug is None else [slug], known)
    if hindered:
        write(["", "What hinders:", *(f"  {line}" for each in hindered for line in each.to_do)])
    write([""])
    live = atlas.live.catalog.live
    write_table(
        PROVIDERS,
        [_provider(part, live.get(part.provider)) for part in found.providers],
        right=PROVIDERS[1:7],
    )


def _reasons(found: Discrepancies, why: Iterable[ReasonView]) -> list[tuple[str, ...]]:
    """Return a row for each reason, the largest first; `unexplained` has one even when it is empty."""
    rows: list[tuple[str, ...]] = [
        (each.reason, f"{each.count:+,}", _named(each.providers), each.sentence) for each in why
    ]
    if found.unexplained == 0:
        rows.append((UNEXPLAINED, "0", NOTHING, SENTENCES[UNEXPLAINED]))
    return rows


def _named(providers: Mapping[str, int]) -> str:
    """Name the providers with the most listings, with their counts."""
    named = [f"{slug} {count:+,}" for slug, count in list(providers.items())[:MOST_NAMED]]
    more = len(providers) - len(named)
    return ", ".join(named) + (f" and {more:,} more" if more else "")


def _steps(why: Iterable[ReasonView]) -> Iterator[str]:
    for number, each in enumerate(why, 1):
        first, *others = each.to_do
        start = f"  {number}. {each.reason} ({each.count:+,}): "
        yield start + first
        yield from (f"{'':{len(start) - 3}}or {other}" for other in others)


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
