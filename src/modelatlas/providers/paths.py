"""The paths that a declaration names: what it reads, and what it knows and leaves."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from modelatlas.providers.conditions import Conditional, PriceWhen
from modelatlas.providers.contract import Field, ModelList
from modelatlas.providers.fields import count, moment, text, words
from modelatlas.providers.price_path import Price

PLACE: Final = re.compile(r"\{([^{}]+)\}")
"""A path in braces, inside an id that is put together."""

_BY_FIELD: Final[Mapping[str, Callable[[Any], Any]]] = {
    "context_tokens": count,
    "max_output_tokens": count,
    "input_modalities": words,
    "output_modalities": words,
    "supported_parameters": words,
    "aliases": words,
    "released": moment,
    "deprecated_at": moment,
    "retires_at": moment,
}
"""How a field is read when its declaration is a path only; all others are texts."""


def fields_of(name: str, field: str | Field) -> tuple[Field, ...]:
    """Return the places of a field, each with the way that it is read."""
    if isinstance(field, str):
        return (Field(field, _BY_FIELD.get(name, text)),)
    return (field, *field.also)


def price_paths(price: Price) -> tuple[str, ...]:
    """Return every path that a price is read from."""
    given = price.given[0] if price.given is not None else None
    ending = price.free_ending[0] if price.free_ending is not None else None
    paths = (price.path, price.free, ending, given, *price.times, *price.discount)
    return tuple(path for path in paths if path is not None)


def conditional_path(each: Conditional) -> str:
    """Return the path at which anything stands in an entry that has such prices."""
    if isinstance(each, PriceWhen):
        return each.price.times[-1] if each.price.times else each.price.path
    return each.path


def conditional_paths(each: Conditional) -> tuple[str, ...]:
    """Return every path that prices under conditions are read from."""
    if not isinstance(each, PriceWhen):
        return (each.path,)
    return (
        price_paths(each.price) if each.prompt_from is None else (*price_paths(each.price), each.prompt_from)
    )


def left_unread(declared: ModelList) -> tuple[tuple[str, str], ...]:
    """Return the paths of prices that are kept unread, each with the reason."""
    return (
        *declared.unread.items(),
        *((path, "price in an undocumented unit") for path in declared.undocumented),
    )


def read_paths(declared: ModelList) -> frozenset[str]:
    """Return every path that the declaration reads."""
    paths = {*(PLACE.findall(declared.id) or [declared.id]), *declared.quirk_paths}
    paths.update(path for path, _ in left_unread(declared))
    paths.update(reject.path for reject in declared.reject)
    paths.update(each.path for name, field in declared.fields.items() for each in fields_of(name, field))
    paths.update(path for price in declared.prices.values() for path in price_paths(price))
    paths.update(path for each in declared.conditional for path in conditional_paths(each))
    return frozenset(paths)


def known_paths(declared: ModelList) -> frozenset[str]:
    """Return every path that the declaration reads or ignores; a path stands for all below it."""
    return read_paths(declared) | declared.ignored


def known_keys(declared: ModelList) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return, for every object that holds declared values, its path and the keys that are known in it."""
    whole = known_paths(declared)
    objects: dict[str, set[str]] = {}
    for path in whole:
        keys = path.split(".")
        for depth, key in enumerate(keys):
            above = ".".join(keys[:depth])
            if above in whole:
                break
            objects.setdefault(above, set()).add(key)
    return tuple((path, frozenset(keys)) for path, keys in sorted(objects.items()))
