"""Whose word on a price counts: one source answers one unit, and what was not chosen stays visible."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from itertools import combinations
from typing import Final, Literal

from msgspec import Struct

from modelatlas.domain.evaluation import Ambiguous, Circumstances, Cost, evaluate, is_valid, tiers_of
from modelatlas.domain.money import EXACT
from modelatlas.domain.price import Factor, Rule, Tier
from modelatlas.domain.tiers import BESIDES, said_of

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
    """What one source says of one listing's prices; `source` names it, with its version or date.

    `ends` is the instant from which it says it otherwise, where that is known.
    """

    source: str
    standing: Standing
    rules: tuple[Rule, ...]
    factors: tuple[Factor, ...] = ()
    ends: datetime | None = None


class Said(Struct, frozen=True):
    """One source's word on a unit in plain circumstances: standard tier, short prompt, a given instant."""

    source: str
    standing: Standing
    cost: Cost


class Choice(Struct, frozen=True):
    """Whose word on a unit counts, what the others say, and whether any two of them disagree.

    `others` are in the order in which they would have been chosen. A borrowed price is another offer's, and
    disputes nothing.
    """

    unit: str
    chosen: Said
    others: tuple[Said, ...] = ()
    is_disputed: bool = False


Obstacle = Literal["contradicts", "conditional", "unsettled"]


class Withheld(Struct, frozen=True):
    """A weaker source's word that is not taken though no other plain one is: `by` is the stronger source.

    It `contradicts` that one on another unit; or that one prices the unit under conditions only; or the unit
    is `unsettled`, since that one says two things of it.
    """

    said: Said
    by: str
    why: Obstacle


class Unsettled(Struct, frozen=True):
    """A unit of which the source that counts says two things at once, so that it has no price."""

    unit: str
    source: str
    reason: str


class Settled(Struct, frozen=True):
    """The prices of one listing: the rules and factors that count, and how each unit was chosen."""

    rules: tuple[Rule, ...]
    factors: tuple[Factor, ...]
    choices: tuple[Choice, ...]
    withheld: tuple[Withheld, ...] = ()
    unsettled: tuple[Unsettled, ...] = ()


def settle(quoted: Iterable[Quoted], at: datetime) -> Settled:
    """Choose a source for every unit at an instant.

    The strongest source that prices a unit answers for it; of references, first those of which two agree. A
    unit that a stronger source does not name is taken from a weaker one only if the two agree on every
    unit that both name. Where the strongest one prices a unit under conditions alone, its rules stay, with no
    choice to show; where it contradicts itself, the unit has no price. In neither case a weaker one answers.

    A tier that a source which counts does not price is taken from the first weaker one that prices it and
    says the same of the standard tier, for all units of the stronger one together; such rules say their own
    source.
    """
    sources = [_Source(each, at) for each in sorted(quoted, key=lambda each: STANDINGS.index(each.standing))]
    settling = _Settling(sources)
    for unit in dict.fromkeys(unit for source in sources for unit in source.units):
        settling.settle(unit)
    if any(source.tiers for source in sources):
        settling.settle_tiers()
    return settling.settled()


class _Settling:
    """What was chosen so far of the sources, which are in the order of their standing."""

    def __init__(self, sources: Sequence["_Source"]) -> None:
        self.sources = sources
        self.choices: list[Choice] = []
        self.withheld: list[Withheld] = []
        self.unsettled: list[Unsettled] = []
        self.rules: list[Rule] = []
        self.used: dict[_Source, set[str]] = {}

    def settle(self, unit: str) -> None:
        naming = [source for source in self.sources if unit in source.named]
        order = _in_order(naming, unit)
        stronger = {source.quoted.source: _contradicted(source, self.sources, unit) for source in naming}
        admitted = [source for source in naming if stronger[source.quoted.source] is None]
        if not admitted:
            self.withheld += [
                Withheld(source.said(unit), by, "contradicts")
                for source in order
                if (by := stronger[source.quoted.source]) is not None
            ]
            if not naming:  # announced for later, or over
                self._take(unit, next(source for source in self.sources if unit in source.units))
            return
        equals = [each for each in admitted if each.quoted.standing == admitted[0].quoted.standing]
        chosen = next((source for source in order if source in equals), None)
        if chosen is not None:
            self._choose(unit, chosen, [source for source in order if source is not chosen])
            return
        first = next((source for source in equals if unit in source.contradictory), equals[0])
        why: Obstacle = "unsettled" if unit in first.contradictory else "conditional"
        self.withheld += [Withheld(source.said(unit), first.quoted.source, why) for source in order]
        if why == "conditional":
            self._take(unit, first)
        else:
            self.unsettled.append(Unsettled(unit, first.quoted.source, first.contradictory[unit]))

    def settle_tiers(self) -> None:
        offering = [
            source for source in self.sources if source.tiers and source.quoted.standing != "borrowed"
        ]
        for ruling, units in list(self.used.items()):
            for tier in BESIDES:
                if tier in ruling.tiers:
                    tellers = [] if self._tells(ruling, tier) else [ruling]
                else:
                    tellers = [source for source in offering if source.may_complete(ruling, tier)]
                for teller in tellers:
                    if rules := teller.rules_of(tier, units):
                        self.rules.extend(rules)
                        self.used.setdefault(teller, set())
                        break

    def settled(self) -> Settled:
        factors = tuple(
            factor for source in self.sources if source in self.used for factor in source.quoted.factors
        )
        return Settled(
            tuple(self.rules), factors, tuple(self.choices), tuple(self.withheld), tuple(self.unsettled)
        )

    def _choose(self, unit: str, chosen: "_Source", others: Sequence["_Source"]) -> None:
        words = (chosen.said(unit), *(source.said(unit) for source in others))
        self.choices.append(Choice(unit, words[0], words[1:], is_disputed(words)))
        self._take(unit, chosen)

    def _tells(self, source: "_Source", tier: Tier) -> bool:
        """Tell whether what was taken of a source shows that it prices a tier."""
        named = {each.source for each in self.rules if each.when.tier == tier}
        return source.quoted.source in named or any(each.when.tier == tier for each in source.quoted.factors)

    def _take(self, unit: str, source: "_Source") -> None:
        self.rules.extend(rule for rule in source.quoted.rules if rule.unit == unit)
        self.used.setdefault(source, set()).add(unit)


def is_disputed(words: Iterable[Said]) -> bool:
    """Tell whether any two sources of a listing itself disagree; a borrowed price is another listing's."""
    own = [said.cost for said in words if said.standing != "borrowed"]
    return any(not agree(one, other) for one, other in combinations(own, 2))


def agree(one: Cost, other: Cost) -> bool:
    """Tell whether two sources say the same of a unit: state and currency equal, the amount nearly so."""
    if one.state != other.state or one.currency != other.currency:
        return False
    if one.amount is None or other.amount is None:
        return one.amount is other.amount
    difference = abs(EXACT.subtract(one.amount, other.amount))
    return EXACT.multiply(difference, Decimal(TOLERANCE)) <= max(one.amount, other.amount)


def is_rounded(one: Cost, other: Cost) -> bool:
    """Tell whether an amount is another one rounded to fewer digits, as 0.3 is 0.30002."""
    if not one.amount or not other.amount or one.amount == other.amount:
        return False
    digits = len(one.amount.normalize(EXACT).as_tuple().digits)
    return Context(digits, ROUND_HALF_UP).plus(other.amount) == one.amount


class _Source:
    """A source with the cost of each of its units in plain circumstances.

    `named` are the units it prices at the instant, be it under conditions; `contradictory` those of which it
    says two things, with the reason; `tiers` those that it prices besides the standard one.
    """

    def __init__(self, quoted: Quoted, at: datetime) -> None:
        self.quoted = quoted
        self.at = at
        self.weakness = STANDINGS.index(quoted.standing)
        self.tiers = tiers_of((*quoted.rules, *quoted.factors), at)
        self.units = dict.fromkeys(rule.unit for rule in quoted.rules)
        self.named = {rule.unit for rule in quoted.rules if is_valid(rule, at)}
        self.costs: dict[str, Cost] = {}
        self.contradictory: dict[str, str] = {}
        plain = Circumstances(at)
        for unit in self.units:
            try:
                cost = evaluate(quoted.rules, unit, plain, quoted.factors)
            except Ambiguous as both:
                self.contradictory[unit] = str(both)
                continue
            if cost is not None:
                self.costs[unit] = cost

    def said(self, unit: str) -> Said:
        return Said(self.quoted.source, self.quoted.standing, self.costs[unit])

    def agrees_with(self, other: "_Source") -> bool:
        shared = self.costs.keys() & other.costs.keys()
        return all(agree(self.costs[unit], other.costs[unit]) for unit in shared)

    def rules_of(self, tier: Tier, units: Collection[str]) -> list[Rule]:
        """Return what it says of units in a tier."""
        said = said_of(tier, self.quoted.rules, self.quoted.factors, self.at)
        return [rule for rule in said if rule.unit in units]

    def may_complete(self, other: "_Source", tier: Tier) -> bool:
        """Tell whether it prices a tier, is not stronger than another source and says the same otherwise.

        The same is said of every unit that both price, of one at least, for prompts of every length. Of
        prices that change with the hours that is not told.
        """
        if tier not in self.tiers or self.weakness < other.weakness:
            return False
        shared = self.costs.keys() & other.costs.keys()
        rules = [
            rule for source in (self, other) for rule in source.quoted.rules
            if rule.unit in shared and rule.when.tier == "standard"
        ]  # fmt: skip
        if not shared or any(rule.when.windows or rule.when.weekdays for rule in rules):
            return False
        lengths = {rule.when.prompt_over.tokens + 1 for rule in rules if rule.when.prompt_over is not None}
        return self.agrees_with(other) and all(
            self.agrees_at(other, unit, length) for unit in shared for length in lengths
        )

    def agrees_at(self, other: "_Source", unit: str, length: int) -> bool:
        """Tell whether two sources say the same of a unit for a prompt of some length."""
        asked = Circumstances(self.at, length)
        try:
            one, two = (
                evaluate(each.quoted.rules, unit, asked, each.quoted.factors) for each in (self, other)
            )
        except Ambiguous:
            return False
        return one is not None and two is not None and agree(one, two)


def _in_order(sources: Sequence[_Source], unit: str) -> list[_Source]:
    """Return those with a plain price, the strongest first; references that agree with another go ahead.

    Of those that agree one whose amount another has rounded goes before that one: it says more.
    """
    having = [source for source in sources if unit in source.costs]
    references = [source for source in having if source.quoted.standing == "reference"]

    def weight(source: _Source) -> tuple[int, int, bool]:
        if source.quoted.standing != "reference":
            return source.weakness, 0, False
        own = source.costs[unit]
        agreeing = [other.costs[unit] for other in references if agree(own, other.costs[unit])]
        return source.weakness, -len(agreeing), any(is_rounded(own, other) for other in agreeing)

    return sorted(having, key=weight)


def _contradicted(source: _Source, sources: Sequence[_Source], unit: str) -> str | None:
    """Name a stronger source that does not name the unit and says otherwise on another unit, or None."""
    return next(
        (
            stronger.quoted.source
            for stronger in sources
            if unit not in stronger.named
            and stronger.weakness < source.weakness
            and not source.agrees_with(stronger)
        ),
        None,
    )
