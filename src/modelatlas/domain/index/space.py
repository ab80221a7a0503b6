"""An order of all listings in which sets of them are bitmaps: the first of the order is the lowest bit."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from msgspec import Struct
from pyroaring import BitMap

from modelatlas.domain.index.columns import Facet

STEPS: Final = 128
"""Prefixes of a column that are kept: what is between two of them is added one by one."""
MOST_MOVED: Final = 256
"""Sets that were brought into this order and are remembered."""


class Column:
    """The listings that have a value, by it, the smallest first; ties as they come."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.places = array("I", (place for place, value in enumerate(values) if value is not None))
        self.places = array("I", sorted(self.places, key=values.__getitem__))
        self._values = values

    @cached_property
    def values(self) -> list[Any]:
        """Their values, in the same order."""
        return [self._values[place] for place in self.places]

    def order(self, *, largest_first: bool) -> "array[int]":
        """Return all listings in the order of this column, those without a value last."""
        values = self._values
        have = self.places
        if largest_first:
            have = array("I", sorted(sorted(have), key=values.__getitem__, reverse=True))
        return have + array("I", (place for place, value in enumerate(values) if value is None))


class Prefixes:
    """The sets of the first listings of a column, in some order."""

    def __init__(self, places: Sequence[int]) -> None:
        self._places = places
        self._step = max(1, len(places) // STEPS)
        self._kept = [BitMap()]
        for begin in range(0, len(places), self._step):
            self._kept.append(self._kept[-1] | BitMap(places[begin : begin + self._step]))

    def first(self, count: int) -> BitMap:
        """Return the first so many."""
        step = min(count // self._step, len(self._kept) - 1)
        rest = self._places[step * self._step : count]
        return self._kept[step] | BitMap(rest) if rest else self._kept[step]

    def all_but_first(self, count: int) -> BitMap:
        """Return all but the first so many."""
        return self._kept[-1] - self.first(count) if count else self._kept[-1]


class Space:
    """All sets of listings in one order; `order` is None for the order in which they are listed."""

    def __init__(
        self,
        order: "array[int] | None",
        facet: Callable[[Facet], BitMap],
        column: Callable[[str], Column],
    ) -> None:
        self.order = order
        self._facet = facet
        self._column = column
        self._facets: dict[Facet, BitMap] = {}
        self._prefixes: dict[str, Prefixes] = {}
        self._moved: dict[object, BitMap] = {}

    def facet(self, facet: Facet) -> BitMap:
        """Return the listings that have a value.

        What no listing has is not remembered: there is no end of values that can be asked for.
        """
        found = self._facets.get(facet)
        if found is None:
            found = self.brought(self._facet(facet))
            if found:
                self._facets[facet] = found
        return found

    def at_least(self, name: str, least: Any) -> BitMap:  # noqa: ANN401 - whatever the column holds
        """Return the listings that have that much in a column, or more."""
        return self._prefixes_of(name).all_but_first(bisect_left(self._column(name).values, least))

    def at_most(self, name: str, most: Any) -> BitMap:  # noqa: ANN401 - whatever the column holds
        """Return the listings that have that much in a column, or less."""
        return self._prefixes_of(name).first(bisect_right(self._column(name).values, most))

    def moved(self, key: object, found: BitMap) -> BitMap:
        """Return a set that was found in the order of the list, remembered under a key that names it."""
        if self.order is None:
            return found
        moved = self._moved.get(key)
        if moved is None:
            if len(self._moved) >= MOST_MOVED:
                self._moved = {}
            moved = self._moved[key] = self.brought(found)
        return moved

    def listed(self, found: BitMap, begin: int, end: int | None) -> Sequence[int]:
        """Return a part of a set, in this order, as positions in the list."""
        places: array[int] = found[begin:end].to_array()
        return places if self.order is None else [self.order[place] for place in places]

    def brought(self, found: BitMap) -> BitMap:
        """Bring a set that was found in the order of the list into this one."""
        return found if self.order is None else BitMap([self.rank[place] for place in found])

    @cached_property
    def rank(self) -> Sequence[int]:
        """Where each listing stands in this order."""
        assert self.order is not None  # noqa: S101 - asked only where there is one, and mypy is to know
        rank = array("I", bytes(4 * len(self.order)))
        for place, listed in enumerate(self.order):
            rank[listed] = place
        return rank

    def _prefixes_of(self, name: str) -> Prefixes:
        found = self._prefixes.get(name)
        if found is None:
            places: Sequence[int] = self._column(name).places
            if self.order is not None:
                places = array("I", [self.rank[place] for place in places])
            found = self._prefixes[name] = Prefixes(places)
        return found


class Found(Struct, frozen=True):
    """What answers a question, as a set in the order that is asked for."""

    members: BitMap
    space: Space

    def __len__(self) -> int:
        return len(self.members)

    @property
    def leading(self) -> int | None:
        """How many they are where they are the first of the list, as they stand; None elsewhere."""
        count = len(self.members)
        is_straight = self.space.order is None and (not count or count == self.members.max() + 1)
        return count if is_straight else None

    def between(self, begin: int, end: int | None) -> Sequence[int]:
        """Return a part of them, as positions in the list."""
        if begin >= len(self.members) or end == 0:
            return []
        return self.space.listed(self.members, begin, end)


def merged(starts: Mapping[str, int], parts: Mapping[str, Mapping[Facet, BitMap]], facet: Facet) -> BitMap:
    """Put the sets of all lists together, each moved to where its list stands."""
    found = [of[facet].shift(starts[slug]) for slug, of in parts.items() if facet in of]
    return BitMap.union(*found) if found else BitMap()
