"""Which listings the rows of a price document name: by id, by a name that only one has, or by a meter."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import ModelList
from modelatlas.providers.paths import PLACE
from modelatlas.providers.payload import dig
from modelatlas.providers.row_words import spelled, words_of

_DAY_AND_MONTH: Final = 4
"""Digits: two for the month and two for the day."""


class Known(Struct, frozen=True):
    """The listings that rows can name: by id, by the letters and numbers of ids and names, by meter."""

    listings: Mapping[str, Listing]
    names: Mapping[tuple[str, ...], frozenset[str]]
    meters: Mapping[str, frozenset[str]]

    def named(self, name: str, by: str) -> frozenset[str]:
        """Return the ids of the listings that have a name, or the one that has it as its id."""
        if by == "id":
            return frozenset({name} & self.listings.keys())
        return self.names.get(spelled(name), frozenset())

    def billed_by(self, meter: Any) -> frozenset[str]:
        """Return the ids that a meter bills, listed or not."""
        return self.meters.get(meter.lower(), frozenset()) if isinstance(meter, str) else frozenset()

    def is_of(self, name: str, id_: str) -> bool:
        """Tell whether every word of a shortened name stands in a listing's id or name."""
        whole = words_of(f"{id_} {self.listings[id_].name or ''}")
        return all(_is_part(word, {inside for inside, _ in whole}, id_) for word, _ in words_of(name))


def known(listings: Mapping[str, Listing], meters: Mapping[str, frozenset[str]]) -> Known:
    """Prepare listings to be named by rows."""
    names: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for id_, listing in listings.items():
        for name in filter(None, (id_, listing.name)):
            names[spelled(name)].add(id_)
    return Known(listings, {name: frozenset(ids) for name, ids in names.items()}, meters)


def read_meters(declared: ModelList, entries: Iterable[Any]) -> dict[str, frozenset[str]]:
    """Return meter, in small letters -> the ids that it bills, of a list of meters."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    path = [] if declared.meters is None else declared.meters.path.split(".")
    for entry in entries:
        id_ = _composed(declared.id, entry)
        if id_ is not None:
            for meter in _through(entry, path):
                if isinstance(meter, str):
                    found[meter.lower()].add(id_)
    return {meter: frozenset(ids) for meter, ids in found.items()}


def _is_part(word: str, inside: set[str], id_: str) -> bool:
    """Tell whether a word stands in an id, be it as the day of its date: `0806` of `2024-08-06`."""
    is_day = word.isdecimal() and len(word) >= _DAY_AND_MONTH
    return word in inside or (is_day and word in id_.replace("-", ""))


def _composed(template: str, entry: Any) -> str | None:
    """Return an id put together from paths in braces, or None where one of them is no text."""
    parts = {place: dig(entry, place) for place in PLACE.findall(template)}
    if not parts or not all(isinstance(part, str) and part for part in parts.values()):
        return None
    return PLACE.sub(lambda place: str(parts[place[1]]), template)


def _through(value: Any, path: Sequence[str]) -> Iterator[Any]:
    """Go to all values at a path in which `key[]` leads through every item of a list."""
    if not path:
        yield value
        return
    key, *rest = path
    inner = value.get(key.removesuffix("[]")) if isinstance(value, dict) else None
    for each in inner if key.endswith("[]") and isinstance(inner, list) else [inner]:
        yield from _through(each, rest)
