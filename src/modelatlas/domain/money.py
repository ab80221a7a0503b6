"""Exact decimal arithmetic: a result that would be rounded is an error, never a number."""

from decimal import (
    Context,
    Decimal,
    DivisionByZero,
    FloatOperation,
    Inexact,
    InvalidOperation,
    Overflow,
    Underflow,
)
from typing import Final

EXACT: Final = Context(
    prec=200,
    Emin=-200,
    Emax=200,
    traps=[Inexact, InvalidOperation, DivisionByZero, Overflow, Underflow, FloatOperation],
)
"""The one context of all money: 200 digits, and every loss of a digit raises `decimal.Inexact`."""

LONGEST_AMOUNT: Final = 60
"""Characters; the longest amount text met in a real list has 24 (OpenRouter, 2026-08)."""


def exact(text: str) -> Decimal | None:
    """Read a decimal number from its text, or None when the text is not a finite decimal number.

    Plain and scientific notation are read alike (F6): `0.0000004` and `4e-7` are the same amount.
    """
    if len(text) > LONGEST_AMOUNT or "_" in text:
        return None
    try:
        amount = EXACT.create_decimal(text.strip())
    except (InvalidOperation, Inexact, Overflow, Underflow):
        return None
    return amount if amount.is_finite() else None


def plain(amount: Decimal) -> str:
    """Write an amount as plain decimal text, without exponent and without trailing zeros.

    >>> plain(Decimal("4E-7")), plain(Decimal("1.50")), plain(Decimal("0.000"))
    ('0.0000004', '1.5', '0')
    """
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
