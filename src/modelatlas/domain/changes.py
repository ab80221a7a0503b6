"""What changed between two observations of one provider: listings new, gone and back, prices, attributes.

Everything is exact: a ratio of two prices is a fraction, and another spelling is no change.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any, Final, Literal, NamedTuple, get_args

import msgspec
from msgspec import Struct

from modelatlas.domain.history import Spell
from modelatlas.domain.listing import Listing
from modelatlas.domain.money import plain
from modelatlas.domain.price import per_single_unit
from modelatlas.domain.sources import Teller

Kind = Literal[
    "new", "gone", "back", "repriced", "became_known", "became_free", "became_varying", "became_unknown",
    "attribute",
]  # fmt: skip
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

PriceKind = Literal["repriced", "became_known", "became_free", "became_varying", "became_unknown"]
Cause = Teller | Literal["reading"]
"""Whose word changed; or `reading`, where the same word is read better."""

ATTRIBUTES: Final = tuple(
    name for name in Listing.__struct_fields__ if name not in {"provider", "id", "prices", "id_is"}
)
"""What a listing says besides its prices."""


class AttributeChange(Struct, frozen=True):
    """One key of a listing that says something else than before."""

    attribute: str
    old: Any
    new: Any


class PriceChange(Struct, frozen=True):
    """One unit's price that is another one than before; `old` is None where it was not said before.

    `ratio` is new / old for one single unit, exactly: plain decimal text where that ends, else a fraction
    such as `4/3`; None unless both are known amounts of one currency.
    """

    kind: PriceKind
    old: Spell | None
    new: Spell
    ratio: str | None


class Change(Struct, frozen=True):
    """One change of one listing, observed at an instant.

    `price` is there when a price changed, `attribute` when another key did. A listing that is new or back
    has all the prices that it came with, or came back with, in `prices`.
    """

    at: datetime
    provider: str
    id: str
    kind: Kind
    cause: Cause = "provider"
    price: PriceChange | None = None
    attribute: AttributeChange | None = None
    prices: tuple[PriceChange, ...] = ()


class Position(NamedTuple):
    """Where a change stands among all: the newest first, at one instant in the order of their numbers."""

    at: datetime
    source: int
    id: int


class ChangeQuery(Struct, frozen=True, kw_only=True):
    """A question for changes in `[since, until)`; what is None does not limit the answer.

    `after` is the position of the last change of the page before. With `private` an account's own listings
    are among them.
    """

    since: datetime | None = None
    until: datetime | None = None
    providers: frozenset[str] | None = None
    kinds: frozenset[Kind] | None = None
    limit: int = 100
    after: Position | None = None
    private: bool = False


class Changes(Struct, frozen=True):
    """One page of changes, the newest first; `next` is where the page after it begins, None at the end."""

    changes: tuple[Change, ...]
    next: Position | None


def attributes_changed(old: Listing, new: Listing) -> Iterator[AttributeChange]:
    """Go through the keys, prices apart, of which two observations of a listing say different things.

    Factors of others than the provider come and go with the prices that they belong to.
    """
    for name in ATTRIBUTES:
        before, after = _own(old, name), _own(new, name)
        if before != after:
            yield AttributeChange(name, before, after)


def price_changed(old: Spell | None, new: Spell) -> PriceChange | None:
    """Compare a price with the one before it; None where it costs the same, however it is quoted."""
    before = "unknown" if old is None else old.state
    match new.state:
        case "unknown":
            kind: PriceKind = "became_unknown"
        case "free":
            kind = "became_free"
        case "varying":
            kind = "became_varying"
        case "known":
            kind = "repriced" if before == "known" else "became_known"
    if before != new.state:
        return PriceChange(kind, old, new, None)
    if old is None or new.state != "known":
        return None
    was, is_now = _single(old), _single(new)
    if old.rule.currency != new.rule.currency:
        return PriceChange(kind, old, new, None)
    return None if was == is_now else PriceChange(kind, old, new, exact_ratio(was, is_now))


def exact_ratio(old: Fraction, new: Fraction) -> str | None:
    """Write new / old exactly; None when the old one is 0.

    >>> exact_ratio(Fraction(2), Fraction(3)), exact_ratio(Fraction(3), Fraction(4))
    ('1.5', '4/3')
    """
    if old == 0:
        return None
    ratio = new / old
    digits = 0
    rest = ratio.denominator
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest //= prime
            power += 1
        digits = max(digits, power)
    if rest != 1:
        return f"{ratio.numerator}/{ratio.denominator}"
    whole = ratio.numerator * 10**digits // ratio.denominator
    text = str(whole).rjust(digits + 1, "0")
    return f"{text[:-digits]}.{text[-digits:]}" if digits else text


def as_it_was(listing: Listing, older: Mapping[str, Any]) -> Listing:
    """Return a listing with older values, in the types of JSON, of some of its keys."""
    if not older:
        return listing
    return msgspec.convert({**msgspec.to_builtins(listing), **older}, Listing)


def _own(listing: Listing, name: str) -> object:
    if name != "factors":
        return getattr(listing, name)
    return tuple(factor for factor in listing.factors if factor.source == "provider")


def _single(spell: Spell) -> Fraction:
    rule = spell.rule
    assert rule.amount is not None  # noqa: S101 - a known price has an amount, and mypy is to know
    return Fraction(plain(per_single_unit(rule.amount, rule.per)))
