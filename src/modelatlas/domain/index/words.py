"""The words of names and ids: which listings have a word that begins so, and which was meant by another."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

from pyroaring import BitMap

from modelatlas.domain.listing import Listing
from modelatlas.domain.query import words_of

FREQUENT: Final = 64
"""Of so many listings one: words that more have are kept as bitmaps."""
MOST_KEPT: Final = 512
"""Beginnings whose listings are remembered."""
LEAST_ALIKE: Final = 70
"""Of 100: a known word that is less like the one asked for was not meant."""
_LAST: Final = "\U0010ffff"


class Words:
    """The words of all listings, by position; may be asked from any thread."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        places: dict[str, array[int]] = {}
        count = 0
        for count, listing in enumerate(listings, 1):
            for word in set(words_of(listing)):
                found = places.get(word)
                if found is None:
                    places[word] = array("I", (count - 1,))
                else:
                    found.append(count - 1)
        places.pop("", None)
        self._sorted = sorted(places)
        self._places: list[array[int] | BitMap] = [
            BitMap(places[word]) if len(places[word]) * FREQUENT > count else places[word]
            for word in self._sorted
        ]
        self._kept: dict[str, BitMap] = {}

    def beginning(self, text: str) -> BitMap:
        """Return the listings with a word that begins so."""
        kept = self._kept.get(text)
        if kept is None:
            first, last = bisect_left(self._sorted, text), bisect_left(self._sorted, text + _LAST)
            large = [each for each in self._places[first:last] if isinstance(each, BitMap)]
            small = [each for each in self._places[first:last] if isinstance(each, array)]
            kept = BitMap.union(BitMap(), *large)
            if small:
                kept |= BitMap([place for each in small for place in each])
            if len(self._kept) >= MOST_KEPT:
                self._kept = {}
            self._kept[text] = kept
        return kept

    def nearest(self, text: str) -> str | None:
        """Return the word that was meant by one that no word begins with, None where none is alike."""
        # Imported here: only what is misspelt needs it.
        from rapidfuzz import fuzz, process  # noqa: PLC0415

        found = process.extract(text, self._sorted, scorer=fuzz.ratio, score_cutoff=LEAST_ALIKE, limit=5)
        best = [(score, len(self._places[at]), word) for word, score, at in found]
        return max(best, default=(0, 0, None))[2]
