"""From a payload to its entries, decoded straight into the objects that the declaration knows.

That is several times cheaper than dicts, and it is exact: a key or an object that is not declared makes
no shaped entries at all, so that whatever is unknown is met, and counted, among the dicts of `payload`.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import GenericAlias
from typing import Any, Final, cast

import msgspec

from modelatlas.providers.contract import ModelList, Number
from modelatlas.providers.paths import known_keys, read_paths
from modelatlas.providers.payload import Shaped, dig

_SHORT: Final = 16
"""Characters of a value that costs no more as itself than as raw JSON."""


def shaped_entries(declared: ModelList, pages: Sequence[bytes]) -> list[Shaped] | None:
    """Return the entries of pages in which everything is as declared, or None.

    Of ignored values only the JSON is looked at, not whether their texts are UTF-8.
    """
    decoder = _decoder(declared)
    if decoder is None:
        return None
    found: list[Shaped] = []
    for page in pages:
        try:
            document = decoder.decode(page)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        entries = dig(document, declared.entries)
        if entries is None or not _is_success(declared, document):
            return None
        found.extend(entries)
    return found


def _is_success(declared: ModelList, document: Any) -> bool:
    if declared.success is None:
        return True
    path, wanted = declared.success
    return dig(document, path) in (None, wanted)


@lru_cache(maxsize=256)
def _decoder(declared: ModelList) -> msgspec.json.Decoder[Any] | None:
    """Make the decoder of a whole payload; an entry of many offers, or named by its key, has no one shape."""
    if declared.each or declared.keyed:
        return None
    payload: Any = GenericAlias(list, (_entry_shape(declared),))
    if declared.entries:
        success = {} if declared.success is None else {declared.success[0]: Any}
        payload = _around({**success, declared.entries: payload})
    return msgspec.json.Decoder(payload, float_hook=Number)


def _entry_shape(declared: ModelList) -> type[Shaped]:
    known = dict(known_keys(declared))
    read = {"id", *read_paths(declared)}  # `id` names a rejected entry, wherever ours is read from

    def of_value(path: str) -> Any:
        if path in known:
            return of_object(path) | None
        needed = any(each == path or each.startswith(f"{path}.") for each in read)
        return Any if needed or _is_short(declared, path) else msgspec.Raw

    def of_object(path: str) -> type[Shaped]:
        return _shape({key: of_value(f"{path}.{key}" if path else key) for key in known[path]}, exact=True)

    return of_object("")


def _is_short(declared: ModelList, path: str) -> bool:
    """Tell whether a value is, by the examples, sooner read than left."""
    shown = [value for entry, _ in declared.examples if (value := dig(entry, path)) is not None]
    return bool(shown) and all(
        not isinstance(each, dict | list) and len(str(each)) <= _SHORT for each in shown
    )


def _around(values: Mapping[str, Any]) -> type[Shaped]:
    """Make the shape of an envelope, of which only these paths matter."""
    below: dict[str, dict[str, Any]] = {}
    for path, kind in values.items():
        key, _, rest = path.partition(".")
        below.setdefault(key, {})[rest] = kind
    return _shape({key: paths.get("") or _around(paths) for key, paths in below.items()}, exact=False)


def _shape(values: Mapping[str, Any], *, exact: bool) -> type[Shaped]:
    places = {key: f"value_{number}" for number, key in enumerate(sorted(values))}
    made = msgspec.defstruct(
        "Shape",
        [(place, values[key], None) for key, place in places.items()],
        bases=(Shaped,),
        namespace={"places": places},
        rename={place: key for key, place in places.items()},
        forbid_unknown_fields=exact,
        gc=False,
    )
    return cast("type[Shaped]", made)
