"""What a listing costs, as other tools' formats can say it: one amount for a unit, a prompt size and a tier.

An amount is the highest of the week (the upper bound, where a format knows no hours), with all factors in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from msgspec import Struct, structs

from modelatlas.domain.evaluation import Ambiguous, Circumstances, evaluate
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import ALWAYS, Condition, Factor, PromptOver, Rule, Tier, usd_per_unit
from modelatlas.views.exports.hours import Stretch, has_steady_hours, moments, stretches

VARIES: Final = "varies, and no amount says how much it is"
REGION: Final = "a price of a region, or a factor on it"
LATER: Final = "a price that begins or ends later"
DAYLIGHT: Final = "hours of a zone with daylight saving; the highest price stands for all hours"
CONTRADICTS: Final = "the source says two prices at once"


class Lost(Struct, frozen=True, gc=False):
    """What a format does not hold of a listing: a unit (or a field), and why."""

    what: str
    reason: str


class Rate(Struct, frozen=True, gc=False):
    """USD for one single unit: in a tier, for prompts longer than `over`, for a lifetime of a cache."""

    unit: str
    usd: Decimal
    tier: Tier = "standard"
    over: PromptOver | None = None
    cache_seconds: int | None = None

    @property
    def is_base(self) -> bool:
        """Tell whether it holds in the standard tier for any prompt."""
        return self.tier == "standard" and self.over is None and self.cache_seconds is None


class Rates(Struct, frozen=True, gc=False):
    """All rates of a listing, the hours in which it costs less, and what no rate can say.

    `varying` are units whose price is no number. `factors` are those of regions, which no rate holds.
    """

    rates: tuple[Rate, ...]
    hours: tuple[Stretch, ...] = ()
    varying: tuple[str, ...] = ()
    factors: tuple[Factor, ...] = ()
    lost: tuple[Lost, ...] = ()

    @property
    def base(self) -> dict[str, Decimal]:
        """What a unit costs in the standard tier for the smallest prompt, at its highest hour."""
        return {each.unit: each.usd for each in self.rates if each.is_base}

    @property
    def highest(self) -> dict[str, Decimal]:
        """What a unit costs at most in the standard tier, whatever the length of the prompt."""
        found: dict[str, Decimal] = {}
        for each in self.rates:
            if each.tier == "standard" and each.cache_seconds is None:
                found[each.unit] = max(each.usd, found.get(each.unit, each.usd))
        return found

    def over(self) -> dict[int, dict[str, Decimal]]:
        """Return what units cost in the standard tier for prompts longer than so many tokens, rising.

        An inclusive threshold of N tokens is one of more than N - 1.
        """
        found: dict[int, dict[str, Decimal]] = {}
        for each in self.rates:
            if each.over is not None and each.tier == "standard" and each.cache_seconds is None:
                found.setdefault(tokens_above(each.over), {})[each.unit] = each.usd
        return dict(sorted(found.items()))


def tokens_above(over: PromptOver) -> int:
    """Return the number of tokens of which a prompt must have more."""
    return over.tokens - 1 if over.inclusive else over.tokens


def rates_of(listing: Listing) -> Rates:
    """Return what a listing costs from now on until anything begins or ends."""
    if not listing.factors and all(map(_is_plain, listing.prices)):
        return _plain_rates(listing.prices)
    later = [rule for rule in listing.prices if rule.valid_from is not None or rule.valid_to is not None]
    rules = [
        structs.replace(rule, valid_to=None)
        for rule in listing.prices
        if rule.valid_from is None and rule.when.region is None
    ]
    factors = [each for each in listing.factors if each.valid_from is None and each.when.region is None]
    lost = [
        *(Lost(rule.unit, LATER) for rule in later),
        *(Lost(rule.unit, REGION) for rule in listing.prices if rule.when.region is not None),
    ]
    return _conditional_rates(
        rules, factors, lost, tuple(each for each in listing.factors if each.when.region is not None)
    )


def _conditional_rates(
    rules: Sequence[Rule], factors: Sequence[Factor], lost: list[Lost], regional: tuple[Factor, ...]
) -> Rates:
    at = moments(rules)
    rates: list[Rate] = []
    varying: dict[str, None] = {}
    by_unit = {unit: [rule for rule in rules if rule.unit == unit] for unit in _units(rules)}
    for unit, mine in by_unit.items():
        for cell in _cells(mine, factors):
            try:
                rate = _rate(mine, factors, unit, cell, at)
            except Ambiguous:
                lost.append(Lost(unit, CONTRADICTS))
                break
            if isinstance(rate, Lost):
                lost.append(rate)
                if rate.reason == VARIES:
                    varying[unit] = None
            elif rate is not None:
                rates.append(rate)
    found = Rates(tuple(rates), (), tuple(varying), regional, ())
    hours: list[Stretch] = []
    if len(at) > 1 and has_steady_hours(rules):
        hours = stretches(at, found.base, lambda moment: _at(by_unit, factors, found.base, moment))
    elif len(at) > 1:
        lost.extend(Lost(unit, DAYLIGHT) for unit in found.base if _has_hours(by_unit[unit]))
    return structs.replace(found, hours=tuple(hours), lost=tuple(dict.fromkeys(lost)))


def _plain_rates(rules: Iterable[Rule]) -> Rates:
    standing: dict[str, Rule] = {}
    for rule in rules:
        if rule.unit not in standing or rule.rank > standing[rule.unit].rank:
            standing[rule.unit] = rule
    rates: list[Rate] = []
    lost: list[Lost] = []
    varying: list[str] = []
    for unit, rule in standing.items():
        usd = usd_per_unit(rule)
        if usd is not None:
            rates.append(Rate(unit, usd))
        elif rule.state == "varying":
            varying.append(unit)
            lost.append(Lost(unit, VARIES))
        else:
            lost.append(_foreign(unit, rule.currency))
    return Rates(tuple(rates), (), tuple(varying), (), tuple(lost))


def _foreign(unit: str, currency: str) -> Lost:
    return Lost(unit, f"billed in {currency}, and amounts are in USD")


def _cells(rules: Iterable[Rule], factors: Iterable[Factor]) -> Iterable[Condition]:
    """Go through the circumstances that any rule or factor of a unit names, the plain ones first."""
    named = [ALWAYS, *(rule.when for rule in rules), *(factor.when for factor in factors)]
    cells = (
        Condition(prompt_over=when.prompt_over, tier=when.tier, cache_seconds=when.cache_seconds)
        for when in named
    )
    return dict.fromkeys(cells)


def _rate(
    rules: Sequence[Rule],
    factors: Sequence[Factor],
    unit: str,
    cell: Condition,
    at: Iterable[datetime],
) -> Rate | Lost | None:
    """Return the highest amount of the week in given circumstances; None where there is none."""
    length = 0 if cell.prompt_over is None else tokens_above(cell.prompt_over) + 1
    highest: Decimal | None = None
    for moment in at:
        asked = Circumstances(moment, length, cell.tier, None, cell.cache_seconds)
        cost = evaluate(rules, unit, asked, factors)
        if cost is None:
            continue
        if cost.usd is None:
            return Lost(unit, VARIES) if cost.state == "varying" else _foreign(unit, cost.currency)
        highest = cost.usd if highest is None else max(highest, cost.usd)
    if highest is None:
        return None
    return Rate(unit, highest, cell.tier, cell.prompt_over, cell.cache_seconds)


def _at(
    by_unit: Mapping[str, Sequence[Rule]],
    factors: Sequence[Factor],
    units: Iterable[str],
    moment: datetime,
) -> dict[str, Decimal]:
    costs = {unit: evaluate(by_unit[unit], unit, Circumstances(moment), factors) for unit in units}
    return {unit: cost.usd for unit, cost in costs.items() if cost is not None and cost.usd is not None}


def _units(rules: Iterable[Rule]) -> Iterable[str]:
    return dict.fromkeys(rule.unit for rule in rules)


def _is_plain(rule: Rule) -> bool:
    return rule.when == ALWAYS and rule.valid_from is None and rule.valid_to is None


def _has_hours(rules: Iterable[Rule]) -> bool:
    return any(rule.when.windows or rule.when.weekdays for rule in rules)
