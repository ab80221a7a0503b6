"""Payloads decoded straight into what is declared: the same listings, and nothing unknown goes unseen."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from modelatlas.domain.listing import Listing
from modelatlas.domain.snapshot import snapshot
from modelatlas.providers.assembling import read_list
from modelatlas.providers.contract import ModelList, Number, Provider
from modelatlas.providers.payload import decode, dig, entries
from modelatlas.providers.registry import declared
from modelatlas.providers.shapes import shaped_entries
from tests.builders import NOON

LISTS = [
    (provider, of)
    for provider in declared().values()
    for of in provider.lists
    if not of.each and not of.keyed and of.examples
    if of.rows is None and of.yields != "meters"  # those are read row by row, not decoded into shapes
]
OPENROUTER = declared()["openrouter"].lists[0]
ROCKET = {"id": "acme/rocket-2", "pricing": {"prompt": "0.10"}, "context_length": 4096}


@pytest.mark.parametrize(("provider", "of"), LISTS, ids=[f"{p.slug}.{of.name}" for p, of in LISTS])
def test_shaped_entries_are_read_as_dicts_are(provider: Provider, of: ModelList) -> None:
    """F12, F24: no key of an example is unknown to its shape, and the way of decoding changes nothing."""
    payload = payload_of(of, [entry for entry, _ in of.examples])
    shaped = shaped_entries(of, [payload, payload])
    assert shaped is not None
    plain = entries(of, payload)
    assert read_list(provider, of, shaped) == read_list(provider, of, [*plain, *plain])


@pytest.mark.parametrize(
    "odd",
    [
        {**ROCKET, "never_seen": 1},
        {**ROCKET, "pricing": {"prompt": "0.10", "never_seen": None}},
        {**ROCKET, "pricing": "free"},
        {**ROCKET, "pricing": []},
        None,
        "acme/rocket-2",
        [ROCKET],
    ],
)
def test_whatever_is_not_declared_makes_no_shape(odd: Any) -> None:
    assert shaped_entries(OPENROUTER, [sent({"data": [ROCKET]})]) is not None
    assert shaped_entries(OPENROUTER, [sent({"data": [ROCKET]}), sent({"data": [ROCKET, odd]})]) is None


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b'{"data": {}}',
        b'{"data": null}',
        b"{}",
        b"[" * 100_000,
        b'{"data": [{',
    ],
)
def test_what_is_no_list_makes_no_shape(payload: bytes) -> None:
    assert shaped_entries(OPENROUTER, [payload]) is None


def test_an_error_beside_a_list_makes_no_shape() -> None:
    of = declared()["cloudflare-workers-ai"].lists[0]
    assert shaped_entries(of, [sent({"result": [], "success": True, "errors": []})]) == []
    assert shaped_entries(of, [sent({"result": [], "success": False})]) is None


def test_a_shape_is_asked_as_a_dict_is() -> None:
    payload = (
        b'{"data": [{"id": "a", "pricing": {"prompt": 0.10}, "description": "long", "top_provider": null}]}'
    )
    shaped = shaped_entries(OPENROUTER, [payload])
    assert shaped is not None
    (entry,) = shaped
    assert (entry.get("id"), entry.get("name"), entry.get("nothing")) == ("a", None, None)
    price = dig(entry, "pricing.prompt")
    assert (price, type(price)) == ("0.10", Number)
    assert dig(entry, "top_provider.context_length") is None
    assert dig(entry, "id.more") is None


@pytest.mark.parametrize(("provider", "of"), LISTS, ids=[f"{p.slug}.{of.name}" for p, of in LISTS])
def test_a_list_has_the_digest_of_its_listings(provider: Provider, of: ModelList) -> None:
    """What a reader has at hand, field by field, is what the listings are."""
    read = read_list(provider, of, decode(msgspec.json.encode([entry for entry, _ in of.examples] * 2)))
    by_id = sorted(read.listings)
    if read.by_field is not None:
        assert [Listing(*values) for values in zip(*read.by_field, strict=True)] == [
            read.listings[id_] for id_ in by_id
        ]
    handed = snapshot(provider.slug, NOON, read.listings.values(), by_field=read.by_field)
    assert handed == snapshot(provider.slug, NOON, [read.listings[id_] for id_ in reversed(by_id)])


def sent(document: Any) -> bytes:
    return json.dumps(document).encode()


def payload_of(of: ModelList, rows: list[Mapping[str, Any]]) -> bytes:
    whole: Any = rows
    for key in reversed(of.entries.split(".") if of.entries else ()):
        whole = {key: whole}
    return msgspec.json.encode(whole)
