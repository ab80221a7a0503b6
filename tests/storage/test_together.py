"""Several writers at once: no provider waits for another one, and no number is given twice."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from modelatlas.domain.errors import Unavailable
from modelatlas.domain.ledger import Run
from modelatlas.storage import postgresql
from modelatlas.storage.engine import writing
from tests.builders import NOON, snapshot_of
from tests.storage.stores import Store

HOUR = timedelta(hours=1)
IDS = [f"model-{number}" for number in range(200)]


def test_many_providers_write_at_once_and_no_row_is_lost(store: Store) -> None:  # F44
    slugs = [f"provider-{number}" for number in range(6)]

    def sync_thrice(slug: str) -> list[Run]:
        return [
            store.sync(snapshot_of(*IDS, provider=slug, at=NOON + hour * HOUR, name=f"name {hour}"))
            for hour in range(3)
        ]

    with ThreadPoolExecutor(4) as pool:
        runs = [run for theirs in pool.map(sync_thrice, slugs) for run in theirs]
    assert {run.status for run in runs} == {"success"}
    assert len({run.id for run in runs}) == 18
    assert {slug: len(stored.active) for slug, stored in store.ledger.stored().items()} == dict.fromkeys(
        slugs, len(IDS)
    )
    for table in ("price_quotes", "model_pricing_history", "model_pricing"):
        assert store.rows(
            f"SELECT provider_id, COUNT(*) FROM {table} JOIN models ON models.id = {table}.model_id "
            "GROUP BY provider_id ORDER BY provider_id"
        ) == [(number, 2 * len(IDS)) for number in range(1, 7)]


def test_two_runs_of_one_provider_at_once_write_one_list(store: Store) -> None:  # F40, F44
    runs = [store.ledger.start_run("acme", NOON) for _ in range(4)]
    plans = [store.plan(snapshot_of(*IDS, name=f"plan {number}")) for number in range(4)]

    def apply(at: int) -> Run | Unavailable:
        try:
            return store.ledger.apply(runs[at], plans[at], name="Acme", kind="host", at=NOON)
        except Unavailable as overtaken:
            return overtaken

    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(apply, range(4)))
    (winner,) = [end for end in ends if isinstance(end, Run)]
    assert {run.id for run in runs} == {winner.id}
    assert all("was ended as success meanwhile" in str(end) for end in ends if isinstance(end, Unavailable))
    assert len(store.rows("SELECT DISTINCT model_name FROM models")) == 1
    assert store.rows("SELECT COUNT(*) FROM models") == [(len(IDS),)]


def test_a_provider_is_written_while_another_one_is(server: Store) -> None:
    with writing(server.engine, "slow") as connection:
        connection.exec_driver_sql("SELECT 1")
        assert server.sync(snapshot_of("a", provider="quick")).status == "success"


def test_the_same_provider_waits_and_so_does_who_writes_all_of_them(server: Store) -> None:
    def write(name: str) -> None:
        server.ledger.override("acme", name, "keep", NOON)

    def write_all(name: str) -> None:
        with writing(server.engine) as connection:
            connection.execute(text("UPDATE overrides SET note = :name"), {"name": name})

    for work in (write, write_all):
        with ThreadPoolExecutor(1) as pool:
            with writing(server.engine, "acme"):
                later = pool.submit(work, "a")
                wait_until(lambda: waiting(server.engine) == 1)
                assert not later.done()
            later.result(30)
    assert server.rows("SELECT provider_model_id, note FROM overrides") == [("a", "a")]


def test_who_waits_too_long_is_told(server: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "WAIT", "50ms")
    with writing(server.engine, "acme"), pytest.raises(Unavailable, match=r"lock timeout.*try again"):
        server.ledger.override("acme", "a", "keep", NOON)


@pytest.fixture
def server(postgres: Engine) -> Store:
    """SQLite has one writer at a time, PostgreSQL one for each provider."""
    return Store(postgres)


def waiting(engine: Engine) -> int:
    """Count those who wait for one of our locks."""
    with engine.connect() as connection:
        asked = (
            "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return int(connection.scalar(text(asked)) or 0)


def wait_until(true: Callable[[], bool]) -> None:
    for _ in range(500):
        if true():
            return
        threading.Event().wait(0.02)
    raise AssertionError("it never came true")
