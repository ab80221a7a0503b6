"""Whose word changed: what a reference says anew is no price change of the provider."""

from datetime import timedelta

from msgspec.structs import replace

from modelatlas.domain.changes import Change, ChangeQuery
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule, usd
from modelatlas.domain.snapshot import Snapshot, snapshot
from modelatlas.storage.history import SqlHistory
from tests.builders import NOON
from tests.storage.stores import Store

HOUR = timedelta(hours=1)


def by(source: str, amount: str) -> Rule:
    return replace(usd("input_token", amount), source=source)


def heard(after: int, *rules: Rule) -> Snapshot:
    return snapshot("acme", NOON + after * HOUR, [Listing("acme", "a", prices=rules)])


def changes(store: Store) -> list[Change]:
    return list(SqlHistory(store.engine).changes(ChangeQuery()).changes)


def test_another_version_of_a_reference_that_says_the_same_is_no_change(store: Store) -> None:
    store.sync(heard(0, by("reference:few@1", "0.000001")))
    store.sync(heard(1, by("reference:few@2", "0.000001")))
    assert [change.kind for change in changes(store)] == ["new"]


def test_what_a_reference_says_anew_is_a_change_of_the_reference(store: Store) -> None:
    store.sync(heard(0, by("reference:few@1", "0.000001")))
    store.sync(heard(1, by("reference:few@2", "0.000002")))
    change, _ = changes(store)
    assert (change.kind, change.cause, change.price and change.price.ratio) == ("repriced", "reference", "2")


def test_what_a_provider_says_anew_is_a_change_of_the_provider(store: Store) -> None:
    store.sync(heard(0, by("provider", "0.000001")))
    store.sync(heard(1, by("provider", "0.000002")))
    change, _ = changes(store)
    assert (change.kind, change.cause) == ("repriced", "provider")


def test_a_curated_and_a_borrowed_price_say_so(store: Store) -> None:
    store.sync(heard(0, by("curated:acme@2026-10-01", "0.000001")))
    store.sync(heard(1, by("curated:acme@2026-11-01", "0.000003")))
    store.sync(heard(2, by("borrowed:lab/b", "0.000003")))
    causes = {(change.kind, change.cause) for change in changes(store)}
    assert causes == {
        ("new", "provider"),
        ("repriced", "curated"),
        ("became_unknown", "curated"),
        ("became_known", "borrowed"),
    }
