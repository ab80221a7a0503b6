"""The door to the database: from a URL to an engine, and transactions that read or that write."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from modelatlas.domain.errors import Misconfigured, Unavailable
from modelatlas.storage import postgresql, sqlite
from modelatlas.storage.tables import store_stamp

StoreKind = Literal["real", "simulated"]

_POSTGRESQL: Final = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
_SQLITE: Final = frozenset({"sqlite", "sqlite+pysqlite"})


def open_engine(url: str) -> Engine:
    """Open the store that a `DATABASE_URL` names; a SQLite file is made where there is none.

    Raises `Misconfigured` for a URL that names no usable database.
    """
    parsed = _parsed(url)
    if parsed.drivername in _POSTGRESQL:
        return postgresql.open_postgresql(parsed)
    if parsed.drivername in _SQLITE:
        return sqlite.open_sqlite(parsed)
    raise Misconfigured(
        f"DATABASE_URL names {parsed.drivername!r}: expected sqlite:////absolute/path or "
        f"postgresql://...; leave it unset to use the SQLite file in MODELATLAS_HOME"
    )


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that reads: everything in it comes from one moment of the database.

    Raises `Unavailable` while the database is away.
    """
    options = postgresql.READING if is_postgresql(engine) else sqlite.READING
    with _told(engine), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine, provider: str | None = None) -> Iterator[Connection]:
    """Open a transaction that writes: all of it or nothing, and no other writer meanwhile.

    With `provider` only rows of this provider are written, and where the database can (PostgreSQL),
    other providers' writers go on. Raises `Unavailable` while the database is away, and when another
    writer does not end in 30 seconds.
    """
    with _told(engine), engine.connect() as connection, connection.begin():
        if is_postgresql(engine):
            postgresql.lock(connection, provider)
        yield connection


def place(engine: Engine) -> str:
    """Return where a store is, without its password."""
    return postgresql.place(engine) if is_postgresql(engine) else str(engine.url.database)


def is_postgresql(engine: Engine) -> bool:
    """Tell whether a store is kept by PostgreSQL; the others are SQLite files."""
    return engine.dialect.name == "postgresql"


def unavailable(engine: Engine, error: Exception) -> Unavailable | None:
    """Return in our words that the database is away; None for an error that is ours."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not (postgresql.is_away(engine, cause) if is_postgresql(engine) else sqlite.is_away(cause)):
        return None
    return Unavailable(f"the store {place(engine)} cannot be used now ({postgresql.told(error)}): try again")


def stamp(engine: Engine, kind: StoreKind, at: datetime) -> None:
    """Mark a new store as real or simulated; raises `Misconfigured` for one that is marked as the other."""
    with reading(engine) as connection:
        found = connection.scalar(select(store_stamp.c.kind))
    if found is None:
        found = _mark(engine, kind, at)
    if found != kind:
        raise Misconfigured(
            f"the store {place(engine)} holds {found} data, and this process would write {kind} data "
            f"into it: set MODELATLAS_HOME (or DATABASE_URL) to another place for {kind} data"
        )


def kind_of(engine: Engine) -> StoreKind | None:
    """Return whether a store holds real or simulated data; None for one that is not marked yet."""
    with reading(engine) as connection:
        kind: StoreKind | None = connection.scalar(select(store_stamp.c.kind))
        return kind


def _mark(engine: Engine, kind: StoreKind, at: datetime) -> str:
    with writing(engine) as connection:
        found = connection.scalar(select(store_stamp.c.kind))  # another process may have been quicker
        if found is None:
            connection.execute(insert(store_stamp).values(kind=kind, created_at=at))
        return found or kind


@contextmanager
def _told(engine: Engine) -> Iterator[None]:
    """Say in our words that the database is away; errors that are ours stay as they are."""
    try:
        yield
    except (DBAPIError, engine.dialect.loaded_dbapi.Error) as error:  # COPY goes past SQLAlchemy
        away = unavailable(engine, error)
        if away is None:
            raise
        raise away from error


def _parsed(url: str) -> URL:
    wrong: Exception | None = None
    try:
        parsed = make_url(url)
        if "@" not in (parsed.host or ""):  # else part of the password has been taken for the host
            return parsed
    except (ArgumentError, ValueError) as error:
        wrong = error
    raise Misconfigured(
        f"DATABASE_URL is {_without_password(url)!r}: expected sqlite:////absolute/path, or "
        f"postgresql://user:password@host/database where @ and / in the password are written %40 and %2F; "
        f"leave it unset to use the SQLite file in MODELATLAS_HOME"
    ) from wrong


def _without_password(url: str) -> str:
    return re.sub(r"^.*@", "***@", url)
