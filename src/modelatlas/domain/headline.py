"""The headline price: the one rule that stands for a unit in tables, filters and sorting.

It is that of the standard tier, the smallest prompt and the highest time window; `varies_by` says what else
would change it. A price for an instant and a prompt is `evaluation.evaluate`.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final, Literal
from zoneinfo import ZoneInfo

from msgspec import structs

from modelatlas.domain.evaluation import Circumstances, Cost, evaluate, instant_of
from modelatlas.domain.price import ALWAYS, Rule, Window

Dimension = Literal["time", "prompt", "tier", "region", "cache_lifetime", "date"]

_A_WEEK: Final = range(7)
_SOME_DAY: Final = datetime(2026, 1, 5, tzinfo=UTC)


def headline(rules: Iterable[Rule], unit: str, at: datetime | None = None) -> Rule | None:
    """Return the rule that stands for a unit, or None when the unit has no price or none at that instant.

    Without an instant, a rule that ends some day counts and one that begins some day does not: it is what a
    list says at the moment when it is heard. A unit whose price varies at any hour of the week is varying.
    """
    known = [rule for rule in rules if rule.unit == unit and _stands(rule, at)]
    if all(rule.when == ALWAYS for rule in known):
        return max(known, key=_rank, default=None)
    timeless = [structs.replace(rule, valid_from=None, valid_to=None) for rule in known]
    costs = [
        cost
        for moment in _moments(known, at or _SOME_DAY)
        if (cost := evaluate(timeless, unit, Circumstances(moment))) is not None
    ]
    if not costs:
        return None
    highest = max(costs, key=_height).rule
    return next(rule for rule, bare in zip(known, timeless, strict=True) if bare is highest)


def varies_by(rules: Iterable[Rule], unit: str | None = None) -> tuple[Dimension, ...]:
    """Say what the price of a unit, or of any, depends on besides the model, in alphabetical order."""
    found: set[Dimension] = set()
    for rule in rules:
        if (unit is not None and rule.unit != unit) or (
            rule.when is ALWAYS and rule.valid_from is None and rule.valid_to is None
        ):
            continue
        when = rule.when
        if when.windows or when.weekdays:
            found.add("time")
        if when.prompt_over is not None:
            found.add("prompt")
        if when.tier != "standard":
            found.add("tier")
        if when.region is not None:
            found.add("region")
        if when.cache_seconds is not None:
            found.add("cache_lifetime")
        if rule.valid_from is not None or rule.valid_to is not None:
            found.add("date")
    return tuple(sorted(found))


def _stands(rule: Rule, at: datetime | None) -> bool:
    """Tell whether a rule holds in the standard tier for the smallest prompt, at whatever hour."""
    when = rule.when
    others = (when.prompt_over, when.region, when.cache_seconds)
    if when.tier != "standard" or any(other is not None for other in others):
        return False
    if at is None:
        return rule.valid_from is None
    if rule.valid_from is not None and at < instant_of(rule.valid_from):
        return False
    return rule.valid_to is None or at < instant_of(rule.valid_to)


def _moments(rules: Iterable[Rule], at: datetime) -> Iterator[datetime]:
    """Go through a moment of every stretch of the week around an instant in which the same rules hold."""
    windows = {window for rule in rules for window in rule.when.windows} | {Window(0, 1_440)}
    monday = at.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=at.weekday())
    for window in windows:
        zone = ZoneInfo(window.zone)
        for day in _A_WEEK:
            local = (monday + timedelta(days=day)).replace(tzinfo=zone)
            for minute in {window.start % 1_440, window.end % 1_440, 0}:
                yield local.replace(hour=minute // 60, minute=minute % 60)


def _rank(rule: Rule) -> int:
    return rule.rank


def _height(cost: Cost) -> tuple[bool, Decimal]:
    """Order costs: one that varies stands above every amount."""
    return cost.state == "varying", cost.amount or Decimal(0)
