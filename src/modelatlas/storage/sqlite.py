"""A store in one SQLite file."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from modelatlas.domain.errors import Misconfigured

READING: Final[Mapping[str, Any]] = MappingProxyType({"begin": "DEFERRED"})
"""Execution options of a transaction that only reads."""

_BUSY_SECONDS: Final = 30.0
"""How long a writer waits for another one; a whole sync of 20,000 listings takes about one second."""

_AWAY: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
    }
)
"""Errors of the file's surroundings, which may pass (https://www.sqlite.org/rescode.html)."""


def open_sqlite(url: URL) -> Engine:
    """Open a file, made with its directory where there is none.

    Raises `Misconfigured` for what is no SQLite file or cannot be written.
    """
    if url.database in {None, "", ":memory:"}:
        raise Misconfigured(
            f"DATABASE_URL names {url.database or 'no file'}, which keeps nothing: expected a file, such as "
            f"sqlite:////absolute/path/modelatlas.sqlite"
        )
    path = Path(str(url.database))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(path, error) from error
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        with engine.begin():
            return engine  # a file that is no database or cannot be written has shown itself
    except (DatabaseError, sqlite3.Error) as error:
        engine.dispose()
        raise _unusable(path, getattr(error, "orig", error)) from error


def is_away(error: BaseException | None) -> bool:
    """Tell whether an error of the driver may pass by itself: another writer, a full disk."""
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in _AWAY  # the low byte is the kind, the rest its detail


def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    """Set up a connection: our own BEGIN, foreign keys, and a write-ahead log, so that reads never wait."""
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "cache_size = -16000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Say BEGIN as the transaction means it.

    Under a write-ahead log a transaction that read first and writes then fails at once, whatever the
    timeout (SQLITE_BUSY_SNAPSHOT, https://www.sqlite.org/rescode.html#busy_snapshot), so that writing is
    what a transaction does unless it says otherwise.
    """
    kind = connection.get_execution_options().get("begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {kind}")


def _unusable(path: Path, error: BaseException) -> Misconfigured:
    return Misconfigured(
        f"the store {path} cannot be used ({error}): expected a SQLite file, or a place where one can be "
        f"made; set DATABASE_URL or MODELATLAS_HOME to a directory that can be written"
    )
