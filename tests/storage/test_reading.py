"""Questions in SQL: answered when they read, refused when they do anything else."""

from datetime import timedelta
from pathlib import Path

import pytest

from modelatlas.domain.errors import BadRequest
from modelatlas.storage.reading import query
from tests.builders import NOON, snapshot_of
from tests.storage.stores import Store

HOW_MANY = "SELECT COUNT(*) FROM models WHERE is_active = true;"
BY_PROVIDER = (
    "SELECT p.slug AS provider, COUNT(m.id) AS model_count FROM models m JOIN providers p "
    "ON m.provider_id = p.id WHERE m.is_active = true GROUP BY p.slug ORDER BY model_count DESC;"
)
RUNS = (
    "SELECT provider_slug, sync_started_at, models_updated, status FROM pricing_sync_log "
    "ORDER BY sync_started_at DESC LIMIT 10;"
)
PROVIDERS = (
    "SELECT DISTINCT p.slug FROM models m JOIN providers p ON m.provider_id = p.id WHERE m.is_active = true;"
)


@pytest.fixture
def filled(store: Store) -> Store:
    store.sync(snapshot_of("a", "b", "c", provider="acme"))
    store.sync(snapshot_of("a", provider="other"))
    store.sync(snapshot_of("a", provider="acme", at=NOON + timedelta(hours=1)), grace=0)
    store.ledger.end_run(
        store.ledger.start_run("other", NOON + timedelta(hours=2)), "failed", NOON, "timeout"
    )
    return store


@pytest.mark.parametrize(
    ("sql", "columns", "rows"),
    [
        (HOW_MANY, ["count"], [(2,)]),
        (BY_PROVIDER, ["provider", "model_count"], [("acme", 1), ("other", 1)]),
        (
            RUNS,
            ["provider_slug", "sync_started_at", "models_updated", "status"],
            [
                ("other", "2026-11-23T14:00:00.000000Z", 0, "failed"),
                ("acme", "2026-11-23T13:00:00.000000Z", 0, "success"),
                ("acme", "2026-11-23T12:00:00.000000Z", 0, "success"),
                ("other", "2026-11-23T12:00:00.000000Z", 0, "success"),
            ],
        ),
        (PROVIDERS, ["slug"], [("acme",), ("other",)]),
    ],
)
def test_the_documented_queries_run_as_they_are(
    filled: Store, sql: str, columns: list[str], rows: list[tuple[object, ...]]
) -> None:
    found_columns, found = query(filled.engine, sql)
    assert [column.lower().removesuffix("(*)") for column in found_columns] == columns
    assert sorted(found, key=repr) == sorted(rows, key=repr)
    if "LIMIT" in sql:
        assert [row[1] for row in found] == [row[1] for row in rows]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM models",
        "INSERT INTO overrides VALUES ('a', 'b', 'keep', '', '')",
        "UPDATE models SET is_active = false",
        "DROP TABLE models",
        "CREATE TABLE mine (x)",
        "CREATE TEMP TABLE mine (x)",
        "WITH x AS (SELECT 1) DELETE FROM models",
        "PRAGMA query_only = OFF",
        "PRAGMA writable_schema = ON",
        "ATTACH '{elsewhere}' AS other",
        "VACUUM INTO '{elsewhere}'",
        "BEGIN IMMEDIATE",
        "SELECT load_extension('{elsewhere}')",
        "SELECT 1; DELETE FROM models",
        "SELECT a FROM nowhere",
        "SELEKT",
        "SELECT '\x00'",
        "",
        "-- nothing",
    ],
)
def test_anything_but_one_select_is_refused(filled: Store, tmp_path: Path, sql: str) -> None:
    before, elsewhere = filled.dump(), tmp_path / "elsewhere.sqlite"
    with pytest.raises(BadRequest, match="expected one SELECT"):
        query(filled.engine, sql.format(elsewhere=elsewhere))
    assert filled.dump() == before
    assert not elsewhere.exists()


def test_the_databases_own_message_is_told(filled: Store) -> None:
    with pytest.raises(BadRequest, match=r"no such table: nowhere|relation \"nowhere\" does not exist"):
        query(filled.engine, "SELECT a FROM nowhere" + " " * 1_000)


def test_a_question_does_not_wait_for_a_writer(filled: Store) -> None:
    with filled.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM overrides")
        assert query(filled.engine, "SELECT COUNT(*) FROM models")[1] == [(4,)]


def test_recursion_and_functions_are_reading(filled: Store) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3)"
    assert query(filled.engine, f"{numbers} SELECT SUM(i), upper('a') FROM n")[1] == [(6, "A")]
