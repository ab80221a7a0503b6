"""Who is due for a sync, and how often to look: decisions on values."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

from modelatlas.domain.ledger import Run
from modelatlas.domain.refresh import ProviderState

FIRST_WAIT: Final = timedelta(minutes=1)
"""After the first attempt that failed; it doubles with each further one, up to the interval."""
_LOOKS: Final = (60, 30, 20, 15, 12, 10, 6, 5)
"""Seconds between two looks; each divides a minute, as the schedule's notation wants."""
_LOOKS_PER_INTERVAL: Final = 10


def is_due(
    runs: Sequence[Run], interval: timedelta, now: datetime, *, heard: bool = False, waiting: bool = False
) -> bool:
    """Tell whether a provider is to be synced now; `runs` are its newest ones, newest first.

    It is when its last success is an interval ago, or never was. After attempts that failed it is tried
    again after a wait that doubles; after one that was skipped, once per interval. `heard` says that the
    provider has just answered, which ends every wait; `waiting` that its next fetch has to wait (it asked
    for that, or failed), which leaves one attempt per interval.
    """
    if runs and runs[0].status == "running":
        return False
    last = next((run for run in runs if run.status == "success"), None)
    if last is not None and last.completed_at is not None and now - last.completed_at < interval:
        return False
    failed = list(takewhile(lambda run: run.status != "success", runs))
    if heard or not failed or failed[0].completed_at is None:
        return True
    doubled = FIRST_WAIT * (1 << min(len(failed) - 1, 20))
    wait = interval if waiting or failed[0].status == "skipped" else min(doubled, interval)
    return now - failed[0].completed_at >= wait


def is_waiting(state: ProviderState | None, now: datetime) -> bool:
    """Tell whether the next fetch of a provider has to wait after one that failed."""
    return state is not None and state.failures > 0 and state.next_try is not None and now < state.next_try


def look_every(interval: timedelta) -> int:
    """Return the seconds between two looks at who is due: ten or more in an interval, where it is not tiny.

    >>> look_every(timedelta(hours=6)), look_every(timedelta(minutes=2)), look_every(timedelta(seconds=36))
    (60, 12, 5)
    """
    most = interval.total_seconds() / _LOOKS_PER_INTERVAL
    return next((seconds for seconds in _LOOKS if seconds <= most), _LOOKS[-1])


def workflow_of(store: str, slug: str, runs: Sequence[Run]) -> str:
    """Name the durable run that follows a provider's newest run, alike in every process that looks.

    `store` tells a store from another that stood in its place before.
    """
    newest = max((run.id for run in runs), default=0)
    return f"sync-{slug}-after-{newest}-in-{store}"
