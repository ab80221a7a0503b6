"""Pins as everybody sees them, and what differs between two of one format."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, Literal

import msgspec
from msgspec import Struct

from modelatlas.domain.errors import BadRequest
from modelatlas.domain.pins import Pin

CSV: Final = "csv"
_KEYS: Final = ("id", "model_id", "start", "name")
"""What names an entry of a list, the first that it has."""

_decode: Final = msgspec.json.Decoder(float_hook=str).decode


class PinView(Struct, frozen=True):
    """What is kept under a hash (SHA-256 in hexadecimal): `size` bytes at `url`, never changed."""

    hash: str
    format: str
    catalog: str
    made_at: datetime
    entries: int
    losses: int
    size: int
    url: str


class PinsAnswer(Struct, frozen=True):
    """All pins, the newest first."""

    data: list[PinView]
    total: int


class Difference(Struct, frozen=True):
    """What stands at a place of one document and not of the other; null where there is nothing."""

    kind: Literal["new", "gone", "changed"]
    path: str
    was: str | None
    now: str | None


def pin_view(pin: Pin) -> PinView:
    """Project one pin."""
    return PinView(
        pin.hash,
        pin.format,
        pin.catalog,
        pin.made_at,
        pin.entries,
        pin.losses,
        pin.size,
        f"/pins/{pin.hash}",
    )


def pins_answer(pins: Iterable[Pin]) -> PinsAnswer:
    """Show all pins."""
    views = list(map(pin_view, pins))
    return PinsAnswer(views, len(views))


def differences(format_: str, was: bytes, now: bytes) -> list[Difference]:
    """Compare two documents of one format, value by value; numbers are compared as they are written."""
    before, after = _values(format_, was), _values(format_, now)
    found = []
    for path in dict.fromkeys((*before, *after)):
        one, other = before.get(path), after.get(path)
        if one != other:
            kind: Literal["new", "gone", "changed"] = (
                "new" if one is None else "gone" if other is None else "changed"
            )
            found.append(Difference(kind, path, one, other))
    return found


def pin_named(pins: Iterable[Pin], word: str) -> Pin:
    """Return the one pin whose hash begins like that. Raises `BadRequest` where it is none or several."""
    found = [pin for pin in pins if pin.hash.startswith(word.lower())]
    if len(found) != 1 or not word:
        raise BadRequest(
            f"pin {word!r}: expected the beginning of one hash, and {len(found)} begin so; "
            "`modelatlas pins` lists them"
        )
    return found[0]


def _values(format_: str, content: bytes) -> dict[str, str]:
    """Return every value of a document by the path to it."""
    if format_ != CSV:
        return dict(_leaves("", _decode(content)))
    columns, *lines = csv.reader(io.StringIO(content.decode(), newline=""))
    return {
        f"{line[0]}/{line[1]}.{column}": cell
        for line in lines
        for column, cell in zip(columns, line, strict=True)
        if cell
    }


def _leaves(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(f"{path}.{key}" if path else str(key), inner)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _leaves(f"{path}[{_name(inner, position)}]", inner)
    else:
        yield path, msgspec.json.encode(value).decode() if not isinstance(value, str) else value


def _name(entry: object, position: int) -> str:
    """Name an entry of a list by what it calls itself, else by its place."""
    if isinstance(entry, dict):
        for key in _KEYS:
            if key in entry:
                whose = entry.get("vendor", "")
                return f"{whose}/{entry[key]}" if whose else str(entry[key])
    return str(position)
