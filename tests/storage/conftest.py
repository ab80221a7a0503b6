"""A store of each kind there is: every test that asks for one runs on all of them."""

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from modelatlas.storage.engine import open_engine
from modelatlas.storage.migrations import HEAD, upgrade
from modelatlas.storage.tables import metadata
from tests.postgresql import PostgreSQL
from tests.storage.stores import Statements, Store

EMPTY = ";".join(
    [
        "SET LOCAL session_replication_role = replica",  # nothing is referred to when all is gone
        *(f'DELETE FROM "{table.name}"' for table in metadata.sorted_tables),
        f"UPDATE alembic_version SET version_num = '{HEAD}'",
        "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'",
    ]
)
"""Takes a millisecond, where TRUNCATE takes 35."""


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with empty tables, to copy: migrating takes longer than most tests."""
    file = tmp_path_factory.mktemp("migrated") / "store.sqlite"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_database(postgresql: PostgreSQL) -> Iterator[str]:
    """A database with empty tables, to be emptied by whoever writes into them."""
    with postgresql.database() as url:
        migrate(url)
        yield url


@pytest.fixture
def sqlite(migrated_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """A migrated SQLite file without a row."""
    engine = open_engine(f"sqlite:///{shutil.copy(migrated_file, tmp_path)}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres(migrated_database: str) -> Iterator[Engine]:
    """A migrated PostgreSQL database without a row."""
    engine = open_engine(migrated_database)
    yield engine
    with engine.begin() as connection:
        connection.exec_driver_sql(EMPTY)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A migrated store without a row, of each kind."""
    engine: Engine = request.getfixturevalue(request.param)
    return engine


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> Iterator[Engine]:
    """A SQLite file without tables."""
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    yield engine
    engine.dispose()


@pytest.fixture
def empty_postgres(migrated_database: str) -> Iterator[Engine]:
    """A schema of PostgreSQL without tables, which is quicker made than a database."""
    schema = f"test_{secrets.token_hex(6)}"
    outside = open_engine(migrated_database)
    with outside.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    engine = open_engine(migrated_database.replace("options=", f"options=-c+search_path%3D{schema}+"))
    yield engine
    engine.dispose()
    with outside.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
    outside.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest) -> Engine:
    """A store without tables, of each kind."""
    engine: Engine = request.getfixturevalue(f"empty_{request.param}")
    return engine


@pytest.fixture
def store(engine: Engine) -> Store:
    return Store(engine)


@pytest.fixture
def statements(engine: Engine) -> Statements:
    return Statements(engine)


def migrate(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
