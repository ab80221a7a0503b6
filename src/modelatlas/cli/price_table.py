"""What one listing costs, as a table or as JSON."""

from collections.abc import Sequence
from typing import Final

from msgspec import UNSET

from modelatlas.cli.output import NOTHING, say, write_json, write_table
from modelatlas.views.price_history import PricesAnswer, UnitPriceView

COLUMNS: Final = ("unit", "USD", "billed", "source")
ANNOUNCED: Final = "that is yet to come: this is what is announced for it today"
UNKNOWN: Final = 1
"""The exit code where no price is known."""


def tell(answer: PricesAnswer, why: str = "", currency: str | None = None, *, json: bool = False) -> int:
    """Write an answer, and what is to be said about it; return the exit code."""
    if json:
        write_json([answer])
    elif answer.prices is not None:
        write_table(columns(COLUMNS, currency), _rows(answer), right=COLUMNS[1:2])
    if answer.announced is True:
        say(f"{answer.at.isoformat()}: {ANNOUNCED}")
    for unknown, text in (answer.unknown or {}).items():
        say(f"{unknown} has no price: {text}")
    if answer.reason is None:
        return 0
    say(f"{answer.provider} {answer.id}: {why} ({answer.at.isoformat()})")
    return UNKNOWN


def columns(names: Sequence[str], currency: str | None) -> tuple[str, ...]:
    """Return the names of columns, with one more where amounts are shown in a currency."""
    return (*names,) if currency is None else (*names, f"shown in {currency.upper()}")


def cells(price: UnitPriceView) -> tuple[str, ...]:
    """Return the cells of a price: USD, as billed, source, and as it is shown where that was asked for."""
    billed, shown = price.billed, price.shown
    told = NOTHING if billed is None else f"{billed.amount} {billed.currency} per {billed.per}"
    found = (price.state if price.usd is None else price.usd, told, price.source)
    return found if shown is UNSET else (*found, NOTHING if shown is None else shown.amount)


def _rows(answer: PricesAnswer) -> list[tuple[str, ...]]:
    return [(unit, *cells(each)) for unit, each in (answer.prices or {}).items()]
