"""The hours of a week in which a price is not what it is at its highest, in UTC."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from modelatlas.domain.price import Rule, Window

A_DAY: Final = 1_440
"""Minutes."""
MONDAY: Final = datetime(2026, 1, 5, tzinfo=UTC)
"""The first instant of a week like every other."""
_EVERY_DAY: Final = (1, 2, 3, 4, 5, 6, 7)
_A_WEEK: Final = 7 * A_DAY

Amounts = Mapping[str, Decimal]
"""Unit -> USD for one single unit."""


class Stretch(Struct, frozen=True, gc=False):
    """Hours in which some units cost less: `[start, end)` in minutes after midnight UTC.

    It wraps midnight where `end` is not after `start`, and only one of every day does. `weekdays` are ISO
    numbers of UTC's days; none means every day. `usd` holds the units that cost less than at their highest.
    """

    weekdays: tuple[int, ...]
    start: int
    end: int
    usd: Amounts


def moments(rules: Iterable[Rule]) -> list[datetime]:
    """Return the instants of a week at which the hours of any rule may begin or end, the first one first."""
    rules = tuple(rules)
    if not any(rule.when.windows or rule.when.weekdays for rule in rules):
        return [MONDAY]
    windows = {window for rule in rules for window in rule.when.windows} | {Window(0, A_DAY)}
    found = {
        local.replace(hour=minute // 60 % 24, minute=minute % 60).astimezone(UTC)
        for window in windows
        for day in range(7)
        for local in [(MONDAY + timedelta(days=day)).replace(tzinfo=ZoneInfo(window.zone))]
        for minute in (window.start, window.end, 0)
    }
    return sorted({MONDAY + (at - MONDAY) % timedelta(days=7) for at in found})


def has_steady_hours(rules: Iterable[Rule]) -> bool:
    """Tell whether the hours of all rules are the same hours of UTC the whole year."""
    return all(_is_steady(window.zone) for rule in rules for window in rule.when.windows)


def stretches(
    at: Sequence[datetime], highest: Amounts, costs: Callable[[datetime], Amounts]
) -> list[Stretch]:
    """Return the hours in which something costs less than at its highest, in the order of the week.

    `at` are the moments at which prices may change, and `costs` says what each unit costs at one.
    """
    begins = [int((moment - MONDAY) / timedelta(minutes=1)) for moment in at]
    parts: list[tuple[int, int, int, tuple[tuple[str, Decimal], ...]]] = []
    for position, begin in enumerate(begins):
        end = begins[position + 1] if position + 1 < len(begins) else _A_WEEK
        less = tuple(sorted((unit, usd) for unit, usd in costs(at[position]).items() if usd < highest[unit]))
        for day in range(begin // A_DAY, (end - 1) // A_DAY + 1):
            start, stop = max(begin - day * A_DAY, 0), min(end - day * A_DAY, A_DAY)
            if parts and parts[-1][0] == day and parts[-1][2] == start and parts[-1][3] == less:
                start = parts.pop()[1]
            parts.append((day, start, stop, less))
    days: defaultdict[tuple[int, int, tuple[tuple[str, Decimal], ...]], list[int]] = defaultdict(list)
    for day, start, stop, less in parts:
        if less:
            days[start, stop, less].append(day + 1)
    return _wrapped(
        [
            Stretch(() if tuple(some) == _EVERY_DAY else tuple(some), start, stop, dict(less))
            for (start, stop, less), some in days.items()
        ]
    )


def _wrapped(found: list[Stretch]) -> list[Stretch]:
    """Join the hours before and after midnight of every day."""
    for late in found:
        for early in found:
            if (
                late is not early
                and (late.end, early.start) == (A_DAY, 0)
                and not late.weekdays
                and not early.weekdays
                and late.usd == early.usd
            ):
                rest = [each for each in found if each is not late and each is not early]
                return [*rest, Stretch((), late.start, early.end, late.usd)]
    return found


@cache
def _is_steady(zone: str) -> bool:
    where = ZoneInfo(zone)
    return len({datetime(2026, month, 1, tzinfo=where).utcoffset() for month in range(1, 13)}) == 1
