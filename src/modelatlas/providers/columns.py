"""Reading many values at once: what a thousand entries say alike is read once, and they share the result."""

from collections.abc import Callable, Sequence
from types import NoneType
from typing import Any, Final

from modelatlas.domain.price import Unread
from modelatlas.providers.contract import Number, Unfit
from modelatlas.providers.payload import raw_text

_PLAIN: Final = frozenset({str, int, bool, Number})
"""Kinds of values of which equal ones are read alike, as long as they are of one kind: `1` equals `true`."""


def read_column(read: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    """Read each value with a pure function; null stays None, an unfit value becomes its `Unfit`."""
    kinds = set(map(type, values)) - {NoneType}
    if not kinds:
        return [None] * len(values)
    if len(kinds) == 1 and kinds <= _PLAIN:
        meaning = {value: _attempt(read, value) for value in set(values)}
        return list(map(meaning.__getitem__, values))
    if kinds == {list}:
        return _read_lists(read, values)
    return [_attempt(read, value) for value in values]


class UnreadRows:
    """What was not read of many entries, by row."""

    def __init__(self, ids: Sequence[str]) -> None:
        self._ids = ids
        self._rows: dict[int, list[Unread]] = {}

    def of(self, row: int) -> tuple[Unread, ...]:
        """Return what was not read of one entry."""
        return tuple(self._rows[row]) if row in self._rows else ()

    def add(self, row: int, path: str, value: Any, reason: str) -> None:
        """Keep a value that is not read."""
        self._rows.setdefault(row, []).append(Unread(self._ids[row], path, raw_text(value), reason))

    def add_said(self, path: str, values: Sequence[Any], reason: str) -> None:
        """Keep all values of a path, for one reason."""
        for row, value in enumerate(values):
            if value is not None:
                self.add(row, path, value, reason)

    def sifted(self, path: str, values: Sequence[Any], column: list[Any]) -> list[Any]:
        """Return a column with None in the place of each `Unfit`, whose value is kept."""
        if Unfit in set(map(type, column)):
            for row, ours in enumerate(column):
                if type(ours) is Unfit:
                    self.add(row, path, values[row], str(ours))
                    column[row] = None
        return column


def _read_lists(read: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    """Read lists; those of equal texts are read once."""
    meaning: dict[tuple[str, ...], Any] = {}
    found: list[Any] = []
    for value in values:
        if value is None or any(type(item) is not str for item in value):
            found.append(_attempt(read, value))
            continue
        key = tuple(value)
        if key not in meaning:
            meaning[key] = _attempt(read, value)
        found.append(meaning[key])
    return found


def _attempt(read: Callable[[Any], Any], value: Any) -> Any:
    if value is None:
        return None
    try:
        return read(value)
    except Unfit as unfit:
        return unfit
