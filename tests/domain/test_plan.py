"""A plan says what a sync would write, and nothing else does."""

from typing import Any

import msgspec
import pytest

from modelatlas.domain.ledger import StoredListing, StoredProvider
from modelatlas.domain.plan import Exclusion, Plan, Policy, plan
from modelatlas.domain.snapshot import Snapshot, listing_digest
from tests.builders import listing, snapshot_of

HOST, GATEWAY = Policy("host"), Policy("gateway")


def stored(*ids: str, missed: int = 0, active: bool = True, **more: Any) -> StoredProvider:
    rows = {id_: StoredListing(id_, listing_digest(listing(id_)), active, missed) for id_ in ids}
    return StoredProvider("acme", rows, **more)


def ids(writes: tuple[object, ...]) -> list[str]:
    return [write.listing.id for write in writes]  # type: ignore[attr-defined]


def test_new_changed_and_equal_listings_are_told_apart_by_digest() -> None:
    """F42: what did not change is not written."""
    part = snapshot_of("a", "b")
    changed = msgspec.structs.replace(
        part, listings=(listing("a", name="New"), *part.listings[1:], listing("c"))
    )
    made = plan(changed, stored("a", "b"), HOST)
    assert (ids(made.inserted), ids(made.updated), made.unchanged) == (["c"], ["a"], 1)
    assert made.rows_written == 2


def test_the_same_snapshot_again_writes_nothing() -> None:
    made = plan(snapshot_of("a", "b"), stored("a", "b"), HOST)
    assert (made.rows_written, made.unchanged) == (0, 2)


@pytest.mark.parametrize(
    ("policy", "more", "reason"),
    [
        (GATEWAY, {"prices": ()}, "no_price"),
        (HOST, {"prices": ()}, None),
        (Policy("lab"), {"prices": ()}, None),
        (HOST, {"status": "inactive"}, "inactive_upstream"),
        (GATEWAY, {}, None),
        (GATEWAY, {"status": "deprecated"}, None),
    ],
)
def test_who_is_left_out_and_why(policy: Policy, more: dict[str, Any], reason: str | None) -> None:
    """F19: hosts and labs keep listings without a price; a gateway's are left out with the reason."""
    made = plan(snapshot_of("a", **more), stored(), policy)
    assert made.exclusions == (() if reason is None else (Exclusion("a", reason),))  # type: ignore[arg-type]
    assert ids(made.inserted) == ([] if reason else ["a"])


def test_a_listing_that_is_left_out_now_does_not_stay_active() -> None:
    made = plan(snapshot_of("a", prices=()), stored("a"), GATEWAY)
    assert made.deactivated == ("a",)


@pytest.mark.parametrize(("missed", "stays"), [(0, True), (1, True), (2, True), (3, False)])
def test_a_vanished_listing_stays_for_three_missed_runs(missed: int, stays: bool) -> None:
    """F28."""
    made = plan(snapshot_of("b"), stored("a", missed=missed), HOST)
    assert made.missed == ((("a", missed + 1),) if stays else ())
    assert made.deactivated == (() if stays else ("a",))


def test_a_listing_that_comes_back_is_the_same_row_made_active() -> None:
    for row in (stored("a", missed=2), stored("a", active=False)):
        made = plan(snapshot_of("a"), row, HOST)
        assert (ids(made.updated), made.inserted) == (["a"], ())


def test_of_an_inactive_row_only_the_first_absence_counts() -> None:
    assert plan(snapshot_of("b"), stored("a", active=False), HOST).missed == (("a", 1),)
    assert plan(snapshot_of("b"), stored("a", active=False, missed=1), HOST).rows_written == 1


def test_what_is_left_out_is_observed_all_the_same() -> None:
    unpriced = snapshot_of("a", "b", prices=())
    made = plan(unpriced, stored("a"), GATEWAY)
    assert (ids(made.appeared), ids(made.left_out), made.deactivated) == (["b"], ["a"], ("a",))
    assert (made.inserted, made.updated, made.unchanged, made.rows_written) == ((), (), 0, 2)


def test_an_operators_word_wins_and_lasts() -> None:
    """F29: the next sync undid what an operator had decided."""
    excluded = plan(snapshot_of("a", "b"), stored("a", overrides={"a": "exclude"}), HOST)
    assert excluded.exclusions == (Exclusion("a", "operator_excluded"),)
    assert excluded.deactivated == ("a",)
    kept: Plan = plan(snapshot_of("b"), stored("a", missed=9, overrides={"a": "keep"}), HOST)
    assert (kept.deactivated, kept.missed) == ((), ())
    unpriced: Snapshot = snapshot_of("a", prices=())
    assert ids(plan(unpriced, stored(overrides={"a": "keep"}), GATEWAY).inserted) == ["a"]


def test_a_gateways_listing_whose_price_is_kept_back_is_left_out_for_that() -> None:
    """F17: it has a price, and we do not believe it; that is not the same as having none."""
    part = snapshot_of("a", "b", prices=())
    assert plan(part, stored(), GATEWAY, {"a"}).exclusions == (
        Exclusion("a", "price_quarantined"),
        Exclusion("b", "no_price"),
    )
    assert plan(part, stored(), HOST, {"a"}).exclusions == ()
