"""Matches of whole lists: matched once, an operator's word first, and never a private listing forgotten."""

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
