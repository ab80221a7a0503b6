"""One source answers one unit; what was not chosen stays visible."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from modelatlas.domain.precedence import Quoted, Settled, Standing, settle
from modelatlas.domain.price import Condition, Factor, PromptOver, Rule, usd

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def said(source: str, standing: Standing, *, factors: tuple[Factor, ...] = (), **amounts: str) -> Quoted:
    rules = tuple(replace(usd(f"{unit}_token", amount), source=source) for unit, amount in amounts.items())
    return Quoted(source, standing, rules, factors)


def chosen(settled: Settled) -> dict[str, str]:
    return {choice.unit.removesuffix("_token"): choice.chosen.source for choice in settled.choices}


def test_the_strongest_source_answers() -> None:
    sources = [
        said("borrowed", "borrowed", input="6"),
        said("reference", "reference", input="5"),
        said("old file", "expired", input="7"),
        said("file", "curated", input="4"),
        said("list", "provider", input="3"),
        said("word", "operator", input="2"),
    ]
    while sources:
        expected = next(
            source
            for standing in ("operator", "provider", "curated", "reference", "expired", "borrowed")
            for source in sources
            if source.standing == standing
        )
        settled = settle(sources, NOON)
        assert chosen(settled) == {"input": expected.source}
        assert settled.rules == expected.rules
        assert {other.source for other in settled.choices[0].others} == {s.source for s in sources} - {
            expected.source
        }
        sources.remove(expected)


def test_of_references_those_of_which_two_agree_go_ahead() -> None:
    alone = said("first", "reference", input="9")
    pair = [said("second", "reference", input="2.01"), said("third", "reference", input="2.004")]
    assert chosen(settle([alone, *pair], NOON)) == {"input": "second"}
    assert chosen(settle([alone, pair[0]], NOON)) == {"input": "first"}
    assert settle([alone, pair[0]], NOON).choices[0].is_disputed
    assert not settle(pair, NOON).choices[0].is_disputed


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [
        ("0.3", "0.30002", "second"),
        ("4.4", "4.39999", "second"),
        ("0.30002", "0.3", "first"),
        ("0.3001", "0.3002", "first"),
        ("0.30", "0.3", "first"),
    ],
)
def test_of_references_that_agree_the_one_that_is_not_rounded_counts(
    first: str, second: str, counts: str
) -> None:
    pair = [said("first", "reference", input=first), said("second", "reference", input=second)]
    assert chosen(settle(pair, NOON)) == {"input": counts}


@pytest.mark.parametrize(
    ("other", "disputed"), [("1", False), ("1.005", False), ("1.0051", True), ("1000", True)]
)
def test_a_dispute_is_a_difference_of_more_than_half_a_percent(other: str, disputed: bool) -> None:
    settled = settle([said("list", "provider", input="1"), said("file", "curated", input=other)], NOON)
    assert settled.choices[0].is_disputed is disputed


def test_a_unit_that_is_missing_comes_from_a_source_that_agrees_on_the_others() -> None:
    provider = said("list", "provider", input="1", output="4")
    agrees = said("file", "reference", input="1", output="4", cache_read="0.1")
    differs = said("file", "reference", input="1", output="5", cache_read="0.1")
    assert chosen(settle([provider, agrees], NOON)) == {
        "input": "list",
        "output": "list",
        "cache_read": "file",
    }
    settled = settle([provider, differs], NOON)
    assert chosen(settled) == {"input": "list", "output": "list"}
    assert [(each.said.source, each.said.cost.unit, each.by, each.why) for each in settled.withheld] == [
        ("file", "cache_read_token", "list", "contradicts")
    ]
    assert all(rule.unit != "cache_read_token" for rule in settled.rules)


def test_a_third_source_may_bring_what_the_second_may_not() -> None:
    settled = settle(
        [
            said("list", "provider", input="1"),
            said("wrong", "reference", input="1000", cache_read="100"),
            said("right", "reference", input="1", cache_read="0.1"),
        ],
        NOON,
    )
    assert chosen(settled) == {"input": "list", "cache_read": "right"}
    assert settled.choices[1].is_disputed


def test_factors_come_with_the_rules_of_their_source() -> None:
    half = Factor(Decimal("0.5"), when=Condition(tier="batch"))
    loser = said("file", "reference", input="2", factors=(half,))
    assert settle([said("list", "provider", input="1"), loser], NOON).factors == ()
    assert settle([loser], NOON).factors == (half,)


def test_unknown_is_no_price_and_free_disagrees_with_any_amount() -> None:
    """F8: a source that says nothing is never asked, one that says free is."""
    free = Quoted("list", "provider", (Rule("input_token", "free"),))
    settled = settle([Quoted("none", "operator", ()), free, said("file", "curated", input="1")], NOON)
    assert chosen(settled) == {"input": "list"}
    assert settled.choices[0].is_disputed


def test_a_rule_that_holds_no_more_does_not_answer() -> None:
    over = Quoted("list", "provider", (replace(usd("input_token", "1"), valid_to="2026-01-01"),))
    assert chosen(settle([over, said("file", "curated", input="2")], NOON)) == {"input": "file"}


LONG = Condition(prompt_over=PromptOver(1000))


def test_a_weaker_plain_price_does_not_stand_in_for_conditional_ones() -> None:
    """Who says only what long prompts cost has named the unit; short ones are not priced by a stranger."""
    long = replace(usd("input_token", "2"), when=LONG)
    settled = settle([Quoted("list", "provider", (long,)), said("file", "reference", input="1")], NOON)
    assert settled.rules == (long,)
    assert settled.choices == ()
    assert [(each.said.source, each.by, each.why) for each in settled.withheld] == [
        ("file", "list", "conditional")
    ]


def test_of_equals_a_plain_price_is_taken_before_a_conditional_one() -> None:
    long = Quoted("one", "reference", (replace(usd("input_token", "2"), when=LONG),))
    assert chosen(settle([long, said("two", "reference", input="1")], NOON)) == {"input": "two"}


def test_a_unit_of_which_a_source_says_two_things_has_no_price_and_the_others_have() -> None:
    twice = (usd("input_token", "1"), usd("input_token", "2"), usd("output_token", "4"))
    settled = settle(
        [Quoted("list", "provider", twice), said("file", "reference", input="1", output="4")], NOON
    )
    assert chosen(settled) == {"output": "list"}
    assert [rule.unit for rule in settled.rules] == ["output_token"]
    assert [(each.unit, each.source, "rank 0" in each.reason) for each in settled.unsettled] == [
        ("input_token", "list", True)
    ]
    assert [(each.said.source, each.why) for each in settled.withheld] == [("file", "unsettled")]


def test_a_borrowed_price_disputes_nothing() -> None:
    lent = said("borrowed:lab/a", "borrowed", input="7")
    (choice,) = settle([said("list", "provider", input="1"), lent], NOON).choices
    assert (choice.is_disputed, [other.source for other in choice.others]) == (False, ["borrowed:lab/a"])


def test_two_weaker_sources_that_differ_are_a_dispute_too() -> None:
    sources = (
        said("a", "reference", input="1"),
        said("b", "reference", input="1.004"),
        said("c", "reference", input="1.008"),
    )
    assert settle(sources, NOON).choices[0].is_disputed


def test_a_curated_file_that_has_expired_is_asked_after_references() -> None:
    old, reference = said("old file", "expired", input="7"), said("reference", "reference", input="5")
    (choice,) = settle([old, reference], NOON).choices
    assert (choice.chosen.source, choice.chosen.standing) == ("reference", "reference")
    assert [(each.source, each.standing) for each in choice.others] == [("old file", "expired")]
    assert choice.is_disputed
