"""What was made of each provider's list, for the list that is shown and for the one that is about to be.

The next list is made ready before it is shown, and readers go on asking for the one before it.
"""

from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """The values made last, two for each provider, each under what it was made from; for any thread."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[tuple[object, T], ...]] = {}

    def get(self, slug: str, made_from: object) -> T | None:
        """Return the value that was made from this, if it is one of the last two."""
        for key, value in self._kept.get(slug, ()):
            if key == made_from:
                return value
        return None

    def newest(self, slug: str) -> T | None:
        """Return the value that was made last."""
        kept = self._kept.get(slug)
        return kept[0][1] if kept else None

    def put(self, slug: str, made_from: object, value: T) -> T:
        """Keep a value and the one before it; return it."""
        older = tuple(pair for pair in self._kept.get(slug, ()) if pair[0] != made_from)
        self._kept[slug] = ((made_from, value), *older[:1])
        return value

    def forget_older(self, slug: str, made_from: object) -> None:
        """Keep one value of a provider alone, if it is the newest: nothing else is about to be shown."""
        kept = self._kept.get(slug, ())
        if len(kept) > 1 and kept[0][0] == made_from:
            self._kept[slug] = kept[:1]

    def forget_all_but(self, slugs: Iterable[str]) -> None:
        """Drop what belongs to other providers."""
        for slug in self._kept.keys() - set(slugs):
            self._kept.pop(slug, None)
