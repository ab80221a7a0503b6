"""Reference documents as bytes: JSON decoded with every number as the text that was received."""

from decimal import Context, Decimal
from typing import Any, Final

import msgspec

from modelatlas.domain.errors import Unreadable
from modelatlas.domain.money import exact

_decoder: Final = msgspec.json.Decoder(float_hook=str)

_KEPT: Final = 15
"""Digits of any decimal that a binary float of 64 bits gives back."""
_SHORT: Final = 12
"""Digits of a number that somebody wrote; longer ones were divided."""
_FLOAT: Final = Context(prec=_KEPT)

_SHOWN: Final = 60
"""Characters of a document that an error message shows."""


def decode(document: bytes, name: str) -> Any:
    """Decode JSON; numbers with a fraction or an exponent become texts. Raises `Unreadable`."""
    try:
        return _decoder.decode(document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        start = document[:_SHOWN].decode("utf-8", "replace")
        raise Unreadable(
            f"{name}: expected JSON, got {start!r} ({len(document)} bytes, {error}): check its path or URL"
        ) from error


def amount(value: Any) -> Decimal | None:
    """Read an amount of money, None when the value is none.

    The documents are written by programs that reckon in binary floats. Such a number keeps 15 digits of a
    decimal; where all that it has beyond a short one are the 16th and 17th, they are its own noise.

    >>> amount("2.0000000000000002E-7"), amount("0.000033333333333333335")
    (Decimal('2E-7'), Decimal('0.000033333333333333335'))
    """
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    found = exact(str(value))
    if found is None or len(found.as_tuple().digits) <= _KEPT:
        return found
    short = _FLOAT.plus(found).normalize(_FLOAT)
    return short if len(short.as_tuple().digits) <= _SHORT else found


def count(value: Any) -> int | None:
    """Read a count of tokens, also one written as `128000.0`; 0 and all else say nothing."""
    found = amount(value)
    if found is None or found != found.to_integral_value() or not 0 < found < 10**12:
        return None
    return int(found)


def text(value: Any) -> str | None:
    """Read a text that is not empty, at most 300 characters of it."""
    return value.strip()[:300] or None if isinstance(value, str) else None


def raw(value: Any) -> str:
    """Write a value as it stood, at most 2,000 characters."""
    return (value if isinstance(value, str) else msgspec.json.encode(value).decode())[:2_000]
