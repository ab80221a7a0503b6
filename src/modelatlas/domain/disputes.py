"""Disputes: two sources that name different prices for one unit of one listing, and how often they agree."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import combinations
from typing import Literal, NamedTuple

from modelatlas.domain.precedence import Choice, Said, agree
from modelatlas.domain.sources import named

Difference = Literal["amount", "state", "currency"]


class Pair(NamedTuple):
    """Two sources, in alphabetical order, without their versions, and the unit that both price."""

    one: str
    other: str
    unit: str


def pairs(choice: Choice) -> Iterator[tuple[Pair, bool]]:
    """Go through the pairs of sources of a unit; each with whether the two agree."""
    own = [said for said in (choice.chosen, *choice.others) if said.standing != "borrowed"]
    for first, second in combinations(own, 2):
        one, other = sorted((named(first.source), named(second.source)))
        yield Pair(one, other, choice.unit), agree(first.cost, second.cost)


def agreements(choices: Iterable[Choice]) -> Iterator[Pair]:
    """Go through the pairs of sources that say the same of a unit."""
    return (pair for choice in choices for pair, equal in pairs(choice) if equal)


def difference(words: Iterable[Said]) -> tuple[Difference, Decimal | None]:
    """Say in what prices differ, and how many times the highest is the lowest where they are amounts.

    The ratio is exact to 28 digits; None where one is free or varies, or where currencies differ.
    """
    costs = [said.cost for said in words if said.standing != "borrowed"]
    if len({cost.currency for cost in costs if cost.state == "known"}) > 1:
        return "currency", None
    if len({cost.state for cost in costs}) > 1:
        return "state", None
    amounts = [cost.amount for cost in costs if cost.amount]
    if len(amounts) < len(costs):
        return "state", None
    return "amount", max(amounts) / min(amounts)
