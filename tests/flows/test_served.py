"""What is served: live, or what is stored, provider by provider; and what a sync wrote at once."""

from collections.abc import Mapping

from modelatlas.caching.memory import Memory
from modelatlas.domain.errors import Unavailable
from modelatlas.domain.ledger import StoredList
from modelatlas.domain.snapshot import snapshot
from modelatlas.flows.live import Live
from modelatlas.flows.served import Served
from tests.builders import NOON, FakeClock, FakeFetcher, MemorySnapshots, snapshot_of
from tests.flows.test_live import HOUR


class Lists:
    """Stored lists as told."""

    def __init__(self) -> None:
        self.told: dict[str, StoredList] = {}
        self.away = False

    def load(self, known: Mapping[str, StoredList]) -> Mapping[str, StoredList]:
        if self.away:
            raise Unavailable("the store is away")
        return dict(self.told)


def stored(run: int, *ids: str, provider: str = "acme") -> StoredList:
    return StoredList(
        run, snapshot(provider, NOON, snapshot_of(*ids, provider=provider).listings, origin="store")
    )


def world() -> tuple[Live, Lists, Served]:
    clock = FakeClock()
    fetcher = FakeFetcher(clock, {"acme": ["a", "b"], "zeta": ["z"]})
    live = Live(
        Memory(["acme", "zeta"], "words 1"), fetcher, MemorySnapshots(), clock, ttl=HOUR, jitter=lambda: 0.0
    )
    lists = Lists()
    return live, lists, Served(live, lists)


def ids(served: Served) -> dict[str, tuple[str, list[str]]]:
    return {
        slug: (part.origin, [each.id for each in part.listings])
        for slug, part in served.catalog.snapshots.items()
    }


async def test_live_is_served_as_it_is() -> None:
    live, _, _ = world()
    await live.refresh_all()
    served = Served(live)
    await served.look()
    await served.run()  # it has nothing to look for
    assert served.catalog is live.catalog
    assert not served.from_store


async def test_a_provider_is_served_from_the_store_once_a_run_has_succeeded() -> None:
    live, lists, served = world()
    await live.refresh_all()
    await served.look()
    assert served.from_store
    assert served.catalog.id == live.catalog.id  # the same content
    lists.told["acme"] = stored(1, "a")
    await served.look()
    assert ids(served) == {"acme": ("store", ["a"]), "zeta": ("provider", ["z"])}
    assert served.catalog is served.catalog


async def test_a_provider_synced_to_nothing_stays_at_nothing() -> None:
    live, lists, served = world()
    await live.refresh_all()
    live.put_references([snapshot("acme", NOON, snapshot_of("r").listings, origin="reference")])
    lists.told["acme"] = stored(1)
    await served.look()
    assert ids(served)["acme"] == ("store", [])


async def test_the_id_differs_where_the_content_does_and_only_there() -> None:
    live, lists, served = world()
    await live.refresh_all()
    lists.told["acme"] = stored(1, "a", "b")
    await served.look()
    first = served.catalog.id
    assert first != live.catalog.id  # the origin is a part of every answer
    lists.told["acme"] = stored(2, "a", "b")
    await served.look()
    assert served.catalog.id == first
    lists.told["acme"] = stored(3, "a")
    await served.look()
    assert served.catalog.id != first


async def test_what_is_live_of_others_is_followed() -> None:
    live, lists, served = world()
    lists.told["acme"] = stored(1, "a")
    await served.look()
    assert ids(served) == {"acme": ("store", ["a"])}
    await live.refresh_all()
    assert ids(served) == {"acme": ("store", ["a"]), "zeta": ("provider", ["z"])}


async def test_what_is_held_stays_while_the_store_is_away_and_rows_that_cannot_be_read_are_not_served() -> (
    None
):
    live, lists, served = world()
    await live.refresh_all()
    lists.told["acme"] = stored(1, "a")
    await served.look()
    lists.away = True
    await served.look()
    assert ids(served)["acme"] == ("store", ["a"])
    lists.away, lists.told["acme"] = False, StoredList(2, None)
    await served.look()
    assert ids(served)["acme"] == ("provider", ["a", "b"])
