"""Traps of fal's prices: what a unit text counts depends on what a model makes; some texts are no money."""

from decimal import Decimal

import pytest

from modelatlas.domain.listing import Listing, Mode
from modelatlas.domain.price import per_single_unit
from modelatlas.providers.fal import PRICES, row
from modelatlas.providers.row_naming import Known, known
from modelatlas.providers.row_reading import UNKNOWN_ID
from tests.providers.rows import read, reasons

MODES: dict[str, Mode] = {"sketch": "image", "film": "video", "voice": "audio", "solid": "other"}


def listed() -> Known:
    ids = {f"acme/rocket-2/{name}": mode for name, mode in MODES.items()}
    return known({id_: Listing("fal", id_, mode=mode) for id_, mode in ids.items()}, {})


@pytest.mark.parametrize(
    ("model", "unit", "ours", "amount"),
    [
        ("sketch", "image", "output_image", "0.02"),
        ("sketch", "images", "output_image", "0.02"),
        ("sketch", "megapixels", "output_megapixel", "0.02"),
        ("film", "seconds", "output_video_second", "0.02"),
        ("film", "video_second", "output_video_second", "0.02"),
        ("film", "videos", "output_video", "0.02"),
        ("voice", "1000 characters", "input_character", "0.00002"),
        ("solid", "requests", "request", "0.02"),
        ("voice", "compute_seconds", "compute_second", "0.02"),
    ],
)
def test_a_unit_text_is_read_for_what_the_model_makes(model: str, unit: str, ours: str, amount: str) -> None:
    found = read(PRICES, {"prices": [row(model, unit, 0.02)]}, listed())
    ((rule,),) = found.rules.values()
    assert rule.unit == ours
    assert rule.amount is not None
    assert per_single_unit(rule.amount, rule.per) == Decimal(amount)
    assert rule.currency == "USD"


@pytest.mark.parametrize(
    ("model", "unit", "reason"),
    [
        ("voice", "seconds", "of what seconds is meant is only known of models for video"),
        ("film", "megapixels", "of what megapixels is meant is only known of models for image"),
        ("solid", "1000 characters", "of what 1000 characters is meant is only known of models for audio"),
        ("voice", "minutes", "the unit text 'minutes' is not known"),
        ("film", "credits", "the unit text 'credits' is not known"),
        ("film", "units", "the unit text 'units' is not known"),
        ("film", "5 seconds", "the unit text '5 seconds' is not known"),
    ],
)
def test_no_unit_is_guessed(model: str, unit: str, reason: str) -> None:
    """Credits are not money, and a second may be one of film, of sound or of a machine."""
    found = read(PRICES, {"prices": [row(model, unit, 0.02)]}, listed())
    assert not found.rules
    assert reasons(found) == [reason]


def test_the_amount_is_in_the_currency_that_is_said() -> None:
    euro = {**row("sketch", "images", 0.02), "currency": "EUR"}
    ((rule,),) = read(PRICES, {"prices": [euro]}, listed()).rules.values()
    assert rule.currency == "EUR"
    credit = {**euro, "currency": "credits"}
    assert reasons(read(PRICES, {"prices": [credit]}, listed())) == ["expected a currency of three letters"]


def test_zero_and_ids_that_were_not_listed_are_no_price() -> None:
    zero, other = row("sketch", "images", 0), row("unheard", "images", 0.1)
    found = read(PRICES, {"prices": [zero, other]}, listed())
    assert not found.rules
    assert reasons(found) == ["zero, which is not said to mean free", UNKNOWN_ID]
