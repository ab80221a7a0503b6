"""`replay`: dated payloads of one provider written to the store, as if each had been fetched then."""

import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from modelatlas.cli.dated import Dated, read_name
from modelatlas.cli.opening import log_to_stderr, settings_via
from modelatlas.cli.options import Json
from modelatlas.cli.output import say, write_json, write_table
from modelatlas.cli.read import payload_of
from modelatlas.cli.running import PARTLY_FAILED
from modelatlas.domain.errors import BadRequest, CatalogError, Unreadable
from modelatlas.domain.ledger import Run
from modelatlas.domain.snapshot import Snapshot
from modelatlas.flows.replay import refuse_earlier
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.contract import Provider
from modelatlas.providers.registry import slug_of
from modelatlas.settings import environment
from modelatlas.views.runs import RunView
from modelatlas.wiring.atlas import Atlas
from modelatlas.wiring.building import build

Pages = Mapping[str, Sequence[bytes]]
"""List name -> its pages."""
Moment = tuple[datetime, list[Dated]]
"""An instant, and the payloads of it: one of each list."""

COLUMNS: Final = ("time", "listings", "new", "changed", "inactive", "left out", "prices", "file")


def replay(
    provider: Annotated[str, typer.Argument(help="A slug or an alias.")],
    file: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Payloads, plain or gzip, with their time in their name: SLUG.2024-09-21T12:09:31Z.json.",
        ),
    ],
    json: Json = False,
) -> None:
    """Write dated payloads to the store, the oldest first, as if each had been fetched at its time.

    The time is in the name, in ISO 8601 and in UTC unless it says otherwise: 2024-09-21,
    20240921T120931, 2024-09-21T12:09:31Z. A provider of which the store knows something later is refused,
    and nothing is written. Stops at the first file that cannot be read: ends with 1 when none was written,
    with 3 when some were.
    """
    log_to_stderr()
    atlas = build(settings_via(environment(), None))
    try:
        by = atlas.providers[slug_of(provider, atlas.providers)]
        moments = _moments(atlas, by, file)
        refuse_earlier(atlas.ledger.stored([by.slug])[by.slug], moments[0][0])
        _write(atlas, by, moments, json=json)
    finally:
        asyncio.run(atlas.stop())


def _write(atlas: Atlas, by: Provider, moments: Sequence[Moment], *, json: bool) -> None:
    done: list[Run] = []
    try:
        for run in atlas.replay(by.slug, _lists(by, moments)):
            done.append(run)
            if sys.stderr.isatty():
                say(f"{len(done)} of {len(moments)}: {run.snapshot_at}")
    except CatalogError as error:
        if not done:
            raise
        say(f"error: {error}")
        say(f"{len(done)} of {len(moments)} lists were written: mend the file, and replay from there on")
    finally:
        _show(done, moments, json=json)
    if len(done) < len(moments):
        raise typer.Exit(PARTLY_FAILED)


def _moments(atlas: Atlas, by: Provider, files: Sequence[str]) -> list[Moment]:
    """Return the files of each instant, the oldest first. Raises `BadRequest` for a name in doubt."""
    if not by.lists:
        raise BadRequest(f"{by.slug} has no list to read a payload of: {by.retired}")
    together: dict[datetime, list[Dated]] = {}
    for each in sorted(read_name(by, Path(file), atlas.providers) for file in files):
        if each.at > atlas.clock.now():
            raise BadRequest(
                f"{each.file}: {each.at.isoformat()} is in the future: expected the time of a payload"
            )
        together.setdefault(each.at, []).append(each)
    return [(at, _one_of_each(some)) for at, some in together.items()]


def _one_of_each(files: Sequence[Dated]) -> list[Dated]:
    """Return one file of each list; the same file twice counts once."""
    found: dict[str, Dated] = {}
    for each in files:
        other = found.setdefault(each.list, each)
        if other is not each and payload_of(str(other.file)) != payload_of(str(each.file)):
            raise BadRequest(
                f"{other.file} and {each.file} say the same time, {each.at.isoformat()}, and differ: "
                f"expected one payload of a list for one instant"
            )
    return list(found.values())


def _lists(by: Provider, moments: Sequence[Moment]) -> Iterator[tuple[Snapshot, Pages]]:
    """Read the files of each instant, one instant after the other."""
    for at, files in moments:
        pages: Pages = {each.list: [payload_of(str(each.file))] for each in files}
        try:
            yield read_snapshot(by, pages, at), pages
        except Unreadable as error:
            raise Unreadable(f"{', '.join(str(each.file) for each in files)}: {error}") from None


def _show(runs: Sequence[Run], moments: Sequence[Moment], *, json: bool) -> None:
    if json:
        write_json(map(RunView.of, runs))
        return
    rows = [
        (
            at.isoformat(), str(run.fetched), str(run.inserted), str(run.updated), str(run.deactivated),
            str(run.skipped), str(run.prices_changed), ", ".join(each.file.name for each in files),
        )
        for run, (at, files) in zip(runs, moments, strict=False)
    ]  # fmt: skip
    write_table(COLUMNS, rows, right=COLUMNS[1:7])
