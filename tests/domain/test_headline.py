"""The headline price: standard tier, smallest prompt, highest time window."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from modelatlas.domain.headline import headline, varies_by
from modelatlas.domain.price import Condition, PromptOver, Rule, Window, usd

BASE = usd("input_token", "2")
NIGHT = Condition(windows=(Window(1_380, 240, "Asia/Tokyo"),))


def test_without_conditions_it_is_the_rule_of_highest_rank() -> None:
    better = replace(usd("input_token", "3"), rank=1)
    assert headline((BASE, better), "input_token") == better
    assert headline((BASE,), "output_token") is None


@pytest.mark.parametrize("night", ["1", "5"])
def test_of_several_hours_the_highest_price_counts(night: str) -> None:
    windowed = replace(usd("input_token", night), when=NIGHT, rank=1)
    found = headline((BASE, windowed), "input_token")
    assert found == max((BASE, windowed), key=lambda rule: rule.amount or 0)


def test_a_window_that_never_lets_the_base_through_hides_it() -> None:
    always = replace(
        usd("input_token", "1"), when=Condition(windows=(Window(0, 720), Window(720, 1_440))), rank=1
    )
    assert headline((BASE, always), "input_token") == always


def test_weekends_are_looked_at() -> None:
    weekend = replace(usd("input_token", "9"), when=Condition(weekdays=(7,)), rank=1)
    assert headline((BASE, weekend), "input_token") == weekend


@pytest.mark.parametrize(
    "when",
    [
        Condition(tier="batch"),
        Condition(prompt_over=PromptOver(1)),
        Condition(region="eu"),
        Condition(cache_seconds=60),
    ],
)
def test_other_conditions_do_not_count(when: Condition) -> None:
    assert headline((replace(usd("input_token", "9"), when=when, rank=1), BASE), "input_token") == BASE
    assert headline((replace(usd("input_token", "9"), when=when),), "input_token") is None


def test_a_dated_price_counts_while_it_lasts() -> None:
    sale = replace(usd("input_token", "1"), valid_from="2026-05-01", valid_to="2026-06-01T00:00:00Z", rank=1)
    found = [
        headline((BASE, sale), "input_token", datetime(2026, month, 1, tzinfo=UTC)) for month in (4, 5, 6)
    ]
    assert found == [BASE, sale, BASE]
    assert headline((BASE, sale), "input_token") == BASE
    ends = replace(sale, valid_from=None)
    assert headline((BASE, ends), "input_token") == ends


def test_a_varying_price_stands_above_every_amount() -> None:
    varying = Rule("input_token", "varying", when=NIGHT, rank=1)
    assert headline((BASE, varying), "input_token") == varying


def test_what_a_price_depends_on_is_said() -> None:
    rules = (
        BASE,
        replace(BASE, when=NIGHT, rank=1),
        replace(BASE, when=Condition(tier="batch", prompt_over=PromptOver(9)), rank=2),
        replace(BASE, valid_to="2026-06-01", rank=3),
        replace(usd("output_token", "1"), when=Condition(region="eu", cache_seconds=9)),
    )
    assert varies_by(rules, "input_token") == ("date", "prompt", "tier", "time")
    assert varies_by(rules, "output_token") == ("cache_lifetime", "region")
    assert varies_by((BASE,), "input_token") == ()
