"""What a usage costs: one line for each unit, exact, and a total only where every part is known."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct, structs

from modelatlas.domain.evaluation import Ambiguous, Circumstances, Cost, evaluate
from modelatlas.domain.money import EXACT
from modelatlas.domain.price import Factor, Rule
from modelatlas.domain.usage import STANDS_FOR, Usage


class Line(Struct, frozen=True):
    """One unit's part: quantity, price and cost; `usd` is None where `reason` says why it is not known.

    `priced_as` is the unit whose price counts, where the source does not price this one apart.
    """

    unit: str
    quantity: Decimal
    priced_as: str
    cost: Cost | None
    usd: Decimal | None
    reason: str | None = None


class Bill(Struct, frozen=True):
    """What a usage costs: `usd` is None as soon as one part is not known; `known_usd` sums the others."""

    lines: tuple[Line, ...]
    usd: Decimal | None
    known_usd: Decimal
    reasons: tuple[str, ...] = ()


def bill(rules: Sequence[Rule], factors: Sequence[Factor], usage: Usage, asked: Circumstances) -> Bill:
    """Price every unit of a usage in these circumstances, and the request where it has a price.

    A unit of which the rules say two things is not known, with that reason.
    """
    quantities = dict(usage.quantities)
    if any(rule.unit == "request" for rule in rules):
        quantities.setdefault("request", Decimal(1))
    lines = tuple(_line(rules, factors, unit, many, asked) for unit, many in quantities.items())
    known = Decimal(0)
    for line in lines:
        if line.usd is not None:
            known = EXACT.add(known, line.usd)
    reasons = [line.reason for line in lines if line.reason is not None]
    reasons += [f"{path} is a quantity whose unit is not known here" for path in usage.unread]
    reasons += [f"{path} is null, so how many there were is not known" for path in usage.unsaid]
    return Bill(lines, None if reasons else known, known, tuple(reasons))


def _line(
    rules: Sequence[Rule], factors: Sequence[Factor], unit: str, quantity: Decimal, asked: Circumstances
) -> Line:
    priced_as = unit
    try:
        priced_as = _priced_as(rules, factors, unit, asked)
        cost = evaluate(rules, priced_as, asked, factors)
    except Ambiguous as both:
        return Line(unit, quantity, priced_as, None, None, str(both))
    if cost is None:
        tier = "" if asked.tier == "standard" else f" in the tier {asked.tier}"
        return Line(unit, quantity, priced_as, None, None, f"{priced_as} has no price{tier}")
    if cost.amount is None:
        return Line(unit, quantity, priced_as, cost, None, f"the price of {priced_as} varies")
    if cost.usd is None:
        return Line(unit, quantity, priced_as, cost, None, f"the price of {priced_as} is in {cost.currency}")
    return Line(unit, quantity, priced_as, cost, EXACT.multiply(quantity, cost.usd))


def _priced_as(rules: Sequence[Rule], factors: Sequence[Factor], unit: str, asked: Circumstances) -> str:
    """Return the unit whose price counts: the whole that a unit is a part of, where the part has none apart.

    In a tier that does not name the part it costs what the whole does, if it does so in the standard tier.
    """
    whole = STANDS_FOR.get(unit)
    if whole is None:
        return unit
    if all(rule.unit != unit for rule in rules):
        return whole
    if asked.tier == "standard" or evaluate(rules, unit, asked, factors) is not None:
        return unit
    standard = structs.replace(asked, tier="standard")
    part, of = (evaluate(rules, each, standard, factors) for each in (unit, whole))
    same = part is not None and of is not None and (part.amount, part.currency) == (of.amount, of.currency)
    return whole if same else unit
