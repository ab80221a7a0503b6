"""A price in the cell of a table: known, free, varying and unknown look different."""

from typing import Final, Literal

from modelatlas.cli.output import NOTHING
from modelatlas.domain.headline import headline
from modelatlas.domain.listing import Listing
from modelatlas.domain.money import EXACT, plain
from modelatlas.domain.price import State, per_single_unit
from modelatlas.domain.query import MILLION

WORDS: Final[dict[str, str]] = {"free": "free", "varying": "varies", "unknown": NOTHING}
"""State -> what a table shows for it; a known price shows its amount."""


def state_of(listing: Listing, unit: str) -> State | Literal["unknown"]:
    """Return the state of a unit's headline price; one with conditional prices only is varying."""
    rule = headline(listing.prices, unit)
    if rule is not None:
        return rule.state
    return "varying" if any(each.unit == unit for each in listing.prices) else "unknown"


def per_million(listing: Listing, unit: str) -> str:
    """Return a unit's headline price for a million, exact, with the currency unless that is USD."""
    rule = headline(listing.prices, unit)
    if rule is None or rule.amount is None:
        return WORDS[state_of(listing, unit)]
    amount = plain(EXACT.multiply(per_single_unit(rule.amount, rule.per), MILLION))
    return amount if rule.currency == "USD" else f"{amount} {rule.currency}"
