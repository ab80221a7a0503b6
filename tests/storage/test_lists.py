"""Active rows as lists to serve: the same listings, exactly, with the times of what was written."""

import re
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import update

from modelatlas.domain.ports import StoredLists
from modelatlas.domain.snapshot import snapshot
from modelatlas.storage.engine import is_postgresql, reading, writing
from modelatlas.storage.lists import SqlLists
from modelatlas.storage.tables import models
from tests.builders import NOON, listing, snapshot_of
from tests.storage.stores import Statements, Store

HOUR = timedelta(hours=1)


def test_the_listings_come_back_as_they_were_written(store: Store) -> None:
    lists: StoredLists = SqlLists(store.engine)
    assert lists.load({}) == {}
    part = snapshot_of("b", "a", "ä", context_tokens=8_000, name='with "quotes"')
    run = store.sync(part)
    found = lists.load({})["acme"]
    assert found.run == run.id
    assert found.snapshot is not None
    assert found.snapshot.listings == part.listings
    assert (found.snapshot.origin, found.snapshot.fetched_at, found.snapshot.content_since) == (
        "store", NOON, NOON,
    )  # fmt: skip


def test_what_is_left_out_or_inactive_is_not_among_them(store: Store) -> None:
    store.sync(snapshot("acme", NOON, [listing("a"), listing("b", prices=())]), kind="gateway")
    for hours in range(1, 5):
        store.sync(snapshot_of("c", at=NOON + hours * HOUR), kind="gateway")
    found = SqlLists(store.engine).load({})["acme"].snapshot
    assert found is not None
    assert [each.id for each in found.listings] == ["c"]  # a is missed for the fourth time
    assert found.fetched_at == found.content_since == NOON + 4 * HOUR


def test_a_provider_synced_to_nothing_has_no_listing_and_one_never_synced_no_list(store: Store) -> None:
    store.sync(snapshot("acme", NOON, []))
    run = store.ledger.start_run("zeta", NOON)
    store.ledger.end_run(run, "failed", NOON, "timeout")
    found = SqlLists(store.engine).load({})
    assert list(found) == ["acme"]
    assert found["acme"].snapshot is not None
    assert found["acme"].snapshot.listings == ()


def test_only_what_was_written_since_is_read_again(store: Store) -> None:
    store.sync(snapshot_of("a"))
    store.sync(snapshot_of("x", provider="zeta"))
    lists = SqlLists(store.engine)
    first = lists.load({})
    statements = Statements(store.engine)
    assert lists.load(first) == first
    assert len([each for each in statements.all if "FROM pricing_sync_log" in each]) == len(
        [each for each in statements.all if each.startswith("SELECT")]
    ) == 1  # fmt: skip
    store.sync(snapshot_of("a", at=NOON + HOUR))
    second = lists.load(first)
    assert second["zeta"] is first["zeta"]
    again, before = second["acme"].snapshot, first["acme"].snapshot
    assert again is not None
    assert before is not None
    assert (again.digest, again.content_since) == (before.digest, NOON)
    assert again.fetched_at == NOON + HOUR


def test_rows_that_cannot_be_read_harm_no_other_provider(store: Store) -> None:  # F23
    store.sync(snapshot_of("a"))
    store.sync(snapshot_of("x", provider="zeta"))
    with writing(store.engine) as connection:
        connection.execute(update(models).where(models.c.provider_model_id == "a").values(listing='{"id":1}'))
    found = SqlLists(store.engine).load({})
    assert found["acme"].snapshot is None
    assert msgspec.structs.asdict(found["zeta"])["snapshot"].listings[0].id == "x"


@pytest.mark.parametrize("question", ["which lists are newer", "how each provider stands"])
def test_the_newest_runs_are_found_without_reading_the_log(store: Store, question: str) -> None:
    for each in range(3):
        store.sync(snapshot_of("a", provider=f"p{each}"))
    fill_log(store, providers=3, runs=3_000)
    statements = Statements(store.engine)
    lists = SqlLists(store.engine)
    if question == "which lists are newer":
        assert {each.run for each in lists.load({}).values()} == {3 * 3_000 + at for at in (1, 2, 3)}
    else:
        assert {each.last_success.id for each in store.ledger.stored().values() if each.last_success} == {
            3 * 3_000 + at for at in (1, 2, 3)
        }
    (asked,) = (each for each in statements.all if "ORDER BY pricing_sync_log_1.provider_slug DESC" in each)
    plan = explained(store, asked)
    assert "ix_pricing_sync_log_provider_slug_status_id" in plan
    assert "SCAN pricing_sync_log" not in plan
    assert "Seq Scan on pricing_sync_log" not in plan


def fill_log(store: Store, *, providers: int, runs: int) -> None:
    """Let so many more runs of each provider have ended well."""
    columns = "provider_slug, sync_started_at, status, prices_changed, snapshot_at, " + ", ".join(
        f"models_{each}" for each in ("fetched", "inserted", "updated", "unchanged", "skipped", "deactivated")
    )
    at = "2026-11-23T12:00:00.000000Z"
    rows = ", ".join(
        f"('p{number % providers}', '{at}', 'success', 0, '{at}', 0, 0, 0, 0, 0, 0)"
        for number in range(providers * runs)
    )
    with writing(store.engine) as connection:
        connection.exec_driver_sql(f"INSERT INTO pricing_sync_log ({columns}) VALUES {rows}")
        connection.exec_driver_sql("ANALYZE")


def explained(store: Store, statement: str) -> str:
    """How the database would answer, with `success` for whatever is asked of the status."""
    verb = "EXPLAIN" if is_postgresql(store.engine) else "EXPLAIN QUERY PLAN"
    asked = re.sub(r"LIMIT (%\(param_\d\)s(::INTEGER)?|\? OFFSET \?)", "LIMIT 1", statement)
    asked = re.sub(r"%\(\w+\)s(::VARCHAR)?|\?", "'success'", asked)
    with reading(store.engine) as connection:
        return "\n".join(str(tuple(row)) for row in connection.exec_driver_sql(f"{verb} {asked}"))
