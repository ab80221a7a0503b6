"""What differs between two pins of one format, and how a pin is named."""

import pytest

from modelatlas.domain.errors import BadRequest
from modelatlas.domain.pins import Pin, hash_of
from modelatlas.domain.price import usd
from modelatlas.views.exports.formats import FORMATS
from modelatlas.views.pins import Difference, differences, pin_named
from tests.builders import NOON, listing
from tests.views.exports.made import exported


def pin(hash_: str) -> Pin:
    return Pin(hash_, "litellm", "application/json", "c", NOON, 1, 0, 2)


@pytest.mark.parametrize("name", list(FORMATS))
def test_nothing_differs_between_equal_documents(name: str) -> None:
    content = exported(FORMATS[name], listing("a"), listing("b", "groq")).content
    assert differences(name, content, content) == []


def test_a_price_that_changed_is_named_by_its_place_digit_by_digit() -> None:  # F7
    was, now = (
        exported(FORMATS["litellm"], listing("a", prices=(usd("input_token", amount),))).content
        for amount in ("0.00000010", "0.00000011")
    )
    assert differences("litellm", was, now) == [
        Difference("changed", "acme/a.input_cost_per_token", "0.0000001", "0.00000011")
    ]


@pytest.mark.parametrize("name", ["llm-prices", "genai-prices", "catwalk", "openrouter", "openai", "csv"])
def test_an_entry_that_came_first_does_not_change_the_others(name: str) -> None:
    was = exported(FORMATS[name], listing("b")).content
    now = exported(FORMATS[name], listing("a"), listing("b")).content
    found = differences(name, was, now)
    allowed = {"total_count", "[acme].default_small_model_id", "[acme].default_large_model_id"}
    assert {each.kind for each in found if each.path not in allowed} == {"new"}


def test_a_pin_is_named_by_the_beginning_of_its_hash_and_by_no_other() -> None:
    pins = [pin("ab12"), pin("ab34"), pin("cd56")]
    assert pin_named(pins, "CD") is pins[2]
    for word in ("ab", "ff", ""):
        with pytest.raises(BadRequest, match="modelatlas pins"):
            pin_named(pins, word)


def test_a_hash_is_what_sha256sum_says() -> None:
    assert hash_of(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
