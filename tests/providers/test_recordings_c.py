"""Answers of cloud platforms read without surprise: every entry counted, each price the recorded number."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from modelatlas.domain.snapshot import Snapshot
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.reading import Reader
from modelatlas.providers.registry import declared
from tests.builders import NOON
from tests.providers.recorded_c import ROWS, Row
from tests.providers.short import received, said

each_row = pytest.mark.parametrize("row", ROWS, ids=[row.file for row in ROWS])
BY_FILE = {row.file: row for row in ROWS}


@each_row
def test_a_recorded_list_reads_without_surprise(row: Row, shared: Path) -> None:
    read = snapshot_of(row, shared)
    priced = sum(bool(listing.prices) for listing in read.listings)
    found = (len(read.listings), len(read.rejected), len(read.duplicates), len(read.unread), priced)
    assert found == (row.listings, row.rejected, row.duplicates, row.unread, row.priced)
    assert read.entries == len(rows_of(row, shared))
    assert not read.surprises


def test_each_price_of_cloudflare_is_the_recorded_number(shared: Path) -> None:
    """F1, F8: USD for one token by division alone; a price of 0 for an audio minute is not free."""
    units = {"per M input tokens": "input_token", "per M output tokens": "output_token",
             "per M cached input tokens": "cache_read_token"}  # fmt: skip
    expected = {}
    for row in rows_of(BY_FILE["cloudflare-workers-ai"], shared):
        quotes: list[Any] = next(
            (each["value"] for each in row["properties"] if each["property_id"] == "price"), []
        )
        expected[row["name"]] = {
            units[quote["unit"]]: Decimal(quote["price"]) / 1_000_000
            for quote in quotes
            if quote["unit"] in units
        }
    read = snapshot_of(BY_FILE["cloudflare-workers-ai"], shared)
    assert {each.id: said(each) for each in read.listings} == expected


def test_what_multiplies_is_no_price_and_stays_unread(shared: Path) -> None:
    """F12: a picture of Lucid Origin costs tiles times steps."""
    read = snapshot_of(BY_FILE["cloudflare-workers-ai"], shared)
    half = ": one of two by which an image is billed"
    assert {(each.id, each.reason) for each in read.unread} == {
        ("@cf/leonardo/lucid-origin", f"a price per 512 by 512 tile{half}"),
        ("@cf/leonardo/lucid-origin", f"a price per step{half}"),
    }


def test_a_model_with_capacity_of_its_own_has_no_price_by_use(shared: Path) -> None:
    read = snapshot_of(BY_FILE["amazon-bedrock"], shared)
    assert {each.reason for each in read.rejected} == {"not_on_demand"}
    listed = {each.id for each in read.listings}
    assert not [id_ for id_ in listed if id_.count(":") > 1]
    on_demand = {
        row["modelId"]
        for row in rows_of(BY_FILE["amazon-bedrock"], shared)
        if "ON_DEMAND" in row["inferenceTypesSupported"]
    }
    assert on_demand <= listed


def test_two_lists_of_bedrock_are_one(shared: Path) -> None:
    payloads = {
        row.list_name: [payload_of(row, shared)]
        for row in (BY_FILE["amazon-bedrock"], BY_FILE["amazon-bedrock-mantle"])
    }
    read = read_snapshot(declared()["amazon-bedrock"], payloads, NOON)
    assert read.entries == 135 + 48
    assert len(read.listings) == len({each.id for each in read.listings}) == 129
    assert (len(read.rejected), len(read.duplicates)) == (33, 21)


def snapshot_of(row: Row, shared: Path) -> Snapshot:
    return read_snapshot(declared()[row.slug], {row.list_name: [payload_of(row, shared)]}, NOON)


def payload_of(row: Row, shared: Path) -> bytes:
    return (shared / "payloads" / f"{row.file}.json").read_bytes()


def rows_of(row: Row, shared: Path) -> list[dict[str, Any]]:
    """Return the entries of a file without any of our own reading; numbers with a fraction stay text."""
    whole = json.loads(payload_of(row, shared), parse_float=str)
    rows: list[dict[str, Any]] = whole[row.entries]
    return rows


@pytest.mark.parametrize(
    ("property_id", "value", "unread"),
    [
        ("context_window", "128000", []),
        ("context_window", "128k", ["a property context_window"]),
        ("context_window", 128000, []),
        ("never_seen", "x", ["a property never_seen"]),
        ("price", "cheap", ["Expected `array`, got `str`"]),
        (
            "price",
            [{"unit": "per M input tokens", "price": 1, "currency": "EUR"}],
            ["a price per M input tokens"],
        ),
        ("price", [{"unit": "per M input tokens", "price": "1", "currency": "USD"}], ["expected a number"]),
        ("price", [{"unit": "per M input tokens", "price": 1, "currency": "USD"}] * 2, []),
        (
            "price",
            [{"unit": "per M input tokens", "price": price, "currency": "USD"} for price in (1, 2)],
            ["a price per M input tokens"],
        ),
    ],
)
def test_a_property_that_is_not_as_declared_stays_unread(
    property_id: str, value: object, unread: list[str]
) -> None:
    provider = declared()["cloudflare-workers-ai"]
    entry = {"name": "@cf/acme/a", "properties": [{"property_id": property_id, "value": value}]}
    reading = Reader(provider, provider.lists[0]).read(received(entry))
    assert [each.reason for each in reading.unread] == unread


def test_bedrock_s_descriptions_tell_dates_and_some_windows(shared: Path) -> None:
    """A rounded window, `200K`, is no number of tokens; dates are those of the file."""
    rows = rows_of(BY_FILE["amazon-bedrock"], shared)
    told = {row["modelId"]: row["description"] for row in rows if row.get("description")}
    read = {each.id: each for each in snapshot_of(BY_FILE["amazon-bedrock"], shared).listings}
    dates = {id_: each["releaseDate"] for id_, each in told.items() if each.get("releaseDate")}
    assert len(dates) == 19
    assert {id_: each.released for id_, each in read.items() if each.released} == {
        id_: date for id_, date in dates.items() if id_ in read
    }
    assert {id_: each.context_tokens for id_, each in read.items() if each.context_tokens} == {
        "cohere.embed-v4:0": 128_000,
        "deepseek.v3-v1:0": 163_840,
    }
