"""Questions in SQL, in a transaction that cannot write."""

import sqlite3
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import Connection, Engine

from modelatlas.domain.errors import BadRequest
from modelatlas.domain.money import plain
from modelatlas.storage.columns import instant_text
from modelatlas.storage.engine import is_postgresql, reading

if TYPE_CHECKING:  # a store in a file has no use for it
    import psycopg

PATIENCE: Final = "60s"
"""How long PostgreSQL works on one question."""

_ALLOWED: Final = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
    }
)
"""What a statement may do; all else is refused when it is prepared: writing, ATTACH, PRAGMA, VACUUM INTO."""

_SHOWN: Final = 200
"""Characters of a statement that an error message shows."""

_Answer = tuple[list[str], list[tuple[Any, ...]]]


def query(engine: Engine, sql: str) -> _Answer:
    """Answer one SELECT: the names of the columns, and all rows.

    Exact amounts and instants are texts, written alike whatever the database. Raises `BadRequest` with the
    database's own message for anything but one SELECT, `Unavailable` while the database is away.
    """
    if "\0" in sql:
        raise _refused(sql, "it holds a NUL")
    if not is_postgresql(engine):
        return _from_file(Path(str(engine.url.database)).absolute(), sql)
    with reading(engine) as connection:
        return _from_server(connection, sql)


def _from_file(file: Path, sql: str) -> _Answer:
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("PRAGMA query_only = ON")
            connection.set_authorizer(_authorise)
            cursor = connection.execute(sql)
            if cursor.description is None:
                raise _refused(sql, "it asks nothing")
            return [column for column, *_ in cursor.description], cursor.fetchall()
    except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
        raise _refused(sql, error) from error


def _from_server(connection: Connection, sql: str) -> _Answer:
    """Ask through a cursor of the server's, which takes one SELECT and nothing else."""
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{PATIENCE}'")
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    try:
        with driver.cursor("question") as cursor:
            cursor.execute(sql.encode())
            rows = [tuple(map(_alike, row)) for row in cursor.fetchall()]
            return [column.name for column in cursor.description or ()], rows
    except connection.dialect.loaded_dbapi.Error as error:
        if driver.closed:
            raise
        raise _refused(sql, " ".join(str(error).split())) from error


def _alike(value: object) -> object:
    """Write a value as it stands in a SQLite file."""
    if isinstance(value, Decimal):
        return plain(value)
    return instant_text(value) if isinstance(value, datetime) else value


def _authorise(action: int, *_what: str | None) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _refused(sql: str, why: object) -> BadRequest:
    shown = sql if len(sql) <= _SHOWN else f"{sql[:_SHOWN]} ..."
    return BadRequest(
        f"the database refuses {shown!r} ({why}): expected one SELECT over tables such as models, providers, "
        f"model_pricing, pricing_sync_log"
    )
