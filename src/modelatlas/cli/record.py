"""`record`: what a provider answers now, shortened and kept as a file, to make an example of."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from modelatlas.cli.opening import log_to_stderr, settings_via
from modelatlas.cli.options import RemoteVia, Via
from modelatlas.cli.output import say, write
from modelatlas.cli.read import named
from modelatlas.domain.errors import BadRequest, CatalogError
from modelatlas.providers.contract import ModelList, Provider
from modelatlas.providers.recording import recording
from modelatlas.settings import Settings, environment
from modelatlas.wiring.asking import pages_of


def record(
    provider: Annotated[
        str, typer.Argument(metavar="SLUG[.LIST]", help="A slug or an alias; of several lists, which one.")
    ],
    most: Annotated[int, typer.Option("--entries", min=1, help="Entries to keep at most.")] = 20,
    folder: Annotated[Path, typer.Option("--folder", help="Where to write SLUG[.LIST].json.")] = Path(),
    via: Via = None,
    allow_remote_via: RemoteVia = False,
) -> None:
    """Keep a shortened payload of a provider's list.

    The file holds the envelope and few entries that show every path there is; numbers stay as they were
    sent, and what belongs to the account behind the key is left out. Look at it before you share it.
    """
    log_to_stderr()
    by, of = named(provider)
    if of.yields != "listings":
        raise BadRequest(f"{provider}: a list of {of.yields} is only asked for beside models: record those")
    pages = asyncio.run(_pages(settings_via(environment(), via), by, of, allow_remote_via=allow_remote_via))
    path = folder / (f"{by.slug}.json" if of is by.lists[0] else f"{by.slug}.{of.name}.json")
    content = recording(by, of, pages, most)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise BadRequest(f"{path}: {error.strerror}; name another folder with --folder") from None
    write([str(path)])
    say(f"{len(content)} bytes; see what becomes of it: modelatlas read {provider} {path}")


async def _pages(settings: Settings, by: Provider, of: ModelList, *, allow_remote_via: bool) -> list[bytes]:
    outcome, pages = await pages_of(settings, replace(by, lists=(of,)), allow_remote_via=allow_remote_via)
    if not outcome.good:
        raise CatalogError(f"{by.slug}: {outcome.kind}: {outcome.detail}")
    return pages
