"""Syncs for a reader: runs as they were logged, and plans of what a run would write."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Self

from msgspec import Struct

from modelatlas.domain.ledger import Run, RunStatus
from modelatlas.domain.plan import Plan
from modelatlas.views.providers import About

RUNS: Final = "/admin/model-sync/runs"


class RunView(Struct, frozen=True):
    """One logged attempt to write a provider's snapshot; counts are listings, `prices_changed` prices.

    `url` is where to ask for it again. `seconds` is null while it runs. `workflow` is the durable run
    behind it, `executor` the process that has it in hand: host and slot.
    """

    id: int
    provider: str
    status: RunStatus
    started_at: datetime
    completed_at: datetime | None
    seconds: float | None
    fetched: int
    inserted: int
    updated: int
    unchanged: int
    skipped: int
    deactivated: int
    prices_changed: int
    error: str | None
    snapshot_at: datetime | None
    snapshot_digest: str | None
    workflow: str | None
    executor: str | None
    url: str

    @classmethod
    def of(cls, run: Run) -> Self:
        """Show a run."""
        took = None if run.completed_at is None else (run.completed_at - run.started_at).total_seconds()
        return cls(
            run.id, run.provider, run.status, run.started_at, run.completed_at, took, run.fetched,
            run.inserted, run.updated, run.unchanged, run.skipped, run.deactivated, run.prices_changed,
            run.error, run.snapshot_at, run.snapshot_digest, run.workflow, run.executor, f"{RUNS}/{run.id}",
        )  # fmt: skip


class RunsAnswer(Struct, frozen=True):
    """Runs, the newest first; `status_url` is where to see how they go on."""

    runs: list[RunView]
    status_url: str


class SyncedProvider(Struct, frozen=True):
    """One provider as syncs see it: whether it is in PRICING_SYNC_PROVIDERS, and its last runs."""

    slug: str
    name: str
    synced: bool
    retired: str | None
    last_run: RunView | None
    last_success: RunView | None

    @classmethod
    def of(cls, about: About, runs: Iterable[Run]) -> Self:
        """Show a provider with its runs, the newest first."""
        views = [RunView.of(run) for run in runs if run.provider == about.slug]
        return cls(
            about.slug,
            about.name,
            about.synced,
            about.retired,
            next(iter(views), None),
            next((view for view in views if view.status == "success"), None),
        )


class SyncProvidersAnswer(Struct, frozen=True):
    """All declared providers as syncs see them."""

    data: list[SyncedProvider]


class SyncStatusAnswer(Struct, frozen=True):
    """How syncs go: what runs now, what ran last, whose last success is older than two intervals."""

    enabled: bool
    interval_seconds: int
    providers: list[str]
    running: list[RunView]
    last: list[RunView]
    overdue: list[str]


class Ids(Struct, frozen=True):
    """Some listings by their ids."""

    count: int
    ids: tuple[str, ...]


class PlanView(Struct, frozen=True):
    """What a sync of one provider would write; nothing of it has happened.

    `missed` rows stay as they are though the snapshot lacks them; `excluded` are left out, counted by reason.
    `rows_written` counts rows of the table `models`.
    """

    provider: str
    snapshot_at: datetime
    snapshot_digest: str
    fetched: int
    inserted: Ids
    updated: Ids
    unchanged: int
    missed: Ids
    deactivated: Ids
    excluded: Ids
    excluded_by_reason: dict[str, int]
    rows_written: int

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """Show a plan."""
        return cls(
            plan.snapshot.provider,
            plan.snapshot.fetched_at,
            plan.snapshot.digest,
            len(plan.snapshot.listings),
            _ids(*(write.listing.id for write in plan.inserted)),
            _ids(*(write.listing.id for write in plan.updated)),
            plan.unchanged,
            _ids(*(id_ for id_, _ in plan.missed)),
            _ids(*plan.deactivated),
            _ids(*(exclusion.id for exclusion in plan.exclusions)),
            dict(sorted(Counter(exclusion.reason for exclusion in plan.exclusions).items())),
            plan.rows_written,
        )


class Unplanned(Struct, frozen=True):
    """A provider for which no plan could be made, with the reason."""

    provider: str
    detail: str


class PlansAnswer(Struct, frozen=True):
    """The dry run of a sync: the plan of each provider, and those that could not be heard."""

    plans: list[PlanView]
    unplanned: list[Unplanned]


def overdue(synced: Iterable[str], runs: Iterable[Run], interval: timedelta, now: datetime) -> list[str]:
    """Name the synced providers without a successful run for two intervals (F52: absence is reported)."""
    recent = {
        run.provider
        for run in runs
        if run.status == "success" and run.completed_at is not None and now - run.completed_at <= 2 * interval
    }
    return sorted(set(synced) - recent)


def _ids(*ids: str) -> Ids:
    return Ids(len(ids), tuple(ids))
