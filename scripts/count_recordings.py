"""Write what becomes of each recording of a directory: entries, listings, rejected, priced, unread.

A file is named after a provider, as `SLUG[.MORE].json[.gz]`; all others are answers of any server. Where a
file holds several answers, each is read. What has not the shape of a declared list is named as such.
"""

import argparse
import gzip
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from modelatlas.domain.errors import Unreadable
from modelatlas.providers.assembling import ListReading, read_list
from modelatlas.providers.contract import ModelList, Provider
from modelatlas.providers.openai_compatible import any_server
from modelatlas.providers.payload import decode, entries_of, offers, shape_of
from modelatlas.providers.registry import declared, words

PAYLOADS: Final = Path(__file__).resolve().parents[2] / "shared" / "payloads"
COLUMNS: Final = ("file", "list", "entries", "listings", "rejected", "duplicates", "priced", "unread")


class Count(Struct, frozen=True):
    """One answer in one file, read by the declaration that fits it, or neither list nor reading."""

    file: str
    list_name: str = ""
    entries: int = 0
    reading: ListReading | None = None


def counted(directory: Path) -> Iterator[Count]:
    """Go through the recordings of a directory."""
    slugs = words(declared().values())
    for path in sorted(directory.glob("*.json*")):
        slug = _slug(path.name.partition(".")[0], slugs)
        yield from _answers(path, any_server() if slug is None else declared()[slug])


def table(counts: Iterable[Count]) -> str:
    """Write counts as a table of Markdown, with their sums."""
    rows = [COLUMNS, ("---",) * len(COLUMNS)]
    other = []
    sums: Counter[str] = Counter()
    for count in counts:
        if count.reading is None:
            other.append(count.file)
            continue
        read = count.reading
        priced = sum(bool(each.prices) for each in read.listings.values())
        sums.update(entries=count.entries, listings=len(read.listings), priced=priced)
        sums.update(rejected=len(read.rejected), duplicates=len(read.duplicates), unread=len(read.unread))
        rows.append(
            (
                count.file,
                count.list_name,
                str(count.entries),
                str(len(read.listings)),
                _by_reason(each.reason for each in read.rejected),
                str(len(read.duplicates)),
                str(priced),
                _by_reason(each.reason for each in read.unread),
            )
        )
    rows.append(("all", "", *(str(sums[name]) for name in COLUMNS[2:])))
    told = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{told}\n\nNo answer of a declared list: {', '.join(other) or 'none'}\n"


def _slug(word: str, slugs: Mapping[str, str]) -> str | None:
    """Return the provider that a word names, also one with the name of a list behind it."""
    if word in slugs:
        return slugs[word]
    slug, _, name = word.rpartition("-")
    return slug if slug in declared() and declared()[slug].list_named(name) is not None else None


def _answers(path: Path, provider: Provider) -> Iterator[Count]:
    name = path.name.removesuffix(".gz").removesuffix(".json")
    whole = path.read_bytes()
    document = decode(gzip.decompress(whole) if path.suffix == ".gz" else whole)
    members = document.items() if isinstance(document, dict) else ()
    found = [_best(name, provider, document)]
    if found == [None]:
        found = [_best(f"{name}, {member}", provider, part) for member, part in members]
    yield from [each for each in found if each is not None] or [Count(name)]


def _best(name: str, provider: Provider, document: Any) -> Count | None:
    """Read a document by the list that makes most of it; by none where a path in it is in no declaration."""
    read = [each for of in provider.lists if (each := _read(name, provider, of, document)) is not None]
    return max(read, key=lambda each: len(each.reading.listings) if each.reading else 0, default=None)


def _read(name: str, provider: Provider, of: ModelList, document: Any) -> Count | None:
    shape = shape_of(of, document)
    try:
        entries = list(offers(shape, entries_of(shape, document)))
    except Unreadable:
        return None
    reading = read_list(provider, shape, entries)
    fits = reading.listings and not reading.surprises
    return Count(name, of.name, len(entries), reading) if fits else None


def _by_reason(reasons: Iterable[str]) -> str:
    found = Counter(reasons)
    return ", ".join(f"{times} {reason}" for reason, times in sorted(found.items())) or "0"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", nargs="?", type=Path, default=PAYLOADS)
    sys.stdout.write(table(counted(parser.parse_args().directory)))
