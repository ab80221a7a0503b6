"""Places in a decoded entry: how to find, change and remove what stands there."""

from collections.abc import Iterator
from typing import Any

Place = tuple[str | int, ...]
"""The way into an entry: keys of objects and positions in lists."""


def place(path: str) -> Place:
    """Return the place that a dotted path of a declaration names."""
    return tuple(path.split(".")) if path else ()


def at(entry: object, way: Place) -> object:
    """Return what stands at a place, or None."""
    for key in way:
        if isinstance(entry, dict):
            entry = entry.get(key)
        elif isinstance(entry, list) and isinstance(key, int) and key < len(entry):
            entry = entry[key]
        else:
            return None
    return entry


def put(entry: object, way: Place, value: object) -> None:
    """Change what stands at a place, if anything does."""
    if at(entry, way) is not None:
        inner: Any = at(entry, way[:-1])
        inner[way[-1]] = value


def drop(entry: object, way: Place) -> None:
    """Remove what stands at a place, if anything does."""
    inner, last = at(entry, way[:-1]), way[-1]
    if isinstance(inner, dict):
        inner.pop(last, None)
    elif isinstance(inner, list) and isinstance(last, int) and last < len(inner):
        del inner[last]


def leaves(value: object, way: Place = ()) -> Iterator[tuple[Place, object]]:
    """Go through all values that hold no others, with their places."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*way, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from leaves(inner, (*way, position))
    else:
        yield way, value
