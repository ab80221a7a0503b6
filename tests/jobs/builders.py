"""Jobs without DBOS: an engine that forgets everything with its process, and leases in memory."""

import itertools
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta

from modelatlas.domain.ledger import Executor
from modelatlas.domain.ports import Clock, Ledger
from modelatlas.flows.live import Live
from modelatlas.flows.sync import Sync
from modelatlas.jobs.jobs import Jobs, Member, Schedule
from modelatlas.jobs.work import HandedOver, Launch, Work


class MemoryExecutors:
    """Leases in memory."""

    def __init__(self) -> None:
        self.leases: dict[str, tuple[str, datetime]] = {}

    def join(self, host: str, token: str, at: datetime, until: datetime) -> Executor:
        ids = (f"{host}-{slot}" for slot in itertools.count())
        free = next(id_ for id_ in ids if id_ not in self.leases or self.leases[id_][1] <= at)
        self.leases[free] = (token, until)
        return Executor(free, token)

    def beat(self, executor: Executor, until: datetime) -> bool:
        own = self.leases.get(executor.id, ("", until))[0] == executor.token
        if own:
            self.leases[executor.id] = (executor.token, until)
        return own

    def leave(self, executor: Executor, at: datetime) -> None:
        self.beat(executor, at)

    def alive(self, at: datetime) -> frozenset[str]:
        return frozenset(id_ for id_, (_, until) in self.leases.items() if until > at)

    def lapsed(self, at: datetime) -> frozenset[str]:
        return frozenset(self.leases) - self.alive(at)

    def forget(self, ids: Collection[str], at: datetime) -> None:
        for id_ in self.lapsed(at) & set(ids):
            del self.leases[id_]


class ThreadEngine:
    """An engine of a few threads: runs are carried on at once, and by nobody after its stop."""

    def __init__(self, executor: str, work: Work, *, takes_work: bool) -> None:
        self.work = work
        self.takes_work = takes_work
        self.looks: int | None = None
        self.recovered: list[str] = []
        self.fails: Exception | None = None
        self._threads = ThreadPoolExecutor(4)
        self._begun: dict[str, Future[str]] = {}

    def look_every(self, seconds: int | None) -> None:
        self.looks = seconds

    def enqueue(self, workflow: str, run_id: int) -> None:
        if self.fails is not None:
            raise self.fails
        if workflow not in self._begun:
            self._begun[workflow] = self._threads.submit(self._write, run_id)

    def enqueue_asking(self, workflow: str, slug: str, since: datetime) -> None:
        if workflow not in self._begun:
            self._begun[workflow] = self._threads.submit(self._ask, slug, since)

    def start(self, workflow: str, run_id: int) -> None:
        self.enqueue(workflow, run_id)

    def active(self, workflows: Iterable[str]) -> frozenset[str]:
        return frozenset(each for each in workflows if each in self._begun and not self._begun[each].done())

    def cancel(self, workflow: str) -> None:
        self._begun[workflow].cancel()

    def recover(self, executors: Collection[str]) -> None:
        self.recovered += sorted(executors)

    def forget(self, before: datetime) -> None:
        pass

    def stop(self) -> None:
        self._threads.shutdown()

    def _ask(self, slug: str, since: datetime) -> str:
        try:
            return self.work.ask(slug, since)
        except HandedOver:
            return "handed over"

    def _write(self, run_id: int) -> str:
        try:
            return self.work.write(run_id)
        except HandedOver:
            return "handed over"


def jobs_of(
    sync: Sync,
    live: Live,
    ledger: Ledger,
    clock: Clock,
    *,
    synced: Collection[str] = (),
    interval: timedelta | None = timedelta(hours=6),
    executors: MemoryExecutors | None = None,
    launch: Launch = ThreadEngine,
    token: Callable[[], str] | None = None,
) -> Jobs:
    """Put jobs together, over threads unless told otherwise."""
    numbers = itertools.count()
    return Jobs(
        sync,
        live,
        ledger,
        executors or MemoryExecutors(),
        clock,
        launch=launch,
        member=Member("host", token or (lambda: f"token-{next(numbers)}")),
        schedule=Schedule(frozenset(synced), interval, "store"),
    )
