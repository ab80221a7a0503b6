"""Many rows at once: new row numbers, whole rows inserted, and rows found by a list of values."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Dialect, Row, Select, Table, func, select
from sqlalchemy.sql import ColumnElement

AT_ONCE: Final = 1_000
"""How many are in one slice: a list in a statement may hold 32,766 values on SQLite, 65,535 on PostgreSQL."""

T = TypeVar("T")


def slices(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces of `AT_ONCE`."""
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]


def new_keys(connection: Connection, table: Table, count: int) -> range:
    """Return unused row numbers, so that rows which refer to one another can be made before any is written.

    Nobody else can take them: a transaction that writes to SQLite is the only one.
    """
    if count == 0:
        return range(0)
    last = connection.scalar(select(func.coalesce(func.max(table.c.id), 0)))
    first = int(last or 0) + 1
    return range(first, first + count)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that have a value for every column, in one statement.

    They go to the driver as tuples: SQLAlchemy's own way with many rows takes three times as long.
    """
    if not rows:
        return
    names = table.columns.keys()
    binds = _binds(table, connection.dialect)
    values = [_bound(row, binds) for row in map(itemgetter(*names), rows)]
    statement = table.insert().compile(dialect=connection.dialect, column_keys=names)
    connection.exec_driver_sql(str(statement), values)


def rows_in(
    connection: Connection,
    statement: Select[*tuple[Any, ...]],
    column: ColumnElement[Any],
    values: Sequence[Any],
) -> Iterator[Row[*tuple[Any, ...]]]:
    """Go through the rows of a statement whose column has one of these values."""
    for some in slices(values):
        yield from connection.execute(statement.where(column.in_(some)))


def _binds(table: Table, dialect: Dialect) -> list[tuple[int, Callable[[Any], Any]]]:
    """Return the columns whose values the driver cannot take as they are, by position."""
    of_all = (column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.columns)
    return [(at, bind) for at, bind in enumerate(of_all) if bind is not None]


def _bound(row: tuple[Any, ...], binds: Sequence[tuple[int, Callable[[Any], Any]]]) -> tuple[Any, ...]:
    values = list(row)
    for at, bind in binds:
        if values[at] is not None:
            values[at] = bind(values[at])
    return tuple(values)
