"""What was made of other values and outlives the process: asked for under all that it was made of."""

from collections.abc import Callable
from typing import Protocol, TypeVar

import msgspec

T = TypeVar("T")


class Derived(Protocol):
    """Values made of others, the last one of each name; may be asked from any thread.

    `made_of` says in plain values all that a value depends on, but for the program itself. What was kept
    under anything else is not there.
    """

    def get(self, name: str, made_of: object) -> bytes | None:
        """Return the bytes that were made of this, or None."""
        ...

    def put(self, name: str, made_of: object, value: bytes) -> None:
        """Keep bytes that were made of this in the place of older ones; where that fails, nothing is kept."""
        ...


class NothingDerived:
    """A `Derived` that keeps nothing."""

    def get(self, name: str, made_of: object) -> bytes | None:
        """Return None."""
        del name, made_of
        return None

    def put(self, name: str, made_of: object, value: bytes) -> None:
        """Keep nothing."""
        del name, made_of, value


NOTHING_DERIVED: Derived = NothingDerived()


def recalled(derived: Derived, name: str, made_of: object, decode: Callable[[bytes], T]) -> T | None:
    """Return a value that was made of this, or None; one that cannot be read is as good as none."""
    kept = derived.get(name, made_of)
    try:
        return None if kept is None else decode(kept)
    except msgspec.DecodeError:
        return None
