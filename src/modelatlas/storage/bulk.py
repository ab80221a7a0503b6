"""Many rows at once: new row numbers, rows inserted and rewritten, and rows found by a list of values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from sqlalchemy import (
    Column,
    Connection,
    Dialect,
    Row,
    Select,
    Table,
    func,
    select,
    text,
)
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:  # a store in a file has no use for it
    import psycopg

AT_ONCE: Final = 1_000
"""How many are in one slice: a list in a statement may hold 32,766 values on SQLite, 65,535 on PostgreSQL."""

_NEXT_KEYS: Final = text(
    "SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)"
)

T = TypeVar("T")


def slices(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces of `AT_ONCE`."""
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]


def new_keys(connection: Connection, table: Table, count: int) -> Sequence[int]:
    """Return unused row numbers, so that rows which refer to one another can be made before any is written.

    Nobody else gets them: a transaction that writes to SQLite is the only one, and a sequence of PostgreSQL
    gives each number once, to whomever.
    """
    if count == 0:
        return ()
    if _is_postgresql(connection):
        return connection.scalars(_NEXT_KEYS, {"table": f'"{table.name}"', "count": count}).all()
    last = connection.scalar(select(func.coalesce(func.max(table.c.id), 0)))
    first = int(last or 0) + 1
    return range(first, first + count)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that have a value for every column, in one statement.

    They go to the driver as tuples: SQLAlchemy's own way with many rows takes three times as long, and on
    PostgreSQL any INSERT eight times as long as COPY.
    """
    if not rows:
        return
    columns = list(table.columns)
    values = _values(rows, columns, connection.dialect)
    if _is_postgresql(connection):
        into = f"COPY {_quoted(table)} ({_listed(columns)}) FROM STDIN (FORMAT binary)"
        _copy(connection, into, columns, values)
    else:
        marks = ", ".join("?" for _ in columns)
        into = f"INSERT INTO {_quoted(table)} ({_listed(columns)}) VALUES ({marks})"  # noqa: S608 - our own names
        connection.exec_driver_sql(into, list(values))


def update_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the same columns of several rows, in one statement; `id` is the number of each."""
    if not rows:
        return
    columns = [column for column in table.columns if column.name in rows[0] and column.name != "id"]
    values = _values(rows, [*columns, table.c.id], connection.dialect)
    if _is_postgresql(connection):
        new = [*columns, table.c.id]
        arrays = ", ".join(f"%s::{_type(column, connection.dialect)}[]" for column in new)
        sets = ", ".join(f'"{column.name}" = new."{column.name}"' for column in columns)
        connection.exec_driver_sql(
            f"UPDATE {_quoted(table)} SET {sets} FROM unnest({arrays}) AS new ({_listed(new)}) "  # noqa: S608 - our own names
            f"WHERE {_quoted(table)}.id = new.id",
            tuple(list(column) for column in zip(*values, strict=True)),
        )
    else:
        sets = ", ".join(f'"{column.name}" = ?' for column in columns)
        connection.exec_driver_sql(f"UPDATE {_quoted(table)} SET {sets} WHERE id = ?", list(values))  # noqa: S608 - our own names


def rows_in(
    connection: Connection,
    statement: Select[*tuple[Any, ...]],
    column: ColumnElement[Any],
    values: Sequence[Any],
) -> Iterator[Row[*tuple[Any, ...]]]:
    """Go through the rows of a statement whose column has one of these values."""
    for some in slices(values):
        yield from connection.execute(statement.where(column.in_(some))).all()


def _copy(
    connection: Connection, statement: str, columns: Sequence[Column[Any]], rows: Iterable[tuple[Any, ...]]
) -> None:
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    with driver.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        copy.set_types([_type(column, connection.dialect) for column in columns])
        for row in rows:
            copy.write_row(row)


def _values(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[Column[Any]], dialect: Dialect
) -> Iterable[tuple[Any, ...]]:
    """Return rows as tuples of what the driver takes; turned column by column, which is the quicker way."""
    picked = list(map(itemgetter(*(column.name for column in columns)), rows))
    binds = [(at, column.type) for at, column in enumerate(columns) if isinstance(column.type, TypeDecorator)]
    if not binds:
        return picked
    turned = list(zip(*picked, strict=True))
    for at, type_ in binds:
        bind = type_.process_bind_param
        turned[at] = tuple([bind(value, dialect) for value in turned[at]])
    return zip(*turned, strict=True)


def _is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _type(column: Column[Any], dialect: Dialect) -> str:
    return column.type.compile(dialect).lower()


def _quoted(table: Table) -> str:
    return f'"{table.name}"'


def _listed(columns: Iterable[Column[Any]]) -> str:
    return ", ".join(f'"{column.name}"' for column in columns)
