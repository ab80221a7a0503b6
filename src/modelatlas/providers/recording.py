"""A payload made short enough to keep: the envelope, and few entries that show every path there is."""

from collections.abc import Sequence
from typing import Any

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import ModelList, Provider
from modelatlas.providers.payload import by_name, decode, dig, entries_of, leaf_paths, shape_of, written
from modelatlas.providers.reading import Reader


def recording(provider: Provider, declared: ModelList, pages: Sequence[bytes], most: int) -> bytes:
    """Return the pages of a list as one page of at most `most` entries, each number as it was received.

    Entries that show a path no other showed come first. What belongs to the account behind the key is left
    out. Raises `Unreadable` when there is no list where one is declared.
    """
    documents = [decode(page) for page in pages]
    declared = shape_of(declared, documents[0])
    entries = [entry for document in documents for entry in entries_of(declared, document)]
    chosen = telling([entry for entry in entries if not is_private(provider, declared, entry)], most)
    named = bool(declared.keyed) and isinstance(dig(documents[0], declared.entries), dict)
    kept = by_name(chosen, declared.keyed) if named else chosen
    return written(_with_entries(documents[0], declared.entries.split("."), kept)) + b"\n"


def telling(entries: Sequence[Any], most: int) -> list[Any]:
    """Choose entries, in their order: those that show a new path first, then the first of the others."""
    seen: set[str] = set()
    new: list[int] = []
    for row, entry in enumerate(entries):
        paths = leaf_paths(entry)
        if not paths <= seen:
            seen |= paths
            new.append(row)
    others = [row for row in range(len(entries)) if row not in set(new)]
    return [entries[row] for row in sorted([*new, *others][:most])]


def is_private(provider: Provider, declared: ModelList, entry: Any) -> bool:
    """Tell whether an entry belongs to the account behind the key."""
    result = Reader(provider, declared).read(entry).result
    return isinstance(result, Listing) and result.visibility == "account"


def _with_entries(document: Any, keys: Sequence[str], entries: Any) -> Any:
    """Return a document with other entries in the place of its own."""
    if not isinstance(document, dict) or not keys or not keys[0]:
        return entries
    return {**document, keys[0]: _with_entries(document.get(keys[0]), keys[1:], entries)}
