"""Rates of exchange for display: dated, given by the operator, never used inside of the catalog."""

import csv
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from modelatlas.domain.errors import BadRequest, Misconfigured
from modelatlas.domain.money import EXACT, exact

COLUMNS: Final = ("date", "from", "to", "rate", "source")
CURRENCY: Final = re.compile(r"[A-Z]{3}")
_ONE: Final = Decimal(1)


class Rate(Struct, frozen=True):
    """One unit of `base` was `rate` units of `quote` on a day, as `source` said."""

    day: date
    base: str
    quote: str
    rate: Decimal
    source: str


class Rates:
    """The rates of a file, by currencies and day; none is worked out from others, and none stands in."""

    def __init__(self, rates: Mapping[tuple[str, str, date], Rate]) -> None:
        self._rates = rates

    def on(self, day: date, base: str, quote: str) -> Rate:
        """Return the rate of a day. Raises `BadRequest` where there is none, naming the nearest days."""
        if base == quote:
            return Rate(day, base, quote, _ONE, "the same currency")
        found = self._rates.get((base, quote, day))
        if found is not None:
            return found
        days = sorted(
            (each for one, other, each in self._rates if (one, other) == (base, quote)),
            key=lambda each: abs(each - day),
        )
        has = f"it has {', '.join(map(str, sorted(days[:3])))}" if days else "it has none of these currencies"
        raise BadRequest(
            f"no rate of {base} in {quote} for {day} in the file of DISPLAY_RATES ({has}): "
            f"expected a line {day},{base},{quote},RATE,SOURCE"
        )


NO_RATES: Final = Rates(MappingProxyType({}))


class Shown(Struct, frozen=True):
    """An amount in the currency in which somebody wants to see it, and the rate that made it."""

    amount: Decimal
    rate: Rate


class Display(Struct, frozen=True):
    """In which currency amounts are shown, at the rates of which day."""

    currency: str
    day: date
    rates: Rates

    def of(self, amount: Decimal, currency: str) -> Shown:
        """Return an amount as it is shown, exactly. Raises `BadRequest` without a rate of that day."""
        rate = self.rates.on(self.day, currency, self.currency)
        return Shown(EXACT.multiply(amount, rate.rate), rate)


def currency_named(text: str) -> str:
    """Return a currency's code of ISO 4217. Raises `BadRequest`."""
    code = text.strip().upper()
    if CURRENCY.fullmatch(code) is None:
        raise BadRequest(f"currency {text[:20]!r}: expected a code of three letters, such as EUR")
    return code


def read_rates(document: bytes) -> Rates:
    """Read a table of rates: CSV with the header `date,from,to,rate,source`. Raises `Misconfigured`."""
    try:
        rows = list(csv.reader(document.decode().splitlines(), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Misconfigured(f"DISPLAY_RATES: {error}: expected CSV in UTF-8") from error
    if not rows or tuple(rows[0]) != COLUMNS:
        raise Misconfigured(f"DISPLAY_RATES: expected the header {','.join(COLUMNS)}")
    found: dict[tuple[str, str, date], Rate] = {}
    for number, row in enumerate(rows[1:], 2):
        if not row:
            continue
        rate = _rate(row, f"DISPLAY_RATES: line {number}")
        key = rate.base, rate.quote, rate.day
        if key in found:
            raise Misconfigured(
                f"DISPLAY_RATES: line {number}: a second rate of {rate.base} in {rate.quote} for {rate.day}"
            )
        found[key] = rate
    return Rates(MappingProxyType(found))


def _rate(row: list[str], place: str) -> Rate:
    if len(row) != len(COLUMNS) or not row[-1].strip():
        raise Misconfigured(f"{place}: expected {','.join(COLUMNS)}, the source too")
    day, base, quote, rate, source = (cell.strip() for cell in row)
    amount = exact(rate)
    if amount is None or amount <= 0:
        raise Misconfigured(f"{place}: rate {rate!r}: expected a number above 0")
    if not (CURRENCY.fullmatch(base) and CURRENCY.fullmatch(quote)) or base == quote:
        raise Misconfigured(f"{place}: {base!r} in {quote!r}: expected two codes such as USD and EUR")
    try:
        return Rate(date.fromisoformat(day), base, quote, amount, source)
    except ValueError:
        raise Misconfigured(f"{place}: date {day!r}: expected one such as 2026-11-23") from None
