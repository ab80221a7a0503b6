"""From a payload to its entries: JSON decoded with every number's text intact, and the list found in it."""

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import msgspec

from modelatlas.domain.errors import Unreadable
from modelatlas.providers.contract import Entry, ModelList, Number

_decoder = msgspec.json.Decoder(float_hook=Number)
_encoder = msgspec.json.Encoder(enc_hook=lambda number: msgspec.Raw(str(number).encode()))

_SHOWN: Final = 60
"""Characters of a payload that an error message shows."""

_LONGEST_RAW: Final = 2_000


def decode(payload: bytes) -> Any:
    """Decode JSON; numbers with a fraction or an exponent become `Number`. Raises `Unreadable`."""
    if not payload.strip():
        msg = "expected JSON, got an empty answer: try again later, or check the URL"
        raise Unreadable(msg)
    try:
        return _decoder.decode(payload)
    except RecursionError:
        msg = "expected a JSON list of models, got JSON nested deeper than any list is"
        raise Unreadable(msg) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        start = payload[:_SHOWN].decode("utf-8", "replace")
        msg = f"expected JSON, got {start!r} ... of {len(payload)} bytes ({error})"
        raise Unreadable(msg) from None


def dig(value: Any, path: str) -> Any:
    """Return what stands at a dotted path, or None where the way ends; the empty path is the value itself.

    >>> dig({"pricing": {"prompt": "0.1"}}, "pricing.prompt")
    '0.1'
    """
    for key in path.split(".") if path else ():
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def finder(path: str) -> Callable[[Entry], Any]:
    """Return `dig` for one path that is not empty and many entries; nearly all paths have one key or two."""
    first, *others = path.split(".")
    if not others:
        return operator.methodcaller("get", first)
    if len(others) == 1:
        second = others[0]
        return lambda entry: inner.get(second) if isinstance(inner := entry.get(first), dict) else None
    return lambda entry: dig(entry, path)


def written(value: Any) -> bytes:
    """Write a decoded value as JSON again, each number as it was received."""
    return _encoder.encode(value)


def raw_text(value: Any) -> str:
    """Write a value as it was received, at most 2,000 characters: a text as it is, anything else as JSON."""
    try:
        text = value if isinstance(value, str) else written(value).decode()
    except RecursionError:
        text = "(nested deeper than can be written)"
    return text[:_LONGEST_RAW]


def entries(declared: ModelList, payload: bytes) -> list[Any]:
    """Return the entries of a payload, still in the provider's words. Raises `Unreadable`."""
    return entries_of(declared, decode(payload))


def entries_of(declared: ModelList, document: Any) -> list[Any]:
    """Return the entries of a decoded payload. Raises `Unreadable` when the declared list is not there.

    A list with entries in it is also taken bare where an envelope is declared, and out of `data` where none
    is: providers move between the two (Together is documented bare and answers both, 2026-04).
    """
    if declared.success is not None:
        _check_success(*declared.success, document)
    found = dig(document, declared.entries)
    if isinstance(found, list):
        return found
    other = dig(document, "data") if not declared.entries else document
    if isinstance(other, list) and other:
        return other
    where = f"at {declared.entries!r}" if declared.entries else "as the whole answer"
    msg = f"expected a list {where}, got {_shape(document)}: the provider may have changed its answer"
    raise Unreadable(msg)


def rows_of(declared: ModelList, document: Any) -> list[Any]:
    """Return the rows of a decoded price document. Raises `Unreadable` when it is laid out otherwise."""
    layout = None if declared.rows is None else declared.rows.layout
    return entries_of(declared, document) if layout is None else layout.unfold(document)


def offers(declared: ModelList, raw: Sequence[Any]) -> Iterator[Any]:
    """Go through the entries; where one holds many offers, through these, each with its entry around it."""
    if not declared.each:
        yield from raw
        return
    for entry in raw:
        inner = dig(entry, declared.each)
        if isinstance(inner, list):
            yield from ({**entry, declared.each: offer} for offer in inner or (None,))
        else:
            yield entry


def leaf_paths(entry: Any, path: str = "") -> set[str]:
    """Return the paths of all values that hold no others; `[]` stands for every item of a list of objects."""
    if isinstance(entry, dict) and entry:
        below = (leaf_paths(value, f"{path}.{key}" if path else key) for key, value in entry.items())
        return set().union(*below)
    if isinstance(entry, list) and any(isinstance(item, dict) for item in entry):
        return set().union(*(leaf_paths(item, f"{path}[]") for item in entry))
    return {path}


def _check_success(path: str, wanted: Any, document: Any) -> None:
    said = dig(document, path)
    if said is not None and said != wanted:
        got = raw_text(said)[:_SHOWN]
        msg = f"expected {path} to be {raw_text(wanted)}, got {got}: the provider reports an error of its own"
        raise Unreadable(msg)


def _shape(document: Any) -> str:
    if isinstance(document, dict):
        return f"an object with the keys {', '.join(sorted(map(str, document))[:10]) or '(none)'}"
    return f"a {type(document).__name__}"
