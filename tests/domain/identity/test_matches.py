"""Matches of whole lists: matched once, an operator's word first, and never a private listing forgotten."""

import tracemalloc

from modelatlas.domain.identity import match
from modelatlas.domain.identity.match import Evidence, Match
from modelatlas.domain.identity.matches import Matches, Word
from modelatlas.domain.listing import Listing
from modelatlas.domain.snapshot import snapshot
from modelatlas.views.visibility import public_part
from tests.builders import NOON, listing, snapshot_of


class Counting:
    """A matcher that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, of: Listing) -> Match | None:
        self.asked.append(of.id)
        return None if of.id == "unknown" else Match(f"lab/{of.id}")


def test_a_list_is_matched_once_and_then_only_what_changed_in_it() -> None:
    counting = Counting()
    matches = Matches(matcher=counting)
    matches.of(snapshot_of("a", "b", "unknown"))
    matches.of(snapshot_of("a", "b", "unknown"))
    assert counting.asked == ["a", "b", "unknown"]
    found = matches.of(snapshot("acme", NOON, [listing("a"), listing("b", name="Other"), listing("c")]))
    assert counting.asked[3:] == ["b", "c"]
    assert {id_: one.model for id_, one in found.items()} == {"a": "lab/a", "b": "lab/b", "c": "lab/c"}


def test_another_provider_is_matched_for_itself() -> None:
    counting = Counting()
    matches = Matches(matcher=counting)
    matches.of(snapshot_of("a"))
    matches.of(snapshot_of("a", provider="zeta"))
    assert counting.asked == ["a", "a"]


def test_the_public_part_of_a_list_does_not_hide_the_matches_of_the_rest() -> None:
    whole = snapshot("acme", NOON, [listing("a"), listing("ours", visibility="account")])
    matches = Matches(matcher=Counting())
    assert set(matches.of(public_part(whole))) == {"a"}
    assert set(matches.of(whole)) == {"a", "ours"}
    assert matches.of(public_part(whole))["a"].model == "lab/a"


def test_an_operators_word_wins_at_once_and_nothing_is_matched_again_for_it() -> None:
    counting = Counting()
    matches, part = Matches(matcher=counting), snapshot_of("a", "b", "unknown")
    matches.of(part)
    version, asked = matches.version, len(counting.asked)
    words = {
        ("acme", "a"): Word("lab/other", "seen in their blog", NOON),
        ("acme", "b"): Word(None),
        ("acme", "unknown"): Word("lab/known"),
        ("zeta", "a"): Word("lab/elsewhere"),
    }
    matches.obey(words)
    found = matches.of(part)
    assert {id_: one.model for id_, one in found.items()} == {"a": "lab/other", "unknown": "lab/known"}
    assert found["a"].evidence == (Evidence("operator", "said on 2026-11-23: seen in their blog"),)
    assert found["a"].confidence == "certain"
    assert "b" not in counting.asked[asked:]
    assert matches.version != version
    matches.obey({})
    assert set(matches.of(part)) == {"a", "b"}
    assert matches.version == version


def test_listings_of_one_model_share_its_name() -> None:
    texts = ("acme/rocket-9b-instruct", "acme/rocket-9b-instruct-fp8")
    first, second = (match(listing(id_, provider=slug)) for id_, slug in zip(texts, ("x", "y"), strict=True))
    assert first is not None
    assert second is not None
    assert first.model is second.model


def test_beside_the_matches_little_is_kept_of_a_list() -> None:
    one = Match("lab/model")
    matches = Matches(matcher=lambda _: one)
    part = snapshot_of(*(f"model-{number}" for number in range(5_000)))
    tracemalloc.start()
    try:
        found = matches.of(part)
        assert tracemalloc.get_traced_memory()[0] < 100 * len(found)
    finally:
        tracemalloc.stop()


def test_a_list_that_changes_under_a_word_keeps_the_match_that_the_word_hides() -> None:
    counting = Counting()
    matches = Matches({("acme", "a"): Word(None)}, matcher=counting)
    matches.of(snapshot_of("a", "b"))
    assert set(matches.of(snapshot_of("a", "b", "c"))) == {"b", "c"}
    matches.obey({})
    asked = len(counting.asked)
    assert set(matches.of(snapshot_of("a", "b", "c"))) == {"a", "b", "c"}
    assert len(counting.asked) == asked


def test_what_no_match_is_made_of_may_change_without_matching_again() -> None:
    counting = Counting()
    matches = Matches(matcher=counting)
    matches.of(snapshot("acme", NOON, [listing("a"), listing("b")]))
    found = matches.of(snapshot("acme", NOON, [listing("a", prices=()), listing("b", context_tokens=7)]))
    assert set(found) == {"a", "b"}
    assert counting.asked == ["a", "b"]


def test_a_list_that_comes_back_after_another_is_not_matched_again() -> None:
    counting = Counting()
    matches = Matches(matcher=counting)
    own, reference = snapshot_of("a", "b", "c"), snapshot_of("a", "z")
    for part in (own, reference, snapshot_of("a", "b", "c", "d")):
        matches.of(part)
    assert counting.asked == ["a", "b", "c", "z", "d"]


def test_whatever_a_match_is_made_of_is_compared() -> None:
    texts = ("repository", "canonical_id", "alias_of", "name", "quantization")
    for name in texts:
        counting = Counting()
        matches = Matches(matcher=counting)
        matches.of(snapshot("acme", NOON, [listing("a")]))
        matches.of(snapshot("acme", NOON, [listing("a", **{name: "other"})]))
        assert counting.asked == ["a", "a"], name
