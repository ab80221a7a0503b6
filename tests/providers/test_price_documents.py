"""One contract for all price documents whose rows say by themselves what they price."""

import random
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelatlas.domain.errors import Unreadable
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule, Unread
from modelatlas.domain.rule_sets import contradictions
from modelatlas.domain.snapshot import Snapshot
from modelatlas.domain.units import PER, UNITS
from modelatlas.providers.assembling import read_list, read_snapshot
from modelatlas.providers.contract import Entry, ModelList, Provider
from modelatlas.providers.payload import decode, rows_of, written
from modelatlas.providers.registry import declared
from modelatlas.providers.row_naming import Known, known, read_meters
from modelatlas.providers.row_reading import UNKNOWN_ID, read_row
from tests.builders import NOON
from tests.providers.test_contract import mutilate, payload, plain_rule

DOCUMENTS = [
    (provider, of) for provider in declared().values() for of in provider.lists if of.rows is not None
]
EXAMPLES = [(provider, of, row, expected) for provider, of in DOCUMENTS for row, expected in of.examples]

each_document = pytest.mark.parametrize(
    ("provider", "of"), DOCUMENTS, ids=[f"{p.slug}.{of.name}" for p, of in DOCUMENTS]
)
each_row = pytest.mark.parametrize(
    ("provider", "of", "row", "expected"), EXAMPLES, ids=[f"{p.slug}.{of.name}" for p, of, _, _ in EXAMPLES]
)


def document(of: ModelList, items: list[Any]) -> bytes:
    """Write items as the whole document that they stand in."""
    fold = None if of.rows is None or of.rows.layout is None else of.rows.layout.fold
    return payload(of, items) if fold is None else msgspec.json.encode(fold(items))


def listed(provider: Provider) -> Known:
    """Return what the examples of a provider's other lists make known."""
    listings: dict[str, Listing] = {}
    meters: dict[str, frozenset[str]] = {}
    for of in provider.lists:
        sent = [decode(msgspec.json.encode(entry)) for entry, _ in of.examples]
        if of.yields == "listings":
            listings = {**read_list(provider, of, sent).listings, **listings}
        elif of.yields == "meters":
            meters |= read_meters(of, sent)
    return known(listings, meters)


def read_one(provider: Provider, of: ModelList, row: Entry) -> Mapping[str, Rule] | Unread:
    assert of.rows is not None
    (received,) = rows_of(of, decode(document(of, [row])))
    found = read_row(of.rows, received, listed(provider))
    return found if isinstance(found, Unread) else dict.fromkeys(found[0], found[1])


@each_row
def test_examples_read_as_declared(provider: Provider, of: ModelList, row: Entry, expected: Listing) -> None:
    found = read_one(provider, of, row)
    assert not isinstance(found, Unread), found
    (rule,) = found.values()
    (wanted,) = expected.prices
    assert set(found) == {expected.id}
    assert plain_rule(msgspec.structs.replace(rule, valid_from=None)) == plain_rule(wanted)
    assert PER[rule.per][0] == UNITS[rule.unit]


@each_row
def test_a_row_keeps_its_own_words_as_the_quote(
    provider: Provider, of: ModelList, row: Entry, expected: Listing
) -> None:
    found = read_one(provider, of, row)
    assert not isinstance(found, Unread)
    for rule in found.values():
        assert " per " in rule.raw
        assert rule.path == (of.rows.amount if of.rows else "")


@each_document
def test_a_price_document_yields_prices_and_nothing_else(provider: Provider, of: ModelList) -> None:
    assert of.yields == "prices"
    assert not [each for each in (of.prices, of.fields, of.quirk, of.reject, of.each) if each]
    assert of.rows is not None
    names = {each.name for each in provider.lists if each.yields == "meters"}
    assert not of.rows.meters or of.rows.meters in names
    assert bool(of.rows.meters) == bool(of.rows.meter)
    counted = list(of.rows.units.values())
    assert {each.kind for each in counted if each.kind} <= set(UNITS.values())
    assert all(UNITS[each.unit] == each.kind for each in counted if each.unit)


@each_document
def test_the_layout_can_be_gone_through_both_ways(provider: Provider, of: ModelList) -> None:
    items = [row for row, _ in of.examples]
    rows = rows_of(of, decode(document(of, items)))
    assert len(rows) == len(items)
    if of.rows is not None and of.rows.layout is not None and of.rows.layout.fold is not None:
        assert rows == decode(msgspec.json.encode(items))


@each_document
def test_an_answer_of_another_layout_is_unreadable(provider: Provider, of: ModelList) -> None:
    for wrong in (b'{"message": "moved"}', b'"text"', b"17"):
        with pytest.raises(Unreadable, match="expected"):
            rows_of(of, decode(wrong))


def whole(provider: Provider, of: ModelList, items: list[Any]) -> Snapshot:
    """Read a document beside the examples of the lists that it prices."""
    payloads = {
        each.name: [payload(each, [entry for entry, _ in each.examples])]
        for each in provider.lists
        if each.yields != "prices"
    }
    return read_snapshot(provider, {**payloads, of.name: [document(of, items)]}, NOON)


@each_document
def test_examples_price_their_listings(provider: Provider, of: ModelList) -> None:
    read = whole(provider, of, [row for row, _ in of.examples])
    routes = {} if of.rows is None else of.rows.routes
    priced = {
        each.id: each for each in read.listings if each.prices and each.id.partition(".")[0] not in routes
    }
    assert set(priced) == {expected.id for _, expected in of.examples}
    assert sum(len(each.prices) for each in priced.values()) == len(of.examples)
    assert not any(contradictions(each.prices) for each in priced.values())
    assert not read.unread


@each_document
def test_shuffled_rows_give_the_same_digest(provider: Provider, of: ModelList) -> None:
    items = [row for row, _ in of.examples] * (1 if of.rows and of.rows.layout else 2)
    digests = {whole(provider, of, random.Random(seed).sample(items, len(items))).digest for seed in range(5)}
    assert len(digests) == 1


@each_document
def test_a_unit_text_that_is_not_declared_is_never_guessed(provider: Provider, of: ModelList) -> None:
    assert of.rows is not None
    for row, _ in of.examples:
        (received,) = rows_of(of, decode(document(of, [row])))
        for strange in ("1K Tokens/month", "", None, 1000, "1000"):
            received[of.rows.unit] = strange
            found = read_row(of.rows, received, listed(provider))
            assert isinstance(found, Unread)
            assert "is not known" in found.reason


@each_document
def test_an_unknown_word_is_never_passed_over(provider: Provider, of: ModelList) -> None:
    """F12: a new dimension of a price must not slip by, wherever in the words it stands."""
    assert of.rows is not None
    for row, _ in of.examples:
        (received,) = rows_of(of, decode(document(of, [row])))
        for usage in of.rows.usages:
            path = usage.path.split(".")
            holder = received[path[0]] if len(path) > 1 else received
            text = holder[path[-1]]
            for position in range(len(text) + 1):
                beside = {text[position - 1 : position], text[position : position + 1]}
                if not beside <= {"", " ", "-", "_", ":"} and position not in {0, len(text)}:
                    continue
                holder[path[-1]] = f"{text[:position]} turbo-lane {text[position:]}".strip()
                assert isinstance(read_row(of.rows, received, listed(provider)), Unread), holder[path[-1]]
            holder[path[-1]] = text


@each_document
def test_a_row_of_another_model_prices_nothing(provider: Provider, of: ModelList) -> None:
    assert of.rows is not None
    for row, _ in of.examples:
        (received,) = rows_of(of, decode(document(of, [row])))
        found = read_row(of.rows, received, known({}, listed(provider).meters))
        assert isinstance(found, Unread)
        assert found.reason == UNKNOWN_ID
        assert found.id


@given(data=st.data())
@each_document
def test_a_mutilated_row_is_priced_or_unread(provider: Provider, of: ModelList, data: st.DataObject) -> None:
    assert of.rows is not None
    item = deepcopy(dict(data.draw(st.sampled_from(of.examples))[0]))
    (received,) = rows_of(of, decode(document(of, [item])))
    for _ in range(data.draw(st.integers(1, 4))):
        mutilate(received, data)
    found = read_row(of.rows, decode(written(received)), listed(provider))
    if not isinstance(found, Unread):
        assert found[1].amount is None or found[1].amount > 0
    assert msgspec.json.encode(found)


@given(data=st.data())
@each_document
def test_a_mutilated_document_is_read_or_unreadable(
    provider: Provider, of: ModelList, data: st.DataObject
) -> None:
    sent = msgspec.json.decode(document(of, [row for row, _ in of.examples]))
    for _ in range(data.draw(st.integers(1, 4))):
        mutilate(sent, data)
    try:
        rows = rows_of(of, decode(msgspec.json.encode(sent)))
    except Unreadable:
        return
    assert of.rows is not None
    for row in rows:
        assert read_row(of.rows, row, listed(provider))
