"""The hours of LiteLLM's `off_peak_pricing`.

`{"windows": [{"hours_utc": "16:30-00:30" | [...], "weekdays": [1..7]}], "weekday_timezone": IANA}`, or
`hours_utc` beside the rates. Hours are UTC, weekdays ISO numbers in the zone that is named, else in UTC.
"""

import re
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from modelatlas.domain.price import Condition, Window

_HOURS: Final = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
_A_DAY: Final = 1_440


def off_peak(value: Any) -> list[Condition] | None:
    """Return the conditions of the hours, one for each set of weekdays, or None for any other shape."""
    if not isinstance(value, dict):
        return None
    zone = value.get("weekday_timezone", "UTC")
    spans = value.get("windows") or [value]
    if not isinstance(zone, str) or not isinstance(spans, list):
        return None
    found = [_condition(span, zone) for span in spans]
    return None if None in found else [condition for condition in found if condition is not None]


def _condition(span: Any, zone: str) -> Condition | None:
    hours = span.get("hours_utc") if isinstance(span, dict) else None
    windows = [_window(text, zone) for text in (hours if isinstance(hours, list) else [hours])]
    weekdays = span.get("weekdays", []) if isinstance(span, dict) else None
    if None in windows or not isinstance(weekdays, list) or not all(day in range(1, 8) for day in weekdays):
        return None
    return Condition(
        windows=tuple(window for window in windows if window is not None), weekdays=tuple(sorted(weekdays))
    )


def _window(text: Any, zone: str) -> Window | None:
    """Read hours of UTC as hours of a zone, which is exact where its clocks never change."""
    parts = _HOURS.fullmatch(text) if isinstance(text, str) else None
    offset = _offset(zone)
    if parts is None or offset is None:
        return None
    start, end = (int(parts[at]) * 60 + int(parts[at + 1]) + offset for at in (1, 3))
    return Window(start % _A_DAY, end % _A_DAY, zone)


def _offset(zone: str) -> int | None:
    """Return the minutes that a zone is ahead of UTC, None for one with daylight saving or an unknown one."""
    try:
        where = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return None
    ahead = {datetime(2026, month, 1, tzinfo=where).utcoffset() for month in range(1, 13)}
    minutes = [int(each / timedelta(minutes=1)) for each in ahead if each is not None]
    return minutes[0] if len(minutes) == 1 else None
