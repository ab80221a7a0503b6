"""Recorded rows of Azure's retail prices: every one is priced exactly or kept with the reason.

The recording has no meters (its packager grouped rows and left them out), so each row here is given a meter
of its own, which bills a model that is called like the beginning of the row, up to the first of the words
that plain searches below look for. Which real model a meter bills is thus not shown by this; that amounts,
units, sides and tiers are read as they were recorded is.
"""

import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule, Unread, per_single_unit
from modelatlas.providers.azure_retail import ROWS, row
from modelatlas.providers.contract import Number
from modelatlas.providers.row_naming import Known, known
from modelatlas.providers.row_reading import UNKNOWN_WORDS, read_row

SINGLES: Final = {"1K": 1_000, "1M": 1_000_000}
CACHED: Final = r"\b(?:cached|cchd|cched|cd)\b"
OUTPUT: Final = r"\b(?:output|outp|outpt|opt|out)\b"
INPUT: Final = r"\b(?:input|inp|inpt|in)\b"
OTHERS: Final = r"\b(?:batch|pp|priority|txt|text|aud|audio|img|image|short ?co|long ?co|ft|fine tuned|std)\b"
WORDS: Final = re.compile(f"{CACHED}|{OUTPUT}|{INPUT}|{OTHERS}")
TIERS: Final = {"batch": r"\bbatch\b", "priority": r"\bpp\b|\bpriority\b"}


@pytest.fixture
def rows(shared: Path) -> list[dict[str, Any]]:
    """The recorded rows with exact amounts, as the wire has them; the first of the grouped regions."""
    whole = (shared / "payloads" / "azure-retail-prices.grouped.json").read_bytes()
    recorded = json.loads(whole, parse_float=Number)["items"]
    return [
        {
            **row(number, each["meterName"], each["unitOfMeasure"], 0),
            "retailPrice": each["retailPrice"],
            "armRegionName": each["regions"][0],
            "effectiveStartDate": each["effectiveStartDate"],
        }
        for number, each in enumerate(recorded)
    ]


def read(rows: list[dict[str, Any]]) -> list[Rule | Unread]:
    """Read each row as if a model of its name were billed by it."""
    found = [read_row(ROWS, each, named(each)) for each in rows]
    return [each if isinstance(each, Unread) else each[1] for each in found]


def named(each: dict[str, Any]) -> Known:
    name = WORDS.split(spaced(each["meterName"]), maxsplit=1)[0].strip() or "(none)"
    return known({name: Listing("azure-openai", name)}, {each["meterId"]: frozenset({name})})


def spaced(name: str) -> str:
    """Write a meter's name with blanks only, and between words that a capital letter parts."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[-_]", " ", name).lower()


def test_every_recorded_row_is_priced_as_recorded_or_kept(rows: list[dict[str, Any]]) -> None:
    assert len(rows) == 3_289
    read_ = read(rows)
    priced = [(row_, rule) for row_, rule in zip(rows, read_, strict=True) if isinstance(rule, Rule)]
    for row_, rule in priced:
        assert rule.amount is not None
        exact = Decimal(row_["retailPrice"]) / SINGLES[row_["unitOfMeasure"]]
        assert per_single_unit(rule.amount, rule.per) == exact
        assert row_["meterName"].lower().endswith("tokens")
    assert len(priced) > len(rows) / 2


def test_words_are_read_as_another_reader_of_names_finds_them(rows: list[dict[str, Any]]) -> None:
    """Sides and tiers are looked for again by plain searches in the names."""
    for row_, rule in zip(rows, read(rows), strict=True):
        if isinstance(rule, Unread):
            continue
        name = spaced(row_["meterName"])
        is_cached, is_output = (re.search(words, name) is not None for words in (CACHED, OUTPUT))
        assert rule.unit.startswith("cache_read") == is_cached, name
        assert rule.unit.startswith("output") == is_output, name
        for tier, words in TIERS.items():
            assert (rule.when.tier == tier) == (re.search(words, name) is not None), name
        assert not re.search(r"\b(ft|fine tuned|grader|grdr|long ?co|hosting|unit|training)\b", name), name


def test_what_is_not_by_token_or_not_plain_stays_unread_with_a_reason(rows: list[dict[str, Any]]) -> None:
    unread = Counter(each.reason for each in read(rows) if isinstance(each, Unread))
    by_time = sum(
        1 for each in rows if each["unitOfMeasure"] in {"1 Hour", "1/Hour", "1/Day", "1/Month", "1 Second"}
    )
    assert by_time == 211
    assert unread["a price of capacity, not of use"] + unread[UNKNOWN_WORDS] >= by_time
    assert not [reason for reason in unread if "expected" in reason]


def test_the_same_rows_without_meters_price_nothing(rows: list[dict[str, Any]]) -> None:
    nobody = known({}, {})
    assert all(isinstance(read_row(ROWS, each, nobody), Unread) for each in rows)
