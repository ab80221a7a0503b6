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

KINDS = ["sqlite", "postgresql"]

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


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A migrated store without a row."""
    if request.param == "sqlite":
        url = f"sqlite:///{shutil.copy(request.getfixturevalue('migrated_file'), tmp_path)}"
    else:
        url = request.getfixturevalue("migrated_database")
    made = open_engine(url)
    yield made
    if request.param == "postgresql":
        with made.begin() as connection:
            connection.exec_driver_sql(EMPTY)
    made.dispose()


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A store without tables."""
    if request.param == "sqlite":
        made = open_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
        yield made
        made.dispose()
        return
    url, schema = request.getfixturevalue("migrated_database"), f"test_{secrets.token_hex(6)}"
    outside = open_engine(url)
    with outside.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    made = open_engine(url.replace("options=", f"options=-c+search_path%3D{schema}+"))
    yield made
    made.dispose()
    with outside.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
    outside.dispose()


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
