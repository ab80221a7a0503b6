"""From an entry to a listing: total and pure. Whatever an entry holds, reading it raises nothing."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, repeat
from operator import itemgetter
from typing import Any, Final

import msgspec
from msgspec import Struct

from modelatlas.domain.listing import Listing, Mode
from modelatlas.domain.price import Rule, Unread
from modelatlas.domain.snapshot import ByField, Rejected
from modelatlas.providers.amounts import read_amounts
from modelatlas.providers.column_reading import read_column
from modelatlas.providers.columns import Column, Columns
from modelatlas.providers.conditional import read_conditional
from modelatlas.providers.contract import Entry, ModelList, Provider
from modelatlas.providers.paths import conditional_path, fields_of, known_keys, left_unread
from modelatlas.providers.payload import Shaped, decode
from modelatlas.providers.sifting import read_ids, rejections
from modelatlas.providers.unread_rows import UnreadRows

_MODE_OF: Final[Mapping[str, Mode]] = {
    "video": "video",
    "image": "image",
    "embeddings": "embedding",
    "rerank": "rerank",
    "speech": "audio",
    "audio": "audio",
    "transcription": "audio",
}

_UNSAID: Final = {field.name: field.default for field in msgspec.structs.fields(Listing)}
"""Field of a listing -> what it holds where nothing is said, in the order of the fields."""

_ID, _CONTEXT, _PRICES = (list(_UNSAID).index(name) for name in ("id", "context_tokens", "prices"))


class EntryReading(Struct, frozen=True):
    """What became of one entry: a listing or a rejected entry, and the values in it that were not read."""

    result: Listing | Rejected
    unread: tuple[Unread, ...] = ()


class RowsReading(Struct, frozen=True):
    """What became of many entries: `listings` in the order of their ids, and what was rejected, by row.

    `rows` are those of the listings, and `unread` says by the position of a listing what in its entry was not
    read. `by_field` are the listings field by field, unless a quirk had the last word.
    """

    rows: Sequence[int]
    ids: list[str]
    listings: list[Listing]
    unread: Mapping[int, tuple[Unread, ...]]
    rejected: Mapping[int, Rejected]
    by_field: ByField | None


class Reader:
    """The reader of one list of one provider, made once from the declaration.

    It reads entries field by field, many at once: what they say alike is read once and shared.
    """

    def __init__(self, provider: Provider, declared: ModelList) -> None:
        self.provider = provider
        self.declared = declared
        self._fields = tuple(
            (name, each) for name, field in declared.fields.items() for each in fields_of(name, field)
        )
        self._left = left_unread(declared)
        self._private = re.compile("|".join(f"(?:{each})" for each in provider.private) or r"(?!)")
        self._objects = known_keys(declared)
        self._conditional = frozenset(map(conditional_path, declared.conditional))
        self._unsaid = {**_UNSAID, "provider": provider.slug, "lab": provider.lab, **declared.always}

    def read(self, entry: Any) -> EntryReading:
        """Read one entry."""
        return self.read_all([entry])[0]

    def read_all(self, entries: Sequence[Any]) -> list[EntryReading]:
        """Read entries, in their order."""
        read = self.read_rows(entries)
        readings = {row: EntryReading(rejected) for row, rejected in read.rejected.items()}
        for position, (row, listing) in enumerate(zip(read.rows, read.listings, strict=True)):
            readings[row] = EntryReading(listing, read.unread.get(position, ()))
        return [readings[row] for row in range(len(entries))]

    def read_rows(self, entries: Sequence[Any]) -> RowsReading:
        """Read entries, by row."""
        columns = Columns(entries)
        ids = read_ids(self.declared, columns)
        rejected = rejections(self.provider.slug, self.declared, ids, columns, self._private)
        rows: Sequence[int] = range(len(entries))
        if rejected:
            rows = [row for row in rows if row not in rejected]
            ids, columns = Column([ids.values[row] for row in rows]), columns.taken(rows)
        unread = UnreadRows(ids.values)
        said = self._said(ids, columns, unread)
        order = sorted(range(len(rows)), key=ids.values.__getitem__)
        ordered = _taker(order)
        by_field = [
            _filled(said.get(name), unsaid, len(order), ordered) for name, unsaid in self._unsaid.items()
        ]
        self._read_conditional(columns, order, by_field, unread)
        listings = list(map(Listing, *by_field))
        is_changed = self._change(columns, order, listings, unread)
        return RowsReading(
            [rows[row] for row in order] if rejected else order,
            by_field[_ID],
            listings,
            unread.ordered(order),
            rejected,
            None if is_changed else by_field,
        )

    def surprises(self, entry: Any) -> set[str]:
        """Return the paths that are neither read nor ignored, and those that lack a declared object."""
        return set(self.surprises_of([entry]))

    def surprises_of(self, entries: Sequence[Any]) -> Counter[str]:
        """Count the surprises of many entries; objects with the same keys are looked at once."""
        found: Counter[str] = Counter()
        if entries and isinstance(entries[0], Shaped):
            return found  # what has the shape of the declaration has no surprise in it
        columns = Columns([entry for entry in entries if isinstance(entry, dict)])
        for path, known in self._objects if columns.entries else ():
            values = [value for value in columns.at(path).values if value is not None]
            held = [value for value in values if isinstance(value, dict)]
            if len(held) < len(values):
                found[path] += len(values) - len(held)
            for keys, times in Counter(map(tuple, held)).items():
                strange = [key for key in keys if key not in known]
                found.update({f"{path}.{key}" if path else key: times for key in strange})
        return found

    def _change(
        self, columns: Columns, order: Sequence[int], listings: list[Listing], unread: UnreadRows
    ) -> bool:
        """Let the quirk change the listings whose entries hold anything at its paths; tell whether it did."""
        quirk, paths = self.declared.quirk, self.declared.quirk_paths
        if quirk is None or not any(columns.at(path).kinds for path in paths):
            return False
        said = [columns.at(path).values for path in paths]
        for position, row in enumerate(order):
            if any(values[row] is not None for values in said):
                listings[position], more = quirk(columns.entries[row], listings[position])
                unread.extend(row, more)
        return True

    def _read_conditional(
        self, columns: Columns, order: Sequence[int], by_field: list[list[Any]], unread: UnreadRows
    ) -> None:
        """Add the prices under conditions to those of the entries that have any."""
        said = [column.values for path in self._conditional if (column := columns.at(path)).kinds]
        if not said:
            return
        for position, row in enumerate(order):
            if all(values[row] is None for values in said):
                continue
            id_, context, always = (by_field[field][position] for field in (_ID, _CONTEXT, _PRICES))
            read = read_conditional(self.declared, columns.entries[row], id_, always, context)
            by_field[_PRICES][position] = read.rules
            unread.extend(row, read.unread)

    def _said(self, ids: Column, columns: Columns, unread: UnreadRows) -> dict[str, list[Any]]:
        """Read all entries: field -> what each says there, None where it says nothing."""
        said = self._fields_said(columns, unread)
        said["id"] = ids.values
        if self.provider.private:
            private = ["account" if self._private.search(id_) else None for id_ in ids.values]
            said["visibility"] = list(map(_both, private, said.get("visibility", repeat(None))))
        if (rules := self._rules(columns, unread)) is not None:
            said["prices"] = rules
        for path, reason in self._left:
            unread.add_said(path, columns.at(path), reason)
        return said

    def _fields_said(self, columns: Columns, unread: UnreadRows) -> dict[str, list[Any]]:
        said: dict[str, list[Any]] = {}
        for name, field in self._fields:
            column = columns.at(field.path)
            read = read_column(field.read, column)
            unread.add_unfit(field.path, column, read.unfit)
            if read.values is not None:
                said[name] = _joined(said.get(name), read.values)
        if "output_modalities" in said:
            outputs = said["output_modalities"]
            mode = {each: None if each is None else mode_of(each) for each in set(outputs)}
            said["mode"] = _joined(said.get("mode"), [mode[each] for each in outputs])
        return said

    def _rules(self, columns: Columns, unread: UnreadRows) -> list[tuple[Rule, ...]] | None:
        """Read the prices of all entries; None when there is none."""
        found = []
        for unit, price in self.declared.prices.items():
            read = read_amounts(unit, price, columns)
            unread.add_unfit(price.path, columns.at(price.path), read.unfit)
            if read.values is not None:
                found.append(read.values)
        if not found:
            return None
        return [tuple(chain.from_iterable(filter(None, row))) for row in zip(*found, strict=True)]


@lru_cache(maxsize=256)
def reader_of(provider: Provider, declared: ModelList) -> Reader:
    """Return the reader of a list, made at the first use."""
    return Reader(provider, declared)


def read_entry(provider: Provider, entry: Entry, declared: ModelList | None = None) -> Listing | Rejected:
    """Read one entry as if it had just been received; the short way for examples and tests.

    Numbers may be Python floats: they are written as JSON first, so that their text is what a provider sends.
    """
    received = decode(msgspec.json.encode(entry))
    return Reader(provider, declared or provider.lists[0]).read(received).result


def mode_of(outputs: tuple[str, ...]) -> Mode:
    """Say what a model is for from what comes out of it."""
    if "text" in outputs:
        return "image" if "image" in outputs else "chat"
    return next((mode for output, mode in _MODE_OF.items() if output in outputs), "other")


Take = Callable[[list[Any]], Sequence[Any]]
"""Puts the values of a column into an order."""


def _taker(order: Sequence[int]) -> Take:
    """Return what takes values in an order; at once where there are several."""
    return itemgetter(*order) if len(order) > 1 else lambda column: [column[row] for row in order]


def _filled(column: list[Any] | None, unsaid: Any, count: int, take: Take) -> list[Any]:
    """Return a field's values in an order, with what it holds where nothing is said."""
    if column is None:
        return [unsaid] * count
    filled = column if unsaid is None else [unsaid if ours is None else ours for ours in column]
    return list(take(filled))


def _joined(first: list[Any] | None, second: list[Any]) -> list[Any]:
    """Join what two places say, of which the first may say nothing."""
    return second if first is None else list(map(_both, first, second))


def _both(first: Any, second: Any) -> Any:
    """Join the words of two places; of any other two values the first one said counts."""
    if first is None or second is None:
        return second if first is None else first
    words = isinstance(first, tuple) and isinstance(second, tuple)
    return tuple(sorted({*first, *second})) if words else first
