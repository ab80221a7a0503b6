"""Amounts in the currency in which somebody wants to see them, always with the rate and its day."""

from datetime import date

from msgspec import Struct

from modelatlas.domain.money import plain
from modelatlas.domain.rates import Shown


class ShownView(Struct, frozen=True):
    """An amount for display: one unit of the currency it is in was `rate` of this one on `day`."""

    amount: str
    currency: str
    rate: str
    day: date
    source: str


def shown_view(shown: Shown) -> ShownView:
    """Show an amount that was converted for display."""
    rate = shown.rate
    return ShownView(plain(shown.amount), rate.quote, plain(rate.rate), rate.day, rate.source)
