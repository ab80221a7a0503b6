"""Query parameters, read into the Struct that a route declares: nothing unknown passes (F51).

A list is written with commas. A parameter stands there once, and has a value.
"""

import difflib
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Final, TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct, inspect

from modelatlas.domain.errors import BadRequest
from modelatlas.domain.money import exact
from modelatlas.domain.query import nearest

MOST_PARAMETERS: Final = 64


class Parameters(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """No parameters; the base of those of all routes. What is not given is UNSET, or has its default."""


P = TypeVar("P", bound=Parameters)


class BadParameter(BadRequest):
    """A parameter that is unknown, given twice, or has a value that cannot be; `allowed` names what can."""

    def __init__(self, message: str, parameter: str, allowed: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.allowed = tuple(allowed)


def read_parameters(wanted: type[P], query: bytes) -> P:
    """Read a query string. Raises `BadParameter` naming the parameter, its value and what is allowed."""
    given = _once(wanted, query)
    types = types_of(wanted)
    values = {name: _shaped(name, text, types[name]) for name, text in given.items()}
    try:
        return msgspec.convert(values, wanted, strict=False)
    except msgspec.ValidationError as error:
        name = _named(error)
        raise BadParameter(
            f"{name}={given.get(name, '')!r}: expected {expected(types[name], given[name])}",
            name,
            words_of(types[name]),
        ) from None


@cache
def types_of(wanted: type[Parameters]) -> dict[str, inspect.Type]:
    """Return the type of each parameter, in the order of their declaration."""
    found = inspect.type_info(wanted)
    assert isinstance(found, inspect.StructType)  # noqa: S101 - `wanted` is a Struct, and mypy is to know
    return {field.encode_name: _bare(field.type) for field in found.fields}


def words_of(type_: inspect.Type) -> tuple[str, ...]:
    """Return the only values that a parameter can have, if they can be counted."""
    if isinstance(type_, inspect.BoolType):
        return ("true", "false")
    if isinstance(type_, inspect.VarTupleType):
        type_ = type_.item_type
    return tuple(map(str, type_.values)) if isinstance(type_, inspect.LiteralType) else ()


def expected(type_: inspect.Type, text: str) -> str:
    """Say what a parameter's value must be; `text` is the one that is not."""
    match type_:
        case inspect.LiteralType():
            words = words_of(type_)
            near = difflib.get_close_matches(text, words, n=1)
            return f"one of {', '.join(words)}" + (f"; did you mean {near[0]!r}?" if near else "")
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType(ge=least, le=most):
            return f"a whole number from {least} to {most}"
        case inspect.DecimalType():
            return "a decimal number, such as 0.15"
        case inspect.StrType(max_length=longest):
            return f"a text of at most {longest} characters"
        case _:
            words = words_of(type_)
            return "words with commas between them" + (f", of {', '.join(words)}" if words else "")


def _once(wanted: type[Parameters], query: bytes) -> dict[str, str]:
    """Split a query string, letting pass what is known, given once and not empty."""
    known = types_of(wanted)
    given: dict[str, str] = {}
    for name, text in _pairs(query):
        if name not in known:
            hint = nearest(name, known) if known else "this route has no parameters"
            raise BadParameter(f"unknown parameter {name[:100]!r}: {hint}", name[:100], sorted(known))
        if name in given:
            raise BadParameter(f"{name} is given twice: expected it once, lists with commas", name)
        if "\0" in text:
            raise BadParameter(f"{name}={text[:100]!r}: expected a text without the character NUL", name)
        if not text:
            raise BadParameter(f"{name} is empty: expected a value; or leave it out", name)
        given[name] = text
    return given


def _pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            query.decode("latin-1"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except ValueError:  # not UTF-8, or too many
        raise BadRequest(
            f"the query string cannot be read: expected UTF-8 and at most {MOST_PARAMETERS} parameters"
        ) from None


def _shaped(name: str, text: str, type_: inspect.Type) -> str | tuple[str, ...] | Decimal:
    """Turn the text of lists and exact numbers into what msgspec would not make of them."""
    if isinstance(type_, inspect.VarTupleType):
        words = [word.strip() for word in text.split(",")]
        if not all(words):
            raise BadParameter(f"{name}={text!r}: expected words with one comma between them", name)
        return tuple(dict.fromkeys(words))
    if isinstance(type_, inspect.DecimalType):
        amount = exact(text)
        if amount is None:
            raise BadParameter(f"{name}={text[:100]!r}: expected {expected(type_, text)}", name)
        return amount
    return text


def _bare(type_: inspect.Type) -> inspect.Type:
    return type_.type if isinstance(type_, inspect.Metadata) else type_


def _named(error: msgspec.ValidationError) -> str:
    """Return the name that msgspec puts at the end of its text: ``... - at `$.limit` ``."""
    found = re.search(r"`\$\.(\w+)", str(error))
    return found[1] if found else ""
