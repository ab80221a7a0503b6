"""A run is stuck when nobody will end it, and only then."""

from datetime import timedelta

import pytest

from modelatlas.domain.ledger import Run
from modelatlas.jobs.leases import BEAT, LEASE, is_stuck
from tests.builders import NOON

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("workflow", "executor", "stuck"),
    [
        ("kept", "dead", False),  # it is put back into the queue
        ("kept", "me", False),
        ("lost", "dead", True),
        ("lost", None, True),
        (None, None, True),  # an older version began it
        ("lost", "other", False),  # a living process, whose engine may be elsewhere
        ("lost", "me", True),
    ],
)
def test_a_run_is_stuck_when_nobody_will_end_it(
    workflow: str | None, executor: str | None, stuck: bool
) -> None:  # F45
    run = Run(1, "acme", NOON, "running", workflow=workflow, executor=executor)
    assert is_stuck(run, {"kept"}, {"me", "other"}, "me", NOON + HOUR) is stuck


def test_a_run_that_this_process_is_just_beginning_is_not_stuck() -> None:
    run = Run(1, "acme", NOON, "running", workflow="logged-but-not-begun-yet", executor="me")
    assert not is_stuck(run, (), {"me"}, "me", NOON + timedelta(seconds=5))


def test_a_lease_outlives_a_beat_that_is_missed() -> None:
    assert timedelta(seconds=2 * BEAT) < LEASE
