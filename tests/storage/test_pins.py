"""Pins and the history of prices, in every kind of store."""

from datetime import timedelta
from decimal import Decimal

import msgspec

from modelatlas.domain.pins import Pin, hash_of
from modelatlas.domain.price import usd
from modelatlas.domain.snapshot import snapshot
from modelatlas.storage.history import SqlHistory
from modelatlas.storage.pins import SqlPins
from tests.builders import NOON, listing, snapshot_of
from tests.storage.stores import Store

CONTENT = b'{"price":0.00000015}' * 100
PIN = Pin(hash_of(CONTENT), "litellm", "application/json", "catalog", NOON, 1, 2, len(CONTENT))


def test_bytes_are_kept_under_their_hash_once(store: Store) -> None:
    pins = SqlPins(store.engine)
    assert (pins.all(), pins.content(PIN.hash)) == ([], None)
    assert pins.keep(PIN, CONTENT) == PIN
    later = msgspec.structs.replace(PIN, made_at=NOON + timedelta(days=1))
    assert pins.keep(later, CONTENT) == PIN
    assert pins.all() == [PIN]
    assert pins.content(PIN.hash) == CONTENT


def test_the_newest_pin_is_the_first(store: Store) -> None:
    pins = SqlPins(store.engine)
    newer = msgspec.structs.replace(PIN, hash=hash_of(b"x"), made_at=NOON + timedelta(hours=1))
    pins.keep(PIN, CONTENT)
    pins.keep(newer, b"x")
    assert pins.all() == [newer, PIN]


def test_what_public_listings_cost_is_read_by_time(store: Store) -> None:
    day = timedelta(days=1)
    dear = (usd("input_token", "0.000002"), usd("output_token", "0.0000004"))
    own = listing("own", visibility="account")
    store.sync(snapshot("acme", NOON, [listing("a"), own]))
    store.sync(snapshot("acme", NOON + day, [listing("a", prices=dear), own]))
    store.sync(snapshot_of("b", at=NOON + 2 * day))
    found = SqlHistory(store.engine).plain_spells(["input_token"])
    assert [(each.id, each.usd, each.begins, each.ends) for each in found] == [
        ("a", Decimal("0.0000001"), NOON, NOON + day),
        ("a", Decimal("0.000002"), NOON + day, NOON + 2 * day),
        ("b", Decimal("0.0000001"), NOON + 2 * day, None),
    ]
