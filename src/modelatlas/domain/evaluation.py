"""What a unit costs in given circumstances: which of one source's rules hold, and which of them wins.

Everything here is a function of values: the instant, the length of the prompt and the tier are given.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from modelatlas.domain.errors import CatalogError
from modelatlas.domain.money import EXACT
from modelatlas.domain.price import ALWAYS, Condition, Factor, Rule, State, Tier, Window, per_single_unit
from modelatlas.domain.usage import STANDS_FOR

MINUTES_A_DAY: Final = 1_440
_DAY: Final = timedelta(days=1)


class Ambiguous(CatalogError):
    """Two rules of one unit and equal rank hold at once, so the set says two things."""


class Circumstances(Struct, frozen=True):
    """What a price may depend on: the instant (aware), whole tokens of the prompt, tier, region, lifetime.

    `region` and `cache_seconds` are None where the caller does not say; rules that ask for one then do not
    hold.
    """

    at: datetime
    prompt_tokens: int = 0
    tier: Tier = "standard"
    region: str | None = None
    cache_seconds: int | None = None


class Cost(Struct, frozen=True):
    """What one single unit costs: the rule that won and the factors on it.

    `usd` is None when the price varies or is in another currency; `amount` is in the rule's currency for one
    single unit, None when it varies.
    """

    unit: str
    state: State
    amount: Decimal | None
    currency: str
    rule: Rule
    factors: tuple[Factor, ...] = ()

    @property
    def usd(self) -> Decimal | None:
        """The amount, where it is in US dollars."""
        return self.amount if self.currency == "USD" else None


def evaluate(
    rules: Sequence[Rule], unit: str, asked: Circumstances, factors: Sequence[Factor] = ()
) -> Cost | None:
    """Return what a unit costs by these rules, or None when none of them says so.

    Of the rules that hold the highest rank wins. A tier of which the unit's source says nothing is not
    priced; where it says something, the units that the tier does not name cost what they do in the standard
    tier. Factors of the winner's source that hold multiply in the order of their ranks, exactly. Raises
    `Ambiguous`.
    """
    known = [rule for rule in rules if rule.unit == unit]
    rule = _winner(known, asked, asked.tier)
    if rule is None and asked.tier != "standard":
        rule = _standard(rules, factors, known, asked)
    if rule is None:
        return None
    amount = single_amount(rule)
    applied: tuple[Factor, ...] = ()
    if amount:
        applied = tuple(sorted((each for each in factors if _applies(each, rule, asked)), key=_rank))
        for each in applied:
            amount = EXACT.multiply(amount, each.factor)
    return Cost(unit, rule.state, amount, rule.currency, rule, applied)


def tiers_of(said: Iterable[Rule | Factor], at: datetime) -> set[Tier]:
    """Return the tiers besides the standard one that a source prices at an instant, if only in part."""
    return {
        each.when.tier
        for each in said
        if each.when is not ALWAYS and each.when.tier != "standard" and is_valid(each, at)
    }


def is_part_of_another(unit: str, rules: Iterable[Rule], factors: Iterable[Factor], tier: Tier) -> bool:
    """Tell whether a tier changes the price of a unit that this one is a part of, and not its own.

    Reasoning tokens are a part of the output: at their standard price they would cost more than the whole in
    a tier for half the price.
    """
    whole = STANDS_FOR.get(unit)
    if whole is None:
        return False
    of_tier = [each.units for each in factors if each.when.tier == tier]
    if any(not units or unit in units for units in of_tier):
        return False
    named = any(rule.unit == whole and rule.when.tier == tier for rule in rules)
    return named or any(whole in units for units in of_tier)


def single_amount(rule: Rule) -> Decimal | None:
    """Return a rule's amount for one single unit in its own currency, 0 when free, None when it varies."""
    if rule.state == "free":
        return Decimal(0)
    return None if rule.amount is None else per_single_unit(rule.amount, rule.per)


def holds(rule: Rule | Factor, asked: Circumstances, tier: Tier | None = None) -> bool:
    """Tell whether all conditions of a rule hold, in the tier asked for or in another one."""
    if rule.valid_from is None and rule.valid_to is None and rule.when is ALWAYS:
        return (tier or asked.tier) == "standard"
    return (
        rule.when.tier == (tier or asked.tier)
        and is_valid(rule, asked.at)
        and _is_over(rule.when, asked.prompt_tokens)
        and (rule.when.region is None or rule.when.region == asked.region)
        and (rule.when.cache_seconds is None or rule.when.cache_seconds == asked.cache_seconds)
        and is_within(rule.when, asked.at)
    )


def is_valid(rule: Rule | Factor, at: datetime) -> bool:
    """Tell whether an instant is in the validity that a rule itself says."""
    if rule.valid_from is not None and at < instant_of(rule.valid_from):
        return False
    return rule.valid_to is None or at < instant_of(rule.valid_to)


def is_within(condition: Condition, at: datetime) -> bool:
    """Tell whether an instant is in one of the windows, on one of the weekdays; none set means always.

    The hours are those of clocks in the window's zone, so they move with daylight saving. A window that wraps
    midnight belongs to the day on which it starts. Weekdays without a window are those of UTC.
    """
    if not condition.windows:
        return not condition.weekdays or at.astimezone(UTC).isoweekday() in condition.weekdays
    return any(_is_in(window, condition.weekdays, at) for window in condition.windows)


def instant_of(text: str) -> datetime:
    """Read the instant of a rule's validity: ISO 8601, in UTC where it names no zone; a date is its start."""
    at = _parsed(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _winner(rules: Iterable[Rule], asked: Circumstances, tier: Tier) -> Rule | None:
    best: Rule | None = None
    rival: Rule | None = None
    for rule in rules:
        if not holds(rule, asked, tier):
            continue
        if best is None or rule.rank > best.rank:
            best, rival = rule, None
        elif rule.rank == best.rank:
            rival = rule
    if best is not None and rival is not None:
        raise Ambiguous(
            f"two rules of {best.unit} with rank {best.rank} hold at {asked.at.isoformat()}: "
            f"{best.path or best.raw!r} and {rival.path or rival.raw!r}; give one of them a higher rank"
        )
    return best


def _standard(
    rules: Sequence[Rule], factors: Sequence[Factor], known: Iterable[Rule], asked: Circumstances
) -> Rule | None:
    """Return the rule of the standard tier that counts in a tier that does not name the unit."""
    rule = _winner(known, asked, "standard")
    if rule is None or is_part_of_another(rule.unit, rules, factors, asked.tier):
        return None
    said: tuple[Rule | Factor, ...] = (*rules, *factors)
    own = (each for each in said if each.source == rule.source)
    return rule if asked.tier in tiers_of(own, asked.at) else None


def _applies(factor: Factor, rule: Rule, asked: Circumstances) -> bool:
    return (
        factor.source == rule.source
        and (not factor.units or rule.unit in factor.units)
        and holds(factor, asked)
    )


def _rank(factor: Factor) -> int:
    return factor.rank


def _is_over(condition: Condition, prompt_tokens: int) -> bool:
    over = condition.prompt_over
    if over is None:
        return True
    return prompt_tokens > over.tokens or (over.inclusive and prompt_tokens == over.tokens)


def _is_in(window: Window, weekdays: tuple[int, ...], at: datetime) -> bool:
    local = at.astimezone(_zone(window.zone))
    minute = local.hour * 60 + local.minute
    wraps = window.end <= window.start
    if not wraps:
        inside, day = window.start <= minute < window.end, local
    elif minute >= window.start:
        inside, day = True, local
    else:
        inside, day = minute < window.end, local - _DAY
    return inside and (not weekdays or day.isoweekday() in weekdays)


_parsed: Final = lru_cache(maxsize=1_024)(datetime.fromisoformat)
_zone: Final = lru_cache(maxsize=64)(ZoneInfo)
