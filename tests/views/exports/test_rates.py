"""What a listing costs as formats can say it: exact, the highest of the week, nothing guessed."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelatlas.domain.evaluation import Circumstances, evaluate
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Factor, PromptOver, Rule, Window, usd
from modelatlas.views.exports.hours import MONDAY, Stretch
from modelatlas.views.exports.rates import DAYLIGHT, LATER, REGION, VARIES, Lost, Rate, rates_of
from tests.builders import listing
from tests.views.exports.made import IN_YUAN, NIGHT, PEAK_AND_NIGHT, VARYING, when


def priced(*rules: Rule, **more: Any) -> Listing:
    return listing(prices=rules, **more)


def test_plain_prices_are_taken_as_they_are_free_ones_too() -> None:  # F8, F10
    rates = rates_of(priced(usd("input_token", "0.15", per="1M tokens"), Rule("output_token", "free")))
    assert rates.base == {"input_token": Decimal("0.00000015"), "output_token": Decimal(0)}
    assert (rates.hours, rates.varying, rates.lost) == ((), (), ())


def test_of_plain_prices_the_highest_rank_counts() -> None:
    low, high = usd("request", "1"), usd("request", "2")
    assert rates_of(priced(when(high, 1), low)).base == {"request": Decimal(2)}


def test_what_varies_and_what_is_billed_in_another_currency_has_no_amount() -> None:  # F8
    assert rates_of(priced(*VARYING)).rates == ()
    assert rates_of(priced(*VARYING)).varying == ("input_token", "output_token")
    assert rates_of(priced(*IN_YUAN)).rates == ()
    assert "CNY" in rates_of(priced(*IN_YUAN)).lost[0].reason


def test_cheaper_hours_stand_beside_the_highest_price() -> None:
    rates = rates_of(priced(*PEAK_AND_NIGHT))
    assert rates.base["input_token"] == Decimal("0.0000005")
    assert rates.hours == (Stretch((), NIGHT.start, NIGHT.end, {"input_token": Decimal("0.00000025")}),)


def test_dearer_hours_make_the_others_the_cheaper_ones() -> None:
    day = when(usd("input_token", "3"), 1, windows=(Window(9 * 60, 18 * 60),))
    rates = rates_of(priced(usd("input_token", "1"), day))
    assert rates.base == {"input_token": Decimal(3)}
    assert rates.hours == (Stretch((), 18 * 60, 9 * 60, {"input_token": Decimal(1)}),)


def test_hours_of_another_zone_and_of_weekdays_are_those_of_utc() -> None:
    sunday_in_beijing = when(
        usd("input_token", "1"), 1, windows=(Window(0, 1440, "Asia/Shanghai"),), weekdays=(7,)
    )
    rates = rates_of(priced(usd("input_token", "2"), sunday_in_beijing))
    assert [(each.weekdays, each.start, each.end) for each in rates.hours] == [
        ((6,), 960, 1440),
        ((7,), 0, 960),
    ]


def test_hours_that_move_with_daylight_saving_are_left_out_and_the_highest_price_stays() -> None:
    night = when(usd("input_token", "1"), 1, windows=(Window(0, 360, "America/New_York"),))
    rates = rates_of(priced(usd("input_token", "2"), night))
    assert rates.base == {"input_token": Decimal(2)}
    assert rates.hours == ()
    assert rates.lost == (Lost("input_token", DAYLIGHT),)


def test_a_threshold_that_counts_itself_is_one_less_for_those_that_do_not() -> None:
    long = when(usd("input_token", "2"), 1, prompt_over=PromptOver(200_000, inclusive=True))
    rates = rates_of(priced(usd("input_token", "1"), long))
    assert rates.over() == {199_999: {"input_token": Decimal(2)}}
    assert rates.highest == {"input_token": Decimal(2)}
    assert rates.base == {"input_token": Decimal(1)}


def test_a_tier_has_rates_of_its_own_and_factors_are_in_them() -> None:
    half = Factor(Decimal("0.5"), when=when(usd("input_token", "1"), tier="batch").when)
    rates = rates_of(priced(usd("input_token", "3"), factors=(half,)))
    assert set(rates.rates) == {
        Rate("input_token", Decimal(3)),
        Rate("input_token", Decimal("1.5"), tier="batch"),
    }


def test_regions_and_what_comes_later_are_told() -> None:
    there = when(usd("input_token", "9"), 1, region="eu")
    then = Rule("input_token", "known", Decimal(5), valid_from="2027-01-01T00:00:00Z", rank=2)
    rates = rates_of(priced(usd("input_token", "1"), there, then))
    assert rates.base == {"input_token": Decimal(1)}
    assert {each.reason for each in rates.lost} == {REGION, LATER}


def test_a_unit_that_varies_at_some_hour_has_no_amount() -> None:
    night = when(Rule("input_token", "varying"), 1, windows=(NIGHT,))
    rates = rates_of(priced(usd("input_token", "1"), night))
    assert rates.base == {}
    assert rates.lost == (Lost("input_token", VARIES),)


ZONES = st.sampled_from(["UTC", "Asia/Shanghai", "Asia/Kolkata", "Pacific/Honolulu"])
WINDOWS = st.builds(Window, st.integers(0, 1439), st.integers(1, 1440), ZONES)


@given(
    st.lists(
        st.tuples(WINDOWS, st.lists(st.integers(1, 7), max_size=3, unique=True), st.integers(1, 9)),
        max_size=3,
    ),
    st.integers(0, 7 * 1440 - 1),
)
def test_at_every_minute_of_the_week_the_hours_say_what_the_rules_say(
    rows: list[tuple[Window, list[int], int]], minute: int
) -> None:
    rules = [usd("input_token", "5")]
    for rank, (window, days, amount) in enumerate(rows, 1):
        rules.append(
            when(usd("input_token", str(amount)), rank, windows=(window,), weekdays=tuple(sorted(days)))
        )
    at = datetime.fromtimestamp(MONDAY.timestamp() + 60 * minute, ZoneInfo("UTC"))
    wanted = evaluate(rules, "input_token", Circumstances(at))
    rates = rates_of(priced(*rules))
    day, of_day = at.isoweekday(), minute % 1440
    here = [each.usd["input_token"] for each in rates.hours if _is_in(each, day, of_day)]
    assert wanted is not None
    assert (here or [rates.base["input_token"]]) == [wanted.usd]


def _is_in(each: Stretch, day: int, minute: int) -> bool:
    inside = each.start <= minute < each.end if each.start < each.end else not each.end <= minute < each.start
    return inside and (not each.weekdays or day in each.weekdays)


@pytest.mark.parametrize("amount", ["0.0000015", "0.000000000001", "1.4999999999999999", "123456.789"])
def test_no_digit_is_lost_between_the_quotations_of_the_formats(amount: str) -> None:  # F7
    million = Decimal(amount) * 1_000_000
    assert rates_of(priced(usd("input_token", str(million), per="1M tokens"))).base == {
        "input_token": Decimal(amount)
    }
