"""From an entry to a listing: total and pure. Whatever an entry holds, reading it raises nothing."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from modelatlas.domain.listing import Listing, Mode
from modelatlas.domain.price import Unread
from modelatlas.domain.snapshot import Rejected
from modelatlas.providers.amounts import read_prices
from modelatlas.providers.contract import Entry, ModelList, Number, Provider, Unfit
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


class EntryReading(Struct, frozen=True):
    """What became of one entry: a listing or a rejected entry, and the values in it that were not read."""

    result: Listing | Rejected
    unread: tuple[Unread, ...] = ()


class Reader:
    """The reader of one list of one provider, made once from the declaration."""

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

    def read(self, entry: Any) -> EntryReading:
        """Read one entry."""
        if not isinstance(entry, dict):
            return self._rejected(None, "not_an_object", f"a {type(entry).__name__}")
        id_ = self._id(entry)
        if id_ is None:
            missing = "no_offer" if self._has_no_offer(entry) else "no_id"
            return self._rejected(_nameable(entry.get("id")), missing, f"expected at {self.declared.id!r}")
        if not is_id(id_):
            return self._rejected(None, "bad_id", repr(id_)[:100])
        for reject in self.declared.reject:
            value = dig(entry, reject.path)
            if reject.when(value):
                return self._rejected(id_, reject.reason, f"{reject.path} is {raw_text(value)[:100]}")
        return self._listing(id_, entry)

    def surprises(self, entry: Any) -> set[str]:
        """Return the paths that are neither read nor ignored, and those that lack a declared object."""
        found: set[str] = set()
        if isinstance(entry, dict):
            for path, find, known in self._objects:
                value = entry if find is None else find(entry)
                if isinstance(value, dict):
                    if not value.keys() <= known:
                        found.update(f"{path}.{key}" if path else key for key in value.keys() - known)
                elif value is not None:
                    found.add(path)
        return found

    def _has_no_offer(self, entry: Entry) -> bool:
        each = self.declared.each
        return bool(each) and not isinstance(dig(entry, each), dict)

    def _rejected(self, id_: str | None, reason: str, detail: str) -> EntryReading:
        return EntryReading(Rejected(self.provider.slug, id_, reason, detail))

    def _listing(self, id_: str, entry: Entry) -> EntryReading:
        values, unread = self._values(id_, entry)
        found = ((unit, price, find(entry)) for unit, price, find in self._prices)
        rules, more = read_prices(id_, found, entry)
        unread.extend(more)
        for path, find, reason in self._left:
            value = find(entry)
            if value is not None:
                unread.append(Unread(id_, path, raw_text(value), reason))
        listing = Listing(provider=self.provider.slug, id=id_, prices=rules, **values)
        if self.declared.quirk is not None:
            listing, more = self.declared.quirk(entry, listing)
            unread.extend(more)
        return EntryReading(listing, tuple(unread))

    def _values(self, id_: str, entry: Entry) -> tuple[dict[str, Any], list[Unread]]:
        values: dict[str, Any] = {}
        unread: list[Unread] = []
        for name, path, find, read in self._fields:
            value = find(entry)
            if value is None:
                continue
            try:
                ours = read(value)
            except Unfit as unfit:
                unread.append(Unread(id_, path, raw_text(value), str(unfit)))
            else:
                if ours is not None:
                    values[name] = _both(values[name], ours) if name in values else ours
        if "mode" not in values and "output_modalities" in values:
            values["mode"] = mode_of(values["output_modalities"])
        if self._private.search(id_):
            values["visibility"] = "account"
        return {"lab": self.provider.lab, **self.declared.always, **values}, unread


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


def _both(first: Any, second: Any) -> Any:
    """Join the words of two places; of any other two values the first one counts."""
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
