"""What a fetch does to what is held: only good outcomes move the clock, and shrinking lists are held back."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelatlas.domain.outcome import GOOD, KINDS, Kind
from modelatlas.domain.refresh import FIRST_WAIT, ProviderState, after, is_due, released, wait_after
from tests.builders import NOON, fetched

HOUR = timedelta(hours=1)
MANY = tuple(f"m{number}" for number in range(40))
GOOD_STATE = after(ProviderState("acme"), fetched("acme", "ok", *MANY), HOUR, 0.5)


def test_a_good_fetch_is_published_and_rests_for_the_time_to_live() -> None:
    assert GOOD_STATE.snapshot is not None
    assert len(GOOD_STATE.snapshot.listings) == 40
    assert not is_due(GOOD_STATE, NOON + timedelta(minutes=59), HOUR)
    assert is_due(GOOD_STATE, NOON + timedelta(minutes=67), HOUR)


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - GOOD))
def test_a_failure_keeps_the_last_good_snapshot_and_its_age(kind: Kind) -> None:
    """F24, F31."""
    later = NOON + timedelta(hours=5)
    state = after(GOOD_STATE, fetched("acme", kind, at=later), HOUR, 0.5)
    assert state.snapshot == GOOD_STATE.snapshot
    assert state.age(later) == timedelta(hours=5)
    assert state.failures == 1
    assert state.next_try is not None
    assert later < state.next_try <= later + HOUR


def test_an_empty_list_does_not_empty_a_provider() -> None:
    """F24: a blip emptied a provider for an hour."""
    state = after(GOOD_STATE, fetched("acme", "ok", at=NOON + HOUR), HOUR, 0.5)
    assert state.snapshot == GOOD_STATE.snapshot
    assert state.outcome is not None
    assert state.outcome.kind == "suspicious_shrink"


@pytest.mark.parametrize(
    ("before", "now", "held"), [(3, 0, True), (3, 1, False), (19, 1, False), (20, 9, True)]
)
def test_short_lists_may_shrink_though_not_to_nothing(before: int, now: int, held: bool) -> None:
    """F24."""
    state = after(ProviderState("acme"), fetched("acme", "ok", *MANY[:before]), HOUR, 0.5)
    state = after(state, fetched("acme", "ok", *MANY[:now], at=NOON + HOUR), HOUR, 0.5)
    assert (state.held is not None) is held


def test_a_shrunken_list_is_published_at_its_second_sighting_or_by_an_operator() -> None:
    held = after(GOOD_STATE, fetched("acme", "ok", "m1", "m2", at=NOON + HOUR), HOUR, 0.5)
    again = after(held, fetched("acme", "ok", "m1", "m2", at=NOON + 2 * HOUR), HOUR, 0.5)
    for state in (again, released(held)):
        assert state.snapshot is not None
        assert [each.id for each in state.snapshot.listings] == ["m1", "m2"]
        assert state.held is None
    assert released(GOOD_STATE) == GOOD_STATE


def test_the_same_content_is_unchanged_and_keeps_since_when_it_is_known() -> None:
    again = after(GOOD_STATE, fetched("acme", "ok", *MANY, at=NOON + HOUR), HOUR, 0.5)
    assert again.outcome is not None
    assert again.outcome.kind == "unchanged"
    assert again.snapshot is not None
    assert (again.snapshot.fetched_at, again.snapshot.content_since) == (NOON + HOUR, NOON)
    not_modified = after(again, fetched("acme", "unchanged", at=NOON + 2 * HOUR), HOUR, 0.5)
    assert not_modified.age(NOON + 2 * HOUR) == timedelta(0)


@given(st.integers(1, 100), st.floats(0, 1, exclude_max=True))
def test_waits_grow_and_stay_bounded(failures: int, jitter: float) -> None:
    """The backoff escalates, and no wait is longer than 1.2 times to live unless the provider asks for it."""
    wait = wait_after(failures, None, HOUR, jitter)
    assert FIRST_WAIT * 0.79 <= wait <= HOUR * 1.2
    assert wait_after(failures + 3, None, HOUR, 0.5) >= wait_after(failures, None, HOUR, 0.5)
    assert wait_after(failures, 10_000.0, HOUR, jitter) >= timedelta(seconds=10_000)
    assert wait_after(failures, 1e12, HOUR, jitter) <= timedelta(days=1, hours=2)
