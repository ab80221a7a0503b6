"""A tier that the source that counts does not price comes whole from one weaker source, or not at all."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from modelatlas.domain.costing import bill
from modelatlas.domain.evaluation import Circumstances, evaluate
from modelatlas.domain.precedence import Quoted, Settled, Standing, settle
from modelatlas.domain.price import ALWAYS, Condition, Factor, PromptOver, Rule, Tier, Window, usd
from modelatlas.domain.quarantine import quarantined
from modelatlas.domain.tiers import BESIDES
from modelatlas.domain.usage import Usage

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FLEX = Condition(tier="flex")
LONG = PromptOver(200_000)


def rule(unit: str, amount: str, when: Condition = ALWAYS, rank: int = 0) -> Rule:
    return replace(usd(f"{unit}_token", amount, per="1M tokens"), when=when, rank=rank)


def says(source: str, standing: Standing, *rules: Rule, factors: tuple[Factor, ...] = ()) -> Quoted:
    own = tuple(replace(each, source=source) for each in rules)
    return Quoted(source, standing, own, tuple(replace(each, source=source) for each in factors))


def costs(settled: Settled, tier: Tier, prompt: int = 0) -> dict[str, tuple[str, str]]:
    """Unit -> USD for a million, and who says so, in a tier."""
    asked = Circumstances(NOON, prompt, tier)
    units = dict.fromkeys(each.unit for each in settled.rules)
    found = [evaluate(settled.rules, unit, asked, settled.factors) for unit in units]
    return {
        cost.unit.removesuffix("_token"): (f"{(cost.usd or 0) * 1_000_000:.3f}", cost.rule.source)
        for cost in found
        if cost is not None
    }


FILE = says("file", "curated", rule("input", "2"), rule("output", "8"), rule("cache_read", "0.5"))
MAP = says(
    "map", "reference",
    rule("input", "2"), rule("output", "8"), rule("cache_read", "0.5"), rule("web", "10"),
    rule("input", "1", FLEX), rule("output", "4", FLEX),
)  # fmt: skip


def test_a_tier_comes_from_the_first_weaker_source_that_says_the_same_otherwise() -> None:
    """What only it prices comes with it; a unit that the tier does not name costs as it always does."""
    settled = settle([FILE, MAP], NOON)
    assert costs(settled, "standard")["input"] == ("2.000", "file")
    assert costs(settled, "flex") == {
        "input": ("1.000", "map"),
        "output": ("4.000", "map"),
        "cache_read": ("0.500", "map"),
        "web": ("10.000", "map"),
    }
    assert costs(settled, "priority") == {}


@pytest.mark.parametrize("unit", ["input", "output", "cache_read"])
def test_a_source_that_differs_on_one_standard_amount_brings_no_tier_at_all(unit: str) -> None:
    """All units or none: half of a tier from a file that is off elsewhere would pass for the whole."""
    moved = tuple(
        replace(each, amount=Decimal(7)) if each.unit == f"{unit}_token" and each.when != FLEX else each
        for each in MAP.rules
    )
    settled = settle([FILE, replace(MAP, rules=moved)], NOON)
    assert costs(settled, "flex") == {}
    later = says("third", "reference", rule("input", "2"), rule("input", "1.5", FLEX))
    assert costs(settle([FILE, replace(MAP, rules=moved), later], NOON), "flex") == {
        "input": ("1.500", "third")
    }


def test_a_tier_that_the_source_that_counts_prices_is_never_completed() -> None:
    half = Factor(Decimal("0.5"), units=("input_token",), when=FLEX)
    own = replace(FILE, factors=(replace(half, source="file"),))
    assert costs(settle([own, MAP], NOON), "flex")["output"] == ("8.000", "file")


def test_one_unit_of_a_tier_elsewhere_does_not_make_the_standard_price_count_in_it() -> None:
    """A map that prices audio in a tier, and contradicts the file, says nothing of the file's units."""
    differs = says("map", "reference", rule("input_audio", "3"), rule("input_audio", "1", FLEX))
    settled = settle([FILE, differs], NOON)
    assert costs(settled, "flex") == {"input_audio": ("1.000", "map")}


def test_factors_count_for_the_prices_of_their_own_source_only() -> None:
    uplift = Factor(Decimal("1.1"), when=Condition(region="eu"))
    settled = settle([FILE, replace(MAP, factors=(replace(uplift, source="map"),))], NOON)
    asked = Circumstances(NOON, region="eu")
    amounts = [evaluate(settled.rules, unit, asked, settled.factors) for unit in ("input_token", "web_token")]
    assert [None if each is None else each.usd for each in amounts] == [
        Decimal("0.000002"),
        Decimal("0.000011"),
    ]


def test_long_prompts_are_compared_too_and_prices_by_the_hour_complete_nothing() -> None:
    longer = rule("input", "4", Condition(prompt_over=LONG), 1)
    both = replace(FILE, rules=(*FILE.rules, replace(longer, source="file")))
    assert costs(settle([both, MAP], NOON), "flex") == {"web": ("10.000", "map")}
    map_too = replace(MAP, rules=(*MAP.rules, replace(longer, source="map")))
    assert costs(settle([both, map_too], NOON), "flex")["input"] == ("1.000", "map")
    night = rule("input", "1", Condition(windows=(Window(0, 60),)), 1)
    nightly = replace(FILE, rules=(*FILE.rules, replace(night, source="file")))
    assert costs(settle([nightly, MAP], NOON), "flex") == {"web": ("10.000", "map")}


def test_a_stronger_source_and_a_borrowed_price_complete_nothing() -> None:
    borrowed = replace(MAP, standing="borrowed")
    assert costs(settle([FILE, borrowed], NOON), "flex") == {"web": ("10.000", "map")}
    batch_only = says("list", "provider", rule("web", "9"), rule("web", "1", FLEX))
    assert costs(settle([batch_only, FILE], NOON), "flex") == {"web": ("1.000", "list")}


def test_a_unit_that_is_taken_alone_costs_in_a_tier_what_its_source_would_say() -> None:
    """The map prices flex by units that the file answers; its own search costs there what it always does."""
    differs = replace(MAP, rules=tuple(each for each in MAP.rules if each.unit != "cache_read_token"))
    priced = replace(FILE, factors=(Factor(Decimal("0.5"), ("input_token",), FLEX, source="file"),))
    assert costs(settle([priced, differs], NOON), "flex") == {
        "input": ("1.000", "file"),
        "output": ("8.000", "file"),
        "cache_read": ("0.500", "file"),
        "web": ("10.000", "map"),
    }


def test_a_tier_begins_when_its_source_says_so() -> None:
    begins = replace(rule("input", "1", FLEX), valid_from="2026-12-01T00:00:00Z")
    settled = settle([says("map", "reference", rule("input", "2"), rule("output", "8"), begins)], NOON)
    assert costs(settled, "flex") == {}


@pytest.mark.parametrize(("reasoning", "expected"), [("8", "4"), ("9", None)])
def test_reasoning_costs_in_a_tier_what_the_output_does_where_it_does_so_otherwise(
    reasoning: str, expected: str | None
) -> None:
    """Else a tier at half the price would charge the whole one for most of its output."""
    rules = (*MAP.rules, replace(rule("reasoning", reasoning), source="map"))
    for sources in ([replace(MAP, rules=rules)], [FILE, replace(MAP, rules=rules)]):
        settled = settle(sources, NOON)
        used = Usage("test", "included", {"reasoning_token": Decimal(1_000_000)})
        found = bill(settled.rules, settled.factors, used, Circumstances(NOON, tier="flex"))
        assert found.usd == (None if expected is None else Decimal(expected))


def test_a_slipped_tier_of_another_source_takes_only_itself_along() -> None:
    """The price of the source that counts is none the worse for it."""
    slipped = tuple(
        replace(each, amount=Decimal(5_000)) if (each.unit, each.when) == ("input_token", FLEX) else each
        for each in MAP.rules
    )
    left, suspects = quarantined(settle([FILE, replace(MAP, rules=slipped)], NOON), NOON)
    assert [(each.unit, each.said.source) for each in suspects] == [("input_token", "map")]
    assert costs(left, "standard")["input"] == ("2.000", "file")
    assert costs(left, "flex").keys() == {"output", "cache_read", "web"}


amounts = st.sampled_from(["1", "2", "8"])
tiered = st.builds(
    rule,
    st.sampled_from(["input", "output", "cache_read"]),
    amounts,
    st.builds(
        Condition,
        tier=st.sampled_from(["standard", *BESIDES]),
        prompt_over=st.sampled_from([None, None, LONG]),
    ),
)
sources = st.lists(tiered, max_size=9, unique_by=lambda each: (each.unit, each.when)).map(
    lambda found: [replace(each, rank=0 if each.when.prompt_over is None else 1) for each in found]
)
halves = st.lists(st.builds(Factor, st.just(Decimal("0.5")), when=st.just(FLEX)), max_size=1)


@settings(max_examples=300)
@given(sources, sources, halves, st.sampled_from(BESIDES), st.sampled_from([0, 300_000]))
def test_a_tier_is_what_its_source_alone_would_say(
    stronger: list[Rule], weaker: list[Rule], halves: list[Factor], tier: Tier, prompt: int
) -> None:
    """No mixture: each unit in a tier costs what whoever says it says of the whole, or is not known."""
    file = says("file", "curated", *stronger)
    map_ = says("map", "reference", *weaker, factors=tuple(halves))
    settled = settle([file, map_], NOON)
    asked = Circumstances(NOON, prompt, tier)
    alone = {each.source: each for each in (file, map_)}
    for unit in {each.unit for each in (*stronger, *weaker)}:
        cost = evaluate(settled.rules, unit, asked, settled.factors)
        if cost is None:
            continue
        own = alone[cost.rule.source]
        expected = evaluate(own.rules, unit, asked, own.factors)
        assert expected is not None
        assert cost.usd == expected.usd
