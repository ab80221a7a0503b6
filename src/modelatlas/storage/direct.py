"""Single statements on the bare driver, over connections that are kept for them.

A pool of connections asks, begins and rolls back around each of its uses: four round trips on PostgreSQL
around one statement, and on SQLite half of the time that an indexed lookup takes. What is asked here is one
statement, which is one moment of the database by itself.
"""

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

from modelatlas.storage.engine import is_postgresql, unavailable

if TYPE_CHECKING:  # a store in a file has no use for it
    import psycopg

KEPT: Final = 4
"""Connections that stay open while nobody asks; those of more threads that ask at once are closed."""


class _Rows(Protocol):
    def fetchall(self) -> list[tuple[Any, ...]]: ...


class _Driver(Protocol):
    """What the connections of both drivers have in common."""

    def execute(self, sql: str, values: Sequence[Any], /) -> _Rows: ...

    def close(self) -> None: ...


class Direct:
    """Asks a store single statements; what it keeps open is closed with the engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._driver = engine.dialect.loaded_dbapi
        self._idle: deque[_Driver] = deque()
        event.listen(engine, "engine_disposed", lambda _: self.close())

    def ask(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT in the driver's own words.

        Raises `Unavailable` while the store is away.
        """
        try:
            return self._asked(sql, values)
        except (DBAPIError, self._driver.Error) as error:
            away = unavailable(self._engine, error)
            if away is None:
                raise
            raise away from error

    def close(self) -> None:
        """Close the connections that nobody uses now."""
        while self._idle:
            self._idle.pop().close()

    def _asked(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        try:
            kept = self._idle.pop()
        except IndexError:
            return self._on(self._opened(), sql, values)
        try:
            return self._on(kept, sql, values)
        except self._driver.OperationalError:
            if not is_postgresql(self._engine):
                raise
            self.close()  # the server has ended it meanwhile, and the others with it
            return self._on(self._opened(), sql, values)

    def _on(self, connection: _Driver, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        try:
            rows = connection.execute(sql, values).fetchall()
        except BaseException:
            connection.close()
            raise
        if len(self._idle) < KEPT:
            self._idle.append(connection)
        else:
            connection.close()
        return rows

    def _opened(self) -> _Driver:
        pooled = self._engine.raw_connection()
        pooled.detach()
        connection: object = pooled.dbapi_connection
        if is_postgresql(self._engine):
            _prepare(cast("psycopg.Connection[Any]", connection))
        return cast("_Driver", connection)


def _prepare(connection: "psycopg.Connection[Any]") -> None:
    """Let each statement be a transaction of its own, prepared at once where the server knows it again."""
    connection.autocommit = True
    if _is_direct(connection):
        connection.prepare_threshold = 0


def _is_direct(connection: "psycopg.Connection[Any]") -> bool:
    """Tell whether the server itself is at the other end, which knows what was prepared.

    A pooler of connections tells a process number of its own, since which server's process answers changes.
    """
    found = connection.execute("SELECT pg_backend_pid()").fetchone()
    return found is not None and found[0] == connection.info.backend_pid
