"""A NUL, which PostgreSQL keeps in no text, in a payload: the list is heard, kept, synced and read back."""

import json

from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.registry import declared
from modelatlas.storage.history import SqlHistory
from modelatlas.storage.lists import SqlLists
from modelatlas.storage.snapshots import SqlSnapshots
from tests.builders import NOON
from tests.storage.stores import Store

ENTRIES = [
    {"id": "good", "pricing": {"prompt": "0.000001"}},
    {"id": "name", "name": "a\0name", "hugging_face_id": "a\0b", "pricing": {"prompt": "0.000001"}},
    {"id": "price", "pricing": {"prompt": "0.00\x00001", "completion": "0.000002"}},
    {"id": "more", "supported_parameters": ["to\0ols"], "pricing": {"prompt": "0.000001"}},
    {"id": "new\0field", "pricing": {"prompt": "0.000001"}, "what\0ever": "\0"},
]


def test_a_list_with_nuls_goes_all_the_way(store: Store) -> None:
    payload = json.dumps({"data": ENTRIES}).encode()
    part = read_snapshot(declared()["openrouter"], {"models": [payload]}, NOON)
    assert len(part.listings) + len(part.rejected) == len(ENTRIES)
    kept = SqlSnapshots(store.engine)
    kept.save(part, payload)
    assert kept.load() == [part]
    run = store.sync(part, "gateway")
    assert (run.status, run.inserted) == ("success", len(part.listings))
    stored = SqlLists(store.engine).load({})["openrouter"].snapshot
    assert stored is not None
    assert stored.listings == part.listings
    for listing in part.listings:
        assert "\0" not in listing.id
        history = SqlHistory(store.engine).of("openrouter", listing.id)
        assert history is not None
        assert [each.rule.unit for each in history.spells] == [rule.unit for rule in listing.prices]
