"""The door to the database: from a URL to an engine, and transactions that read or that write."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from modelatlas.domain.errors import Misconfigured
from modelatlas.storage.tables import store_stamp

StoreKind = Literal["real", "simulated"]

_POSTGRES: Final = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
_BUSY_SECONDS: Final = 30.0
"""How long a writer waits for another one; a whole sync of 20,000 listings takes about one second."""


def open_engine(url: str) -> Engine:
    """Open the store that a `DATABASE_URL` names, making the file and its directory where there are none.

    Raises `Misconfigured` for a URL that names no usable database.
    """
    parsed = _parsed(url)
    if parsed.drivername in _POSTGRES:
        raise Misconfigured(
            f"DATABASE_URL names PostgreSQL ({parsed.render_as_string()}): PostgreSQL needs a later version "
            f"of Model Atlas; leave DATABASE_URL unset to use the SQLite file in MODELATLAS_HOME"
        )
    if parsed.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise Misconfigured(
            f"DATABASE_URL names {parsed.drivername!r}: expected sqlite:////absolute/path or "
            f"postgresql://...; leave it unset to use the SQLite file in MODELATLAS_HOME"
        )
    return _open_sqlite(parsed)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that reads: everything in it comes from one moment of the database."""
    with engine.connect().execution_options(begin="DEFERRED") as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes: all of it or nothing, and no other writer meanwhile."""
    with engine.connect() as connection, connection.begin():
        yield connection


def stamp(engine: Engine, kind: StoreKind, at: datetime) -> None:
    """Mark a new store as real or simulated; raises `Misconfigured` for one that is marked as the other."""
    with reading(engine) as connection:
        found = connection.scalar(select(store_stamp.c.kind))
    if found is None:
        found = _mark(engine, kind, at)
    if found != kind:
        raise Misconfigured(
            f"the store {engine.url.database} holds {found} data, and this process would write {kind} data "
            f"into it: set MODELATLAS_HOME (or DATABASE_URL) to another place for {kind} data"
        )


def _mark(engine: Engine, kind: StoreKind, at: datetime) -> str:
    with writing(engine) as connection:
        found = connection.scalar(select(store_stamp.c.kind))  # another process may have been quicker
        if found is None:
            connection.execute(insert(store_stamp).values(kind=kind, created_at=at))
        return found or kind


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError) as error:
        raise Misconfigured(
            f"DATABASE_URL is {_without_password(url)!r}: expected sqlite:////absolute/path or "
            f"postgresql://...; leave it unset to use the SQLite file in MODELATLAS_HOME"
        ) from error


def _without_password(url: str) -> str:
    return re.sub(r"^.*@", "***@", url)


def _open_sqlite(url: URL) -> Engine:
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
        with writing(engine):
            return engine  # a file that is no database or cannot be written has shown itself
    except (DatabaseError, sqlite3.Error) as error:
        engine.dispose()
        raise _unusable(path, getattr(error, "orig", error)) from error


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
