"""Borrowing: the price of a closed model where its own listing says none, from the lab's offer of the same.

Weights that nobody else has are priced by their lab, so that its price says something of another offer of the
same model in the same variant. Prices of open weights are each host's own, and are never borrowed.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct, structs

from modelatlas.domain.identity.match import Match
from modelatlas.domain.listing import Listing
from modelatlas.domain.precedence import Quoted
from modelatlas.domain.price import ALWAYS, Factor, Rule
from modelatlas.domain.snapshot import Snapshot
from modelatlas.domain.weights import is_closed

BORROWED: Final = "borrowed:"
"""What the source of a borrowed price begins with; provider and id of the offer follow."""

MAIN: Final = frozenset({"input_token", "output_token"})
"""The units without which an offer's price is not told."""

OF_THE_SERVICE: Final = frozenset({"web_search", "storage_search"})
"""What whoever runs a model does beside it: the search of one says nothing of another one's."""

Key = tuple[str, tuple[str, ...]]
"""A model and its variant."""


class Lender(Struct, frozen=True):
    """A provider whose prices may be borrowed: those of its own models, or of all closed ones.

    `lab` is whose models it makes; None for one that passes labs' prices through.
    """

    slug: str
    lab: str | None


class Loan(Struct, frozen=True):
    """What one offer lends: plain known prices, labelled with the offer; said `since` then."""

    source: str
    rules: tuple[Rule, ...]
    since: datetime

    def quoted(self, at: datetime) -> Quoted | None:
        """Return the loan as a source says it, or None for a time of which the offer says nothing."""
        return None if at < self.since else Quoted(self.source, "borrowed", self.rules)


class Borrowed:
    """Loans by id of one provider's listings, as a `domain.ports.PriceSource`."""

    def __init__(self, provider: str, loans: Mapping[str, Loan]) -> None:
        self.provider = provider
        self.loans = loans

    def find(self, provider: str, id_: str, at: datetime) -> Quoted | None:
        """Return what is borrowed for a listing."""
        loan = self.loans.get(id_) if provider == self.provider else None
        return None if loan is None else loan.quoted(at)

    def slug_of(self, word: str) -> str | None:
        """Return the word itself for the provider that borrows."""
        return word if word == self.provider else None


def lent(part: Snapshot, lender: Lender, matches: Mapping[str, Match]) -> dict[Key, Loan]:
    """Return what a list, as it is published, lends; of offers of one key that differ nothing is lent."""
    found: dict[Key, Loan] = {}
    doubtful: set[Key] = set()
    for listing in part.listings:
        key = _key(matches.get(listing.id))
        if key is None or listing.visibility != "public":
            continue
        if lender.lab is not None and key[0].partition("/")[0] != lender.lab:
            continue
        source = f"{BORROWED}{part.provider}/{listing.id}"
        rules = tuple(structs.replace(rule, source=source) for rule in _lendable(listing))
        if not rules:
            continue
        if key in found and _said(found[key].rules) != _said(rules):
            doubtful.add(key)
        found.setdefault(key, Loan(source, rules, part.content_since))
    return {key: loan for key, loan in found.items() if key not in doubtful}


def borrowed(
    part: Snapshot, matches: Mapping[str, Match], lending: Iterable[Mapping[Key, Loan]]
) -> dict[str, Loan]:
    """Return id -> loan for the listings of a list, as it is published, that lack a price that is lent.

    Of those who lend, the first counts.
    """
    lenders = tuple(lending)
    found: dict[str, Loan] = {}
    for listing in part.listings:
        key = _key(matches.get(listing.id))
        if key is None:
            continue
        loan = next((loans[key] for loans in lenders if key in loans), None)
        if loan is not None and {rule.unit for rule in loan.rules} - {rule.unit for rule in listing.prices}:
            found[listing.id] = loan
    return found


def may_borrow(match: Match | None) -> bool:
    """Tell whether there may ever be a loan for a listing of this match."""
    return _key(match) is not None


def _key(match: Match | None) -> Key | None:
    """Return what two offers must have in common; None for what is not surely one closed model.

    A moving name points here at one model and there at another.
    """
    if match is None or match.is_alias or match.confidence == "conflicting" or not is_closed(match.model):
        return None
    return match.model, match.variant


def _lendable(listing: Listing) -> list[Rule]:
    """Return the known prices that depend on nothing and that are nobody else's.

    An offer of which the tokens' price depends on something lends nothing: the rest would pass for the whole.
    """
    found = list(_plain(listing))
    units = {rule.unit for rule in found}
    said = {rule.unit for rule in listing.prices}
    return found if said & MAIN <= units else []


def _plain(listing: Listing) -> Iterator[Rule]:
    """Go through the rules that alone say what the model's units cost in the standard tier."""
    for unit in dict.fromkeys(rule.unit for rule in listing.prices if rule.unit not in OF_THE_SERVICE):
        rules = [rule for rule in listing.prices if rule.unit == unit and rule.when.tier == "standard"]
        if len(rules) == 1 and _is_plain(rules[0], listing.factors):
            yield rules[0]


def _is_plain(rule: Rule, factors: Iterable[Factor]) -> bool:
    return (
        rule.state == "known"
        and rule.when == ALWAYS
        and rule.valid_from is None
        and rule.valid_to is None
        and not rule.source.startswith(BORROWED)
        and not any(
            factor.when == ALWAYS and rule.unit in (factor.units or (rule.unit,)) for factor in factors
        )
    )


def _said(rules: Iterable[Rule]) -> set[tuple[object, ...]]:
    return {(rule.unit, rule.amount, rule.currency, rule.per) for rule in rules}
