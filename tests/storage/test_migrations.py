"""The migrations and the tables say the same; a migrated store can be written; none is half migrated."""

import re
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from modelatlas.domain.errors import Misconfigured
from modelatlas.storage import migrations
from modelatlas.storage.engine import open_engine, reading, writing
from modelatlas.storage.migrations import HEAD, revision, upgrade
from modelatlas.storage.tables import metadata
from tests.builders import snapshot_of
from tests.storage.stores import KilledError, Statements, Store


def test_the_migrations_lead_to_the_tables(engine: Engine) -> None:  # F37
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_migrations_lead_to_the_tables_to_the_letter(tmp_path: Path, migrated_file: Path) -> None:  # F37
    made = open_engine(f"sqlite:///{tmp_path / 'made.sqlite'}")
    migrated = open_engine(f"sqlite:///{migrated_file}")
    with writing(made) as connection:
        metadata.create_all(connection)
    assert statements_of(made) == statements_of(migrated)
    made.dispose()
    migrated.dispose()


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


def test_a_run_that_an_older_version_left_running_ends_since_nobody_has_it_in_hand(empty: Engine) -> None:
    with writing(empty) as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        columns = "provider_slug, sync_started_at, status, prices_changed, " + ", ".join(
            f"models_{each}"
            for each in ("fetched", "inserted", "updated", "unchanged", "skipped", "deactivated")
        )
        for slug, status in (("a", "success"), ("a", "running"), ("a", "running"), ("b", "running")):
            values = f"'{slug}', '2026-11-23T12:00:00.000000Z', '{status}', 0, 0, 0, 0, 0, 0, 0"
            connection.exec_driver_sql(f"INSERT INTO pricing_sync_log ({columns}) VALUES ({values})")
    upgrade(empty)
    ledger = Store(empty).ledger
    assert [(run.provider, run.status) for run in reversed(ledger.runs())] == [
        ("a", "success"), ("a", "failed"), ("a", "failed"), ("b", "failed"),
    ]  # fmt: skip
    assert Store(empty).sync(snapshot_of("x", provider="a")).status == "success"


def test_a_store_of_a_newer_version_is_told(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Misconfigured, match=r"9999.*use the version of Model Atlas that wrote it"):
        upgrade(engine)


def test_numbers_and_instants_have_the_types_of_the_database(store: Store) -> None:  # F7
    if store.engine.dialect.name == "postgresql":
        types = store.rows(
            "SELECT column_name, data_type, numeric_precision FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name LIKE 'model%'"
        )
        assert {each for each in types if each[0] in {"amount", "usd", "valid_from", "is_active"}} == {
            ("amount", "numeric", None),
            ("usd", "numeric", None),
            ("valid_from", "timestamp with time zone", None),
            ("is_active", "boolean", None),
        }


def statements_of(engine: Engine) -> list[tuple[str, list[str]]]:
    """What every table and index is made of; a column that was added later stands last in its table."""
    with reading(engine) as connection:
        rows = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type <> 'view' AND name NOT LIKE '%alembic%' "
            "ORDER BY name"
        )
        parts = [(row.name, re.split(r",?\s*\n\s*|, (?=\w+ [A-Z]+)", row.sql or "")) for row in rows]
        return [(name, sorted(part.strip().removesuffix(")") for part in those)) for name, those in parts]
