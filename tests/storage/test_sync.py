"""What a run writes into the store, what it leaves alone, and what it refuses to write."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import event, insert, update
from sqlalchemy.exc import IntegrityError

from modelatlas.domain.codec import Damaged
from modelatlas.domain.errors import Unavailable
from modelatlas.domain.ledger import Run
from modelatlas.domain.ports import Ledger
from modelatlas.domain.price import usd
from modelatlas.domain.snapshot import Snapshot, listing_digest, snapshot
from modelatlas.storage.encoding import listing_from
from modelatlas.storage.engine import writing
from modelatlas.storage.tables import pricing_sync_log
from tests.builders import NOON, listing, snapshot_of
from tests.storage.stores import KilledError, Statements, Store

HOUR = timedelta(hours=1)


def later(part: Snapshot, hours: int = 1) -> Snapshot:
    """The same list, heard again."""
    return msgspec.structs.replace(part, fetched_at=part.fetched_at + hours * HOUR)


def test_the_first_run_writes_every_listing(store: Store) -> None:
    ledger: Ledger = store.ledger
    run = store.sync(snapshot_of("a", "b"))
    assert (run.status, run.fetched, run.inserted, run.prices_changed) == ("success", 2, 2, 0)
    stored = ledger.stored()["acme"]
    assert stored.active == stored.synced_ids == {"a", "b"}
    assert stored.last_success == stored.last_attempt == run == ledger.run(run.id)
    assert {id_: row.digest for id_, row in stored.rows.items()} == {
        id_: listing_digest(listing(id_)) for id_ in "ab"
    }


def test_a_row_holds_the_whole_listing_and_its_main_fields(store: Store) -> None:
    whole = listing("a", name="A", lab="acme", mode="chat", context_tokens=8_192, max_output_tokens=10**12)
    store.sync(snapshot("acme", NOON, [whole]))
    ((*fields, text),) = store.rows(
        "SELECT model_name, lab, mode, status, context_tokens, max_output_tokens, canonical_model, listing "
        "FROM models"
    )
    assert fields == ["A", "acme", "chat", "active", 8_192, 10**12, None]
    assert listing_from(text) == whole


def test_the_same_list_again_writes_its_run_only(store: Store, statements: Statements) -> None:  # F42
    part = snapshot("acme", NOON, [listing("a"), listing("b"), listing("unpriced", prices=())])
    store.sync(part, "gateway")
    before = store.dump("pricing_sync_log")
    run = store.ledger.start_run("acme", NOON + HOUR)
    planned = store.plan(later(part), "gateway")
    statements.all.clear()
    ended = store.ledger.apply(run, planned, name="Acme", kind="gateway", at=NOON + HOUR)
    assert [each.split()[:2] for each in statements.writing] == [["UPDATE", "pricing_sync_log"]]
    assert (ended.inserted, ended.updated, ended.unchanged, ended.skipped) == (0, 0, 2, 1)
    assert ended.snapshot_at == NOON + HOUR
    assert store.dump("pricing_sync_log") == before


def test_a_plan_writes_nothing(store: Store) -> None:  # F47
    store.sync(snapshot_of("a", "b"))
    before = store.dump()
    store.plan(snapshot_of("b", "c", at=NOON + HOUR, name="other"))
    assert store.dump() == before


def test_a_changed_listing_keeps_its_row(store: Store) -> None:
    store.sync(snapshot_of("a", "b"))
    run = store.sync(snapshot("acme", NOON + HOUR, [listing("a", name="New"), listing("b")]))
    assert (run.updated, run.unchanged) == (1, 1)
    assert store.rows("SELECT id, model_name, first_seen, last_changed FROM models ORDER BY id") == [
        (1, "New", "2026-11-23T12:00:00.000000Z", "2026-11-23T13:00:00.000000Z"),
        (2, None, "2026-11-23T12:00:00.000000Z", "2026-11-23T12:00:00.000000Z"),
    ]


def test_a_vanished_listing_stays_for_a_while_then_goes_and_comes_back_as_itself(store: Store) -> None:  # F28
    store.sync(snapshot_of("a", "b"))
    states = []
    for hour in range(1, 6):
        run = store.sync(snapshot_of("a", at=NOON + hour * HOUR))
        states.append(
            (*store.rows("SELECT is_active, missed_runs FROM models WHERE id = 2"), run.deactivated)
        )
    assert states == [((1, 1), 0), ((1, 2), 0), ((1, 3), 0), ((0, 4), 1), ((0, 4), 0)]
    back = store.sync(snapshot_of("a", "b", at=NOON + 6 * HOUR))
    assert (back.updated, back.prices_changed) == (1, 0)
    assert store.rows(
        "SELECT id, is_active, missed_runs, first_seen = last_changed FROM models "
        "WHERE provider_model_id = 'b'"
    ) == [(2, 1, 0, 1)]
    assert store.rows("SELECT model_id, kind, observed_at FROM sightings ORDER BY id") == [
        (1, "new", "2026-11-23T12:00:00.000000Z"),
        (2, "new", "2026-11-23T12:00:00.000000Z"),
        (2, "gone", "2026-11-23T13:00:00.000000Z"),
        (2, "back", "2026-11-23T18:00:00.000000Z"),
    ]


def test_active_rows_are_counted_and_named(store: Store) -> None:
    store.sync(snapshot_of("a", "b", "c"), grace=0)
    store.sync(snapshot_of("a", "b", at=NOON + HOUR), grace=0)
    store.sync(snapshot_of("z", provider="zeta"))
    store.sync(snapshot_of(provider="empty"))
    active = store.ledger.active(["acme", "nobody"])
    assert active.counts == {"acme": 2, "empty": 0, "zeta": 1}
    assert active.ids == {"acme": {"a", "b"}, "nobody": set()}


def test_without_grace_the_absence_is_seen_too(store: Store) -> None:
    store.sync(snapshot_of("a", "b"))
    assert store.sync(snapshot_of("a", at=NOON + HOUR), grace=0).deactivated == 1
    assert store.rows("SELECT model_id, kind FROM sightings WHERE kind = 'gone'") == [(2, "gone")]
    store.sync(snapshot_of("a", "b", at=NOON + 2 * HOUR), grace=0)
    assert store.rows("SELECT kind FROM sightings WHERE model_id = 2 ORDER BY id") == [
        ("new",),
        ("gone",),
        ("back",),
    ]


def test_an_operators_word_survives_every_sync(store: Store) -> None:  # F29
    store.sync(snapshot_of("a", "b", "c"))
    store.ledger.override("acme", "a", "keep", NOON, "the provider's list forgets it")
    store.ledger.override("acme", "b", "exclude", NOON, "does not answer")
    for hour in range(1, 7):
        store.sync(snapshot_of("b", "c", at=NOON + hour * HOUR))
        stored = store.ledger.stored()["acme"]
        assert stored.active == {"a", "c"}
        assert stored.overrides == {"a": "keep", "b": "exclude"}
        assert stored.exclusions == {"b": "operator_excluded"}
    assert store.ledger.forget_override("acme", "b")
    assert not store.ledger.forget_override("acme", "b")
    store.sync(snapshot_of("b", "c", at=NOON + 7 * HOUR))
    assert store.ledger.stored()["acme"].active == {"a", "b", "c"}


def test_a_newer_word_stands_in_the_place_of_an_older_one(store: Store) -> None:
    store.ledger.override("acme", "a", "keep", NOON)
    store.ledger.override("acme", "a", "exclude", NOON + HOUR)
    assert store.ledger.stored()["acme"].overrides == {"a": "exclude"}


def test_exclusions_say_since_which_run_and_until_which(store: Store) -> None:
    free_of_price = snapshot("acme", NOON, [listing("a"), listing("b", prices=()), listing("c", prices=())])
    store.sync(free_of_price, "gateway")
    store.sync(later(free_of_price), "gateway")
    assert store.ledger.stored()["acme"].exclusions == {"b": "no_price", "c": "no_price"}
    inactive = [listing("a"), listing("b"), listing("c", prices=(), status="inactive")]
    store.sync(snapshot("acme", NOON + 2 * HOUR, inactive), "gateway")
    assert store.ledger.stored()["acme"].exclusions == {"c": "inactive_upstream"}
    assert store.rows(
        "SELECT provider_model_id, reason, run_id, ended_run_id FROM sync_exclusions ORDER BY id"
    ) == [("b", "no_price", 1, 3), ("c", "no_price", 1, 3), ("c", "inactive_upstream", 3, None)]


def test_a_listing_that_is_left_out_from_now_on_is_written_as_last_seen(store: Store) -> None:
    store.sync(snapshot_of("a"), "gateway")
    run = store.sync(snapshot_of("a", at=NOON + HOUR, prices=()), "gateway")
    assert (run.deactivated, run.skipped, run.prices_changed) == (1, 1, 2)
    assert store.rows("SELECT is_active, missed_runs FROM models") == [(0, 0)]
    assert store.rows("SELECT * FROM model_pricing") == []
    assert store.rows("SELECT kind FROM sightings") == [("new",)]


def test_a_provider_row_is_written_when_it_says_otherwise_only(store: Store) -> None:  # F30
    store.sync(snapshot_of("a"), "host")
    store.sync(snapshot_of("a", at=NOON + HOUR), "gateway")
    assert store.rows("SELECT id, slug, name, kind, first_seen FROM providers") == [
        (1, "acme", "Acme", "gateway", "2026-11-23T12:00:00.000000Z")
    ]


def test_a_crash_between_any_two_statements_leaves_nothing_half_written(
    store: Store, statements: Statements
) -> None:
    store.sync(snapshot("acme", NOON, [listing(id_) for id_ in "abcde"]), "gateway")
    store.sync(snapshot_of(*"abcd", at=NOON + HOUR), "gateway")
    ids = ["a", "b", "e", "new"]
    changed = snapshot(
        "acme", NOON + 2 * HOUR, [listing("a", prices=()), *(listing(id_, name="New") for id_ in ids[1:])]
    )
    run = store.ledger.start_run("acme", NOON + 2 * HOUR)
    planned = store.plan(changed, "gateway")
    before = store.dump()
    crashes = 0
    while True:
        statements.all.clear()
        statements.fail_at = crashes
        try:
            ended = store.ledger.apply(run, planned, name="New", kind="gateway", at=NOON + 2 * HOUR)
        except KilledError:
            crashes += 1
            statements.fail_at = None
            assert store.dump() == before
        else:
            break
    assert crashes >= 15  # providers, listings, quotes, prices, history, sightings, exclusions, ids, run
    assert (ended.inserted, ended.updated, ended.deactivated) == (1, 2, 1)


def test_a_run_that_was_overtaken_writes_nothing(store: Store) -> None:  # F44
    """No run starts while another runs; should one be written all the same, the older plan is refused."""
    slow = store.ledger.start_run("acme", NOON)
    planned = store.plan(snapshot_of("a", "b"))
    set_status(store, slow, "failed")
    store.sync(snapshot_of("a", at=NOON + HOUR))
    set_status(store, slow, "running")
    before = store.dump()
    with pytest.raises(Unavailable, match=r"run 2 of acme has written since run 1 began: sync again"):
        store.ledger.apply(slow, planned, name="Acme", kind="host", at=NOON + HOUR)
    assert store.dump() == before


def test_a_run_that_was_ended_by_somebody_else_writes_nothing(store: Store) -> None:  # F45
    run = store.ledger.start_run("acme", NOON)
    other = store.ledger.start_run("other", NOON)
    planned = store.plan(snapshot_of("a"))
    assert [each.id for each in store.ledger.running()] == [run.id, other.id]
    ended = store.ledger.end_run(run, "failed", NOON + HOUR, "its process is gone")
    assert (ended.status, ended.error) == ("failed", "its process is gone")
    with pytest.raises(Unavailable, match="ended as failed meanwhile"):
        store.ledger.apply(run, planned, name="Acme", kind="host", at=NOON + HOUR)
    assert not store.ledger.stored()["acme"].rows
    assert store.ledger.running() == [other]


def test_a_provider_has_one_running_run_whoever_begins_it(store: Store) -> None:  # F44
    run = store.ledger.start_run("acme", NOON, "this", "host-0")
    assert store.ledger.start_run("acme", NOON + HOUR, "that", "host-1") == run
    again = {"provider_slug": "acme", "sync_started_at": NOON, "status": "running"}
    with writing(store.engine) as connection, pytest.raises(IntegrityError):
        connection.execute(insert(pricing_sync_log).values(again))
    store.ledger.end_run(run, "cancelled", NOON + HOUR)
    begun = store.ledger.start_run("acme", NOON + HOUR, "that", "host-1")
    assert (begun.workflow, begun.executor, begun.status) == ("that", "host-1", "running")


def test_a_workflow_that_begins_its_run_twice_has_one(store: Store) -> None:
    """A step may run twice: it finds what it did the first time, though that has ended since."""
    run = store.ledger.start_run("acme", NOON, "this", "host-0")
    ended = store.ledger.end_run(run, "failed", NOON + HOUR, "no list")
    assert store.ledger.start_run("acme", NOON + 2 * HOUR, "this", "host-1") == ended


def test_who_takes_a_run_in_hand_is_noted_until_it_ends(store: Store) -> None:
    run = store.ledger.start_run("acme", NOON, "this", "host-0")
    taken = store.ledger.take_run(run, "host-1")
    assert taken == msgspec.structs.replace(run, executor="host-1")
    ended = store.ledger.end_run(run, "success", NOON + HOUR)
    assert store.ledger.take_run(run, "host-2") == ended


def test_two_that_begin_at_the_same_moment_have_one_run(store: Store) -> None:  # F44
    barrier = threading.Barrier(4)

    def begin(number: int) -> int:
        barrier.wait()
        return store.ledger.start_run("acme", NOON, f"flow-{number}", f"host-{number}").id

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(begin, range(4)))) == 1


def test_an_older_list_does_not_overwrite_a_newer_one(store: Store) -> None:
    store.sync(snapshot_of("a", "b", at=NOON + HOUR))
    run = store.ledger.start_run("acme", NOON + 2 * HOUR)
    with pytest.raises(Unavailable, match=r"fetched at 2026-11-23T12:00:00\+00:00, but run 1 wrote that"):
        store.ledger.apply(run, store.plan(snapshot_of("a")), name="A", kind="host", at=NOON + 2 * HOUR)


def test_a_clock_that_was_wrong_once_does_not_block_the_cure(store: Store) -> None:  # F17b
    store.sync(snapshot_of("a", at=NOON + 1_000_000 * HOUR))
    run = store.sync(snapshot_of("a", prices=()))
    assert run.updated == 1
    assert store.rows(
        "SELECT state, COUNT(*) FROM model_pricing_history WHERE valid_to IS NULL OR valid_to > valid_from "
        "GROUP BY state ORDER BY state"
    ) == [("known", 2), ("unknown", 2)]


def test_runs_are_found_together_by_one_question(store: Store, statements: Statements) -> None:
    ids = [store.ledger.start_run(slug, NOON).id for slug in ("acme", "other", "third")]
    statements.all.clear()
    found = store.ledger.these_runs([ids[2], 99, ids[0]])
    assert [run.provider for run in found] == ["third", "acme"]
    assert len([each for each in statements.all if "SELECT" in each]) == 1
    assert store.ledger.these_runs([]) == []


def test_a_run_that_ended_stays_as_it_ended(store: Store) -> None:
    run = store.ledger.start_run("acme", NOON)
    failed = store.ledger.end_run(run, "failed", NOON + HOUR, "timeout: no answer" + "." * 10_000)
    assert failed.completed_at == NOON + HOUR
    assert failed.error is not None
    assert len(failed.error) == 2_000
    assert store.ledger.end_run(run, "cancelled", NOON + 2 * HOUR) == failed
    stored = store.ledger.stored()["acme"]
    assert (stored.last_success, stored.last_attempt) == (None, failed)


def test_runs_come_newest_first(store: Store) -> None:
    for provider in ("acme", "other", "acme"):
        store.ledger.end_run(store.ledger.start_run(provider, NOON), "skipped", NOON)
    assert [run.id for run in store.ledger.runs()] == [3, 2, 1]
    assert [run.id for run in store.ledger.runs("acme")] == [3, 1]
    assert [run.id for run in store.ledger.runs(limit=1)] == [3]
    assert store.ledger.run(4) is None


def test_whoever_is_asked_for_is_answered(store: Store) -> None:
    store.sync(snapshot_of("a"))
    assert set(store.ledger.stored()) == {"acme"}
    assert store.ledger.stored(["nobody"])["nobody"].rows == {}
    assert store.ledger.stored([]) == {}


def test_every_row_is_read_however_many_there_are(store: Store) -> None:  # F25
    ids = [f"model-{number}" for number in range(2_345)]
    store.sync(snapshot_of(*ids))
    store.sync(snapshot_of(*ids, at=NOON + HOUR, name="changed"))
    stored = store.ledger.stored()["acme"]
    assert stored.active == stored.synced_ids == set(ids)
    assert store.rows("SELECT COUNT(*) FROM models WHERE model_name = 'changed'") == [(2_345,)]


def test_ids_that_are_lost_are_missed(store: Store) -> None:  # F25
    store.sync(snapshot_of("a", "b"))
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE synced_ids SET count = 3")
    with pytest.raises(Damaged, match="read 2 of 3 synced ids of acme"):
        store.ledger.stored()


def test_the_number_of_statements_does_not_grow_with_the_rows(
    store: Store, statements: Statements
) -> None:  # F43
    counts = []
    for provider, many in (("small", 3), ("large", 900)):
        ids = [f"model-{number}" for number in range(many)]
        store.sync(snapshot_of(*ids, provider=provider))
        statements.all.clear()
        store.sync(snapshot_of(*ids[1:], "new", provider=provider, at=NOON + HOUR, prices=()))
        counts.append(len(statements.all))
    assert counts[0] == counts[1] <= 45
    statements.all.clear()
    store.ledger.stored()
    assert len(statements.all) <= 8 + 1  # and BEGIN


def test_a_run_of_any_size_binds_no_more_values_than_every_sqlite_takes(store: Store) -> None:
    """Machines differ in how many there may be (https://www.sqlite.org/limits.html), so few are taken."""

    def limited(connection: sqlite3.Connection, *_: object) -> None:
        connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 2_000)

    engine = store.engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", limited)
        engine.dispose()
    ids = [f"m{number}" for number in range(5_000)]
    store.sync(snapshot("acme", NOON, [listing(id_) for id_ in ids]))
    other = (usd("input_token", "0.0000009"),)
    run = store.sync(snapshot("acme", NOON + HOUR, [listing(id_, prices=other) for id_ in ids]))
    assert (run.status, run.updated) == ("success", 5_000)
    assert store.rows("SELECT count(*) FROM model_pricing") == [(5_000,)]


def set_status(store: Store, run: Run, status: str) -> None:
    with writing(store.engine) as connection:
        connection.execute(
            update(pricing_sync_log).where(pricing_sync_log.c.id == run.id).values(status=status)
        )
