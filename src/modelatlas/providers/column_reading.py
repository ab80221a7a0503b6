"""From a column of theirs to one of ours: what a thousand entries say alike is read once, and shared."""

from collections.abc import Callable, Hashable, Mapping
from types import NoneType
from typing import Any, Final, NamedTuple

from modelatlas.providers.columns import Column
from modelatlas.providers.contract import Unfit
from modelatlas.providers.fields import text, unix_day, unix_days


class Said(NamedTuple):
    """What a column says: ours for each value, None where it says nothing, and the unfit values by row.

    `values` is None when no value says anything.
    """

    values: list[Any] | None = None
    unfit: Mapping[int, Unfit] = {}


def read_column(read: Callable[[Any], Any], column: Column) -> Said:
    """Read each value with a pure function; null says nothing."""
    if not column.kinds:
        return Said()
    if (whole := _AT_ONCE[read](column) if read in _AT_ONCE else None) is not None:
        return Said(whole)
    if column.keys is None:
        return said([attempt(read, value) for value in column.values])
    return _read_alike(read, column.keys, column.values)


def said(found: list[Any]) -> Said:
    """Take what is unfit out of what was found."""
    kinds = set(map(type, found))
    if Unfit not in kinds:
        return Said(None if kinds == {NoneType} else found)
    unfit = {row: ours for row, ours in enumerate(found) if type(ours) is Unfit}
    return Said([None if row in unfit else ours for row, ours in enumerate(found)], unfit)


def attempt(read: Callable[[Any], Any], value: Any) -> Any:
    """Read a value; null stays None, an unfit value becomes its `Unfit`."""
    if value is None:
        return None
    try:
        return read(value)
    except Unfit as unfit:
        return unfit


def _read_alike(read: Callable[[Any], Any], keys: list[Hashable], values: list[Any]) -> Said:
    """Read one value of each key; that any is unfit is rare, and slower."""
    differing = {key: key for key in set(keys)} if keys is values else dict(zip(keys, values, strict=True))
    differing.pop(None, None)
    try:
        meaning = {key: read(value) for key, value in differing.items()}
    except Unfit:
        meaning = {key: attempt(read, value) for key, value in differing.items()}
        return said([meaning.get(key) for key in keys])
    if all(ours is None for ours in meaning.values()):
        return Said()
    meaning[None] = None
    return Said(list(map(meaning.__getitem__, keys)))


def _texts(column: Column) -> list[Any] | None:
    return column.values if column.is_clean else None


def _unix_days(column: Column) -> list[Any] | None:
    return unix_days(column.values) if column.kinds == {int} and not column.has_null else None


_AT_ONCE: Final[Mapping[Callable[[Any], Any], Callable[[Column], list[Any] | None]]] = {
    text: _texts,
    unix_day: _unix_days,
}
"""Way of reading -> how a whole column is read so that is plain enough for it, else None."""
