"""A process that syncs one provider, and is killed in the middle of its transaction: run by test_crash."""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from modelatlas.caching.memory import Memory
from modelatlas.clock import SystemClock
from modelatlas.flows.live import Live
from modelatlas.flows.sync import Sync, Synced
from modelatlas.jobs import jobs as jobs_module
from modelatlas.jobs.engine import DbosEngine
from modelatlas.jobs.jobs import Jobs
from modelatlas.jobs.work import Place, Work
from modelatlas.storage.engine import open_engine
from modelatlas.storage.executors import SqlExecutors
from modelatlas.storage.ledger import SqlLedger
from modelatlas.storage.migrations import upgrade
from tests.builders import FakeFetcher, MemorySnapshots
from tests.jobs.builders import jobs_of

IDS = [f"m{number}" for number in range(50)]
LEASE = timedelta(seconds=2)


def process(engine: Engine, home: Path) -> Jobs:
    """Put the jobs of one process together, over a real store and a real engine of runs."""
    upgrade(engine)
    clock = SystemClock()
    fetcher = FakeFetcher(clock, {"acme": IDS})  # type: ignore[arg-type]
    ledger = SqlLedger(engine)
    live = Live(
        Memory(["acme"]), fetcher, MemorySnapshots(), clock, ttl=timedelta(hours=1), jitter=lambda: 0.0
    )
    sync = Sync(live, ledger, clock, [Synced("acme", "Acme", "host")], 3)
    return jobs_of(
        sync, live, ledger, clock,
        interval=None,
        executors=SqlExecutors(engine),  # type: ignore[arg-type]
        launch=partial(launched, Place(f"sqlite:///{home / 'dbos.sqlite'}")),
        token=lambda: os.urandom(8).hex(),
    )  # fmt: skip


def launched(place: Place, executor: str, work: Work, *, takes_work: bool) -> DbosEngine:
    return DbosEngine(place, executor, work, takes_work=takes_work)


def die_in_the_middle(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
    if statement.startswith("INSERT INTO model_pricing_history"):
        os.kill(os.getpid(), signal.SIGKILL)


async def main(home: Path) -> None:
    vars(jobs_module)["LEASE"] = LEASE
    engine = open_engine(f"sqlite:///{home / 'store.sqlite'}")
    jobs = process(engine, home)
    event.listen(engine, "before_cursor_execute", die_in_the_middle)
    await jobs.start(takes_work=True)
    await jobs.wait(await jobs.begin(["acme"]), 60)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
