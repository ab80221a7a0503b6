"""A database that goes away for a while: told in plain words, and back again without a restart."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from modelatlas.domain.errors import BadRequest, Misconfigured, Unavailable
from modelatlas.storage import bulk
from modelatlas.storage import postgresql as on_server
from modelatlas.storage import reading as asking
from modelatlas.storage.engine import open_engine, place, reading, writing
from modelatlas.storage.history import SqlHistory
from modelatlas.storage.migrations import upgrade
from modelatlas.storage.reading import query
from modelatlas.storage.snapshots import SqlSnapshots
from tests.builders import NOON, snapshot_of
from tests.postgresql import PostgreSQL, text_of
from tests.storage.stores import Store


@pytest.fixture
def server(postgres: Engine) -> Store:
    return Store(postgres)


def test_a_database_that_goes_away_is_told_and_comes_back(server: Store, postgresql: PostgreSQL) -> None:
    server.sync(snapshot_of("a"))
    before, history = server.dump(), SqlHistory(server.engine)
    then = history.prices_at("acme", "a", NOON)
    run = server.ledger.start_run("acme", NOON)
    planned = server.plan(snapshot_of("b", at=NOON + timedelta(hours=1)))
    works: list[Callable[[], object]] = [
        server.ledger.stored,
        lambda: server.ledger.apply(run, planned, name="Acme", kind="host", at=NOON),
        lambda: server.ledger.start_run("acme", NOON),
        lambda: SqlSnapshots(server.engine).save(snapshot_of("a"), b""),
        lambda: query(server.engine, "SELECT 1"),
        lambda: history.prices_at("acme", "a", NOON),
    ]
    with postgresql.away(server.engine.url):
        for work in works:
            with pytest.raises(Unavailable, match=r"^the store postgresql://.*try again$"):
                work()
    assert history.prices_at("acme", "a", NOON) == then
    server.ledger.end_run(run, "failed", NOON)
    assert server.dump("pricing_sync_log") == {
        table: rows for table, rows in before.items() if table != "pricing_sync_log"
    }
    assert server.sync(snapshot_of("b", at=NOON + timedelta(hours=1))).status == "success"


def test_a_lookup_whose_kept_connection_was_ended_meanwhile_is_answered(
    server: Store, postgresql: PostgreSQL
) -> None:
    server.sync(snapshot_of("a"))
    history = SqlHistory(server.engine)
    then = history.prices_at("acme", "a", NOON)
    postgresql.hang_up(server.engine.url)
    assert history.prices_at("acme", "a", NOON) == then


def test_a_connection_that_breaks_within_a_transaction_writes_nothing(
    server: Store, postgresql: PostgreSQL
) -> None:
    def write() -> None:
        with writing(server.engine, "acme") as connection:
            connection.execute(text("UPDATE overrides SET note = 'half'"))
            postgresql.hang_up(server.engine.url)
            connection.execute(text("UPDATE overrides SET note = 'whole'"))

    server.ledger.override("acme", "a", "keep", NOON)
    with pytest.raises(Unavailable, match=r"terminating connection.*try again"):
        write()
    assert server.rows("SELECT note FROM overrides") == [("",)]


def test_a_connection_that_breaks_within_a_copy_writes_nothing(
    server: Store, postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = bulk._copy

    def break_and_copy(*words: Any) -> None:
        postgresql.hang_up(server.engine.url)
        copy(*words)

    monkeypatch.setattr(bulk, "_copy", break_and_copy)
    with pytest.raises(Unavailable, match=r"^the store postgresql://"):
        server.sync(snapshot_of("a"))
    monkeypatch.undo()
    assert server.rows("SELECT * FROM models") == []
    assert server.sync(snapshot_of("a")).status == "success"


def test_a_question_that_takes_too_long_is_ended(server: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PATIENCE", "50ms")
    with pytest.raises(BadRequest, match="statement timeout"):
        query(server.engine, "SELECT pg_sleep(30)")


def test_a_transaction_that_reads_cannot_write(server: Store) -> None:
    with pytest.raises(DBAPIError, match="read-only transaction"), reading(server.engine) as connection:
        connection.execute(text("DELETE FROM models"))


def test_a_database_that_is_not_there_is_told(postgresql: PostgreSQL) -> None:
    with pytest.raises(Misconfigured, match=r'"modelatlas_never_made" does not exist.*createdb'):
        open_engine(text_of(postgresql.url.set(database="modelatlas_never_made")))


def test_a_server_that_is_too_old_is_told(postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_server, "OLDEST", 99)
    with pytest.raises(Misconfigured, match=r"kept by PostgreSQL \d\d: expected 99 or newer") as error:
        open_engine(text_of(postgresql.url.set(password="hunter2")))
    assert "hunter2" not in str(error.value)


def test_a_password_is_shown_nowhere(postgres: Engine) -> None:
    for url in (
        postgres.url.set(password="hunter2"),
        postgres.url.set(password=None).update_query_dict({"password": "hunter2"}),
    ):
        engine = open_engine(text_of(url))
        assert "hunter2" not in place(engine) + repr(engine) + str(engine.url)
        engine.dispose()


def test_a_user_who_may_make_no_tables_is_told(postgresql: PostgreSQL) -> None:
    with postgresql.database() as url, postgresql.stranger() as name:
        engine = open_engine(text_of(make_url(url).set(username=name)))
        with pytest.raises(Misconfigured, match=r"permission denied.*grant .*CREATE"):
            upgrade(engine)
        engine.dispose()


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ('FATAL: password authentication failed for user "a"', "correct user and password"),
        ('FATAL: no pg_hba.conf entry for host "1.2.3.4"', "pg_hba.conf"),
        ("something nobody has foreseen", "leave it unset to use the SQLite file"),
    ],
)
def test_each_refusal_has_a_next_step(said: str, step: str) -> None:
    assert step in str(on_server.unusable("postgresql://host/db", said))
