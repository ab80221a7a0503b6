"""Whose word on a price counts: one source answers one unit, and what was not chosen stays visible."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

from msgspec import Struct

from modelatlas.domain.evaluation import Circumstances, Cost, evaluate
from modelatlas.domain.money import EXACT
from modelatlas.domain.price import Factor, Rule

Standing = Literal["operator", "provider", "curated", "reference", "expired", "borrowed"]
STANDINGS: Final[tuple[Standing, ...]] = (
    "operator",
    "provider",
    "curated",
    "reference",
    "expired",
    "borrowed",
)
"""From the strongest to the weakest; `expired` is a curated file whose date has passed."""

TOLERANCE: Final = 200
"""Two amounts agree when they differ by at most a 200th (0.5 %): files round, and convert by floats."""


class Quoted(Struct, frozen=True):
    """What one source says of one listing's prices; `source` names it, with its version or date."""

    source: str
    standing: Standing
    rules: tuple[Rule, ...]
    factors: tuple[Factor, ...] = ()


class Said(Struct, frozen=True):
    """One source's word on a unit in plain circumstances: standard tier, short prompt, a given instant."""

    source: str
    cost: Cost


class Choice(Struct, frozen=True):
    """Whose word on a unit counts, what the others say, and whether any of them disagrees.

    `others` are in the order in which they would have been chosen.
    """

    unit: str
    chosen: Said
    others: tuple[Said, ...] = ()
    is_disputed: bool = False


class Settled(Struct, frozen=True):
    """The prices of one listing: the rules and factors that count, and how each unit was chosen.

    `withheld` are units that only a weaker source names, which contradicts a stronger one on another unit.
    """

    rules: tuple[Rule, ...]
    factors: tuple[Factor, ...]
    choices: tuple[Choice, ...]
    withheld: tuple[Said, ...] = ()


def settle(quoted: Iterable[Quoted], at: datetime) -> Settled:
    """Choose a source for every unit at an instant.

    The strongest source that prices a unit answers for it; of references, first those of which two agree. A
    unit that a stronger source does not name is taken from a weaker one only if the two agree on every
    unit that both name. A unit that all sources price under conditions alone keeps the strongest one's rules,
    with no choice to show. Raises `evaluation.Ambiguous`.
    """
    sources = [_Source(each, at) for each in sorted(quoted, key=lambda each: STANDINGS.index(each.standing))]
    choices: list[Choice] = []
    withheld: list[Said] = []
    rules: list[Rule] = []
    used: set[str] = set()
    for unit in dict.fromkeys(unit for source in sources for unit in source.costs):
        order = _in_order(sources, unit)
        admitted = [source for source in order if not _contradicts_a_stronger(source, sources, unit)]
        if not admitted:
            withheld.extend(source.said(unit) for source in order)
            continue
        chosen = admitted[0]
        others = tuple(source.said(unit) for source in order if source is not chosen)
        mine = chosen.costs[unit]
        choices.append(
            Choice(unit, chosen.said(unit), others, any(not agree(mine, other.cost) for other in others))
        )
        rules.extend(rule for rule in chosen.quoted.rules if rule.unit == unit)
        used.add(chosen.quoted.source)
    plain = {unit for source in sources for unit in source.costs}
    for unit in dict.fromkeys(rule.unit for source in sources for rule in source.quoted.rules):
        if unit not in plain:
            strongest = next(source for source in sources if unit in source.units)
            rules.extend(rule for rule in strongest.quoted.rules if rule.unit == unit)
            used.add(strongest.quoted.source)
    factors = tuple(
        factor for source in sources if source.quoted.source in used for factor in source.quoted.factors
    )
    return Settled(tuple(rules), factors, tuple(choices), tuple(withheld))


def agree(one: Cost, other: Cost) -> bool:
    """Tell whether two sources say the same of a unit: state and currency equal, the amount nearly so."""
    if one.state != other.state or one.currency != other.currency:
        return False
    if one.amount is None or other.amount is None:
        return one.amount is other.amount
    difference = abs(EXACT.subtract(one.amount, other.amount))
    return EXACT.multiply(difference, Decimal(TOLERANCE)) <= max(one.amount, other.amount)


class _Source:
    """A source with the cost of each of its units in plain circumstances."""

    def __init__(self, quoted: Quoted, at: datetime) -> None:
        self.quoted = quoted
        self.units = dict.fromkeys(rule.unit for rule in quoted.rules)
        plain = Circumstances(at)
        found = {unit: evaluate(quoted.rules, unit, plain, quoted.factors) for unit in self.units}
        self.costs = {unit: cost for unit, cost in found.items() if cost is not None}

    def said(self, unit: str) -> Said:
        return Said(self.quoted.source, self.costs[unit])

    def agrees_with(self, other: "_Source") -> bool:
        shared = self.costs.keys() & other.costs.keys()
        return all(agree(self.costs[unit], other.costs[unit]) for unit in shared)


def _in_order(sources: Sequence[_Source], unit: str) -> list[_Source]:
    """Return the sources of a unit, the strongest first; references that agree with another one go ahead."""
    having = [source for source in sources if unit in source.costs]
    references = [source for source in having if source.quoted.standing == "reference"]

    def weight(source: _Source) -> tuple[int, int]:
        standing = STANDINGS.index(source.quoted.standing)
        if source.quoted.standing != "reference":
            return standing, 0
        return standing, -sum(agree(source.costs[unit], other.costs[unit]) for other in references)

    return sorted(having, key=weight)


def _contradicts_a_stronger(source: _Source, sources: Sequence[_Source], unit: str) -> bool:
    """Tell whether a stronger source that does not name the unit says otherwise on another unit."""
    standing = STANDINGS.index(source.quoted.standing)
    return any(
        unit not in stronger.costs
        and STANDINGS.index(stronger.quoted.standing) < standing
        and not source.agrees_with(stronger)
        for stronger in sources
    )
