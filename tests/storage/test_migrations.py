"""The migrations and the tables say the same; a migrated store can be written; none is half migrated."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from modelatlas.domain.errors import Misconfigured
from modelatlas.storage import migrations
from modelatlas.storage.engine import open_engine, reading, writing
from modelatlas.storage.migrations import HEAD, revision, upgrade
from modelatlas.storage.tables import metadata
from tests.builders import snapshot_of
from tests.storage.stores import KilledError, Statements, Store


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    yield engine
    engine.dispose()


def test_the_migrations_lead_to_the_tables(engine: Engine) -> None:  # F37
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_migrations_lead_to_the_tables_to_the_letter(empty: Engine, engine: Engine) -> None:  # F37
    with writing(empty) as connection:
        metadata.create_all(connection)
    assert statements_of(empty) == statements_of(engine)


def test_the_newest_revision_is_known(engine: Engine) -> None:
    assert ScriptDirectory(str(Path(migrations.__file__).parent)).get_heads() == [HEAD]
    with reading(engine) as connection:
        assert revision(connection) == HEAD


def test_a_migrated_store_can_be_written(empty: Engine) -> None:  # F37
    upgrade(empty)
    assert Store(empty).sync(snapshot_of("a")).inserted == 1


def test_migrating_again_changes_nothing(store: Store) -> None:
    store.sync(snapshot_of("a"))
    before, statements = store.dump(), Statements(store.engine)
    upgrade(store.engine)
    assert not statements.writing
    assert store.dump() == before


def test_a_migration_that_breaks_off_leaves_no_trace(empty: Engine) -> None:
    statements = Statements(empty)
    statements.fail_at = 0  # the first row written is the revision's, after all tables are made
    with pytest.raises(KilledError):
        upgrade(empty)
    statements.fail_at = None
    with reading(empty) as connection:
        assert inspect(connection).get_table_names() == []
    upgrade(empty)


def test_a_store_of_a_newer_version_is_told(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Misconfigured, match=r"9999.*use the version of Model Atlas that wrote it"):
        upgrade(engine)


def test_money_is_unbounded_numeric_on_postgresql() -> None:  # F7
    made = str(CreateTable(metadata.tables["model_pricing"]).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert "amount NUMERIC," in made
    assert "usd NUMERIC," in made
    assert "usd_per_million_approx DOUBLE PRECISION" in made


def statements_of(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as connection:
        rows = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '%alembic%' ORDER BY name"
        )
        return [(row.name, row.sql) for row in rows]
