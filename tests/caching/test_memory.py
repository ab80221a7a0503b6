"""The catalog in memory is always whole, and is replaced only when something in it is another."""

import msgspec

from modelatlas.caching.memory import Memory
from modelatlas.domain.refresh import ProviderState
from tests.builders import snapshot_of


def test_a_new_snapshot_makes_a_new_catalog_and_a_failure_does_not() -> None:
    """F26."""
    memory = Memory(["acme", "zeta"])
    empty = memory.catalog
    memory.put(ProviderState("acme", snapshot_of("a")))
    full = memory.catalog
    assert (empty.count(), full.count()) == (0, 1)
    memory.put(msgspec.structs.replace(memory.states["acme"], failures=3))
    assert memory.catalog is full
    assert memory.states["acme"].failures == 3


def test_every_provider_has_a_state_from_the_beginning() -> None:
    assert list(Memory(["zeta", "acme"]).states) == ["acme", "zeta"]


def test_settings_that_alter_answers_are_part_of_the_catalog_id() -> None:
    assert Memory([], "live").catalog.id != Memory([], "database").catalog.id
