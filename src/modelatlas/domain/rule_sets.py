"""Sets of rules: whether one can contradict itself, and what of it stands from an instant on."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import structs

from modelatlas.domain.evaluation import instant_of, is_within
from modelatlas.domain.price import Condition, Rule

_A_YEAR: Final = range(366)
"""Days: after a year of them every weekday has met every side of daylight saving."""
_FIRST_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
_LATEST: Final = datetime.max.replace(tzinfo=UTC)


def contradictions(rules: Iterable[Rule]) -> list[tuple[Rule, Rule]]:
    """Return the pairs of rules, of one source, that would both win in some circumstances."""
    rivals: dict[tuple[str, int, str, str], list[Rule]] = defaultdict(list)
    for rule in rules:
        rivals[rule.unit, rule.rank, rule.source, rule.when.tier].append(rule)
    return [pair for group in rivals.values() for pair in combinations(group, 2) if may_both_hold(*pair)]


def standing(rules: Iterable[Rule], at: datetime) -> tuple[Rule, ...]:
    """Return the rules that can still win from an instant on; those that have begun no longer say when.

    What a list says today is such a set: prices of the past are not in it, announced ones are.
    """
    left = [
        structs.replace(rule, valid_from=None) if rule.valid_from is not None and _begin(rule) <= at else rule
        for rule in rules
        if at < _end(rule)
    ]
    return tuple(rule for rule in left if not any(_always_beats(other, rule) for other in left))


def may_both_hold(one: Rule, other: Rule) -> bool:
    """Tell whether there are circumstances in which both rules hold.

    Clock hours are compared over a whole year, so that zones with daylight saving are met in both halves.
    """
    first, second = one.when, other.when
    return (
        first.tier == second.tier
        and _agree(first.region, second.region)
        and _agree(first.cache_seconds, second.cache_seconds)
        and _validities_meet(one, other)
        and _hours_meet(first, second)
    )


def _always_beats(one: Rule, other: Rule) -> bool:
    """Tell whether the first rule holds whenever the second does, with a higher rank."""
    return (
        one.unit == other.unit
        and one.source == other.source
        and one.rank > other.rank
        and one.when == Condition(tier=other.when.tier)
        and _begin(one) <= _begin(other)
        and _end(one) >= _end(other)
    )


def _agree(one: object, other: object) -> bool:
    """Tell whether two wishes can both be met; no wish can always be."""
    return one is None or other is None or one == other


def _validities_meet(one: Rule, other: Rule) -> bool:
    begin = max(_begin(one), _begin(other))
    return begin < min(_end(one), _end(other))


def _begin(rule: Rule) -> datetime:
    return _EARLIEST if rule.valid_from is None else instant_of(rule.valid_from)


def _end(rule: Rule) -> datetime:
    return _LATEST if rule.valid_to is None else instant_of(rule.valid_to)


def _hours_meet(one: Condition, other: Condition) -> bool:
    """Tell whether there is an hour of both; if there is, one of them begins in it."""
    if not (one.windows or one.weekdays) or not (other.windows or other.weekdays):
        return True
    return any(is_within(one, at) and is_within(other, at) for at in _begins(one, other))


def _begins(*conditions: Condition) -> Iterator[datetime]:
    starts = {(window.zone, window.start) for each in conditions for window in each.windows} | {("UTC", 0)}
    for zone, minute in starts:
        for day in _A_YEAR:
            local = (_FIRST_DAY + timedelta(days=day)).replace(tzinfo=ZoneInfo(zone))
            yield local.replace(hour=minute // 60 % 24, minute=minute % 60)
            yield local.replace(hour=0)
