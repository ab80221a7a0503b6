"""The engine keeps what was begun: through stops, among processes, once; quietly, and it ends whole."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import structlog

from modelatlas.domain.errors import Misconfigured
from modelatlas.jobs.engine import DbosEngine
from modelatlas.jobs.work import HandedOver, Place
from tests.jobs.builders import ThreadEngine
from tests.postgresql import PostgreSQL


class Recorded:
    """Work that is only counted."""

    def __init__(self) -> None:
        self.written: list[int] = []
        self.asked: list[tuple[str, datetime]] = []
        self.looks: list[list[tuple[str, int]]] = []
        self.due: list[tuple[str, int]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.hands_over = False

    def write(self, run_id: int) -> str:
        self.written.append(run_id)
        if self.hands_over:
            raise HandedOver
        assert self.gate.wait(20)
        return "success"

    def ask(self, slug: str, since: datetime) -> str:
        self.asked.append((slug, since))
        if self.hands_over:
            raise HandedOver
        return "ok"

    def begin_due(self) -> list[tuple[str, int]]:
        self.looks.append(self.due)
        return self.due


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "sqlite":
        yield Place(f"sqlite:///{tmp_path / 'dbos.sqlite'}")
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    with server.database() as url:
        yield Place(url, "modelatlas_dbos")


@contextmanager
def engine_of(
    place: Place, work: Recorded, executor: str = "host-0", *, takes_work: bool = True
) -> Iterator[DbosEngine]:
    engine = DbosEngine(place, executor, work, takes_work=takes_work)
    try:
        yield engine
    finally:
        work.gate.set()
        engine.stop()


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_what_is_enqueued_is_done_once_however_often_it_is_enqueued(place: Place) -> None:
    work = Recorded()
    with engine_of(place, work) as engine:
        for _ in range(3):
            engine.enqueue("one", 1)
        engine.enqueue("two", 2)
        until(lambda: len(work.written) == 2)
        until(lambda: not engine.active(["one", "two"]))
        engine.enqueue("one", 1)
        assert engine.active(["one"]) == frozenset()
        assert engine.active([]) == frozenset()
    assert Counter(work.written) == {1: 1, 2: 1}


def test_what_was_in_hand_at_a_stop_is_begun_again_by_the_same_executor(place: Place) -> None:
    first, second = Recorded(), Recorded()
    first.hands_over = True
    with engine_of(place, first) as engine:
        engine.enqueue("one", 1)
        until(lambda: first.written == [1])
        assert engine.active(["one"]) == {"one"}
    with engine_of(place, second) as engine:
        until(lambda: second.written == [1])
        until(lambda: not engine.active(["one"]))


def test_what_a_dead_executor_had_in_hand_waits_for_a_survivor_s_word(place: Place) -> None:
    dead, survivor = Recorded(), Recorded()
    dead.hands_over = True
    with engine_of(place, dead) as engine:
        engine.start("one", 1)
        until(lambda: dead.written == [1])
    with engine_of(place, survivor, "host-1") as engine:
        engine.enqueue("two", 2)
        until(lambda: survivor.written == [2])
        engine.recover(["host-0"])
        engine.recover(["host-0"])
        until(lambda: survivor.written == [2, 1])
        until(lambda: not engine.active(["one"]))
        engine.recover(["host-0", "host-1"])
    assert survivor.written == [2, 1]


def test_a_run_that_kills_its_process_is_not_begun_for_ever(place: Place) -> None:
    deadly = Recorded()
    deadly.hands_over = True
    for life in range(8):
        before = len(deadly.written)  # a launch may begin it again before it returns
        with engine_of(place, deadly) as engine:
            if life == 0:
                engine.enqueue("one", 1)
            until(partial(_ended, engine, deadly, before))
    assert len(deadly.written) == 4
    with engine_of(place, deadly) as engine:
        assert engine.active(["one"]) == frozenset()


def test_who_takes_no_work_does_only_what_it_starts_itself(place: Place) -> None:
    work = Recorded()
    with engine_of(place, work, takes_work=False) as engine:
        engine.enqueue("queued", 1)
        engine.start("own", 2)
        until(lambda: not engine.active(["own"]))
        time.sleep(1.2)  # two looks into a queue
        assert engine.active(["queued"]) == {"queued"}
    assert work.written == [2]


def test_who_takes_work_asks_for_all_and_soon_though_runs_take_long(place: Place) -> None:
    busy = Recorded()
    busy.gate.clear()
    now = datetime(2026, 11, 28, 12, 30, 0, 250, tzinfo=UTC)
    with engine_of(place, busy) as engine:
        for number in range(6):
            engine.enqueue(f"flow-{number}", number)
        until(lambda: len(busy.written) == 4)  # so many at once
        for _ in range(2):
            engine.enqueue_asking("wish", "acme", now)
        until(lambda: busy.asked == [("acme", now)])
        until(lambda: not engine.active(["wish"]))


def test_what_was_being_asked_at_a_stop_is_asked_by_the_next(place: Place) -> None:
    first, second = Recorded(), Recorded()
    first.hands_over = True
    now = datetime(2026, 11, 28, tzinfo=UTC)
    with engine_of(place, first) as engine:
        engine.enqueue_asking("wish", "acme", now)
        until(lambda: first.asked == [("acme", now)])
    with engine_of(place, second) as engine:
        until(lambda: second.asked == [("acme", now)])
        until(lambda: not engine.active(["wish"]))


def test_what_waits_in_the_queue_is_cancelled_and_what_is_in_hand_ends_by_itself(place: Place) -> None:
    work = Recorded()
    work.gate.clear()
    with engine_of(place, work) as engine:
        for number in range(6):
            engine.enqueue(f"flow-{number}", number)
        until(lambda: len(work.written) == 4)  # so many at once
        waiting = engine.active([f"flow-{number}" for number in range(6) if number not in work.written])
        assert len(waiting) == 2
        for each in waiting:
            engine.cancel(each)
        assert engine.active(waiting) == frozenset()
        in_hand = f"flow-{work.written[0]}"
        engine.cancel(in_hand)
        assert engine.active([in_hand]) == {in_hand}
        work.gate.set()
        until(lambda: not engine.active([f"flow-{number}" for number in range(6)]))
    assert len(work.written) == 4


def test_somebody_looks_as_often_as_the_schedule_says_and_begins_who_is_due(place: Place) -> None:
    work = Recorded()
    work.due = [("due", 7)]
    with engine_of(place, work) as engine:
        engine.look_every(5)
        until(lambda: len(work.looks) >= 2, 30)
        until(lambda: work.written == [7])
        engine.look_every(None)
    with engine_of(place, Recorded()) as engine:
        engine.look_every(None)


def test_what_ended_is_forgotten_and_what_waits_is_not(place: Place) -> None:
    work = Recorded()
    with engine_of(place, work, takes_work=False) as engine:
        engine.start("done", 1)
        until(lambda: not engine.active(["done"]))
        engine.enqueue("waits", 2)
        engine.forget(datetime.now(UTC) - timedelta(days=1))
        engine.start("done", 1)
        assert work.written == [1]
        engine.forget(datetime.now(UTC) + timedelta(days=1))
        engine.start("done", 1)
        until(lambda: work.written == [1, 1])
        assert engine.active(["waits"]) == {"waits"}


def test_it_ends_with_all_its_threads_and_prints_nothing(
    place: Place, capfd: pytest.CaptureFixture[str]
) -> None:
    before = set(threading.enumerate())
    with engine_of(place, Recorded()) as engine:
        engine.look_every(60)
        engine.enqueue("one", 1)
        until(lambda: not engine.active(["one"]))
    until(lambda: set(threading.enumerate()) <= before)
    assert capfd.readouterr() == ("", "")


def test_what_it_has_to_say_goes_into_our_log(place: Place) -> None:
    work = Recorded()
    with structlog.testing.capture_logs() as logs, engine_of(place, work) as engine:
        work.due = [("due", "not a number")]  # type: ignore[list-item]
        work.write = _fails  # type: ignore[method-assign]
        engine.enqueue("fails", 1)
        until(lambda: not engine.active(["fails"]))
        until(lambda: bool(logs))
    assert {(each["of"], each["log_level"]) for each in logs} == {("dbos", "error")}


def test_a_place_that_cannot_be_written_is_refused_at_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    with pytest.raises(Misconfigured, match="MODELATLAS_HOME"):
        DbosEngine(
            Place(f"sqlite:///{tmp_path / 'file' / 'dbos.sqlite'}"), "host-0", Recorded(), takes_work=True
        )
    (tmp_path / "dbos.sqlite").write_text("no database at all" * 100)
    with pytest.raises(Misconfigured, match="not a database"):
        DbosEngine(Place(f"sqlite:///{tmp_path / 'dbos.sqlite'}"), "host-0", Recorded(), takes_work=True)


def test_the_stand_in_of_other_tests_has_the_same_calls() -> None:
    calls = {name for name in vars(DbosEngine) if not name.startswith("_")}
    assert calls <= vars(ThreadEngine).keys()


def _fails(run_id: int) -> str:
    raise ZeroDivisionError(f"planted in run {run_id}")


def _ended(engine: DbosEngine, deadly: Recorded, before: int) -> bool:
    """Tell whether the one workflow was begun once more, or never will be."""
    return len(deadly.written) > before or not engine.active(["one"])
