"""From a payload to its entries: JSON decoded with every number's text intact, and the list found in it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

import msgspec
from msgspec import Struct

from modelatlas.domain.errors import Unreadable
from modelatlas.providers.contract import ModelList, Number

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


def payload_of_text(received: bytes) -> bytes:
    """Return the payload that an answer is kept as which is a text: one JSON text. Raises `Unreadable`."""
    try:
        return msgspec.json.encode(received.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        msg = f"expected a text in UTF-8, got {received[:_SHOWN]!r} ... ({error.reason})"
        raise Unreadable(msg) from None


def text_of_payload(payload: bytes) -> bytes:
    """Return the text that `payload_of_text` made a payload of."""
    return msgspec.json.decode(payload, type=str).encode()


class Shaped(Struct, gc=False):
    """An object that was decoded straight into the keys that a declaration knows; `shapes` makes its kinds.

    It is asked as a dict is, with `get`; `places` says which attribute holds the value of a key.
    """

    places: ClassVar[Mapping[str, str]] = {}

    def get(self, key: str) -> Any:
        """Return the value of a key, or None when there is none."""
        place = self.places.get(key)
        return None if place is None else getattr(self, place)


OBJECTS: Final = (dict, Shaped)
"""The kinds of an object in an entry."""


def dig(value: Any, path: str) -> Any:
    """Return what stands at a dotted path, or None where the way ends; the empty path is the value itself.

    >>> dig({"pricing": {"prompt": "0.1"}}, "pricing.prompt")
    '0.1'
    """
    for key in path.split(".") if path else ():
        if not isinstance(value, OBJECTS):
            return None
        value = value.get(key)
    return value


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
    if declared.keyed and not declared.each and isinstance(found, dict):
        return _named(found, declared.keyed)
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


def shape_of(declared: ModelList, document: Any) -> ModelList:
    """Return the declared shape of a list that a decoded payload has, the first one where it has none."""
    shapes = (declared, *declared.variants)
    return next((each for each in shapes if isinstance(dig(document, each.entries), list)), declared)


def offers(declared: ModelList, raw: Sequence[Any]) -> Iterator[Any]:
    """Go through the entries; where one holds many offers, through these, each with its entry around it."""
    if not declared.each:
        yield from raw
        return
    for entry in raw:
        inner = dig(entry, declared.each)
        if declared.keyed and isinstance(inner, dict) and all(isinstance(v, dict) for v in inner.values()):
            inner = _named(inner, declared.keyed)
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


def by_name(items: Sequence[Any], keyed: str) -> dict[str, Any]:
    """Turn items that hold their name into an object of named ones, as the provider sends them."""
    return {item[keyed]: {key: value for key, value in item.items() if key != keyed} for item in items}


def _named(items: Mapping[str, Any], keyed: str) -> list[Any]:
    """Turn an object of named items into a list of items that hold their name."""
    return [{**item, keyed: name} if isinstance(item, dict) else item for name, item in items.items()]


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
