"""Columns: what many entries say at one path, and what is alike in it."""

from typing import Any

import pytest

from modelatlas.providers.column_reading import read_column
from modelatlas.providers.columns import Column, Columns
from modelatlas.providers.contract import Number, Unfit
from modelatlas.providers.fields import count, text

ENTRIES: list[dict[str, Any]] = [
    {},
    {"a": 1},
    {"a": {"b": 1}},
    {"a": {"b": {"c": 1}}},
    {"a": None},
    {"a": [{"b": 1}]},
]


@pytest.mark.parametrize("path", ["a", "a.b", "a.b.c"])
def test_a_path_ends_where_nothing_is(path: str) -> None:
    expected = []
    for value in ENTRIES:
        inner: Any = value
        for key in path.split("."):
            inner = inner.get(key) if isinstance(inner, dict) else None
        expected.append(inner)
    assert Columns(ENTRIES).at(path).values == expected
    assert [Columns([entry]).at(path).values for entry in ENTRIES] == [[each] for each in expected]


def kinds(value: Any) -> str:
    """Tell values apart that Python takes for equal."""
    return repr(value)


@pytest.mark.parametrize(
    "values",
    [
        [1, True, 1, None],
        ["1.5", Number("1.5")],
        [["a"], ["a"], ["b"], [1], [True], None],
        [{"a": True}, {"a": 1}, {"a": False}, {"a": True}],
        [{"a": True, "b": False}, {"b": False, "a": True}],
        [{"a": {"b": 1}}, {"a": {"b": True}}],
        [[], {}, None, "", 0, False],
    ],
)
def test_only_what_is_alike_is_read_once(values: list[Any]) -> None:
    found = read_column(kinds, Column(values)).values
    assert found == [None if value is None else repr(value) for value in values]


def test_what_a_thousand_entries_say_alike_is_read_once() -> None:
    read: list[Any] = []
    for values in ([4096] * 1000, [["a", "b"]] * 1000, [{"on": True}] * 1000):
        read_column(read.append, Column(values))
    assert read == [4096, ["a", "b"], {"on": True}]


def test_an_unfit_value_says_nothing_and_is_told_by_row() -> None:
    found = read_column(count, Column([4096, "x", None, -1, 0]))
    assert found.values == [4096, None, None, None, None]
    assert {row: str(unfit) for row, unfit in found.unfit.items()} == dict.fromkeys(
        (1, 3), "expected a whole number, 0 or more"
    )
    alike = read_column(count, Column([4096, -1, None, -1]))
    assert (alike.values, sorted(alike.unfit)) == ([4096, None, None, None], [1, 3])


@pytest.mark.parametrize("values", [[], [None, None], ["", " "]])
def test_a_column_that_says_nothing_is_none(values: list[Any]) -> None:
    assert read_column(text, Column(values)) == (None, {})


def test_one_text_that_is_not_clean_is_cleaned_alone() -> None:
    values = ["rocket", " rocket", "roc\nket", "x" * 301, "", "r\N{LATIN SMALL LETTER O WITH STROKE}cket"]
    assert read_column(text, Column(values)).values == [text(value) for value in values]
    with pytest.raises(Unfit):
        text(Number("1.5"))
