"""`read`: what the program makes of a saved payload, entry by entry, in the order of the payload."""

import gzip
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from msgspec import Struct

from modelatlas.cli.documents import read_document
from modelatlas.cli.output import json_text, say, write_json
from modelatlas.cli.running import FAILED
from modelatlas.domain.errors import BadRequest, CatalogError, Unreadable
from modelatlas.domain.listing import Listing, is_priced
from modelatlas.domain.price import Unread
from modelatlas.domain.snapshot import REJECT_REASONS, Duplicate, Rejected
from modelatlas.providers.assembling import read_list
from modelatlas.providers.contract import JSON, ModelList, Provider
from modelatlas.providers.openai_compatible import SLUG, any_server
from modelatlas.providers.payload import decode, entries_of, offers, payload_of_text, shape_of
from modelatlas.providers.reading import Reader
from modelatlas.providers.registry import declared, slug_of
from modelatlas.views.models import listing_view

GZIP: Final = b"\x1f\x8b"
"""The first bytes of everything that gzip has compressed (RFC 1952)."""


def read(
    provider: Annotated[
        str,
        typer.Argument(metavar="PROVIDER[.LIST]", help="A slug or an alias; of several lists, which one."),
    ],
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="A saved payload, plain or gzip; - reads the standard input."),
    ],
    json: Annotated[bool, typer.Option("--json", help="Write the summary as JSON, too.")] = False,
) -> None:
    """Read a saved payload through its provider's declaration.

    Each entry becomes one JSON line on the standard output, in the order of the payload: a listing, or
    {"provider", "id", "rejected": REASON, "detail"}, or {"provider", "id", "duplicate_of", "detail"}. The
    standard error gets a summary. A row of a price document becomes {"provider", "model", "quote", "unread":
    REASON}: without the list of models it prices none.
    """
    by, of = named(provider)
    payload = payload_of(file)
    if of.media != JSON and not payload.lstrip().startswith(b'"'):
        payload = payload_of_text(payload)
    if of.rows is not None or of.yields == "meters":
        read_document(by, of, payload, file, json=json)
        return
    try:
        document = decode(payload)
        of = shape_of(of, document)
        results = list(read_entries(by, of, entries_of(of, document)))
    except Unreadable as error:
        raise Unreadable(f"{file}: {error}") from None
    write_json(line_of(each.result) for each in results)
    sys.stdout.flush()
    told = summary(by, of, results)
    say(json_text(told) if json else told_of(told))
    if results and not told.listings:
        say(f"error: {file}: none of {told.entries} entries is a listing: is it a payload of {provider}?")
        raise typer.Exit(FAILED)


class Result(Struct, frozen=True):
    """What became of one entry, with the values in it that were not read and the paths not declared."""

    result: Listing | Rejected | Duplicate
    unread: tuple[Unread, ...]
    surprises: frozenset[str]


class Summary(Struct, frozen=True):
    """What became of all entries: `entries` = `listings` + `rejected` + `duplicates`."""

    provider: str
    list: str
    entries: int
    listings: int
    rejected: dict[str, int]
    duplicates: int
    priced: int
    unread: dict[str, int]
    surprises: dict[str, int]


def named(word: str) -> tuple[Provider, ModelList]:
    """Return the provider and list that PROVIDER[.LIST] names. Raises `BadRequest` naming what there is."""
    slug, _, name = word.partition(".")
    provider = any_server() if slug == SLUG else declared()[slug_of(slug)]
    of = provider.list_named(name or None)
    if not provider.lists:
        raise BadRequest(f"{provider.slug} has no list to read a payload of: {provider.retired}")
    if of is None:
        lists = ", ".join(each.name for each in provider.lists)
        raise BadRequest(f"{provider.slug} has no list {name!r}: expected one of {lists}")
    return provider, of


def payload_of(file: str) -> bytes:
    """Return the bytes of a file or of the standard input, without gzip. Raises `CatalogError`."""
    try:
        whole = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise CatalogError(
            f"{file}: {error.strerror}: expected a saved payload, or - for the input"
        ) from None
    if not whole.startswith(GZIP):
        return whole
    try:
        return gzip.decompress(whole)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"{file}: expected a whole gzip file ({error}): save it again") from None


def read_entries(provider: Provider, of: ModelList, raw: Sequence[Any]) -> Iterator[Result]:
    """Read entries in their order; of entries with one id, the one that `read_list` keeps is the listing."""
    reader = Reader(provider, of)
    read = [(offer, reader.read(offer)) for offer in offers(of, raw)]
    times = Counter(reading.result.id for _, reading in read if isinstance(reading.result, Listing))
    again = [offer for offer, reading in read if times[reading.result.id or ""] > 1]
    kept = dict(read_list(provider, of, again).listings)
    for offer, reading in read:
        result: Listing | Rejected | Duplicate = reading.result
        unread, surprises = reading.unread, frozenset(reader.surprises(offer))
        if isinstance(result, Listing) and times[result.id] > 1:
            if kept.get(result.id) == result:
                del kept[result.id]
            else:
                result, unread = Duplicate(result.provider, result.id, "another entry has this id"), ()
        yield Result(result, unread, surprises)


def line_of(result: Listing | Rejected | Duplicate) -> object:
    """Return what is written of one entry."""
    match result:
        case Listing():
            return listing_view(result, "provider")
        case Rejected(provider, id_, reason, detail):
            return {"provider": provider, "id": id_, "rejected": reason, "detail": detail}
        case Duplicate(provider, id_, detail):
            return {"provider": provider, "id": id_, "duplicate_of": id_, "detail": detail}


def summary(provider: Provider, of: ModelList, results: Sequence[Result]) -> Summary:
    """Count what became of the entries."""
    listings = [each.result for each in results if isinstance(each.result, Listing)]
    rejected = Counter(each.result.reason for each in results if isinstance(each.result, Rejected))
    return Summary(
        provider.slug,
        of.name,
        len(results),
        len(listings),
        dict(sorted(rejected.items())),
        sum(isinstance(each.result, Duplicate) for each in results),
        sum(map(is_priced, listings)),
        _by_count(item.reason for each in results for item in each.unread),
        _by_count(path for each in results for path in each.surprises),
    )


def told_of(summary: Summary) -> str:
    """Say a summary to a person."""
    rejected = sum(summary.rejected.values())
    lines = [
        (
            f"{summary.provider}.{summary.list}: {summary.entries:,} entries = {summary.listings:,} listings "
            f"+ {rejected:,} rejected + {summary.duplicates:,} duplicates"
        ),
        f"priced: {summary.priced:,} of {summary.listings:,} listings",
    ]
    lines += [
        f"rejected: {count:,} {name} ({REJECT_REASONS[name]})" for name, count in summary.rejected.items()
    ]
    lines += [f"unread: {count:,} {reason}" for reason, count in summary.unread.items()]
    lines += [f"surprise: {count:,} entries have {path!r}" for path, count in summary.surprises.items()]
    return "\n".join(lines)


def _by_count(things: Iterator[str]) -> dict[str, int]:
    return dict(sorted(Counter(things).items(), key=lambda item: (-item[1], item[0])))
