"""The catalog in memory is always whole, and is replaced only when something in it is another."""

import asyncio
import threading
from collections.abc import Iterable

import msgspec
import pytest

from modelatlas.caching.memory import Memory
from modelatlas.domain.catalog import Catalog
from modelatlas.domain.refresh import ProviderState
from modelatlas.domain.snapshot import Snapshot
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


class Slow:
    """Makes catalogs ready when it is let, and remembers them."""

    def __init__(self, memory: Memory) -> None:
        self.made: list[Catalog] = []
        self.begun = threading.Event()
        self.gate = threading.Event()
        memory.catalog_beforehand = self

    def __call__(self, catalog: Catalog) -> None:
        self.made.append(catalog)
        self.begun.set()
        assert self.gate.wait(20)

    async def until_begun(self) -> None:
        assert await asyncio.to_thread(self.begun.wait, 20)


async def until_waiting(memory: Memory, *states: ProviderState) -> None:
    async with asyncio.timeout(20):
        while not all(state in [*memory._waiting.values()] for state in states):  # noqa: ASYNC110 - it says nothing
            await asyncio.sleep(0.01)


def said(slug: str, *ids: str) -> ProviderState:
    return ProviderState(slug, snapshot_of(*ids, provider=slug))


async def test_readers_have_the_catalog_before_until_the_next_is_ready() -> None:
    """F26, F49."""
    memory = Memory(["acme", "zeta"])
    slow, before = Slow(memory), memory.catalog
    shown = asyncio.create_task(memory.show(said("acme", "a")))
    await slow.until_begun()
    assert memory.catalog is before
    assert memory.states["acme"].snapshot is None
    slow.gate.set()
    await shown
    assert [memory.catalog] == slow.made
    assert memory.catalog.count() == 1


async def test_lists_that_come_while_one_is_made_ready_are_shown_together() -> None:
    memory = Memory(["acme", "beta", "zeta"])
    slow = Slow(memory)
    first = asyncio.create_task(memory.show(said("acme", "a")))
    await slow.until_begun()
    states = [said(slug, "b") for slug in ("beta", "zeta")]
    others = [asyncio.create_task(memory.show(state)) for state in states]
    await until_waiting(memory, *states)
    overtaken = asyncio.create_task(memory.show(older := said("acme", "b")))
    await until_waiting(memory, older)
    last = asyncio.create_task(memory.show(newest := said("acme", "c")))
    await until_waiting(memory, newest)
    slow.gate.set()
    await asyncio.gather(first, *others, overtaken, last)
    assert [len(each.snapshots) for each in slow.made] == [1, 3]
    assert memory.catalog is slow.made[-1]
    assert memory.states["acme"] is newest


async def test_who_is_overtaken_finds_what_took_its_place_held() -> None:
    memory = Memory(["acme", "zeta"])
    slow = Slow(memory)
    other = asyncio.create_task(memory.show(said("zeta", "z")))
    await slow.until_begun()

    async def held_after(state: ProviderState) -> ProviderState:
        await memory.show(state)
        return memory.states["acme"]

    first = asyncio.create_task(held_after(older := said("acme", "a")))
    await until_waiting(memory, older)
    second = asyncio.create_task(held_after(newer := said("acme", "a", "b")))
    await until_waiting(memory, newer)
    slow.gate.set()
    assert [*await asyncio.gather(first, second)] == [newer, newer]
    await other


async def test_what_turned_while_a_catalog_was_made_ready_is_in_what_is_shown() -> None:
    memory = Memory(["acme", "zeta"], "words 1")
    slow = Slow(memory)
    shown = asyncio.create_task(memory.show(said("acme", "a")))
    await slow.until_begun()
    memory.put(said("zeta", "z"))
    memory.put_settings("words 2")
    slow.gate.set()
    await shown
    assert memory.catalog is not slow.made[0]
    assert (sorted(memory.catalog.snapshots), memory.catalog.settings) == (["acme", "zeta"], "words 2")


async def test_a_list_is_shown_even_if_it_cannot_be_made_ready() -> None:
    memory = Memory(["acme"])

    def fail(_: Catalog) -> None:
        raise ValueError("a fault of ours")

    memory.catalog_beforehand = fail
    with pytest.raises(ValueError, match="a fault of ours"):
        await memory.show(said("acme", "a"))
    assert memory.catalog.count() == 1


async def test_what_is_published_of_the_same_lists_is_shown_anew() -> None:
    kept = {"a", "b"}

    def some(parts: Iterable[Snapshot]) -> Iterable[Snapshot]:
        return [snapshot_of(*(each.id for each in part.listings if each.id in kept)) for part in parts]

    memory = Memory(["acme"], publish=some)
    await memory.show(said("acme", "a", "b"))
    kept.remove("b")
    slow = Slow(memory)
    slow.gate.set()
    await memory.reshow()
    assert [memory.catalog] == slow.made
    assert memory.catalog.count() == 1
