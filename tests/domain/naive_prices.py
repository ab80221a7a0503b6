"""A second evaluator, deliberately naive: minute by minute, condition by condition.

It shares the values (rules, conditions) with the program and none of the code that it checks.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from modelatlas.domain.price import Condition, Factor, Rule, Window

PER = {"token": 1, "1K tokens": 1_000, "1M tokens": 1_000_000}
MINUTE = timedelta(minutes=1)


def naive_cost(
    rules: Sequence[Rule],
    factors: Sequence[Factor],
    unit: str,
    at: datetime,
    prompt: int,
    tier: str,
    region: str | None,
) -> Fraction | str | None:
    """The USD of one single unit as a fraction, `varying`, or None when nothing is said."""
    chosen = winner(rules, unit, at, prompt, tier, region)
    if chosen is None and tier != "standard":
        plain = winner(rules, unit, at, prompt, "standard", region)
        if plain is not None:
            said: list[Rule | Factor] = [*rules, *factors]
            own = [e for e in said if e.source == plain.source]
            is_priced = any(e.when.tier == tier and is_valid_then(e, at) for e in own)
            halved = [e for e in factors if e.when.tier == tier]
            has_own = any(not e.units or unit in e.units for e in halved)
            has_whole = (
                unit == "reasoning_token"
                and not has_own
                and "output_token"
                in {e.unit for e in rules if e.when.tier == tier} | {u for e in halved for u in e.units}
            )
            if is_priced and not has_whole:
                chosen = plain
    if chosen is None:
        return None
    if chosen.state == "free":
        return Fraction(0)
    if chosen.state == "varying":
        return "varying"
    value = Fraction(str(chosen.amount)) / PER[chosen.per]
    for factor in factors:
        named = factor.source == chosen.source and (len(factor.units) == 0 or unit in factor.units)
        if named and all(conditions(factor, at, prompt, tier, region)):
            value = value * Fraction(str(factor.factor))
    return value


def winner(
    rules: Sequence[Rule], unit: str, at: datetime, prompt: int, tier: str, region: str | None
) -> Rule | None:
    true = [r for r in rules if r.unit == unit and all(conditions(r, at, prompt, tier, region))]
    return max(true, key=lambda rule: rule.rank) if true else None


def is_valid_then(rule: Rule | Factor, at: datetime) -> bool:
    if rule.valid_from is not None and at < text_instant(rule.valid_from):
        return False
    return rule.valid_to is None or not at >= text_instant(rule.valid_to)


def conditions(rule: Rule | Factor, at: datetime, prompt: int, tier: str, region: str | None) -> list[bool]:
    answers = [rule.when.tier == tier, is_valid_then(rule, at)]
    over = rule.when.prompt_over
    if over is not None:
        longer = prompt >= over.tokens + 1
        answers.append(longer or (over.inclusive and prompt == over.tokens))
    if rule.when.region is not None:
        answers.append(rule.when.region == region)
    if rule.when.cache_seconds is not None:
        answers.append(False)
    answers.append(hours(rule.when, at))
    return answers


def hours(when: Condition, at: datetime) -> bool:
    if len(when.windows) == 0:
        return len(when.weekdays) == 0 or at.astimezone(UTC).weekday() + 1 in when.weekdays
    for window in when.windows:
        start_day = day_of_window(window, at)
        if start_day is not None and (len(when.weekdays) == 0 or start_day in when.weekdays):
            return True
    return False


def day_of_window(window: Window, at: datetime) -> int | None:
    """The weekday on which the window that this instant is in began, or None outside of it."""
    minutes = []
    minute = window.start
    while True:  # clock minutes that belong to the window, one after the other
        minutes.append(minute % 1_440)
        minute += 1
        if minute % 1_440 == window.end % 1_440:
            break
    here = at.astimezone(ZoneInfo(window.zone))
    clock = here.hour * 60 + here.minute
    if clock not in minutes:
        return None
    wraps = 0 in minutes and minutes[0] != 0
    if not wraps or minutes.index(clock) < minutes.index(0):
        return here.weekday() + 1
    back = at  # after midnight of a window that wraps: walk back to the day before
    while back.astimezone(ZoneInfo(window.zone)).date() == here.date():
        back -= MINUTE
    return back.astimezone(ZoneInfo(window.zone)).weekday() + 1


def text_instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def same(amount: Decimal | None, naive: Fraction | str | None) -> bool:
    if amount is None:
        return naive == "varying"
    return isinstance(naive, Fraction) and Fraction(amount) == naive
