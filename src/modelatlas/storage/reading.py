"""Questions in SQL, on a connection that cannot write."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine

from modelatlas.domain.errors import BadRequest

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


def query(engine: Engine, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Answer one SELECT: the names of the columns, and all rows.

    Raises `BadRequest` with the database's own message for anything else.
    """
    file = Path(str(engine.url.database)).absolute()
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


def _authorise(action: int, *_what: str | None) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _refused(sql: str, why: object) -> BadRequest:
    shown = sql if len(sql) <= _SHOWN else f"{sql[:_SHOWN]} ..."
    return BadRequest(
        f"the database refuses {shown!r} ({why}): expected one SELECT over tables such as models, providers, "
        f"model_pricing, pricing_sync_log"
    )
