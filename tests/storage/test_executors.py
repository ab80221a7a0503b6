"""The leases of processes that run syncs: slots are reused, never shared; the dead are seen and forgotten."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from modelatlas.domain.ports import Executors
from modelatlas.storage.engine import stamp
from modelatlas.storage.executors import SqlExecutors, made_at
from tests.builders import NOON
from tests.storage.stores import Store

LEASE = timedelta(seconds=30)


@pytest.fixture
def executors(store: Store) -> Executors:
    return SqlExecutors(store.engine)


def test_each_process_of_a_host_has_a_slot_of_its_own_and_the_next_one_takes_a_free_one(
    executors: Executors,
) -> None:
    first = executors.join("host", "a", NOON, NOON + LEASE)
    second = executors.join("host", "b", NOON, NOON + LEASE)
    other = executors.join("elsewhere", "c", NOON, NOON + LEASE)
    assert (first.id, second.id, other.id) == ("host-0", "host-1", "elsewhere-0")
    executors.leave(first, NOON)
    assert executors.join("host", "d", NOON, NOON + LEASE).id == "host-0"
    assert executors.join("host", "e", NOON, NOON + LEASE).id == "host-2"


def test_a_lease_that_is_renewed_holds_and_one_that_is_not_ends(executors: Executors) -> None:  # F45
    renewed = executors.join("host", "a", NOON, NOON + LEASE)
    silent = executors.join("host", "b", NOON, NOON + LEASE)
    assert executors.beat(renewed, NOON + 2 * LEASE)
    later = NOON + LEASE
    assert executors.alive(later) == {renewed.id}
    assert executors.lapsed(later) == {silent.id}
    executors.forget([renewed.id, silent.id], later)
    assert executors.alive(later) == {renewed.id}
    assert executors.lapsed(later) == frozenset()


def test_who_slept_longer_than_its_lease_is_told_that_its_slot_is_another_s(executors: Executors) -> None:
    asleep = executors.join("host", "a", NOON, NOON + LEASE)
    quick = executors.join("host", "b", NOON + LEASE, NOON + 3 * LEASE)
    assert asleep.id == quick.id
    assert not executors.beat(asleep, NOON + 4 * LEASE)
    assert executors.beat(quick, NOON + 4 * LEASE)


def test_processes_that_start_at_the_same_moment_get_different_slots(executors: Executors) -> None:
    barrier = threading.Barrier(4)

    def join(token: str) -> str:
        barrier.wait()
        return executors.join("host", token, NOON, NOON + LEASE).id

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(join, "abcd")) == [f"host-{slot}" for slot in range(4)]


def test_a_store_knows_when_it_was_made(store: Store) -> None:
    assert made_at(store.engine) is None
    stamp(store.engine, "real", NOON)
    stamp(store.engine, "real", NOON + LEASE)
    assert made_at(store.engine) == NOON
