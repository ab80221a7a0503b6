"""A snapshot's digest says what is in it, not when or in which order."""

import random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from modelatlas.domain.catalog import catalog, with_references
from modelatlas.domain.price import Unread, usd
from modelatlas.domain.snapshot import Rejected, Snapshot, seen_again, shared, snapshot
from tests.builders import NOON, FakeClock, listing, snapshot_of

IDS = st.lists(st.text("abc/-", min_size=1, max_size=6), unique=True, max_size=8)


@given(IDS, st.randoms(use_true_random=False))
def test_order_does_not_matter(ids: list[str], rng: random.Random) -> None:
    listings = [listing(id_) for id_ in ids]
    shuffled = rng.sample(listings, len(listings))
    assert snapshot("acme", NOON, shuffled) == snapshot("acme", NOON, listings)


def test_every_part_of_the_content_changes_the_digest() -> None:
    base = snapshot_of("a", "b")
    others = [
        snapshot_of("a"),
        snapshot_of("a", "b", name="Other"),
        snapshot_of("a", "b", prices=(usd("input_token", "0.1"),)),
        snapshot("acme", NOON, base.listings, rejected=[Rejected("acme", None, "no_id")]),
        snapshot("acme", NOON, base.listings, unread=[Unread("a", "pricing.x", "1", "conditional price")]),
    ]
    assert len({part.digest for part in [base, *others]}) == 6


def test_an_amount_written_otherwise_changes_the_digest() -> None:
    """F6: equal amounts in other words are another content; so the quote is never lost."""
    written = [
        snapshot_of("a", "b", prices=(usd("input_token", amount, raw=""),)) for amount in ("0.1", "0.10")
    ]
    assert written[0].listings == written[1].listings
    assert written[0].digest != written[1].digest


@given(st.data())
def test_no_two_contents_have_one_digest(data: st.DataObject) -> None:
    """What listings say alike is said once in the digest, and it still tells them apart."""
    said = st.sampled_from([None, "a", "b"])
    contents = [
        tuple(
            listing(id_, name=data.draw(said), repository=data.draw(said), aliases=data.draw(words))
            for id_ in ids
        )
        for ids in (("a",), ("b",), ("a", "b"), ("a", "b"))
        for words in (st.sampled_from([(), ("a",)]),)
    ]
    digests = {snapshot("acme", NOON, each).digest for each in contents}
    assert len(digests) == len(set(contents))


def test_the_same_content_seen_again_keeps_its_first_date_and_its_digest() -> None:
    clock = FakeClock()
    first = snapshot_of("a")
    clock.pass_(hours=3)
    again = seen_again(first, snapshot_of("a", at=clock.now()))
    other = seen_again(first, snapshot_of("b", at=clock.now()))
    assert (again.digest, again.content_since, again.fetched_at) == (first.digest, NOON, clock.now())
    assert other.content_since == clock.now()


def test_what_says_the_same_is_kept_once() -> None:
    clock = FakeClock()
    first = snapshot_of("a", "b")
    clock.pass_(hours=3)
    for again in (
        seen_again(first, snapshot_of("a", "b", at=clock.now())),
        shared(snapshot_of("a", "b"), first),
    ):
        assert again.listings is first.listings
    assert shared(snapshot_of("a", "b", at=clock.now()), first).content_since == clock.now()


def test_what_differs_or_was_read_otherwise_shares_nothing() -> None:
    first = snapshot_of("a", prices=(usd("input_token", "0.5", raw=""),))
    rewritten = snapshot_of("a", prices=(usd("input_token", "0.50", raw=""),))
    older = msgspec.structs.replace(snapshot_of("a"), reading=1)
    assert shared(rewritten, first) is rewritten
    assert shared(snapshot_of("a"), older).listings is not older.listings
    assert shared(first, None) is first


def test_a_snapshot_survives_encoding() -> None:
    part = snapshot_of("a", "b")
    packed = msgspec.msgpack.encode(part)
    assert msgspec.msgpack.decode(packed, type=Snapshot) == part


def test_equal_content_has_an_equal_catalog_id_whatever_its_time_and_order() -> None:
    clock = FakeClock()
    clock.pass_(days=2)
    first = catalog([snapshot_of("a", provider="x"), snapshot_of("b", provider="y")])
    again = catalog([snapshot_of("b", provider="y", at=clock.now()), snapshot_of("a", provider="x")])
    assert first.id == again.id
    assert first.id != catalog([snapshot_of("a", provider="x")]).id
    assert first.id != catalog(first.snapshots.values(), settings="database").id


def test_a_reference_stands_in_only_for_a_provider_without_its_own_snapshot() -> None:
    own = snapshot_of("a", provider="x")
    parts = [snapshot("x", NOON, [listing("r", "x")], origin="reference"),
             snapshot("z", NOON, [listing("r", "z")], origin="reference")]  # fmt: skip
    whole = with_references([own], parts)
    assert [each.id for each in whole.listings()] == ["a", "r"]
    assert list(whole.live) == ["x"]
    assert whole.count() == 2
