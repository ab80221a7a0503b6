"""Recordings: kept payloads, served as they were received.

A file is named `SLUG[.LIST][.DATE].json[.gz]`. Without a list it is the provider's default list; of several
the undated one is served, else the newest. `SLUG[.LIST].documented.json`, put together from documentation,
stands in where there is no recording and it has the declared shape. Other files are left out and named.
"""

import gzip
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from modelatlas.domain.errors import Misconfigured, Unreadable
from modelatlas.providers.contract import ModelList, Provider
from modelatlas.providers.payload import decode, rows_of, written
from modelatlas.providers.registry import words

_NAME: Final = re.compile(r"(?P<parts>.+)\.json(?:\.gz)?")
_DATE: Final = re.compile(r"\d{4}-\d{2}(-\d{2})?")
_DOCUMENTED: Final = "documented"
_UNDATED: Final = "9999"


class Recording(Struct, frozen=True):
    """One recorded list: its file, its entries, and the whole, if that is what the provider sent."""

    file: str
    entries: Sequence[bytes]
    whole: bytes | None


class Recordings(Struct, frozen=True):
    """The recordings of a directory by (slug, list), and the files left out with the reason."""

    lists: Mapping[tuple[str, str], Recording]
    left_out: Mapping[str, str]

    def has(self, slug: str) -> bool:
        """Tell whether there is a recording of any list of a provider."""
        return any(recorded == slug for recorded, _ in self.lists)


class _Candidate(Struct, frozen=True, order=True):
    """A file that may be the recording of a list; the greatest is preferred."""

    recorded: bool
    date: str
    file: str


def load(directory: Path, providers: Mapping[str, Provider]) -> Recordings:
    """Read the recordings of a directory. Raises `Misconfigured` if none is of a declared provider."""
    if not directory.is_dir():
        msg = (
            f"recordings {str(directory)!r}: expected a directory of files named SLUG[.LIST][.DATE].json[.gz]"
        )
        raise Misconfigured(msg)
    candidates, left_out = _sorted_out(
        (path.name for path in directory.iterdir() if path.is_file()), providers
    )
    lists: dict[tuple[str, str], Recording] = {}
    for (slug, name), files in candidates.items():
        declared = providers[slug].list_named(name)
        for candidate in sorted(files, reverse=True):
            if declared is None or (slug, name) in lists:
                left_out[candidate.file] = "another recording of this list is served"
                continue
            try:
                lists[slug, name] = _read(directory / candidate.file, declared)
            except (ValueError, OSError, EOFError, zlib.error) as error:
                left_out[candidate.file] = f"not the declared shape: {error}"
    if not lists:
        msg = f"recordings {str(directory)!r}: no file of a declared provider ({', '.join(providers)}) found"
        raise Misconfigured(msg)
    return Recordings(lists, dict(sorted(left_out.items())))


def _sorted_out(
    files: Iterable[str], providers: Mapping[str, Provider]
) -> tuple[dict[tuple[str, str], list[_Candidate]], dict[str, str]]:
    """Say of each file which list it may be a recording of, or why of none."""
    slugs = words(providers.values())
    candidates: dict[tuple[str, str], list[_Candidate]] = {}
    left_out: dict[str, str] = {}
    for file in files:
        named = _NAME.fullmatch(file)
        if named is None:
            left_out[file] = "not named .json or .json.gz"
            continue
        word, *middle = named["parts"].split(".")
        slug = slugs.get(word)
        provider = None if slug is None else providers[slug]
        if provider is None:
            left_out[file] = f"no provider {word!r} is declared"
            continue
        found = _candidate(file, middle, provider)
        if found is None:
            left_out[file] = f"{'.'.join(middle)!r} is neither a list ({_names(provider)}) nor a date"
        else:
            candidates.setdefault((provider.slug, found[0]), []).append(found[1])
    return candidates, left_out


def _candidate(file: str, middle: list[str], provider: Provider) -> tuple[str, _Candidate] | None:
    """Return the list that a file belongs to, from the words between slug and ending."""
    left = list(middle)
    documented = left[-1:] == [_DOCUMENTED] and bool(left.pop())
    date = left.pop() if left and _DATE.fullmatch(left[-1]) else _UNDATED
    declared = provider.list_named(left.pop() if left else None)
    return None if declared is None or left else (declared.name, _Candidate(not documented, date, file))


def _names(provider: Provider) -> str:
    return ", ".join(each.name for each in provider.lists)


def _read(path: Path, declared: ModelList) -> Recording:
    """Read one file. Raises `ValueError` (as msgspec's errors are) when it has not the declared shape."""
    whole = path.read_bytes()
    if path.suffix == ".gz":
        whole = gzip.decompress(whole)
    layout = None if declared.rows is None else declared.rows.layout
    if layout is not None and layout.fold is not None:
        return _document(path, declared, whole)
    entries = _entries(whole, declared.entries, "" if declared.each else declared.keyed)
    if entries is not None:
        return Recording(path.name, entries, whole)
    bare = _entries(whole, "")
    if bare is None:
        msg = f"no list {f'at {declared.entries!r}' if declared.entries else 'as the whole answer'}"
        raise ValueError(msg)
    return Recording(path.name, bare, None)  # the entries alone: the envelope is put around them


def _document(path: Path, declared: ModelList, whole: bytes) -> Recording:
    """Return the recording of a price document that is no plain list. Raises `ValueError`, too."""
    try:
        rows = rows_of(declared, decode(whole))
    except Unreadable as error:
        raise ValueError(str(error)) from None
    return Recording(path.name, [written(row) for row in rows], whole)


def _entries(whole: bytes, path: str, keyed: str = "") -> list[bytes] | None:
    """Return the entries at a path byte for byte, named ones with their name, or None for no list."""
    found: Any = msgspec.Raw(whole)
    for key in path.split(".") if path else ():
        if not _starts(found, b"{"):
            return None
        found = msgspec.json.decode(found, type=dict[str, msgspec.Raw]).get(key)
        if found is None:
            return None
    if keyed and _starts(found, b"{"):
        items = msgspec.json.decode(found, type=dict[str, dict[str, msgspec.Raw]])
        return [msgspec.json.encode({**item, keyed: name}) for name, item in items.items()]
    if not _starts(found, b"["):
        return None
    return [bytes(entry) for entry in msgspec.json.decode(found, type=list[msgspec.Raw])]


def _starts(raw: msgspec.Raw, start: bytes) -> bool:
    return bytes(raw).lstrip().startswith(start)
