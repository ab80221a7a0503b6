"""Processes of one service share what they hear through the store, be it a file or PostgreSQL."""

from datetime import timedelta

import msgspec
from sqlalchemy import delete, update

from modelatlas.caching.codec import shape
from modelatlas.caching.memory import Memory
from modelatlas.caching.store import StoreReplicas
from modelatlas.flows.live import Live
from modelatlas.storage.snapshots import SqlSnapshots
from modelatlas.storage.states import SqlStates
from modelatlas.storage.tables import provider_snapshots, provider_states
from tests.builders import FakeClock, FakeFetcher
from tests.storage.stores import Statements, Store

SLUGS = ("acme", "zeta")


class Process:
    """One process of a service."""

    def __init__(self, store: Store, clock: FakeClock, fetcher: FakeFetcher, shape_: str = "") -> None:
        memory = Memory(SLUGS)
        self.replicas = StoreReplicas(SqlStates(store.engine, shape_ or shape()), memory, clock)
        self.live = Live(
            memory, fetcher, SqlSnapshots(store.engine), clock,
            ttl=timedelta(hours=1), jitter=lambda: 0.0, replicas=self.replicas,
        )  # fmt: skip

    def ids(self, slug: str = "acme") -> list[str]:
        part = self.live.catalog.live.get(slug)
        return [] if part is None else [each.id for each in part.listings]


class World:
    """Providers and a clock that all processes share."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = FakeClock()
        self.fetcher = FakeFetcher(self.clock, {"acme": ["a", "b"], "zeta": ["z"]})

    def process(self, shape_: str = "") -> Process:
        return Process(self.store, self.clock, self.fetcher, shape_)


async def test_what_one_process_hears_the_other_serves_after_its_next_look(store: Store) -> None:
    world = World(store)
    asking, reading = world.process(), world.process()
    await asking.live.refresh_all()
    await reading.replicas.look()
    assert (reading.ids(), reading.ids("zeta")) == (["a", "b"], ["z"])
    ours, theirs = asking.live.states["acme"], reading.live.states["acme"]
    assert theirs == msgspec.structs.replace(ours, kept_in="store")
    assert asking.live.catalog.id == reading.live.catalog.id
    assert sorted(world.fetcher.asked) == ["acme", "zeta"]


async def test_an_unchanged_list_a_failure_and_what_is_held_are_told_too(store: Store) -> None:
    world = World(store)
    world.fetcher.answers["acme"] = [f"m{number}" for number in range(30)]
    asking, reading = world.process(), world.process()
    for answer in (world.fetcher.answers["acme"], "rate_limited", ["m1"]):
        world.clock.pass_(hours=2)
        world.fetcher.answers["acme"] = answer
        await asking.live.refresh("acme")
        await reading.replicas.look()
        ours, theirs = asking.live.states["acme"], reading.live.states["acme"]
        assert msgspec.structs.replace(theirs, kept_in="memory") == ours
    assert theirs.held is not None
    await reading.live.release("acme")  # an operator who came to the process that does not ask
    await asking.replicas.look()
    assert asking.ids() == reading.ids() == ["m1"]


async def test_a_look_is_one_statement_that_reads_while_nothing_is_new(store: Store) -> None:
    world = World(store)
    asking, reading = world.process(), world.process()
    await asking.live.refresh_all()
    await reading.replicas.look()
    statements = Statements(store.engine)
    await reading.replicas.look()
    assert [each for each in statements.all if "SELECT" in each] == statements.all[-1:]
    assert not statements.writing


async def test_what_is_half_told_is_taken_in_once_it_is_whole(store: Store) -> None:
    """Between the snapshot and its pointer, or where one is damaged, the older list stays (F23)."""
    world = World(store)
    asking, reading = world.process(), world.process()
    await asking.live.refresh("acme")
    with store.engine.begin() as connection:
        connection.execute(delete(provider_snapshots))
    await reading.replicas.look()
    assert reading.ids() == []
    state = asking.live.states["acme"]
    assert state.snapshot is not None
    SqlSnapshots(store.engine).save(state.snapshot, b"")
    await reading.replicas.look()
    assert reading.ids() == ["a", "b"]


async def test_a_state_of_another_shape_is_not_read_and_is_replaced(store: Store) -> None:
    world = World(store)
    older, newer = world.process("older"), world.process()
    await older.live.refresh("acme")
    await newer.replicas.look()
    assert newer.ids() == []
    await newer.live.refresh("acme")
    assert store.rows("SELECT shape FROM provider_states") == [(shape(),)]


async def test_an_older_state_never_replaces_a_newer_one(store: Store) -> None:
    world = World(store)
    one, other = world.process(), world.process()
    await one.live.refresh("acme")
    with store.engine.begin() as connection:
        connection.execute(update(provider_states).values(made_at=world.clock.now() + timedelta(days=1)))
    before = store.rows("SELECT pointer FROM provider_states")
    await other.replicas.publish(one.live.states["acme"])
    assert store.rows("SELECT pointer FROM provider_states") == before
