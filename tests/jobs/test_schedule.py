"""Who is due, by the runs there were; and how often somebody looks."""

from datetime import datetime, timedelta

import pytest

from modelatlas.domain.ledger import Run, RunStatus
from modelatlas.domain.outcome import Outcome
from modelatlas.domain.refresh import ProviderState
from modelatlas.jobs.schedule import is_due, is_waiting, look_every, workflow_of
from tests.builders import NOON

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
INTERVAL = 6 * HOUR


def runs(*told: tuple[RunStatus, datetime]) -> list[Run]:
    """Make runs, given newest first, each ended at once."""
    return [
        Run(len(told) - number, "acme", at, status, completed_at=None if status == "running" else at)
        for number, (status, at) in enumerate(told)
    ]


def test_who_was_never_synced_is_due() -> None:
    assert is_due([], INTERVAL, NOON)


@pytest.mark.parametrize(("ago", "due"), [(INTERVAL - MINUTE, False), (INTERVAL, True), (9 * HOUR, True)])
def test_the_interval_counts_from_the_last_success(ago: timedelta, due: bool) -> None:
    assert is_due(runs(("success", NOON - ago)), INTERVAL, NOON) is due
    assert is_due(runs(("success", NOON - ago)), INTERVAL, NOON, heard=True) is due


def test_who_is_being_synced_is_not_due() -> None:
    assert not is_due(runs(("running", NOON - 9 * HOUR)), INTERVAL, NOON, heard=True)


@pytest.mark.parametrize(("failures", "minutes"), [(1, 1), (2, 2), (3, 4), (9, 256), (10, 360), (19, 360)])
def test_after_failures_it_is_tried_again_after_a_wait_that_doubles_up_to_the_interval(
    failures: int, minutes: int
) -> None:
    told = runs(*[("failed", NOON - n * MINUTE) for n in range(failures)], ("success", NOON - 99 * HOUR))
    assert not is_due(told, INTERVAL, NOON + minutes * MINUTE - timedelta(seconds=1))
    assert is_due(told, INTERVAL, NOON + minutes * MINUTE)


@pytest.mark.parametrize("status", ["skipped", "failed"])
def test_who_cannot_be_asked_now_is_tried_once_per_interval_until_it_is_heard(status: RunStatus) -> None:
    told = runs((status, NOON))
    waits = {"waiting": status == "failed"}
    assert not is_due(told, INTERVAL, NOON + INTERVAL - MINUTE, **waits)
    assert is_due(told, INTERVAL, NOON + INTERVAL, **waits)
    assert is_due(told, INTERVAL, NOON + MINUTE, heard=True)


def test_a_provider_waits_while_its_next_fetch_does() -> None:
    failed = ProviderState("acme", None, Outcome("acme", "timeout", NOON), 1, NOON + HOUR)
    assert is_waiting(failed, NOON)
    assert not is_waiting(failed, NOON + HOUR)
    assert not is_waiting(ProviderState("acme", None, None, 0, NOON + HOUR), NOON)
    assert not is_waiting(None, NOON)


@pytest.mark.parametrize("seconds", [36, 60, 90, 120, 299, 600, 6 * 3600])
def test_somebody_looks_at_least_seven_times_an_interval_and_in_step_with_the_minute(seconds: int) -> None:
    every = look_every(timedelta(seconds=seconds))
    assert 60 % every == 0
    assert every * 7 <= seconds


def test_the_next_run_has_one_name_wherever_it_is_looked_for() -> None:
    told = runs(("failed", NOON), ("success", NOON - HOUR))
    assert workflow_of("store", "acme", told) == workflow_of("store", "acme", list(reversed(told)))
    names = [workflow_of(store, "acme", seen) for store in ("one", "two") for seen in ([], told, told[1:])]
    assert len(set(names)) == 6
