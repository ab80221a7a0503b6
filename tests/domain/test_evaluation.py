"""What a unit costs at an instant: conditions, ranks, tiers, factors; a naive evaluator agrees."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from modelatlas.domain.evaluation import Ambiguous, Circumstances, evaluate
from modelatlas.domain.price import Condition, Factor, PromptOver, Rule, State, Tier, Window, usd
from modelatlas.domain.rule_sets import contradictions, may_both_hold
from tests.domain.naive_prices import naive_cost, same

ZONES = ["UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"]
TIERS: list[Tier] = ["standard", "batch", "flex", "priority"]
STATES: list[State] = ["known", "known", "known", "free", "varying"]
PRICED = ["input_token", "output_token", "reasoning_token"]
TELLERS = ["provider", "reference:litellm"]
START = datetime(2026, 1, 1, tzinfo=UTC)

minutes = st.integers(0, 1_439)
windows = st.builds(Window, minutes, minutes, st.sampled_from(ZONES))
conditions = st.builds(
    Condition,
    windows=st.lists(windows, max_size=2).map(tuple),
    weekdays=st.sets(st.integers(1, 7), max_size=4).map(lambda days: tuple(sorted(days))),
    prompt_over=st.none() | st.builds(PromptOver, st.integers(0, 4), st.booleans()),
    tier=st.sampled_from(TIERS),
    region=st.sampled_from([None, None, "eu", "us"]),
    cache_seconds=st.sampled_from([None, None, None, 3_600]),
)
instants = st.integers(0, 2 * 365 * 1_440).map(lambda minute: START + timedelta(minutes=minute))
texts = st.none() | instants.map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ"))
amounts = st.decimals(0, 100, places=6).filter(bool)


@st.composite
def rule_sets(draw: st.DrawFn) -> tuple[Rule, ...]:
    ranks = draw(st.lists(st.integers(0, 99), min_size=1, max_size=8, unique=True))
    teller = {unit: draw(st.sampled_from(TELLERS)) for unit in PRICED}  # one source answers one unit
    return tuple(
        Rule(
            unit,
            state,
            draw(amounts) if state == "known" else None,
            per=draw(st.sampled_from(["token", "1K tokens", "1M tokens"])),
            when=draw(conditions),
            valid_from=draw(texts),
            valid_to=draw(texts),
            rank=rank,
            source=teller[unit],
        )
        for rank in ranks
        for state in [draw(st.sampled_from(STATES))]
        for unit in [draw(st.sampled_from(PRICED))]
    )


factor_sets = st.lists(
    st.builds(
        Factor,
        amounts,
        units=st.sampled_from([(), ("input_token",)]),
        when=conditions,
        valid_from=texts,
        rank=st.integers(0, 9),
        source=st.sampled_from(TELLERS),
    ),
    max_size=3,
)


@settings(max_examples=400)
@given(
    rule_sets(),
    factor_sets,
    instants,
    st.integers(0, 6),
    st.sampled_from(TIERS),
    st.sampled_from([None, "eu"]),
    st.sampled_from(PRICED),
)
def test_a_naive_evaluator_agrees(
    rules: tuple[Rule, ...],
    factors: list[Factor],
    at: datetime,
    prompt: int,
    tier: Tier,
    region: str | None,
    unit: str,
) -> None:
    cost = evaluate(rules, unit, Circumstances(at, prompt, tier, region), factors)
    naive = naive_cost(rules, factors, unit, at, prompt, tier, region)
    if cost is None:
        assert naive is None
    else:
        assert same(cost.amount, naive)


DEEPSEEK = (
    replace(usd("input_token", "0.14", per="1M tokens"), valid_to="2026-08-16T16:00:00Z"),
    replace(
        usd("input_token", "0.22", per="1M tokens"),
        valid_from="2026-08-16T16:00:00Z",
        valid_to="2026-09-10T00:00:00Z",
    ),
    replace(
        usd("input_token", "0.44", per="1M tokens"),
        when=Condition(windows=(Window(60, 240), Window(360, 600))),
        valid_from="2026-08-16T16:00:00Z",
        valid_to="2026-09-10T00:00:00Z",
        rank=1,
    ),
    replace(usd("input_token", "0.15", per="1M tokens"), valid_from="2026-09-10T00:00:00Z"),
    replace(
        usd("input_token", "0.30", per="1M tokens"),
        when=Condition(windows=(Window(60, 240), Window(360, 600))),
        valid_from="2026-09-10T00:00:00Z",
        rank=1,
    ),
    replace(
        usd("input_token", "0.22", per="1M tokens"),
        when=Condition(windows=(Window(0, 1_440, "Asia/Shanghai"),), weekdays=(6, 7)),
        valid_from="2026-08-22T16:00:00Z",
        valid_to="2026-09-10T00:00:00Z",
        rank=2,
    ),
    replace(
        usd("input_token", "0.15", per="1M tokens"),
        when=Condition(windows=(Window(0, 1_440, "Asia/Shanghai"),), weekdays=(6, 7)),
        valid_from="2026-09-10T00:00:00Z",
        rank=2,
    ),
)
"""The published change to peak and off-peak prices of August 2026, as rules."""


@pytest.mark.parametrize(
    ("at", "usd_per_million"),
    [
        ("2026-05-01T02:00", "0.14"),
        ("2026-08-16T20:00", "0.22"),
        ("2026-08-20T02:00", "0.44"),
        ("2026-10-03T02:00", "0.15"),
        ("2026-10-05T02:00", "0.30"),
        ("2026-10-05T12:00", "0.15"),
    ],
)
def test_the_six_instants_of_a_price_by_the_hour(at: str, usd_per_million: str) -> None:
    cost = evaluate(DEEPSEEK, "input_token", Circumstances(datetime.fromisoformat(at + "+00:00")))
    assert cost is not None
    assert cost.usd == Decimal(usd_per_million) / 1_000_000


def test_no_two_of_these_rules_contradict_each_other() -> None:
    assert contradictions(DEEPSEEK) == []


def at_local(text: str, zone: str = "UTC") -> Circumstances:
    return Circumstances(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


NIGHT = replace(
    usd("input_token", "1"),
    when=Condition(windows=(Window(22 * 60, 6 * 60, "Europe/Berlin"),), weekdays=(5,)),
    rank=1,
)


@pytest.mark.parametrize(
    ("local", "amount"),
    [
        ("2026-07-03T21:59", "2"),  # Friday
        ("2026-07-03T22:00", "1"),
        ("2026-07-04T05:59", "1"),  # Saturday morning belongs to Friday's window
        ("2026-07-04T06:00", "2"),
        ("2026-07-03T03:00", "2"),  # Friday morning belongs to Thursday's
        ("2026-07-04T23:00", "2"),
        ("2026-01-02T22:00", "1"),  # another offset of the zone, the same clock
    ],
)
def test_a_window_that_wraps_midnight_belongs_to_the_day_it_starts_on(local: str, amount: str) -> None:
    cost = evaluate((usd("input_token", "2"), NIGHT), "input_token", at_local(local, "Europe/Berlin"))
    assert cost is not None
    assert cost.amount == Decimal(amount)


@pytest.mark.parametrize(
    ("utc", "amount"), [("2026-03-29T00:59", "2"), ("2026-03-29T01:00", "1"), ("2026-03-28T01:00", "2")]
)
def test_hours_move_with_daylight_saving(utc: str, amount: str) -> None:
    """Clocks in Berlin go from 02:00 to 03:00 on 2026-03-29 at 01:00 UTC."""
    early = replace(
        usd("input_token", "1"), when=Condition(windows=(Window(180, 240, "Europe/Berlin"),)), rank=1
    )
    cost = evaluate((usd("input_token", "2"), early), "input_token", at_local(utc))
    assert cost is not None
    assert cost.amount == Decimal(amount)


def test_a_threshold_of_the_prompt_is_strict_unless_it_says_otherwise() -> None:
    long = replace(usd("input_token", "3"), when=Condition(prompt_over=PromptOver(200_000)), rank=1)
    incl = replace(
        usd("input_token", "4"), when=Condition(prompt_over=PromptOver(300_000, inclusive=True)), rank=2
    )
    rules = (usd("input_token", "2"), long, incl)
    said = [
        cost.amount
        for tokens in (0, 200_000, 200_001, 299_999, 300_000)
        if (cost := evaluate(rules, "input_token", Circumstances(START, tokens))) is not None
    ]
    assert said == [2, 2, 3, 3, 4]


def test_a_tier_prices_what_it_names_and_leaves_the_rest_as_it_is() -> None:
    batch = replace(usd("input_token", "1"), when=Condition(tier="batch"))
    rules = (usd("input_token", "2"), usd("output_token", "8"), batch)
    asked = Circumstances(START, tier="batch")
    costs = [evaluate(rules, unit, asked) for unit in ("input_token", "output_token")]
    assert [cost.amount for cost in costs if cost is not None] == [1, 8]


def test_a_tier_that_nobody_priced_has_no_price() -> None:
    """F8: the standard price is not the price of another tier."""
    assert evaluate((usd("input_token", "2"),), "input_token", Circumstances(START, tier="flex")) is None


def test_factors_multiply_exactly_and_are_named() -> None:
    half = Factor(Decimal("0.5"), when=Condition(tier="batch"), rank=1)
    uplift = Factor(Decimal("1.1"), units=("input_token",), when=Condition(tier="batch", region="eu"))
    rules = (usd("input_token", "0.1"), usd("output_token", "0.3"))
    asked = Circumstances(START, tier="batch", region="eu")
    first, second = (evaluate(rules, unit, asked, (half, uplift)) for unit in ("input_token", "output_token"))
    assert first is not None
    assert second is not None
    assert (first.amount, first.factors) == (Decimal("0.055"), (uplift, half))
    assert (second.amount, second.factors) == (Decimal("0.15"), (half,))


def test_free_and_varying_stay_what_they_are_under_factors() -> None:
    half = Factor(Decimal("0.5"))
    rules = (Rule("input_token", "free"), Rule("output_token", "varying"))
    costs = [evaluate(rules, unit, Circumstances(START), (half,)) for unit in ("input_token", "output_token")]
    assert [(cost.state, cost.amount) for cost in costs if cost is not None] == [
        ("free", 0),
        ("varying", None),
    ]


def test_two_rules_of_equal_rank_that_hold_are_refused() -> None:
    rules = (usd("input_token", "1", path="a"), usd("input_token", "2", path="b"))
    with pytest.raises(Ambiguous, match="give one of them a higher rank"):
        evaluate(rules, "input_token", Circumstances(START))
    assert len(contradictions(rules)) == 1


windowed = st.builds(
    Condition,
    windows=st.lists(windows, max_size=2).map(tuple),
    weekdays=st.sets(st.integers(1, 7), max_size=2).map(lambda days: tuple(sorted(days))),
)


@settings(max_examples=60, deadline=None)
@given(windowed, windowed, st.data())
def test_rules_that_are_said_to_be_apart_never_hold_together(
    one: Condition, other: Condition, data: st.DataObject
) -> None:
    first, second = replace(usd("input_token", "1"), when=one), replace(usd("input_token", "2"), when=other)
    if may_both_hold(first, second):
        return
    for at in data.draw(st.lists(instants, min_size=20, max_size=20)):
        evaluate((first, second), "input_token", Circumstances(at))


def test_money_of_another_currency_has_no_usd() -> None:
    yuan = Rule("input_token", "known", Decimal(2), "CNY", "1M tokens")
    cost = evaluate((yuan,), "input_token", Circumstances(START))
    assert cost is not None
    assert (cost.amount, cost.currency, cost.usd) == (Decimal("0.000002"), "CNY", None)
