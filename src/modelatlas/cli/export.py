"""`export`: the catalog in another tool's format."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from modelatlas.cli.models import slugs_of
from modelatlas.cli.opening import reading
from modelatlas.cli.options import Demo, Json
from modelatlas.cli.output import say, write_json, write_table
from modelatlas.domain.errors import CatalogError
from modelatlas.views.exports.format import Export, sources_of
from modelatlas.views.exports.formats import FORMATS, HISTORICAL, format_named
from modelatlas.views.exports.llm_prices import KEYS, historical
from modelatlas.views.exports.losses import counts_of
from modelatlas.views.visibility import public_catalog
from modelatlas.wiring.atlas import Atlas

COLUMNS = ("count", "what", "why")


def export(
    format_: Annotated[
        str, typer.Argument(metavar="FORMAT", help=f"One of {', '.join((*FORMATS, HISTORICAL))}.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here, whole or not at all.")
    ] = None,
    provider: Annotated[
        list[str] | None, typer.Option(help="A slug or an alias, or several with commas; may be repeated.")
    ] = None,
    losses: Annotated[
        bool, typer.Option("--losses", help="Write what the format does not hold, and nothing else.")
    ] = False,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Write the catalog in another tool's format.

    It goes to the standard output or a file. Nothing is fetched: these are the last good lists of the
    store, and reference catalogs for the rest.
    Account listings and prices in quarantine are never in it. docs/clients.md tells how tools read it.
    """
    if json and not losses:
        raise typer.BadParameter("--json belongs to --losses; an export has the format that it is named by")
    with reading(demo=demo) as atlas:
        made = exported(atlas, format_, provider)
    if losses:
        counts = counts_of(made.losses)
        if json:
            write_json(made.losses)
        else:
            write_table(
                COLUMNS, [(f"{c.count:,}", c.what or "listing", c.reason) for c in counts], right=COLUMNS[:1]
            )
    elif output is None:
        sys.stdout.buffer.write(made.content)
    else:
        _write(output, made.content)
    say(told(made))


def exported(atlas: Atlas, name: str, providers: list[str] | None = None) -> Export:
    """Return the export of what an atlas knows, without what belongs to an account. Raises `BadRequest`."""
    if name == HISTORICAL:
        return historical(atlas.history.plain_spells(tuple(KEYS)))
    format_ = format_named(name)
    asyncio.run(atlas.load())
    catalog = public_catalog(atlas.served.catalog)
    slugs = slugs_of(providers, catalog, atlas.providers)
    return format_.export(sources_of(catalog, atlas.matches.of, atlas.providers, slugs))


def told(made: Export) -> str:
    """Say how much is in an export, and how much is not."""
    lost = len(made.losses)
    hint = "; --losses tells what" if lost else ""
    return (
        f"{made.entries:,} entries, {len(made.content):,} bytes; {lost:,} values that it does not hold{hint}"
    )


def _write(file: Path, content: bytes) -> None:
    new = file.with_name(file.name + ".new")
    try:
        new.write_bytes(content)
        new.replace(file)
    except OSError as error:
        raise CatalogError(
            f"{file} cannot be written ({error.strerror}): name another file with -o"
        ) from None
