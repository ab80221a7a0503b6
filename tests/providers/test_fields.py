"""What is read of a model beside its price, and what is not."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import Number, Unfit
from modelatlas.providers.fields import (
    are_clean,
    count,
    date_text,
    flag,
    inputs_of,
    instant,
    known_words,
    mapped,
    moment,
    outputs_of,
    text,
    unix_date,
    unix_day,
    unix_days,
)
from tests.providers.short import one


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-08-31", "2026-08-31"),
        ("2026-08-31T23:30:00-05:00", "2026-09-01T04:30:00Z"),
        ("2026-08-31T12:00:00.123456Z", "2026-08-31T12:00:00Z"),
        ("2026-08-31 12:00:00", "2026-08-31T12:00:00Z"),
        ("2026-W36-1", "2026-08-31"),
        ("1970-01-01T00:00:00Z", None),
        ("1970-01-01", None),
    ],
)
def test_moments(value: str, expected: str | None) -> None:
    assert moment(value) == expected


@pytest.mark.parametrize(
    "value", ["", "soon", "2026-13-45", "0001-01-01T00:00:00+14:00", 5, None, Number("2026.5")]
)
def test_what_is_no_moment(value: Any) -> None:
    with pytest.raises(Unfit):
        moment(value)


@pytest.mark.parametrize(("value", "expected"), [(0, None), (4096, 4096), (Number("256000.0"), 256000)])
def test_counts(value: Any, expected: int | None) -> None:
    assert count(value) == expected


@pytest.mark.parametrize("value", [-1, True, "4096", Number("0.5"), Number("1e99"), 10**13, [], None])
def test_what_is_no_count(value: Any) -> None:
    with pytest.raises(Unfit):
        count(value)


def test_texts_are_bounded_and_printable() -> None:
    assert text("  Rocket\n\x1b[31m2 ") == "Rocket  [31m2"
    assert text("x" * 1000) == "x" * 300
    assert text(" ") is None


SOME_TEXT = st.text(
    st.sampled_from(" aZ~\x7f\n\N{NO-BREAK SPACE}\N{LATIN SMALL LETTER O WITH STROKE}"), max_size=4
)


@given(st.lists(SOME_TEXT | st.sampled_from(["x" * 300, "x" * 301]), min_size=1, max_size=4))
def test_texts_are_clean_when_each_is_read_as_it_is(texts: list[str]) -> None:
    assert are_clean(texts) == all(text(each) == each for each in texts)


@given(st.lists(st.integers(-1, 2**33) | st.sampled_from([0, 1, 86_399, 86_400, 2**33 - 1]), min_size=1))
def test_many_days_are_read_as_each_is(seconds: list[int]) -> None:
    if all(0 <= each < 2**33 for each in seconds):
        assert unix_days(seconds) == [unix_day(each) for each in seconds]
    else:
        assert unix_days(seconds) is None


@given(
    st.datetimes(timezones=st.just(UTC)) | st.just(datetime(1970, 1, 1, tzinfo=UTC)), st.sampled_from("T ")
)
def test_an_instant_in_utc_is_written_as_any_other(at: datetime, between: str) -> None:
    sent = at.replace(tzinfo=None).isoformat(between)
    assert moment(f"{sent}Z") == moment(f"{sent}+00:00") == instant(at)


def test_a_yes_is_not_a_one() -> None:
    with pytest.raises(Unfit):
        flag("x", true="tools").read(1)


def test_a_word_that_is_not_known_is_said() -> None:
    with pytest.raises(Unfit, match="expected one of chat, code"):
        mapped("x", {"chat": "chat", "code": "chat"}).read("film")


def test_words_of_objects_and_lists_are_read_alike() -> None:
    field = known_words("x", {"vision": "image text", "ears": "audio"})
    said = (
        ["vision", "wheels"],
        {"vision": True, "ears": False},
        {"vision": {"supported": True}, "ears": None},
    )
    assert {field.read(value) for value in said} == {("image", "text")}


def test_sides_of_an_arrow() -> None:
    sides = [
        (inputs_of("x").read(value), outputs_of("x").read(value))
        for value in ("text+image->text", "text+vision")
    ]
    assert sides == [(("image", "text"), ("text",))] * 2
    assert outputs_of("x").read("text\N{RIGHTWARDS ARROW}image") == ("image",)


def test_sentinels_say_nothing() -> None:
    assert unix_date("created").read(0) is None
    assert date_text("x", never="2098-12-31").read("2098-12-31") is None
    assert one("openrouter", hugging_face_id="", pricing={}).repository is None


def test_nothing_is_read_from_a_name() -> None:
    """F33: capabilities, context and mode come from a source or are not known."""
    id_ = "acme/rocket-vision-tools-128k-embedding"
    assert one("groq", id=id_) == Listing("groq", id_)


def test_the_mode_is_what_comes_out() -> None:
    """F34."""
    read = [
        one("openrouter", pricing={}, architecture={"output_modalities": outputs}).mode
        for outputs in (["text"], ["image", "text"], ["embeddings"], ["transcription"], ["smell"])
    ]
    assert read == ["chat", "image", "embedding", "audio", "other"]
