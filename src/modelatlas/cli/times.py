"""Times as people say them."""

from datetime import datetime, timedelta
from typing import Final

_STEPS: Final = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1)))


def ago(then: datetime, now: datetime) -> str:
    """Return how long ago an instant was, in its largest whole unit.

    >>> from datetime import UTC
    >>> ago(datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 23, 7, tzinfo=UTC))
    '3 d ago'
    """
    passed = now - then
    for name, step in _STEPS:
        if passed >= step:
            return f"{passed // step} {name} ago"
    return "just now"
