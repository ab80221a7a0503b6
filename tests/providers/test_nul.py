"""A NUL in a payload, which PostgreSQL keeps in no text, never gets past the reading: cleaned, or said."""

from collections.abc import Iterator
from typing import Any

import msgspec

from modelatlas.domain.errors import Unreadable
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule, Unread
from modelatlas.providers.contract import ModelList, Provider
from modelatlas.providers.payload import decode
from modelatlas.providers.reading import Reader
from tests.providers.test_contract import each_list
from tests.providers.test_price_documents import each_document, read_one

NUL = "\\x00"
BLANKS = " -_:/."


def with_nul(value: Any) -> Iterator[Any]:
    """Go through the same value with a NUL in one of its texts or keys."""
    if isinstance(value, str):
        yield f"{value[:1]}\0{value[1:]}"
        yield from (value.replace(blank, "\0", 1) for blank in BLANKS if blank in value)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield {**value, f"{key}\0": part}
            for other in with_nul(part):
                yield {**value, key: other}
    elif isinstance(value, list):
        for at, part in enumerate(value):
            for other in with_nul(part):
                yield [*value[:at], other, *value[at + 1 :]]


def plain(entry: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(entry))


@each_list
def test_no_listing_and_no_rejected_id_holds_a_nul(provider: Provider, of: ModelList) -> None:
    reader = Reader(provider, of)
    for entry, _ in of.examples:
        for spoilt in with_nul(plain(entry)):
            result = reader.read(decode(msgspec.json.encode(spoilt))).result
            if isinstance(result, Listing):
                assert NUL not in repr(result)
            else:
                assert NUL not in repr(result.id)


@each_document
def test_no_price_of_a_document_holds_a_nul(provider: Provider, of: ModelList) -> None:
    for row, _ in of.examples:
        for spoilt in with_nul(plain(row)):
            for rule in rules_of(provider, of, spoilt):
                assert NUL not in repr(rule), spoilt


def rules_of(provider: Provider, of: ModelList, row: Any) -> list[Rule]:
    try:
        found = read_one(provider, of, row)
    except Unreadable:  # the whole document is another one now
        return []
    return [] if isinstance(found, Unread) else list(found.values())
