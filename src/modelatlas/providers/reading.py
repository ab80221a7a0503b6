"""From an entry to a listing: total and pure. Whatever an entry holds, reading it raises nothing."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, repeat
from typing import Any, Final

import msgspec
from msgspec import Struct

from modelatlas.domain.listing import Listing, Mode
from modelatlas.domain.price import Rule, Unread
from modelatlas.domain.snapshot import Rejected
from modelatlas.providers.amounts import read_amounts
from modelatlas.providers.columns import UnreadRows, read_column
from modelatlas.providers.contract import Entry, ModelList, Number, Provider
from modelatlas.providers.paths import PLACE, fields_of, known_keys, left_unread
from modelatlas.providers.payload import decode, dig, finder, raw_text

LONGEST_ID: Final = 300

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


class EntryReading(Struct, frozen=True):
    """What became of one entry: a listing or a rejected entry, and the values in it that were not read."""

    result: Listing | Rejected
    unread: tuple[Unread, ...] = ()


class Reader:
    """The reader of one list of one provider, made once from the declaration.

    It reads entries field by field, many at once: what they say alike is read once and shared.
    """

    def __init__(self, provider: Provider, declared: ModelList) -> None:
        self.provider = provider
        self.declared = declared
        self._id = _id_reader(declared.id, declared.id_prefix)
        self._fields = tuple(
            (name, each.path, finder(each.path), each.read)
            for name, field in declared.fields.items()
            for each in fields_of(name, field)
        )
        self._prices = tuple((unit, price, finder(price.path)) for unit, price in declared.prices.items())
        self._left = tuple((path, finder(path), reason) for path, reason in left_unread(declared))
        self._private = re.compile("|".join(f"(?:{each})" for each in provider.private) or r"(?!)")
        self._objects = tuple(
            (path, finder(path) if path else None, known) for path, known in known_keys(declared)
        )
        self._unsaid = {**_UNSAID, "provider": provider.slug, "lab": provider.lab, **declared.always}

    def read(self, entry: Any) -> EntryReading:
        """Read one entry."""
        return self.read_all([entry])[0]

    def read_all(self, entries: Sequence[Any]) -> list[EntryReading]:
        """Read entries, in their order."""
        ids = [self._id(entry) if isinstance(entry, dict) else None for entry in entries]
        rejected = {
            row: refused
            for row, (id_, entry) in enumerate(zip(ids, entries, strict=True))
            if (refused := self._refused(id_, entry)) is not None
        }
        if not rejected:
            return self._listings(ids, entries)
        rows = [row for row in range(len(entries)) if row not in rejected]
        read = self._listings([ids[row] for row in rows], [entries[row] for row in rows])
        readings = dict(zip(rows, read, strict=True))
        return [readings.get(row) or EntryReading(rejected[row]) for row in range(len(entries))]

    def surprises(self, entry: Any) -> set[str]:
        """Return the paths that are neither read nor ignored, and those that lack a declared object."""
        return set(self.surprises_of([entry]))

    def surprises_of(self, entries: Sequence[Any]) -> Counter[str]:
        """Count the surprises of many entries; objects with the same keys are looked at once."""
        found: Counter[str] = Counter()
        objects = [entry for entry in entries if isinstance(entry, dict)]
        for path, find, known in self._objects:
            values = objects if find is None else [value for value in map(find, objects) if value is not None]
            held = [value for value in values if isinstance(value, dict)]
            if len(held) < len(values):
                found[path] += len(values) - len(held)
            for keys, times in Counter(map(tuple, held)).items():
                strange = [key for key in keys if key not in known]
                found.update({f"{path}.{key}" if path else key: times for key in strange})
        return found

    def _refused(self, id_: str | None, entry: Any) -> Rejected | None:
        """Say why an entry is no listing, or None."""
        if id_ is None:
            return self._without_id(entry)
        if not is_id(id_):
            return self._rejected(None, "bad_id", repr(id_)[:100])
        for reject in self.declared.reject:
            value = dig(entry, reject.path)
            if reject.when(value):
                if self._private.search(id_):
                    return self._rejected(None, reject.reason, "an entry of the account behind the key")
                return self._rejected(id_, reject.reason, f"{reject.path} is {raw_text(value)[:100]}")
        return None

    def _without_id(self, entry: Any) -> Rejected:
        if not isinstance(entry, dict):
            return self._rejected(None, "not_an_object", f"a {type(entry).__name__}")
        each = self.declared.each
        missing = "no_offer" if each and not isinstance(dig(entry, each), dict) else "no_id"
        return self._rejected(_nameable(entry.get("id")), missing, f"expected at {self.declared.id!r}")

    def _rejected(self, id_: str | None, reason: str, detail: str) -> Rejected:
        return Rejected(self.provider.slug, id_, reason, detail)

    def _listings(self, ids: Sequence[Any], entries: Sequence[Entry]) -> list[EntryReading]:
        """Read entries that are listings."""
        unread = UnreadRows(ids)
        said = self._said(entries, unread)
        said["id"] = ids
        if self.provider.private:
            private = ["account" if self._private.search(id_) else None for id_ in ids]
            said["visibility"] = list(map(_both, private, said.get("visibility", repeat(None))))
        if self._prices:
            said["prices"] = self._rules(entries, unread)
        for path, find, reason in self._left:
            unread.add_said(path, list(map(find, entries)), reason)
        columns = (_filled(said.get(name), unsaid) for name, unsaid in self._unsaid.items())
        listings: Iterable[Listing] = map(Listing, *columns)
        if self.declared.quirk is None:
            return [EntryReading(listing, unread.of(row)) for row, listing in enumerate(listings)]
        odd = map(self.declared.quirk, entries, listings)
        return [EntryReading(listing, (*unread.of(row), *more)) for row, (listing, more) in enumerate(odd)]

    def _said(self, entries: Sequence[Entry], unread: UnreadRows) -> dict[str, Sequence[Any]]:
        """Read the fields of all entries: field -> what each says, None where it says nothing."""
        said: dict[str, Sequence[Any]] = {}
        for name, path, find, read in self._fields:
            values = list(map(find, entries))
            column = unread.sifted(path, values, read_column(read, values))
            said[name] = list(map(_both, said[name], column)) if name in said else column
        if "output_modalities" in said:
            modes = [None if outputs is None else mode_of(outputs) for outputs in said["output_modalities"]]
            said["mode"] = list(map(_both, said["mode"], modes)) if "mode" in said else modes
        return said

    def _rules(self, entries: Sequence[Entry], unread: UnreadRows) -> list[tuple[Rule, ...]]:
        """Read the prices of all entries."""
        columns = []
        for unit, price, find in self._prices:
            values = list(map(find, entries))
            column = unread.sifted(price.path, values, read_amounts(unit, price, values, entries))
            columns.append([rules or () for rules in column])
        return [tuple(chain.from_iterable(row)) for row in zip(*columns, strict=True)]


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


def is_id(id_: str) -> bool:
    """Tell whether a text can be an id: 1 to 300 printable characters without blanks around them."""
    return 0 < len(id_) <= LONGEST_ID and id_.isprintable() and id_ == id_.strip()


def _filled(column: Sequence[Any] | None, unsaid: Any) -> Iterable[Any]:
    """Return a field's values, with what it holds where nothing is said."""
    if column is None:
        return repeat(unsaid)
    return column if unsaid is None else [unsaid if ours is None else ours for ours in column]


def _both(first: Any, second: Any) -> Any:
    """Join the words of two places; of any other two values the first one said counts."""
    if first is None or second is None:
        return second if first is None else first
    words = isinstance(first, tuple) and isinstance(second, tuple)
    return tuple(sorted({*first, *second})) if words else first


def _id_reader(declared: str, prefix: str) -> Callable[[Entry], str | None]:
    """Return how the id is found: at a path, without a prefix, or put together from paths in braces."""
    places = PLACE.findall(declared)
    if not places:
        find = finder(declared)
        return lambda entry: _id_part(find(entry), prefix)

    def composed(entry: Entry) -> str | None:
        parts = {place: _id_part(dig(entry, place)) for place in places}
        if any(part is None for part in parts.values()):
            return None
        return PLACE.sub(lambda place: str(parts[place[1]]), declared)

    return composed


def _id_part(value: Any, prefix: str = "") -> str | None:
    is_text = isinstance(value, str) and not isinstance(value, Number)
    return value.removeprefix(prefix) or None if is_text else None


def _nameable(value: Any) -> str | None:
    """Return a value if it can be an id, to name a rejected entry by."""
    part = _id_part(value)
    return part if part is not None and is_id(part) else None
