"""The log of runs: one row for each attempt to write a provider's snapshot."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, get_args

from sqlalchemy import (
    CTE,
    Connection,
    Row,
    ScalarSelect,
    Select,
    Text,
    and_,
    bindparam,
    func,
    insert,
    literal,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.sql import ColumnElement

from modelatlas.domain.errors import Unavailable
from modelatlas.domain.ledger import Run, RunStatus
from modelatlas.domain.plan import Plan
from modelatlas.storage.bulk import rows_in
from modelatlas.storage.tables import pricing_sync_log

_LONGEST_ERROR: Final = 2_000
_log: Final = pricing_sync_log.c
_RUN: Final = (
    _log.id,
    _log.provider_slug,
    _log.sync_started_at,
    _log.status,
    _log.sync_completed_at,
    _log.models_fetched,
    _log.models_inserted,
    _log.models_updated,
    _log.models_unchanged,
    _log.models_skipped,
    _log.models_deactivated,
    _log.prices_changed,
    _log.error_message,
    _log.snapshot_at,
    _log.snapshot_digest,
    _log.workflow_id,
    _log.executor_id,
)
"""The columns of a `Run`, in the order of its members."""


def start(
    connection: Connection, provider: str, at: datetime, workflow: str | None, executor: str | None
) -> Run:
    """Log a run as running, and after which success it comes.

    The run that its workflow has already is returned as it stands; so is the provider's running run.
    """
    there = _log.workflow_id == workflow, and_(_log.provider_slug == provider, _log.status == "running")
    for which in there if workflow is not None else there[1:]:
        found = connection.execute(select(*_RUN).where(which)).one_or_none()
        if found is not None:
            return _run(found)
    before = last_success(connection, provider)
    row = connection.execute(
        insert(pricing_sync_log)
        .values(
            provider_slug=provider,
            sync_started_at=at,
            status="running",
            after_run_id=None if before is None else before.id,
            workflow_id=workflow,
            executor_id=executor,
        )
        .returning(*_RUN)
    ).one()
    return _run(row)


def take(connection: Connection, run: Run, executor: str) -> Run:
    """Note who has a running run in hand; return the run as it stands."""
    connection.execute(
        update(pricing_sync_log)
        .where(_log.id == run.id, _log.status == "running", _log.executor_id.is_distinct_from(executor))
        .values(executor_id=executor)
    )
    return one(connection, run.id) or run


def admit(connection: Connection, run: Run, plan: Plan, at: datetime) -> None:
    """Make sure that a run may write its plan: what the plan was compared with is still what is stored.

    Raises `Unavailable` when the run was ended by somebody else, when another run has written since this
    one was started, or when the store holds a list that was fetched later (F44).
    """
    statement = select(_log.status, _log.after_run_id).where(_log.id == run.id)
    status, after = connection.execute(statement).one()
    if status != "running":
        raise Unavailable(f"run {run.id} of {run.provider} was ended as {status} meanwhile: sync again")
    last = last_success(connection, run.provider)
    if last is None:
        return
    if last.id != after:
        raise Unavailable(f"run {last.id} of {run.provider} has written since run {run.id} began: sync again")
    fetched = plan.snapshot.fetched_at
    if last.snapshot_at is not None and fetched < last.snapshot_at <= at:
        raise Unavailable(
            f"the list of {run.provider} was fetched at {fetched.isoformat()}, but run {last.id} wrote that "
            f"of {last.snapshot_at.isoformat()}: fetch it again"
        )


def succeed(connection: Connection, run: Run, plan: Plan, prices_changed: int, at: datetime) -> Run:
    """Log that a run has written its plan."""
    counts = {
        "models_fetched": len(plan.snapshot.listings),
        "models_inserted": len(plan.inserted),
        "models_updated": len(plan.updated),
        "models_unchanged": plan.unchanged,
        "models_skipped": len(plan.exclusions),
        "models_deactivated": len(plan.deactivated),
        "prices_changed": prices_changed,
        "snapshot_at": plan.snapshot.fetched_at,
        "snapshot_digest": plan.snapshot.heard_digest,
    }
    (row,) = _end(connection, "success", at, counts, _log.id == run.id)
    return row


def end(connection: Connection, run: Run, status: RunStatus, at: datetime, error: str | None) -> Run:
    """Log the end of a run that wrote nothing; one that has ended already stays as it is."""
    ended = _end(connection, status, at, {"error_message": _short(error)}, _log.id == run.id)
    return ended[0] if ended else one(connection, run.id) or run


def one(connection: Connection, run_id: int) -> Run | None:
    """Return one run, or None."""
    row = connection.execute(select(*_RUN).where(_log.id == run_id)).one_or_none()
    return None if row is None else _run(row)


def these(connection: Connection, run_ids: Collection[int]) -> list[Run]:
    """Return those of these runs that there are, in the order in which they are asked for."""
    found = {run.id: run for run in map(_run, connection.execute(select(*_RUN).where(_log.id.in_(run_ids))))}
    return [found[run_id] for run_id in run_ids if run_id in found]


def newest(connection: Connection, provider: str | None, limit: int) -> list[Run]:
    """Return the newest runs first."""
    statement = select(*_RUN).order_by(_log.id.desc()).limit(limit)
    if provider is not None:
        statement = statement.where(_log.provider_slug == provider)
    return [_run(row) for row in connection.execute(statement)]


def running(connection: Connection) -> list[Run]:
    """Return the runs that are running, oldest first."""
    statement = select(*_RUN).where(_log.status == "running").order_by(_log.id)
    return [_run(row) for row in connection.execute(statement)]


def last_success(connection: Connection, provider: str) -> Run | None:
    """Return a provider's last successful run."""
    row = connection.execute(_LAST_SUCCESS, {"provider": provider}).one_or_none()
    return None if row is None else _run(row)


def newest_success(provider: ColumnElement[str]) -> ScalarSelect[Any]:
    """Return the number of a provider's last successful run: one seek, however long the log is."""
    return _newest(provider, "success")


def last_of_each(
    connection: Connection, providers: Collection[str] | None
) -> tuple[dict[str, Run], dict[str, Run]]:
    """Return each provider's last successful run, and its newest run of any status."""
    if providers is None:
        ids = connection.scalars(_NEWEST)
    else:
        ids = connection.scalars(_NEWEST_OF, {"providers": list(providers)})
    found = sorted(number for number in ids if number is not None)
    attempts = [_run(row) for row in rows_in(connection, _RUNS, _log.id, found)]
    successes = {run.provider: run for run in attempts if run.status == "success"}
    return successes, {run.provider: run for run in attempts}


def _newest(provider: ColumnElement[str], status: str | ColumnElement[str]) -> ScalarSelect[Any]:
    """Return the newest run of a provider and a status.

    Asked for the highest number of one provider, PostgreSQL may go back through the runs of all, expecting to
    meet one soon. In the order of provider and number it has one way, which is the index.
    """
    runs = pricing_sync_log.alias()
    theirs = runs.c.provider_slug.between(provider, provider), runs.c.status == status
    newest_first = runs.c.provider_slug.desc(), runs.c.id.desc()
    return select(runs.c.id).where(*theirs).order_by(*newest_first).limit(1).scalar_subquery()


def _slugs() -> CTE:
    """Go from each provider in the log to the next one, by one seek each."""
    slugs = select(func.min(_log.provider_slug).label("slug")).cte("slugs", recursive=True)
    later = pricing_sync_log.alias()
    following = select(func.min(later.c.provider_slug)).where(later.c.provider_slug > slugs.c.slug)
    return slugs.union_all(select(following.scalar_subquery()).where(slugs.c.slug.is_not(None)))


def _newest_of_each() -> tuple[Select[Any], Select[Any]]:
    """Return the numbers of the newest run of each provider and status: of all providers, and of some."""
    slugs = _slugs()
    each = union_all(*(select(literal(status).label("status")) for status in get_args(RunStatus))).subquery()
    ids = select(_newest(slugs.c.slug, each.c.status)).select_from(slugs.join(each, true()))
    return ids, ids.where(slugs.c.slug.in_(bindparam("providers", expanding=True)))


_RUNS: Final = select(*_RUN).order_by(_log.id)
_LAST_SUCCESS: Final = select(*_RUN).where(_log.id == newest_success(bindparam("provider", type_=Text)))
_NEWEST, _NEWEST_OF = _newest_of_each()


def _end(
    connection: Connection,
    status: RunStatus,
    at: datetime,
    values: dict[str, Any],
    *which: ColumnElement[bool],
) -> list[Run]:
    statement = (
        update(pricing_sync_log)
        .where(_log.status == "running", *which)
        .values(status=status, sync_completed_at=at, **values)
        .returning(*_RUN)
    )
    return [_run(row) for row in connection.execute(statement)]


def _run(row: Row[*tuple[Any, ...]]) -> Run:
    return Run(*row)


def _short(error: str | None) -> str | None:
    return None if error is None else error[:_LONGEST_ERROR]
