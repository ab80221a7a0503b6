"""Reference documents as bytes: JSON decoded with every number as the text that was received."""

from decimal import Decimal
from typing import Any, Final

import msgspec

from modelatlas.domain.errors import Unreadable
from modelatlas.domain.money import exact

_decoder: Final = msgspec.json.Decoder(float_hook=str)

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
    """Read an amount of money, None when the value is none."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return exact(str(value))


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
