"""Replay: write lists of the past to the store, as if each had been fetched when it was said."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from modelatlas.domain.errors import CatalogError
from modelatlas.domain.ledger import Run, StoredProvider
from modelatlas.domain.plan import Policy, plan
from modelatlas.domain.ports import Ledger
from modelatlas.domain.snapshot import Snapshot
from modelatlas.flows.sync import Synced


class LaterFacts(CatalogError):
    """The store knows what the provider said later, and facts are only ever appended."""


def replay(ledger: Ledger, about: Synced, lists: Iterable[Snapshot], grace_runs: int) -> Iterator[Run]:
    """Write a provider's lists, the oldest first; each is one run at the time when it was fetched.

    Raises `LaterFacts` for a list that is not after all that is stored of the provider. Whatever is raised
    on the way ends the run under way as failed; the runs before it stay.
    """
    policy = Policy(about.kind, grace_runs)
    for part in lists:
        at = part.fetched_at
        run = ledger.start_run(about.slug, at)
        try:
            stored = ledger.stored([about.slug])[about.slug]
            refuse_earlier(stored, at)
            planned = plan(part, stored, policy)
            ended = ledger.apply(run, planned, name=about.name, kind=about.kind, at=at)
        except BaseException as error:
            ledger.end_run(run, "failed", at, str(error) or type(error).__name__)
            raise
        yield ended


def refuse_earlier(stored: StoredProvider, at: datetime) -> None:
    """Raise `LaterFacts` when the store knows what a provider said at an instant or after it."""
    last = stored.last_success
    if last is not None and last.snapshot_at is not None and last.snapshot_at >= at:
        slug = stored.provider
        raise LaterFacts(
            f"the store knows what {slug} said at {last.snapshot_at.isoformat()}, and {at.isoformat()} is "
            f"not after that: facts are only ever appended; replay newer files, or into a store that "
            f"knows nothing of {slug} (set MODELATLAS_HOME to a new directory)"
        )
