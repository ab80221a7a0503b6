"""Runs and plans for a reader."""

from datetime import timedelta

from modelatlas.domain.ledger import Run, StoredListing, StoredProvider
from modelatlas.domain.plan import Policy, plan
from modelatlas.domain.snapshot import snapshot
from modelatlas.views.providers import About
from modelatlas.views.runs import PlanView, RunView, SyncedProvider, overdue
from tests.builders import NOON, listing

HOURS = timedelta(hours=6)


def run(provider: str, id_: int = 1, *, ended_ago: timedelta | None = timedelta(0), ok: bool = True) -> Run:
    ended = None if ended_ago is None else NOON - ended_ago
    started = (ended or NOON) - timedelta(seconds=2)
    return Run(id_, provider, started, "success" if ok else "failed", ended)


def test_a_run_tells_how_long_it_took_and_where_it_is() -> None:
    assert (RunView.of(run("acme", 7)).seconds, RunView.of(run("acme", 7)).url) == (
        2.0, "/admin/model-sync/runs/7",
    )  # fmt: skip
    assert RunView.of(run("acme", ended_ago=None)).seconds is None


def test_no_successful_run_for_two_intervals_is_told() -> None:
    """F52: a job that does not run reports its absence."""
    runs = [
        run("fresh", ended_ago=HOURS),
        run("late", ended_ago=2 * HOURS + timedelta(seconds=1)),
        run("failing", ok=False),
    ]
    assert overdue(["fresh", "late", "failing", "never"], runs, HOURS, NOON) == ["failing", "late", "never"]


def test_the_last_run_and_the_last_success_are_two_things() -> None:
    shown = SyncedProvider.of(About(slug="acme", name="Acme"), [run("acme", 2, ok=False), run("acme", 1)])
    assert shown.last_run is not None
    assert shown.last_success is not None
    assert (shown.last_run.id, shown.last_success.id) == (2, 1)


def test_a_plan_names_what_it_would_write() -> None:
    part = snapshot("zeta", NOON, [listing("new", "zeta"), listing("free", "zeta", prices=())])
    rows = {"old": StoredListing("old", b"", is_active=True)}
    shown = PlanView.of(plan(part, StoredProvider("zeta", rows), Policy("gateway")))
    assert (shown.inserted.ids, shown.missed.ids, shown.excluded.ids) == (("new",), ("old",), ("free",))
    assert (shown.excluded_by_reason, shown.rows_written, shown.fetched) == ({"no_price": 1}, 3, 2)
