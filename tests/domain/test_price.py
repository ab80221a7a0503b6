"""Rules are turned into USD for one single unit by one function, exactly."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelatlas.domain.price import (
    Rule,
    per_single_unit,
    usd,
    usd_per_unit,
)
from modelatlas.domain.units import PER, UNITS


def test_every_quotation_is_per_a_power_of_ten_of_a_billed_kind() -> None:
    """So a price for one single unit always has finitely many digits."""
    for kind, covered in PER.values():
        assert covered.normalize().as_tuple().digits == (1,)
        assert kind in UNITS.values()


@given(st.decimals(min_value=0, max_value=10**6, places=20), st.sampled_from(sorted(PER)))
def test_a_price_for_one_unit_times_the_quantity_is_the_price_as_billed(amount: Decimal, per: str) -> None:
    assert per_single_unit(amount, per) * PER[per][1] == amount


@pytest.mark.parametrize(
    ("rule", "single"),
    [
        (usd("input_token", "0.27", per="1M tokens"), "0.00000027"),
        (usd("input_token", "0.020000000000000004", per="1M tokens"), "0.000000020000000000000004"),
        (usd("audio_hour", "0.111", per="hour"), "0.111"),
        (Rule("input_token", "free"), "0"),
    ],
)
def test_usd_for_one_unit(rule: Rule, single: str) -> None:
    assert usd_per_unit(rule) == Decimal(single)


def test_varying_and_foreign_money_have_no_usd() -> None:
    """F8: neither is zero."""
    assert usd_per_unit(Rule("input_token", "varying")) is None
    assert usd_per_unit(Rule("input_token", "known", Decimal(2), "CNY", "1M tokens")) is None
