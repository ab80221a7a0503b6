"""A store of each kind there is: every test that asks for one runs on all of them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from modelatlas.storage.engine import open_engine
from modelatlas.storage.migrations import upgrade
from tests.storage.stores import Statements, Store

KINDS = ["sqlite"]
"""PostgreSQL joins here: another URL in `engine`, and nothing else."""


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with empty tables, to copy: migrating takes longer than most tests."""
    file = tmp_path_factory.mktemp("migrated") / "store.sqlite"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    return file


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> Iterator[Engine]:
    assert request.param == "sqlite"
    made = open_engine(f"sqlite:///{shutil.copy(migrated, tmp_path)}")
    yield made
    made.dispose()


@pytest.fixture
def store(engine: Engine) -> Store:
    return Store(engine)


@pytest.fixture
def statements(engine: Engine) -> Statements:
    return Statements(engine)
