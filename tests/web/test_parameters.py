"""Parameters are read exactly or refused by name (F51)."""

from decimal import Decimal
from typing import Annotated, Literal
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, Meta, UnsetType

from modelatlas.domain.errors import BadRequest
from modelatlas.web.parameters import BadParameter, Parameters, read_parameters


class Asked(Parameters, frozen=True, kw_only=True):
    words: tuple[str, ...] | UnsetType = UNSET
    text: Annotated[str, Meta(max_length=5)] | UnsetType = UNSET
    colour: Literal["red", "green"] | UnsetType = UNSET
    yes: bool | UnsetType = UNSET
    price: Decimal | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=0, le=1_000_000)] = 50


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"", Asked()),
        (b"limit=100000", Asked(limit=100_000)),
        (b"limit=0", Asked(limit=0)),
        (b"words=a,b,a&text=a%20b", Asked(words=("a", "b"), text="a b")),
        (b"words=a%2C%20b", Asked(words=("a", "b"))),
        (b"yes=true&colour=red", Asked(yes=True, colour="red")),
        (b"yes=0", Asked(yes=False)),
        (b"price=0.15", Asked(price=Decimal("0.15"))),
        (b"price=1e-7", Asked(price=Decimal("1e-7"))),
        (b"text=null", Asked(text="null")),
        (b"text=%C3%A9", Asked(text="é")),
    ],
)
def test_what_can_be_is_read(query: bytes, expected: Asked) -> None:
    assert read_parameters(Asked, query) == expected


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (b"limt=1", "unknown parameter 'limt': did you mean 'limit'?"),
        (b"zzz=1", "unknown parameter 'zzz': expected one of colour, limit, price, text, words, yes"),
        (b"limit=-1", "limit='-1': expected a whole number from 0 to 1000000"),
        (b"limit=1000001", "limit='1000001': expected a whole number from 0 to 1000000"),
        (b"limit=" + b"9" * 5000, "expected a whole number"),
        (b"limit=ten", "limit='ten': expected a whole number"),
        (b"limit=1_0", "expected a whole number"),
        (b"limit=1.5", "expected a whole number"),
        (b"limit=null", "expected a whole number"),
        (b"limit=", "limit is empty"),
        (b"limit", "limit is empty"),
        (b"limit=1&limit=2", "limit is given twice"),
        (b"yes=maybe", "yes='maybe': expected true or false"),
        (b"colour=gren", "colour='gren': expected one of green, red; did you mean 'green'?"),
        (b"price=NaN", "price='NaN': expected a decimal number"),
        (b"price=Infinity", "expected a decimal number"),
        (b"price=1e9999999", "expected a decimal number"),
        (b"price=1_0", "expected a decimal number"),
        (b"price=cheap", "expected a decimal number"),
        (b"words=a,,b", "words='a,,b': expected words with one comma between them"),
        (b"text=a%00b", "expected a text without the character NUL"),
        (b"text=abcdef", "text='abcdef': expected a text of at most 5 characters"),
    ],
)
def test_what_cannot_be_is_refused_by_name(query: bytes, said: str) -> None:
    with pytest.raises(BadParameter) as refused:
        read_parameters(Asked, query)
    assert said in str(refused.value)


@pytest.mark.parametrize("query", [b"text=%FF", b"&".join(b"text=a" for _ in range(65))])
def test_what_cannot_be_split_is_refused(query: bytes) -> None:
    with pytest.raises(BadRequest, match="cannot be read"):
        read_parameters(Asked, query)


def test_a_refusal_holds_the_parameter_and_what_is_allowed() -> None:
    with pytest.raises(BadParameter) as refused:
        read_parameters(Asked, b"colour=blue")
    assert (refused.value.parameter, refused.value.allowed) == ("colour", ("green", "red"))


def test_a_route_without_parameters_has_none() -> None:
    with pytest.raises(BadParameter, match="this route has no parameters"):
        read_parameters(Parameters, b"key=secret")


def refusal(query: bytes) -> BadRequest | None:
    try:
        read_parameters(Asked, query)
    except BadRequest as refused:
        return refused
    return None


@given(st.binary(max_size=200))
def test_whatever_is_asked_is_read_or_refused(query: bytes) -> None:
    refused = refusal(query)
    assert refused is None or len(str(refused)) < 1500


@given(st.sampled_from(["words", "text", "colour", "yes", "price", "limit"]), st.text(max_size=40))
def test_whatever_a_value_is_the_refusal_names_its_parameter(name: str, text: str) -> None:
    refused = refusal(f"{name}={quote(text)}".encode())
    assert refused is None or (isinstance(refused, BadParameter) and refused.parameter == name)
