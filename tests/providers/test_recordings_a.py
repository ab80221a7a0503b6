"""Answers of some hosts and gateways read without surprise, and each price is the number in them."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import msgspec
import pytest

from modelatlas.domain.snapshot import Snapshot
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.contract import ModelList
from modelatlas.providers.payload import dig
from modelatlas.providers.registry import declared
from tests.builders import NOON
from tests.providers.recorded_a import ROWS, Row
from tests.providers.short import said

each_row = pytest.mark.parametrize("row", ROWS, ids=[f"{row.file}.{row.list_name}" for row in ROWS])


@each_row
def test_a_recorded_list_reads_without_surprise(row: Row, shared: Path) -> None:
    read = snapshot_of(row, shared)
    found = (
        len(read.listings),
        len(read.rejected),
        len(read.duplicates),
        len(read.unread),
        sum(bool(listing.prices) for listing in read.listings),
    )
    assert found == (row.listings, row.rejected, row.duplicates, row.unread, row.priced)
    assert not read.surprises


@each_row
def test_each_price_is_the_number_in_the_file(row: Row, shared: Path) -> None:
    """F1, F7: each unit's amount in USD, from the text of the number by division alone."""
    expected = {id_: prices for id_, entry in entries_of(row, shared) if (prices := priced(row, entry))}
    assert {each.id: said(each) for each in snapshot_of(row, shared).listings if each.prices} == expected


def of(row: Row) -> ModelList:
    found = declared()[row.slug].list_named(row.list_name)
    assert found is not None
    return found


def snapshot_of(row: Row, shared: Path) -> Snapshot:
    return read_snapshot(declared()[row.slug], {row.list_name: [payload_of(row, shared)]}, NOON)


def payload_of(row: Row, shared: Path) -> bytes:
    """Return an answer byte by byte, in its envelope where the file keeps the entries alone."""
    whole = (shared / "payloads" / f"{row.file}.json").read_bytes()
    if row.within:
        whole = bytes(msgspec.json.decode(whole, type=dict[str, msgspec.Raw])[row.within])
    return whole if whole.lstrip().startswith(b"{") else b'{"%s":%s}' % (of(row).entries.encode(), whole)


def entries_of(row: Row, shared: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Go through a list without any of our own reading: the id a caller writes, and the entry."""
    part = json.loads(payload_of(row, shared), parse_float=str, parse_int=str)
    for key in of(row).entries.split("."):
        part = part[key]
    for entry in part:
        if row.slug == "helicone":
            for offer in entry["endpoints"]:
                yield f"{entry['id']}/{offer['provider']}", offer
        else:
            yield entry[of(row).id], entry


def priced(row: Row, entry: Mapping[str, Any]) -> dict[str, Decimal | None]:
    prices: dict[str, Decimal | None] = {}
    for path, (unit, singles) in row.prices.items():
        amount = dig(entry, path)
        if amount is not None and Decimal(amount):
            with localcontext(prec=100):
                prices[unit] = Decimal(amount) / singles
    return prices
