"""`doctor`: what is set, what is stored, what each provider needs, and what is broken."""

import asyncio
from datetime import datetime
from typing import Final

import typer
from msgspec import Struct

from modelatlas.cli.checkup import (
    CuratedRow,
    ProviderRow,
    Setting,
    Store,
    curated_rows,
    notes_of,
    packages,
    problems_of,
    provider_rows,
    settings_rows,
    store_of,
)
from modelatlas.cli.opening import reading
from modelatlas.cli.options import Demo, Json
from modelatlas.cli.output import NOTHING, write, write_json, write_table
from modelatlas.cli.running import FAILED
from modelatlas.cli.times import ago
from modelatlas.domain.errors import CatalogError
from modelatlas.settings import environment
from modelatlas.wiring.atlas import Atlas

PROVIDERS: Final = (
    "provider", "kind", "key", "synced", "list", "listings", "rejected", "unread", "surprises", "stored",
    "last run",
)  # fmt: skip

CURATED: Final = ("curated prices", "ids", "read", "expires", "state", "page")


class Checkup(Struct, frozen=True):
    """Everything that was looked at; `problems` are what is broken, `notes` what is worth knowing."""

    settings: list[Setting]
    store: Store | None
    providers: list[ProviderRow]
    curated: list[CuratedRow]
    packages: dict[str, str | None]
    problems: list[str]
    notes: list[str]


def doctor(json: Json = False, demo: Demo = False) -> None:
    """Check settings, store, providers and packages.

    Nothing is fetched. Ends with 1 when something is broken; what it says last is what to do.
    """
    found, now = examine(demo=demo)
    if json:
        write_json([found])
    else:
        _tell(found, now)
    if found.problems:
        raise typer.Exit(FAILED)


def examine(*, demo: bool) -> tuple[Checkup, datetime | None]:
    """Look at everything; what cannot be looked at is a problem, and the rest is looked at all the same."""
    settings, installed = settings_rows(environment(), demo=demo), packages()
    try:
        with reading(demo=demo) as atlas:
            unexplained = asyncio.run(_unexplained(atlas))
            store, rows, now = store_of(atlas), provider_rows(atlas), atlas.clock.now()
            curated, expiring = curated_rows(atlas)
    except (CatalogError, OSError) as error:
        problems = [str(error), *problems_of(installed, 0)]
        return Checkup(settings, None, [], [], installed, problems, []), None
    problems = list(problems_of(installed, unexplained))
    notes = [*notes_of(rows), *expiring]
    return Checkup(settings, store, rows, curated, installed, problems, notes), now


async def _unexplained(atlas: Atlas) -> int:
    await atlas.live.load()
    return (await atlas.explain()).unexplained


def _tell(found: Checkup, now: datetime | None) -> None:
    write_table(
        ("setting", "value", "from"), [(each.name, each.value, each.source) for each in found.settings]
    )
    if found.store is not None:
        store = found.store
        write(["", f"store {store.place}: {store.kind or 'not marked yet'}, tables {store.revision}"])
        size = NOTHING if store.size_bytes is None else f"{store.size_bytes:,} bytes"
        write([f"  {store.active_models:,} active rows of models, {store.runs:,} runs, {size}", ""])
    if now is not None:
        write_table(PROVIDERS, [_provider(row, now) for row in found.providers], right=PROVIDERS[5:10])
        write([""])
        write_table(CURATED, [_curated(row) for row in found.curated], right=CURATED[1:2])
    write(["", ", ".join(f"{name} {version or 'MISSING'}" for name, version in found.packages.items()), ""])
    write([*(f"note: {each}" for each in found.notes), *(f"broken: {each}" for each in found.problems)])
    write(["something is broken" if found.problems else "nothing is broken"])


def _provider(row: ProviderRow, now: datetime) -> tuple[str, ...]:
    return (
        row.provider,
        row.kind if row.retired is None else "retired",
        f"set {' and '.join(row.missing)}" if row.key == "not set" else row.key,
        "yes" if row.synced else "no",
        _since(row.heard_at, now),
        *(f"{count:,}" for count in (row.listings, row.rejected, row.unread, len(row.surprises), row.stored)),
        f"{row.run_status}, {_since(row.run_at, now)}" if row.run_status else NOTHING,
    )


def _curated(row: CuratedRow) -> tuple[str, ...]:
    return row.provider, f"{row.ids:,}", str(row.read), str(row.expires), row.state, row.source


def _since(then: datetime | None, now: datetime) -> str:
    return NOTHING if then is None else ago(then, now)
