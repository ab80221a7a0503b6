"""Rates of exchange are dated, given, and used for display alone."""

from datetime import date
from decimal import Decimal

import pytest

from modelatlas.domain.errors import BadRequest, Misconfigured
from modelatlas.domain.rates import Display, Rate, currency_named, read_rates

TABLE = b"""date,from,to,rate,source
2026-11-20,USD,EUR,0.8641,a bank
2026-11-23,USD,EUR,0.8652,a bank

2026-11-23,CNY,USD,0.14071,a bank
"""
DAY = date(2026, 11, 23)


def test_an_amount_is_shown_exactly_with_its_rate() -> None:
    """F7: no digit is lost."""
    rates = read_rates(TABLE)
    shown = Display("EUR", DAY, rates).of(Decimal("0.00000014"), "USD")
    assert (shown.amount, shown.rate) == (
        Decimal("0.000000121128"),
        Rate(DAY, "USD", "EUR", Decimal("0.8652"), "a bank"),
    )
    assert Display("USD", DAY, rates).of(Decimal(2), "CNY").amount == Decimal("0.28142")
    assert Display("EUR", date(2020, 1, 1), rates).of(Decimal(2), "EUR").amount == 2


@pytest.mark.parametrize(
    ("currency", "day", "said"),
    [
        ("EUR", date(2026, 11, 22), "no rate of USD in EUR for 2026-11-22.*it has 2026-11-20, 2026-11-23"),
        ("CNY", DAY, "no rate of USD in CNY for 2026-11-23.*it has none of these"),
    ],
)
def test_no_rate_stands_in_for_another_day_or_direction(currency: str, day: date, said: str) -> None:
    with pytest.raises(BadRequest, match=said) as caught:
        Display(currency, day, read_rates(TABLE)).of(Decimal(1), "USD")
    assert f"expected a line {day},USD,{currency},RATE,SOURCE" in str(caught.value)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b"date,from", b"day,from", "expected the header date,from,to,rate,source"),
        (b"2026-11-20", b"20.11.2026", "line 2: date '20.11.2026'"),
        (b"0.8641", b"0,8641", "line 2: expected date,from"),
        (b"0.8641", b"nan", "rate 'nan': expected a number above 0"),
        (b"0.8641", b"0", "rate '0'"),
        (b"2026-11-20", b"2026-11-23", "line 3: a second rate of USD in EUR for 2026-11-23"),
        (b"CNY,USD", b"CNY,CNY", "'CNY' in 'CNY': expected two codes"),
        (b"CNY,USD", b"yuan,USD", "'yuan' in 'USD'"),
        (b"0.14071,a bank", b"0.14071,", "the source too"),
        (b"a bank", b"\xff", "CSV in UTF-8"),
    ],
)
def test_a_table_with_a_fault_is_refused_with_its_line(before: bytes, after: bytes, said: str) -> None:
    assert before in TABLE
    with pytest.raises(Misconfigured, match=said):
        read_rates(TABLE.replace(before, after, 1))


@pytest.mark.parametrize("text", ["", "E", "euro", "12E", "EU R"])
def test_a_currency_is_a_code_of_three_letters(text: str) -> None:
    assert currency_named(" eur ") == "EUR"
    with pytest.raises(BadRequest, match="three letters, such as EUR"):
        currency_named(text)
