"""The last good snapshot of every provider comes back equal, or is named as lost."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import update

from modelatlas.domain.codec import hash_of, snapshot_bytes
from modelatlas.domain.listing import Listing
from modelatlas.domain.ports import SnapshotStore
from modelatlas.domain.price import Condition, PromptOver, Rule, Unread, Window
from modelatlas.domain.snapshot import Duplicate, Rejected, snapshot
from modelatlas.storage.engine import writing
from modelatlas.storage.snapshots import SqlSnapshots
from modelatlas.storage.tables import provider_snapshots
from tests.builders import NOON, snapshot_of
from tests.storage.stores import Statements, Store

RULE = Rule(
    "input_token",
    "varying",
    when=Condition(
        (Window(1320, 360, "Asia/Shanghai"),), (1, 7), PromptOver(200_000, inclusive=True), "batch"
    ),
    valid_from="2026-11-23T00:00:00Z",
    rank=3,
)
EVERYTHING = snapshot(
    "acme",
    datetime(2026, 11, 23, 1, 2, 3, 456_789, UTC),
    [
        Listing(
            "acme", "a/b:free", name='<b>"é\u202e', aliases=("x", "y"), prices=(RULE,), visibility="account"
        ),
        Listing("acme", "z", context_tokens=10**12),
    ],
    rejected=[Rejected("acme", None, "no_id", "expected at 'id'")],
    duplicates=[Duplicate("acme", "z", "older")],
    unread=[Unread("z", "pricing.overrides", "[]", "conditional price")],
    surprises={"pricing.new": 2, "a": 1},
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
listings = st.builds(
    Listing,
    provider=st.just("any"),
    id=texts,
    name=st.none() | texts,
    context_tokens=st.none() | st.integers(0, 10**12),
    aliases=st.lists(texts, max_size=2).map(tuple),
    prices=st.lists(
        st.builds(
            Rule,
            unit=texts,
            state=st.just("known"),
            amount=st.decimals(allow_nan=False, allow_infinity=False),
            raw=texts,
        ),
        max_size=2,
    ).map(tuple),
)


@pytest.fixture
def kept(store: Store) -> SqlSnapshots:
    return SqlSnapshots(store.engine)


def test_a_snapshot_comes_back_equal(kept: SqlSnapshots) -> None:
    port: SnapshotStore = kept
    port.save(EVERYTHING, b"payload")
    assert port.load() == [EVERYTHING]
    assert kept.payload("acme") == b"payload"
    assert kept.payload("nobody") is None


@given(
    listings=st.lists(listings, max_size=3, unique_by=lambda listing: listing.id),
    at=st.datetimes(timezones=st.just(UTC), min_value=datetime(2000, 1, 1)),  # noqa: DTZ001 - hypothesis asks for it
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_snapshot_comes_back_equal(kept: SqlSnapshots, listings: list[Listing], at: datetime) -> None:
    part = snapshot("any", at, listings)
    kept.save(part, b"")
    assert kept.load() == [part]


def test_a_newer_snapshot_takes_the_place_of_an_older_one(kept: SqlSnapshots) -> None:
    newer = snapshot_of("b", at=NOON + timedelta(hours=1))
    kept.save(snapshot_of("a"), b"one")
    kept.save(snapshot_of("a", provider="other"), b"other")
    kept.save(newer, b"two")
    assert kept.load() == [newer, snapshot_of("a", provider="other")]
    assert kept.payload("acme") == b"two"


def test_the_same_content_again_moves_its_times_only(
    kept: SqlSnapshots, statements: Statements
) -> None:  # F42
    kept.save(EVERYTHING, b"one")
    again = msgspec.structs.replace(EVERYTHING, fetched_at=EVERYTHING.fetched_at + timedelta(hours=1))
    statements.all.clear()
    kept.save(again, b"")
    (written,) = statements.writing
    assert written.split("WHERE")[0].count("=") == 2
    assert kept.load() == [again]
    assert kept.payload("acme") == b"one"


def test_a_new_surprise_is_kept_although_the_digest_is_the_same(kept: SqlSnapshots) -> None:
    kept.save(EVERYTHING, b"one")
    surprised = msgspec.structs.replace(EVERYTHING, surprises={"pricing.newer": 1})
    kept.save(surprised, b"two")
    assert kept.load() == [surprised]
    assert kept.payload("acme") == b"two"


def test_an_older_reading_is_loaded_as_long_as_it_can_be_read(kept: SqlSnapshots) -> None:
    older = msgspec.structs.replace(EVERYTHING, reading=0)
    kept.save(older, b"")
    assert kept.load() == [older]


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ({"snapshot": b"flipped"}, "7 bytes are not those that were written"),
        ({"snapshot": b"flipped", "snapshot_hash": hash_of(b"flipped")}, "not compressed by zstd"),
        ({"listings": 3}, "read 2 of 3 listings"),  # F25
    ],
)
def test_a_damaged_snapshot_is_named_and_harms_no_other(
    store: Store, kept: SqlSnapshots, caplog: pytest.LogCaptureFixture, column: dict[str, Any], reason: str
) -> None:  # F23
    kept.save(EVERYTHING, b"")
    kept.save(snapshot_of("a", provider="other"), b"")
    with writing(store.engine) as connection:
        damage = update(provider_snapshots).where(provider_snapshots.c.provider_slug == "acme").values(column)
        connection.execute(damage)
    with caplog.at_level(logging.WARNING):
        assert kept.load() == [snapshot_of("a", provider="other")]
    assert list(kept.unreadable) == ["acme"]
    assert reason in kept.unreadable["acme"]
    assert "the kept snapshot of acme is left out" in caplog.text
    kept.save(EVERYTHING, b"")
    kept.load()
    assert not kept.unreadable


def test_a_snapshot_of_another_shape_is_left_out(store: Store, kept: SqlSnapshots) -> None:
    kept.save(EVERYTHING, b"")
    odd = snapshot_bytes(msgspec.structs.replace(EVERYTHING, listings=({"provider": 1},)))
    with writing(store.engine) as connection:
        connection.execute(update(provider_snapshots).values(snapshot=odd, snapshot_hash=hash_of(odd)))
    assert kept.load() == []
    assert "not a snapshot that this version can read" in kept.unreadable["acme"]
