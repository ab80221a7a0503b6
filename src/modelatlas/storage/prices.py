"""What changed between a listing's stored prices and its new ones: pure, and exact to the last digit (F13).

A quote is a raw fact: another text at the same place is another quote. A fact is what is billed: only
another fact is a change of price.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from modelatlas.domain.money import EXACT
from modelatlas.domain.price import Rule, per_single_unit
from modelatlas.storage.encoding import condition_text

UNKNOWN: Final = "unknown"
"""The state of a quote which says that the provider does not say a price any more."""

_MILLION: Final = Decimal(1_000_000)


class Fact(NamedTuple):
    """What is billed for one unit under a condition; equal amounts are equal however they were written."""

    unit: str
    state: str
    amount: Decimal | None
    currency: str
    per: str
    condition: str
    rank: int
    source: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What the fact is about: two facts with one key cannot hold at once."""
        return self.unit, self.condition, self.source


class Quote(NamedTuple):
    """A fact with the text it was read from and the place of that text."""

    fact: Fact
    path: str
    raw: str


class Open(NamedTuple):
    """A row of the history that still holds."""

    id: int
    fact: Fact
    reading: int
    valid_from: datetime


class Begun(NamedTuple):
    """A fact that begins to hold; `instead_of` is the row of which it is a better reading."""

    fact: Fact
    valid_from: datetime
    instead_of: int | None = None


class PriceChanges(NamedTuple):
    """What to write for one listing: quotes to append, rows of the history to end and to begin.

    `ended` holds row -> when it ended. `published` are the facts that hold now, in the order of the
    listing; `units` are those of which the facts are others than before.
    """

    quotes: tuple[Quote, ...]
    ended: Mapping[int, datetime]
    begun: tuple[Begun, ...]
    published: tuple[Fact, ...]
    units: frozenset[str]


def fact(rule: Rule) -> Fact:
    """Return what a rule bills."""
    condition = condition_text(rule)
    return Fact(
        rule.unit, rule.state, rule.amount, rule.currency, rule.per, condition, rule.rank, rule.source
    )


def usd(fact: Fact) -> tuple[Decimal | None, float | None]:
    """Return a fact's USD for one single unit, and about how much that is for a million (to sort by only)."""
    if fact.state == "free":
        return Decimal(0), 0.0
    if fact.amount is None or fact.currency != "USD":
        return None, None
    amount = per_single_unit(fact.amount, fact.per)
    return amount, float(EXACT.multiply(amount, _MILLION))


def price_changes(
    old: Sequence[Rule], holding: Sequence[Open], new: Sequence[Rule], reading: int, at: datetime
) -> PriceChanges:
    """Compare the rules last written, and the rows of the history that hold, with the rules seen `at`.

    Where the same text at the same place is read otherwise than an older `reading` did, that is no change
    of price: the new row holds from where the old one did, and replaces it.
    """
    quoted = [Quote(fact(rule), rule.path, rule.raw) for rule in old]
    quotes = list(dict.fromkeys(Quote(fact(rule), rule.path, rule.raw) for rule in new))
    wanted = dict.fromkeys(quote.fact for quote in quotes)
    held = {row.fact for row in holding}
    over = [row for row in holding if row.fact not in wanted]
    at = max([at, *(row.valid_from for row in over)])  # a clock may have been set back: nothing ends earlier
    better = _better(over, quoted, [quote for quote in quotes if quote.fact not in held], reading)
    reread = {row.fact for row in better.values()}
    return PriceChanges(
        quotes=(*_appended(quoted, quotes, held), *_vanished(quoted, wanted, reread)),
        ended={row.id: at for row in over if row.fact not in reread},
        begun=tuple(
            _begun(new_fact, better.get(new_fact), at) for new_fact in wanted if new_fact not in held
        ),
        published=tuple(wanted),
        units=frozenset(each.unit for each in {quote.fact for quote in quoted} ^ wanted.keys()),
    )


def _appended(quoted: list[Quote], quotes: list[Quote], held: set[Fact]) -> list[Quote]:
    known = set(quoted)
    return [quote for quote in quotes if quote not in known or quote.fact not in held]


def _vanished(quoted: list[Quote], wanted: Mapping[Fact, None], reread: set[Fact]) -> list[Quote]:
    """Return a quote that says `unknown` for each price which is not said any more (F14)."""
    said = {each.key for each in wanted}
    return [
        Quote(quote.fact._replace(state=UNKNOWN, amount=None), quote.path, "")
        for quote in quoted
        if quote.fact.key not in said and quote.fact not in reread
    ]


def _better(over: list[Open], quoted: list[Quote], quotes: list[Quote], reading: int) -> dict[Fact, Open]:
    """Return new fact -> the row that an older reading made of the same text at the same place."""
    older = {row.fact: row for row in over if row.reading != reading}
    if not older:
        return {}
    rows = {(quote.path, quote.raw): older[quote.fact] for quote in quoted if quote.fact in older}
    return {
        quote.fact: row for quote in quotes if (row := rows.pop((quote.path, quote.raw), None)) is not None
    }


def _begun(new_fact: Fact, row: Open | None, at: datetime) -> Begun:
    return Begun(new_fact, at) if row is None else Begun(new_fact, row.valid_from, row.id)
