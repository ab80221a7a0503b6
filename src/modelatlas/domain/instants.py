"""Instants as people and programs write them."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from modelatlas.domain.errors import BadRequest

FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST: Final = datetime(2100, 1, 1, tzinfo=UTC)
"""Instants that are asked about, `[FIRST, LAST)`: clocks of all zones can tell them."""
EXPECTED: Final = (
    "expected an instant such as 2026-11-23T12:00:00Z, or a date, which means its midnight in UTC"
)
LONGEST: Final = 40
_PLUS: Final = re.compile(r"(?<=[0-9]) (?=[0-9]{2}:?[0-9]{2}$)")


def instant_from(text: str) -> datetime:
    """Read ISO 8601, in UTC unless it names another zone. Raises `BadRequest`.

    A plus sign that a URL turned into a blank still is one. Before 1970 and after 2099 none is read.

    >>> instant_from("2026-11-23T13:30:00+01:00").isoformat()
    '2026-11-23T12:30:00+00:00'
    """
    at = None
    if text.isascii() and len(text) <= LONGEST and text[:4].isdigit():
        with suppress(ValueError):
            at = datetime.fromisoformat(_PLUS.sub("+", text))
    if at is None:
        raise BadRequest(f"{text[:LONGEST]!r} is no instant: {EXPECTED}")
    return in_reach(at if at.tzinfo is not None else at.replace(tzinfo=UTC)).astimezone(UTC)


def in_reach(at: datetime) -> datetime:
    """Return an instant that can be asked about. Raises `BadRequest`."""
    if not FIRST <= at < LAST:
        raise BadRequest(f"{at.isoformat()} is out of reach: expected an instant from 1970 until 2099")
    return at
