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
from modelatlas.storage.engine import is_postgresql, open_engine
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
        launch=partial(launched, place(engine, home)),
        token=lambda: os.urandom(8).hex(),
    )  # fmt: skip


def place(engine: Engine, home: Path) -> Place:
    """Say where the state of runs is kept."""
    if is_postgresql(engine):
        return Place(engine.url.render_as_string(hide_password=False), "modelatlas_dbos")
    return Place(f"sqlite:///{home / 'dbos.sqlite'}")


def launched(place: Place, executor: str, work: Work, *, takes_work: bool) -> DbosEngine:
    return DbosEngine(place, executor, work, takes_work=takes_work)


def die_in_the_middle(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
    """End before the first price is written, when all listings are."""
    if statement.startswith("SELECT model_pricing_history.model_id"):
        os.kill(os.getpid(), signal.SIGKILL)


async def main(url: str, home: Path) -> None:
    vars(jobs_module)["LEASE"] = LEASE
    engine = open_engine(url)
    jobs = process(engine, home)
    event.listen(engine, "before_cursor_execute", die_in_the_middle)
    await jobs.start(takes_work=True)
    await jobs.wait(await jobs.begin(["acme"]), 60)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
