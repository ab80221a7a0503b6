"""A service that starts anew answers, byte for byte, as one does that makes everything itself."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from msgspec.structs import replace

from modelatlas.caching.derived import DerivedFiles
from modelatlas.domain.derived import NOTHING_DERIVED, Derived
from modelatlas.domain.identity.match import Match
from modelatlas.domain.identity.matches import Matches, Word
from modelatlas.domain.identity.matching import match
from modelatlas.domain.listing import Listing
from modelatlas.domain.snapshot import Snapshot, snapshot
from modelatlas.views.rows import EncodedListings, Pieces, Rows
from modelatlas.web import blocks as blocks_module
from modelatlas.web.blocks import Blocks
from modelatlas.web.stitching import Block, block
from tests.builders import NOON, listing, snapshot_of

PART = snapshot(
    "acme",
    NOON,
    [listing(id_) for id_ in ("openai/gpt-oss-120b", "gpt-oss-120b-fp8", "no-such-thing-at-all")],
)
PUBLISHED = snapshot("acme", NOON, PART.listings[:2])
WORDS = {("acme", "no-such-thing-at-all"): Word("lab/known")}


class Counting:
    """A matcher that counts."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, of: Listing) -> Match | None:
        self.asked += 1
        return match(of)


class Process:
    """What a process makes of a list: its matches, rows and compressed rows."""

    def __init__(self, derived: Derived) -> None:
        self.matcher = Counting()
        self.matches = Matches(matcher=self.matcher, derived=derived)
        self.encoded = EncodedListings(self.matches.of, derived, lambda: self.matches.version)
        self.blocks = Blocks(derived)

    def written(self, part: Snapshot = PART) -> tuple[object, object, bytes, bytes]:
        rows = self.encoded.of(part)
        pieces = Pieces(b'{"data":[', (Rows(part.provider, rows),), b"]}")
        gzip = self.blocks.written(pieces, "gzip")
        return self.matches.of(part), dict(rows), gzip, self.blocks.written(pieces, "zstd")


@pytest.fixture
def derived(tmp_path: Path) -> DerivedFiles:
    made = DerivedFiles(tmp_path, "1")
    Process(made).written()
    return made


def test_it_makes_nothing_again_and_answers_the_same(
    derived: DerivedFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Process(NOTHING_DERIVED).written()
    compressed: list[bytes] = []

    def noting(pieces: Iterable[bytes]) -> Block:
        compressed.extend(pieces)
        return block([compressed[-1]])

    again = Process(derived)
    monkeypatch.setattr(blocks_module, "block", noting)
    assert again.written() == made
    assert again.matcher.asked == 0
    assert set(compressed) == {b'{"data":[', b"]}"}


def test_an_operators_word_is_in_the_answers_of_the_next_start(derived: DerivedFiles) -> None:
    again, anew = Process(derived), Process(NOTHING_DERIVED)
    before = again.written()
    for each in (again, anew):
        each.matches.obey(WORDS)
    assert again.written() == anew.written() != before
    assert again.matcher.asked == 1  # for the variant beside the word
    taken_back = Process(derived)
    assert taken_back.written() == before


@pytest.mark.parametrize(
    "part",
    [
        PUBLISHED,
        snapshot("acme", NOON, [*PART.listings[:2], listing("no-such-thing-at-all", name="Other")]),
        snapshot("acme", NOON, PART.listings, origin="reference"),
        snapshot_of("openai/gpt-oss-120b", provider="zeta"),
    ],
)
def test_another_list_has_rows_of_its_own(derived: DerivedFiles, part: Snapshot) -> None:
    assert Process(derived).written(part) == Process(NOTHING_DERIVED).written(part)


def test_the_list_as_it_was_heard_and_as_it_is_shown_are_both_kept(derived: DerivedFiles) -> None:
    shown = replace(PUBLISHED, heard=PART.digest)
    Process(derived).matches.of(shown)
    again = Process(derived)
    again.matches.of(shown)
    again = Process(derived)
    again.matches.of(PART)
    assert again.matcher.asked == 0


def test_where_words_change_meanwhile_nobody_keeps_the_rows(tmp_path: Path) -> None:
    derived = DerivedFiles(tmp_path, "1")
    versions = iter(["matching", "matching with a word"])
    EncodedListings(Matches().of, derived, lambda: next(versions)).of(PART)
    assert derived.get("rows.acme", ["acme", PART.digest, PART.origin, 3, "matching"]) is None
    assert not list(tmp_path.iterdir())
