"""Many entries at once: the values at one path of all of them are a column."""

from collections.abc import Collection, Hashable, Sequence
from functools import cached_property
from operator import attrgetter
from types import NoneType
from typing import Any, Final

from modelatlas.providers.contract import Number
from modelatlas.providers.fields import are_clean
from modelatlas.providers.payload import Shaped

_PLAIN: Final = frozenset({str, int, bool, Number})
"""Kinds of values of which equal ones are read alike, as long as they are of one kind: `1` equals `true`."""


class Column:
    """The values at one path of many entries, null where there is none; `kinds` are those of all others."""

    def __init__(self, values: list[Any], kinds: Collection[type] | None = None) -> None:
        found = set(map(type, values)) if kinds is None else {*kinds}
        self.values = values
        self.kinds = found - {NoneType}
        self.has_null = NoneType in found

    @cached_property
    def keys(self) -> list[Hashable] | None:
        """What tells the values apart: those of equal keys are read alike. The key of null is null."""
        if len(self.kinds) != 1:
            return None
        return self.values if self.kinds <= _PLAIN else list(map(_key, self.values))

    @cached_property
    def is_clean(self) -> bool:
        """Tell whether every value is a text that is read as it is."""
        return self.kinds == {str} and not self.has_null and are_clean(self.values)


class Columns:
    """Entries of one list, asked path by path; each path is gone through once."""

    def __init__(self, entries: Sequence[Any]) -> None:
        self.entries = entries
        one = {type(entries[0])} if entries and isinstance(entries[0], Shaped) else None
        self._columns = {"": Column(list(entries), kinds=one)}  # shaped entries are all of one kind

    def taken(self, rows: Sequence[int]) -> "Columns":
        """Return some of the entries."""
        return Columns([self.entries[row] for row in rows])

    def at(self, path: str) -> Column:
        """Return the values at a path; the empty path are the entries themselves."""
        if path not in self._columns:
            above, _, key = path.rpartition(".")
            self._columns[path] = Column(_values(self.at(above), key))
        return self._columns[path]


def _values(objects: Column, key: str) -> list[Any]:
    """Return what stands at a key of each; nothing does where there is no object."""
    (kind,) = objects.kinds if len(objects.kinds) == 1 else (object,)
    if issubclass(kind, Shaped):
        get = attrgetter(kind.places[key]) if key in kind.places else None
        if get is None:
            return [None] * len(objects.values)
        if not objects.has_null:
            return list(map(get, objects.values))
        return [None if each is None else get(each) for each in objects.values]
    if kind is dict and not objects.has_null:
        return [each.get(key) for each in objects.values]
    return [each.get(key) if isinstance(each, dict) else None for each in objects.values]


def _key(value: Any) -> Hashable:
    """Return a key of a list of texts, or of an object of yes and no; anything else is like nothing else."""
    if type(value) is list and set(map(type, value)) <= {str}:
        return tuple(value)
    if type(value) is dict and set(map(type, value.values())) <= {bool}:
        return tuple(value.items())
    return None if value is None else object()
