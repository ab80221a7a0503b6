"""What the index knows of one list: which listings have a value, and what is sorted by, column by column."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from pyroaring import BitMap

from modelatlas.domain.latest import Latest
from modelatlas.domain.listing import Listing, is_priced
from modelatlas.domain.query import COLUMNS, is_deprecated, is_free
from modelatlas.domain.snapshot import Snapshot

Facet = tuple[str, Any]
"""A property of a listing and a value of it."""

SINGLE: Final = ("lab", "mode", "status", "quantization")
"""Properties that have one value or none."""
SEVERAL: Final = ("input_modalities", "output_modalities", "supported_parameters")
"""Properties that have any number of values."""
_TESTS: Final[Mapping[str, Callable[[Listing], bool]]] = {
    "free": is_free,
    "priced": is_priced,
    "deprecated": is_deprecated,
}


class Columns(Struct, frozen=True):
    """One list by position: the listings with each value, and what every listing has in each column."""

    facets: Mapping[Facet, BitMap]
    values: Mapping[str, Sequence[Any]]


class KeptColumns:
    """The columns of each provider's list, made once for as long as it says the same."""

    def __init__(self) -> None:
        self._kept: Latest[Columns] = Latest()

    def of(self, part: Snapshot) -> Columns:
        """Return the columns of a list; its public part has the same digest, and fewer listings."""
        key = part.digest, len(part.listings)
        kept = self._kept.get(part.provider, key)
        return kept or self._kept.put(part.provider, key, columns(part.listings))

    def forget_older(self, part: Snapshot) -> None:
        """Drop what was made of the list that this one has replaced."""
        self._kept.forget_older(part.provider, (part.digest, len(part.listings)))


def columns(listings: Sequence[Listing]) -> Columns:
    """Go through a list once, property by property; equal values are one value."""
    facets: dict[Facet, BitMap] = {}
    for name in SINGLE:
        for value, places in _places(getattr(each, name) for each in listings).items():
            if value is not None:
                facets[name, value] = places
    for name in SEVERAL:
        for values, places in _places(getattr(each, name) for each in listings).items():
            for value in values:
                facets[name, value] = facets.get((name, value), BitMap()) | places
    for name, test in _TESTS.items():
        for value, places in _places(map(test, listings)).items():
            facets[name, value] = places
    known: dict[Any, Any] = {}
    values = {
        name: tuple(known.setdefault(value, value) for value in map(column, listings))
        for name, column in COLUMNS.items()
    }
    return Columns(facets, values)


def _places(values: Iterable[Any]) -> dict[Any, BitMap]:
    found: dict[Any, list[int]] = {}
    for place, value in enumerate(values):
        found.setdefault(value, []).append(place)
    return {value: BitMap(places) for value, places in found.items()}
