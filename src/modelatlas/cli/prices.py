"""Prices in the cells of tables, where known, free, varying and unknown look different; and what is asked."""

from typing import Final, Literal

from modelatlas.cli.output import NOTHING
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.headline import headline, varies_by
from modelatlas.domain.listing import Listing
from modelatlas.domain.money import EXACT, plain
from modelatlas.domain.price import State, per_single_unit
from modelatlas.domain.query import MILLION, nearest
from modelatlas.domain.units import UNITS
from modelatlas.providers.registry import slug_of
from modelatlas.wiring.atlas import Atlas

WORDS: Final[dict[str, str]] = {"free": "free", "varying": "varies", "unknown": NOTHING}
"""State -> what a table shows for it; a known price shows its amount."""


VARIES: Final = "~"
"""Stands after a price that is one of several: it depends on the prompt, the hour, the tier and the like."""
VARIES_MEANS: Final = f"{VARIES} one of several prices: `modelatlas show PROVIDER ID` has all"


def provider_named(word: str | None, atlas: Atlas) -> str | None:
    """Return the slug that a word names, or a reference's own name; None is all. Raises `BadRequest`."""
    if word is None or word in atlas.served.catalog.snapshots:
        return word
    return slug_of(word, atlas.providers)


def unit_named(unit: str | None) -> str | None:
    """Return a unit, None for all. Raises `BadRequest` with the nearest."""
    if unit is not None and unit not in UNITS:
        raise BadRequest(f"unit {unit!r}: {nearest(unit, UNITS)}")
    return unit


def state_of(listing: Listing, unit: str) -> State | Literal["unknown"]:
    """Return the state of a unit's headline price; one with conditional prices only is varying."""
    rule = headline(listing.prices, unit)
    if rule is not None:
        return rule.state
    return "varying" if any(each.unit == unit for each in listing.prices) else "unknown"


def per_million(listing: Listing, unit: str) -> str:
    """Return a unit's headline price for a million, exact, with the currency unless that is USD.

    One of several is marked.
    """
    rule = headline(listing.prices, unit)
    if rule is None or rule.amount is None:
        return WORDS[state_of(listing, unit)]
    amount = plain(EXACT.multiply(per_single_unit(rule.amount, rule.per), MILLION))
    amount = amount if rule.currency == "USD" else f"{amount} {rule.currency}"
    return f"{amount}{VARIES}" if varies_by(listing.prices, unit) else amount
