"""A store in a PostgreSQL database."""

import zlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from modelatlas.domain.errors import Misconfigured

OLDEST: Final = 15
"""The oldest version of the server that is tried in tests."""

READING: Final[Mapping[str, Any]] = MappingProxyType(
    {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
)
"""Execution options of a transaction that only reads, and all of one moment."""

_CONNECTING: Final = MappingProxyType(
    {
        "application_name": "modelatlas",
        "connect_timeout": "10",  # seconds
        "tcp_user_timeout": "30000",  # milliseconds until a server that went silent is given up
        # A statement that one connection of a pooler prepared is unknown to the next
        # (https://www.pgbouncer.org/config.html#max_prepared_statements, 0 before PgBouncer 1.24).
        "prepare_threshold": None,
    }
)
_SECRETS: Final = ("password", "sslpassword")

_LOCK: Final = 0x4D41  # "MA": the class of our advisory locks; other programs may use the same database
WAIT: Final = "30s"
"""How long a writer waits for another one."""

_ALONE: Final = text("SELECT set_config('lock_timeout', :wait, true), pg_advisory_xact_lock(:lock, 0)")
_ONE_PROVIDER: Final = text(
    "SELECT set_config('lock_timeout', :wait, true), pg_advisory_xact_lock_shared(:lock, 0), "
    "pg_advisory_xact_lock(:lock + 1, :provider)"
)

_NEXT_STEPS: Final = MappingProxyType(
    {
        "does not exist": "make it (createdb), or correct DATABASE_URL",
        "password": "correct user and password in DATABASE_URL",
        "pg_hba.conf": "let this user in from this machine, in the server's pg_hba.conf",
        "refused": "start the server, or correct host and port in DATABASE_URL",
        "permission denied": "grant the user CONNECT on the database, and USAGE and CREATE on its schema",
    }
)
"""What an error of the server says -> what to do."""


def open_postgresql(url: URL) -> Engine:
    """Connect to a database.

    Raises `Misconfigured` for a server that does not answer, lets nobody in, or is older than `OLDEST`.
    """
    secrets = {name: str(url.query[name]) for name in _SECRETS if name in url.query}
    url = url.set(drivername="postgresql+psycopg").difference_update_query(_SECRETS)
    defaults = {name: value for name, value in _CONNECTING.items() if name not in url.query}
    engine = create_engine(url, connect_args={**defaults, **secrets}, pool_pre_ping=True)
    try:
        with engine.connect() as connection:
            version = connection.scalar(text("SELECT current_setting('server_version_num')::int / 10000"))
    except DBAPIError as error:
        engine.dispose()
        raise unusable(place(engine), told(error)) from error
    if version < OLDEST:
        engine.dispose()
        raise Misconfigured(
            f"the store {place(engine)} is kept by PostgreSQL {version}: expected {OLDEST} or newer; upgrade "
            f"the server, or name another one in DATABASE_URL"
        )
    return engine


def place(engine: Engine) -> str:
    """Return where a store is, without its password."""
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=True)


def lock(connection: Connection, provider: str | None) -> None:
    """Wait until no other writer writes a provider's rows, or any rows at all when None; then keep them away.

    The locks end with the transaction, so that they work through a pooler too. They are always taken in
    one order, first that of the store and then that of one provider: nobody waits in a circle.
    """
    if provider is None:
        connection.execute(_ALONE, {"wait": WAIT, "lock": _LOCK})
    else:
        number = zlib.crc32(provider.encode()) - 2**31  # a signed 32-bit integer, as the function takes
        connection.execute(_ONE_PROVIDER, {"wait": WAIT, "lock": _LOCK, "provider": number})


def is_away(engine: Engine, error: BaseException | None) -> bool:
    """Tell whether an error of the driver may pass by itself: no connection, a lock, a full disk."""
    driver = engine.dialect.loaded_dbapi
    return isinstance(error, (driver.OperationalError, driver.InterfaceError))


def told(error: Exception) -> str:
    """Return what the database said, in one line and without our statement."""
    return " ".join(str(error.orig if isinstance(error, DBAPIError) else error).split())


def unusable(place: str, said: str) -> Misconfigured:
    """Say that a store cannot be used, why, and what to do."""
    steps = [step for words, step in _NEXT_STEPS.items() if words in said]
    step = steps[0] if steps else "correct DATABASE_URL, or leave it unset to use the SQLite file"
    return Misconfigured(f"the store {place} cannot be used ({said}): expected a PostgreSQL database; {step}")
