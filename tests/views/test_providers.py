"""A provider's row says what is held and how the last fetch went, without ever calling unknown zero."""

from datetime import timedelta

import msgspec

from modelatlas.domain.outcome import Outcome
from modelatlas.domain.price import Unread
from modelatlas.domain.refresh import ProviderState, after
from modelatlas.domain.snapshot import Duplicate, Rejected, snapshot
from modelatlas.views.providers import About, KeyView, provider_view
from tests.builders import NOON, fetched, listing, snapshot_of

ABOUT = About(
    slug="acme", name="Acme", kind="host", key=KeyView(("ACME_API_KEY",), needed=True, is_set=False)
)
HOUR = timedelta(hours=1)


def test_a_provider_never_heard_has_no_age_and_no_share() -> None:
    row = provider_view(ABOUT, ProviderState("acme"), None, 0, NOON)
    assert (row.age_seconds, row.heard_at, row.origin, row.priced_share, row.outcome) == (None,) * 5
    assert (row.listings, row.live, row.stored, row.kept_in) == (0, 0, 0, None)


def test_the_counts_add_up() -> None:
    part = snapshot(
        "acme",
        NOON,
        [listing("a"), listing("b", prices=())],
        rejected=[Rejected("acme", None, "no_id"), Rejected("acme", "x", "not_served")],
        duplicates=[Duplicate("acme", "a")],
        unread=[Unread("a", "p", "1", "conditional price")],
        surprises={"new.path": 2},
    )
    row = provider_view(ABOUT, ProviderState("acme", part), part, 1, NOON + timedelta(seconds=90))
    assert row.entries == row.listings + sum(row.rejected.values()) + row.duplicates == 5
    assert (row.rejected, row.unread, row.surprises) == ({"no_id": 1, "not_served": 1}, 1, 1)
    assert (row.priced_share, row.age_seconds, row.live, row.stored) == (0.5, 90, 2, 1)


def test_a_reference_is_not_live_and_has_no_age_of_the_provider() -> None:
    part = msgspec.structs.replace(snapshot_of("a"), origin="reference")
    row = provider_view(ABOUT, ProviderState("acme"), part, 0, NOON + HOUR)
    assert (row.listings, row.live, row.age_seconds, row.origin, row.kept_in) == (
        1,
        0,
        None,
        "reference",
        None,
    )


def test_a_failed_fetch_keeps_the_list_and_tells_its_age() -> None:
    """F24: the outcome and the age are shown, the count is that of the last good list."""
    good = after(ProviderState("acme"), fetched("acme", "ok", "a", "b"), HOUR, 0.0)
    later = NOON + HOUR
    state = after(good, fetched("acme", "timeout", at=later, detail="no answer in 30 s"), HOUR, 0.0)
    row = provider_view(ABOUT, state, state.snapshot, 2, later)
    assert row.outcome is not None
    assert (row.outcome.kind, row.outcome.detail, row.failures) == ("timeout", "no answer in 30 s", 1)
    assert (row.listings, row.age_seconds, row.next_try) == (2, 3600, state.next_try)


def test_a_held_list_is_told() -> None:
    many = after(ProviderState("acme"), fetched("acme", "ok", *map(str, range(40))), HOUR, 0.0)
    state = after(many, fetched("acme", "ok", "1", "2"), HOUR, 0.0)
    row = provider_view(ABOUT, state, state.snapshot, 0, NOON)
    assert row.held is not None
    assert (row.held.listings, row.listings) == (2, 40)


def test_the_row_of_an_outcome_says_what_its_kind_means() -> None:
    state = ProviderState("acme", outcome=Outcome("acme", "not_configured", NOON, "set ACME_API_KEY"))
    row = provider_view(ABOUT, state, None, 0, NOON)
    assert row.outcome is not None
    assert "key" in row.outcome.meaning
