"""A start recalls what was published before, and only while all that it was made of is the same."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from modelatlas.caching.derived import DerivedFiles
from modelatlas.domain.borrowing import Lender
from modelatlas.domain.identity.match import Match
from modelatlas.domain.listing import Listing
from modelatlas.domain.precedence import Quoted
from modelatlas.domain.price import Condition, PromptOver, Rule, Window, usd
from modelatlas.domain.publishing import Published
from modelatlas.domain.releases import by_listing
from modelatlas.domain.snapshot import Snapshot, snapshot
from modelatlas.flows.publish import Publisher
from modelatlas.flows.recall import Recall
from modelatlas.prices.files import CuratedPrices, with_own
from tests.builders import NOON, FakeClock, release_of
from tests.domain.test_publishing import Source, from_

MODEL = Match("anthropic/claude-rocket-2")
LENDERS = (Lender("lab", "anthropic"),)
BEGINS = NOON + timedelta(hours=1)
PLAIN = (usd("input_token", "0.000003"), usd("output_token", "0.000015"))
LONG = replace(usd("input_token", "0.0000060"), when=Condition(prompt_over=PromptOver(1_000)), rank=1)
LAB = snapshot("lab", NOON, [Listing("lab", "a", prices=PLAIN)])
HOST = snapshot(
    "host",
    NOON,
    [
        Listing("host", "a", context_tokens=7),
        Listing("host", "b", prices=(usd("input_token", "0.0000010"), LONG)),
        Listing("host", "c", prices=(usd("input_token", "0.000001"),)),
        Listing("host", "d", prices=(usd("input_token", "1"),)),
    ],
    surprises={"odd": 2},
)
LATER = replace(usd("image", "0.02"), valid_from=BEGINS.isoformat(), rank=1, source="file")


class World:
    """What lists are made of; `was_asked` tells whether a source or a match was needed to make them."""

    def __init__(self, folder: Path, program: str = "1") -> None:
        self.folder, self.program = folder, program
        self.clock = FakeClock()
        self.parts = [HOST, LAB]
        self.file: dict[str, tuple[Rule, ...]] = {
            "b": (from_("file", "input_token", "0.000001"), from_("file", "image", "0.01")),
            "c": (from_("file", "input_token", "0.000002"),),
        }
        self.version: str | None = "file@1"
        self.model, self.matching = MODEL, "matching 1"
        self.released = by_listing([])
        self._asked = False

    def find(self, provider: str, id_: str, at: datetime) -> Quoted | None:
        self._asked = True
        return (
            Source("file", "reference", **self.file).find(provider, id_, at) if provider == "host" else None
        )

    def slug_of(self, word: str) -> str | None:
        return word

    def was_asked(self) -> bool:
        return self._asked

    def _matched(self, part: Snapshot) -> dict[str, Match]:
        self._asked = True
        return {"a": self.model}

    def published(self, *, kept: bool = True) -> dict[str, Published]:
        """Publish all lists as a process does that has just begun; without `kept` all is made."""
        self._asked = False
        derived = DerivedFiles(self.folder, self.program)
        recall = Recall(derived, lambda: self.matching) if kept else None
        publisher = Publisher(self.clock, (), LENDERS, self._matched, (), recall)
        publisher.take([self], self.version)
        publisher.obey(self.released)
        publisher.all(self.parts)
        return dict(publisher.kept)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world whose lists were published once."""
    made = World(tmp_path)
    made.published()
    assert made.was_asked()
    return made


def written(published: dict[str, Published]) -> bytes:
    return msgspec.msgpack.encode(published)


def test_what_is_recalled_is_byte_for_byte_what_would_be_made(world: World) -> None:
    recalled = world.published()
    assert not world.was_asked()
    made = world.published(kept=False)
    assert world.was_asked()
    assert written(recalled) == written(made)
    host = recalled["host"]
    assert host.snapshot.listings[0].prices[0].source == "borrowed:lab/a"
    assert [list(host.suspects), list(host.disputes)] == [["d"], ["c"]]
    assert host.agreements
    assert str(host.snapshot.listings[1].prices[0].amount) == "0.0000010"


def test_a_list_that_was_heard_again_is_recalled_with_its_times(world: World) -> None:
    world.parts = [replace(each, fetched_at=NOON + timedelta(minutes=1)) for each in world.parts]
    world.clock.pass_(minutes=2)
    recalled = world.published()
    assert not world.was_asked()
    assert recalled["host"].snapshot.fetched_at == NOON + timedelta(minutes=1)
    assert written(recalled) == written(world.published(kept=False))


def other_list(world: World) -> None:
    listings = (*HOST.listings[:3], replace(HOST.listings[3], prices=(usd("input_token", "0.000009"),)))
    world.parts = [snapshot("host", NOON, listings), LAB]


def amount_written_otherwise(world: World) -> None:
    listings = (HOST.listings[0], Listing("host", "b", prices=(usd("input_token", "0.000001"),)))
    world.parts = [snapshot("host", NOON, listings), LAB]


def other_lender(world: World) -> None:
    dearer = (usd("input_token", "0.000004"), PLAIN[1])
    world.parts = [HOST, snapshot("lab", NOON, [Listing("lab", "a", prices=dearer)])]


def other_version(world: World) -> None:
    world.file["c"] = (from_("file", "input_token", "0.000003"),)
    world.version = "file@2"


def unknown_version(world: World) -> None:
    world.file["c"] = (from_("file", "input_token", "0.000003"),)
    world.version = None


def other_release(world: World) -> None:
    world.released = by_listing([release_of("1", "d", "host")])


def other_word(world: World) -> None:
    world.model, world.matching = Match("anthropic/claude-rocket-2", ("fp8",)), "matching 1 word"


def other_program(world: World) -> None:
    world.program = "2"


def clock_turned_back(world: World) -> None:
    world.clock.pass_(days=-1)


@pytest.mark.parametrize(
    "change",
    [
        other_list, amount_written_otherwise, other_lender, other_version, unknown_version, other_release,
        other_word, other_program, clock_turned_back,
    ],
)  # fmt: skip
def test_after_any_change_it_is_made_anew(world: World, change: Callable[[World], None]) -> None:
    change(world)
    found = world.published()
    assert world.was_asked()
    assert written(found) == written(world.published(kept=False))


def test_a_price_that_begins_meanwhile_is_published(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.file["c"] = (from_("file", "input_token", "0.000002"), from_("file", "image", "0.01"), LATER)
    world.published()
    world.clock.pass_(minutes=59)
    world.published()
    assert not world.was_asked()
    world.clock.pass_(minutes=2)
    found = world.published()
    assert world.was_asked()
    assert written(found) == written(world.published(kept=False))


def test_a_loan_that_is_yet_to_begin_is_not_recalled(tmp_path: Path) -> None:
    """The clock of whoever heard the lender may be ahead of ours."""
    world = World(tmp_path)
    world.parts = [HOST, replace(LAB, content_since=BEGINS)]
    world.published()
    world.clock.pass_(hours=2)
    found = world.published()
    assert found["host"].snapshot.listings[0].prices[0].source == "borrowed:lab/a"
    assert written(found) == written(world.published(kept=False))


def test_what_depends_on_the_hour_is_never_recalled(tmp_path: Path) -> None:
    world = World(tmp_path)
    night = replace(usd("input_token", "0.000001"), when=Condition(windows=(Window(0, 360),)), rank=1)
    world.parts = [snapshot("host", NOON, [*HOST.listings[:3], Listing("host", "d", prices=(night,))]), LAB]
    world.published()
    world.published()
    assert world.was_asked()


@pytest.mark.parametrize("damage", [b"", b"x" * 100])
def test_a_damaged_file_is_made_anew(world: World, damage: bytes) -> None:
    for path in world.folder.iterdir():
        path.write_bytes(damage)
    found = world.published()
    assert world.was_asked()
    assert written(found) == written(world.published(kept=False))


CURATED = """
source = "https://acme.example/pricing"
read = 2026-11-01
expires = 2026-11-23

[[price]]
ids = ["a"]
prices = { input_token = "3" }
"""


def curated(folder: Path, content: str) -> CuratedPrices:
    (folder / "acme.toml").write_text(content)
    return CuratedPrices(with_own(folder))


def test_a_curated_file_that_expires_turns_its_list_and_another_one_has_another_version(
    tmp_path: Path,
) -> None:
    own = curated(tmp_path, CURATED)
    other = curated(tmp_path, CURATED.replace('"3"', '"4"'))
    assert own.version == curated(tmp_path, CURATED).version != other.version
    clock = FakeClock()
    publisher = Publisher(clock)
    publisher.take([own], own.version)
    publisher.of(snapshot("acme", NOON, [Listing("acme", "a")]))
    (made,) = publisher.kept.values()
    assert made.until == made.steady == datetime(2026, 11, 24, tzinfo=UTC)
    clock.pass_(hours=11)
    assert not publisher.has_turned()
    clock.pass_(hours=1)
    assert publisher.has_turned()
