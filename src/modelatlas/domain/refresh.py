"""When a provider is asked again, and what a fetch does to what we hold of it: pure decisions."""

from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec import Struct

from modelatlas.domain.outcome import Fetched, Outcome
from modelatlas.domain.snapshot import Snapshot, seen_again

FIRST_WAIT: Final = timedelta(seconds=30)
FEWEST: Final = 20
"""A provider with fewer listings than this may shrink as it likes, though not to nothing."""


class ProviderState(Struct, frozen=True):
    """What is held of one provider: its last good snapshot, and how the last fetch went.

    `failures` counts fetches in a row without a good outcome. `held` is a shrunken snapshot that waits for
    a second sighting or an operator. `kept_in` says where the snapshot came from: `memory` when this
    process fetched it, `redis` when another replica did, `store` when it was loaded at start,
    or another process of the same service fetched it.
    """

    slug: str
    snapshot: Snapshot | None = None
    outcome: Outcome | None = None
    failures: int = 0
    next_try: datetime | None = None
    held: Fetched | None = None
    kept_in: str = "memory"

    def age(self, now: datetime) -> timedelta | None:
        """Return how long ago the provider was last heard, or None if never."""
        return None if self.snapshot is None else now - self.snapshot.fetched_at


def is_due(state: ProviderState, now: datetime, ttl: timedelta) -> bool:
    """Tell whether a provider is to be asked now: its snapshot is stale, and no wait is set."""
    if state.next_try is not None and now < state.next_try:
        return False
    age = state.age(now)
    return age is None or age >= ttl or state.failures > 0


def was_asked(state: ProviderState, since: datetime) -> bool:
    """Tell whether a provider was asked, with whatever outcome, at an instant or later."""
    return state.outcome is not None and state.outcome.at >= since


def is_shrunken(old: Snapshot | None, new: Snapshot) -> bool:
    """Tell whether a list is suspiciously short (F24, F28).

    It is when nothing is left, or less than half of a list of at least `FEWEST`.
    """
    if old is None or not old.listings:
        return False
    return not new.listings or (len(old.listings) >= FEWEST and len(new.listings) * 2 < len(old.listings))


def is_second_sighting(held: Fetched | None, new: Snapshot) -> bool:
    """Tell whether a shrunken list was seen before: nine tenths of what is held, or more."""
    before = None if held is None else held.snapshot
    return before is not None and len(new.listings) * 10 >= len(before.listings) * 9


def after(state: ProviderState, fetched: Fetched, ttl: timedelta, jitter: float) -> ProviderState:
    """Return what is held after a fetch; `jitter` in [0, 1) spreads the next try.

    Only good outcomes move the clock; whatever else happens the last good snapshot stays (F24, F31).
    """
    fetched = taken(state.snapshot, fetched)
    outcome, new = fetched.outcome, fetched.snapshot
    if new is not None and is_shrunken(state.snapshot, new) and not is_second_sighting(state.held, new):
        return _failed(state, _shrunken(outcome, state.snapshot, new), ttl, jitter, held=fetched)
    if outcome.good:
        snapshot = _heard(state.snapshot, new, outcome.at)
        told = _unchanged(outcome) if _same(state.snapshot, new) else outcome
        wait = ttl * (1 + jitter / 10)
        return ProviderState(state.slug, snapshot, told, 0, outcome.at + wait)
    return _failed(state, outcome, ttl, jitter, held=state.held)


def taken(old: Snapshot | None, fetched: Fetched) -> Fetched:
    """Return a fetch as it counts: one whose prices are late takes no price away that is known."""
    new = fetched.snapshot
    if fetched.late is None or old is None or new is None:
        return fetched
    known = {each.id: {rule.unit for rule in each.prices} for each in old.listings}
    loses = any(known.get(each.id, set()) - {rule.unit for rule in each.prices} for each in new.listings)
    return Fetched(fetched.late) if loses else fetched


def released(state: ProviderState) -> ProviderState:
    """Return what is held once an operator lets the shrunken snapshot through."""
    if state.held is None:
        return state
    return msgspec.structs.replace(state, snapshot=state.held.snapshot, held=None, failures=0, next_try=None)


def wait_after(failures: int, retry_after: float | None, ttl: timedelta, jitter: float) -> timedelta:
    """Return how long to wait after failures in a row: doubling from 30 s up to the time to live, jittered.

    A provider's own wish (`retry_after` seconds) is honoured up to a day.
    """
    doubled = FIRST_WAIT * (1 << min(failures - 1, 20))
    wait = min(doubled, ttl) * (0.8 + 0.4 * jitter)
    wished = timedelta(seconds=min(retry_after or 0.0, 86_400.0))
    return max(wait, wished)


def _failed(
    state: ProviderState, outcome: Outcome, ttl: timedelta, jitter: float, *, held: Fetched | None
) -> ProviderState:
    failures = state.failures + 1
    wait = wait_after(failures, outcome.retry_after, ttl, jitter)
    return msgspec.structs.replace(
        state, outcome=outcome, failures=failures, next_try=outcome.at + wait, held=held
    )


def _heard(old: Snapshot | None, new: Snapshot | None, at: datetime) -> Snapshot | None:
    if new is not None:
        return seen_again(old, new)
    return None if old is None else msgspec.structs.replace(old, fetched_at=at)


def _same(old: Snapshot | None, new: Snapshot | None) -> bool:
    return old is not None and new is not None and old.digest == new.digest


def _unchanged(outcome: Outcome) -> Outcome:
    detail = "; ".join(filter(None, ("the provider says the same as before", outcome.detail)))
    return msgspec.structs.replace(outcome, kind="unchanged", detail=detail)


def _shrunken(outcome: Outcome, old: Snapshot | None, new: Snapshot) -> Outcome:
    before = 0 if old is None else len(old.listings)
    detail = (
        f"{len(new.listings)} listings after {before}: held until seen again; "
        f"release it with POST /admin/holds/{outcome.provider}/release"
    )
    return msgspec.structs.replace(outcome, kind="suspicious_shrink", detail=detail)
