"""What changed between a listing's stored prices and its new ones: pure, and exact to the last digit (F13).

A quote is a raw fact: another text at the same place is another quote. A fact is what is billed: only
another fact is a change of price. The history of a listing is one chain of facts for each key: each
begins where the one before it ended, and an unknown one stands where the provider said nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple, Protocol

from modelatlas.domain.money import EXACT
from modelatlas.domain.price import Rule, per_single_unit
from modelatlas.domain.sources import named
from modelatlas.storage.encoding import condition_text

UNKNOWN: Final = "unknown"
"""The state of a fact or a quote which says that the provider does not say a price any more."""

TICK: Final = timedelta(microseconds=1)
"""The shortest time for which anything holds."""

_MILLION: Final = Decimal(1_000_000)

Key = tuple[str, str, int, str]
"""What a fact is about: unit, condition, rank, source. Two facts with one key cannot hold at once."""


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
    def key(self) -> Key:
        """The chain of facts that it belongs to."""
        return self.unit, self.condition, self.rank, self.source

    @property
    def is_said(self) -> bool:
        """Tell whether there is a price at all."""
        return self.state != UNKNOWN

    def unsaid(self) -> "Fact":
        """Return the fact that this price is not said any more."""
        return self._replace(state=UNKNOWN, amount=None)


class Quote(NamedTuple):
    """A fact with the text it was read from and the place of that text."""

    fact: Fact
    path: str
    raw: str

    @property
    def text(self) -> tuple[str, str]:
        """The text and its place, whatever it was read as."""
        return self.path, self.raw

    @property
    def place(self) -> tuple[str, Key]:
        """Where it stood and what it was about."""
        return self.path, self.fact.key


class Open(NamedTuple):
    """A row of the history that still holds; `quote` is the row of the quote that it was read from."""

    id: int
    fact: Fact
    valid_from: datetime
    quote: int


class Begun(NamedTuple):
    """A fact that begins to hold; `ended` is the row of the history that it follows upon."""

    fact: Fact
    valid_from: datetime
    ended: Open | None


class PriceChanges(NamedTuple):
    """What to write for one listing: quotes to append, and facts that begin, ending others.

    `published` are the facts that hold now, in the order of the listing; `units` are those of which the
    facts are others than were last written.
    """

    quotes: tuple[Quote, ...]
    begun: tuple[Begun, ...]
    published: tuple[Fact, ...]
    units: frozenset[str]


class _Held(Protocol):
    @property
    def fact(self) -> Fact: ...

    @property
    def valid_from(self) -> datetime: ...


def fact(rule: Rule) -> Fact:
    """Return what a rule bills, and who says so: another version of a reference is the same source."""
    condition, source = condition_text(rule), named(rule.source)
    return Fact(rule.unit, rule.state, rule.amount, rule.currency, rule.per, condition, rule.rank, source)


def usd(fact: Fact) -> tuple[Decimal | None, float | None]:
    """Return a fact's USD for one single unit, and about how much that is for a million (to sort by only)."""
    if fact.state == "free":
        return Decimal(0), 0.0
    if fact.amount is None or fact.currency != "USD":
        return None, None
    amount = per_single_unit(fact.amount, fact.per)
    return amount, float(EXACT.multiply(amount, _MILLION))


def price_changes(
    old: Sequence[Rule], holding: Sequence[Open], new: Sequence[Rule], at: datetime, *, reread: bool = False
) -> PriceChanges:
    """Compare the rules last written, and the rows of the history that hold, with the rules seen `at`.

    `reread` tells that a newer version read the new rules. Of several rules with one key, which no
    declaration makes, the first counts.
    """
    quoted = [Quote(fact(rule), rule.path, rule.raw) for rule in old]
    quotes = list(dict.fromkeys(Quote(fact(rule), rule.path, rule.raw) for rule in new))
    wanted = by_key(quote.fact for quote in quotes)
    held = {row.fact.key: row for row in holding}
    begins, facts = following(held, wanted, at)
    return PriceChanges(
        quotes=(*_appended(quoted, quotes, held), *_vanished(quoted, quotes, reread=reread)),
        begun=tuple(Begun(each, begins, held.get(each.key)) for each in facts),
        published=tuple(wanted.values()),
        units=frozenset(each.unit for each in {quote.fact for quote in quoted} ^ set(wanted.values())),
    )


def by_key(facts: Iterable[Fact]) -> dict[Key, Fact]:
    """Return facts by what they are about, the first of each."""
    found: dict[Key, Fact] = {}
    for each in facts:
        found.setdefault(each.key, each)
    return found


def following(
    held: Mapping[Key, _Held], wanted: Mapping[Key, Fact], at: datetime
) -> tuple[datetime, list[Fact]]:
    """Return the facts that begin when these are seen `at` after others held, and when they begin.

    A price that is said no more begins to be unknown. A clock may have been set back; as nothing ends
    before it began, the facts then begin a tick after those that they end.
    """
    begun = [each for key, each in wanted.items() if key not in held or held[key].fact != each]
    begun += [row.fact.unsaid() for key, row in held.items() if row.fact.is_said and key not in wanted]
    ended = [held[each.key].valid_from + TICK for each in begun if each.key in held]
    return max([at, *ended]), begun


def _appended(quoted: list[Quote], quotes: list[Quote], held: Mapping[Key, Open]) -> list[Quote]:
    known = set(quoted)
    facts = {row.fact for row in held.values()}
    return [quote for quote in quotes if quote not in known or quote.fact not in facts]


def _vanished(quoted: list[Quote], quotes: list[Quote], *, reread: bool) -> list[Quote]:
    """Return a quote that says `unknown` for each place at which nothing is said any more (F14).

    A text that stands where it stood and is now read otherwise has not vanished.
    """
    places = {quote.place for quote in quotes}
    texts = {quote.text for quote in quotes} if reread else set()
    return [
        Quote(quote.fact.unsaid(), quote.path, "")
        for quote in quoted
        if quote.place not in places and quote.text not in texts
    ]
