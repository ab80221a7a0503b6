"""Amounts are read, kept and written without losing a digit."""

import decimal
import doctest
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelatlas.domain import money
from modelatlas.domain.money import EXACT, exact, plain

AMOUNTS = st.decimals(min_value=Decimal("1e-12"), max_value=1000, places=12) | st.integers(1, 10**30).map(
    lambda digits: Decimal(digits).scaleb(-30)
)


@given(AMOUNTS)
def test_plain_text_reads_back_as_the_same_amount(amount: Decimal) -> None:
    """F6, F7: no exponent on the way out, no digit lost on the way back."""
    text = plain(amount)
    assert "E" not in text.upper()
    assert exact(text) == amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [("0.0000004", "0.0000004"), ("4e-7", "0.0000004"), ("4E-07", "0.0000004"), ("-1", "-1"), (" 2 ", "2")],
)
def test_plain_and_scientific_notation_read_alike(text: str, amount: str) -> None:
    assert exact(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["", "abc", "NaN", "Infinity", "1_000", "1,5", "0x10", "$1", "1" * 61, "1e999"]
)
def test_what_is_no_finite_number_is_none(text: str) -> None:
    assert exact(text) is None


def test_a_result_that_would_be_rounded_is_an_error() -> None:
    with pytest.raises(decimal.Inexact):
        EXACT.divide(Decimal(1), Decimal(3))


def test_a_float_cannot_enter() -> None:
    with pytest.raises(decimal.FloatOperation):
        EXACT.create_decimal(0.1)


def test_the_examples_in_the_docstrings_run() -> None:
    assert doctest.testmod(money).failed == 0
