"""Which prices operators let out of quarantine is kept in the store."""

from tests.builders import NOON
from tests.storage.stores import Store


def test_a_release_is_kept_said_anew_and_taken_back(store: Store) -> None:
    ledger = store.ledger
    assert ledger.released() == {}
    ledger.release("acme", "a", "input_token", NOON, "their page says so")
    ledger.release("acme", "a", "image", NOON)
    ledger.release("acme", "a", "image", NOON, "said again")
    assert ledger.released() == {("acme", "a"): {"input_token", "image"}}
    notes = store.rows("SELECT unit, note FROM quarantine_releases ORDER BY unit")
    assert [tuple(row) for row in notes] == [("image", "said again"), ("input_token", "their page says so")]
    assert ledger.forget_release("acme", "a", "image")
    assert not ledger.forget_release("acme", "a", "image")
    assert ledger.released() == {("acme", "a"): {"input_token"}}
