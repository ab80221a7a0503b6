"""References are loaded at the start and kept fresh; a broken one harms no other."""

import asyncio
from datetime import datetime
from decimal import Decimal

import pytest

from modelatlas.domain.errors import Unavailable, Unreadable
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule
from modelatlas.domain.snapshot import Snapshot
from modelatlas.flows.references import EVERY, References
from modelatlas.references.catalog import Entry, Part, ReferenceCatalog
from tests.builders import NOON, FakeClock


class Source:
    """A reference whose document is its version; `broken` is one that cannot be read."""

    def __init__(self, name: str, url: str | None = None, kept: bytes | None = b"v1") -> None:
        self.name = name
        self.url = url
        self.kept = kept
        self.at: datetime | None = None

    def fetched_at(self) -> datetime | None:
        return self.at

    def written_at(self) -> datetime | None:
        return self.at

    def load(self) -> ReferenceCatalog:
        if self.kept is None:
            raise Unavailable(f"{self.name} is not there")
        return self.read(self.kept)

    def read(self, document: bytes) -> ReferenceCatalog:
        if document == b"broken":
            raise Unreadable(f"{self.name} is broken")
        version = document.decode()
        listing = Listing(
            "acme", f"{self.name}-{version}", prices=(Rule("input_token", "known", Decimal(1)),)
        )
        return ReferenceCatalog(self.name, version, {"acme": Part((Entry(listing),))}, {})

    def keep(self, document: bytes) -> None:
        self.kept = document


class World:
    """Some references, what a fetch answers, and what was published."""

    def __init__(self, *sources: Source, answer: bytes | Exception = b"v2") -> None:
        self.clock = FakeClock()
        self.answer = answer
        self.asked: list[str] = []
        self.heard = asyncio.Event()
        self.published: list[list[str]] = []
        self.references = References(sources, self.clock, self.publish, self.fetch)

    async def fetch(self, name: str, url: str) -> bytes:
        self.asked.append(f"{name} {url}")
        self.heard.set()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def publish(self, parts: list[Snapshot]) -> None:
        self.published.append([listing.id for part in parts for listing in part.listings])


async def test_one_that_cannot_be_read_harms_no_other() -> None:
    """F23."""
    world = World(Source("a", kept=None), Source("b"))
    await world.references.load()
    assert world.published == [["b-v1"]]
    assert [(state.name, state.version, state.listings) for state in world.references.states] == [
        ("a", None, 0),
        ("b", "v1", 1),
    ]
    assert world.references.states[0].problem == "a is not there"


async def test_a_document_is_fetched_when_it_is_due_and_published_when_it_is_another() -> None:
    source = Source("a", "https://a.example", kept=None)
    world = World(source, Source("package"))
    await world.references.load()
    for _ in range(3):
        await world.references.refresh("a")
        await world.references.refresh("package")
    assert world.asked == ["a https://a.example"]
    assert source.kept == b"v2"
    assert world.published[-1] == ["a-v2", "package-v1"]
    world.clock.pass_(seconds=EVERY.total_seconds())
    await world.references.refresh("a")
    assert len(world.asked) == 2
    assert len(world.published) == 2  # the same again


@pytest.mark.parametrize("answer", [b"broken", Unavailable("it is away")])
async def test_the_last_good_copy_stays(answer: bytes | Exception) -> None:
    """F24, F26."""
    source = Source("a", "https://a.example")
    world = World(source, answer=answer)
    await world.references.load()
    await world.references.refresh("a")
    await world.references.refresh("a")
    assert len(world.asked) == 1
    assert source.kept == b"v1"
    (state,) = world.references.states
    assert (state.version, state.problem) == (
        "v1",
        str(answer) if isinstance(answer, Exception) else "a is broken",
    )
    world.clock.pass_(seconds=EVERY.total_seconds() / 2)
    world.answer = b"v2"
    await world.references.refresh("a")
    (state,) = world.references.states
    assert (state.version, state.problem) == ("v2", None)


async def test_a_kept_copy_is_as_old_as_it_is() -> None:
    source = Source("a", "https://a.example")
    source.at = NOON
    world = World(source)
    await world.references.load()
    await world.references.refresh("a")
    assert world.asked == []


async def test_the_duty_ends_when_it_is_cancelled() -> None:
    world = World(Source("a", "https://a.example"))
    await world.references.load()
    duty = asyncio.create_task(world.references.run())
    async with asyncio.timeout(5):
        await world.heard.wait()
    duty.cancel()
    with pytest.raises(asyncio.CancelledError):
        await duty
