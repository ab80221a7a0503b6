"""Leases of the processes that run syncs: how long they hold, and which runs nobody has in hand any more."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from modelatlas.domain.ledger import Run

LEASE: Final = timedelta(seconds=30)
"""A process that did not renew its lease for so long is dead: its runs are taken over."""
BEAT: Final = 10.0
"""Seconds between two renewals."""
_TO_BEGIN: Final = timedelta(minutes=1)
"""A run is logged first and begun then; what was not begun after this never will be."""

ABANDONED: Final = "the process that had it in hand ended, and nobody can take it over: sync again"


def is_stuck(run: Run, begun: Collection[str], alive: Collection[str], me: str, now: datetime) -> bool:
    """Tell whether a running run has nobody who will end it (F45).

    `begun` are the workflows that will still be carried on, `alive` the executors with a lease. Another
    living process may have begun it where we cannot see it; our own ones we see.
    """
    if run.workflow in begun:
        return False
    if run.executor == me:
        return now - run.started_at >= _TO_BEGIN
    return run.executor not in alive
