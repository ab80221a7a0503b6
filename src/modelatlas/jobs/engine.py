"""The door to DBOS, which keeps what was begun through crashes and among processes.

Nothing else of ours calls it. It takes half a second to import, so this module is imported when jobs are
started. There is one DBOS in a process and it lives in threads: everything here blocks, and the functions
it is given are called in its threads.
"""

import logging
import sqlite3
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from modelatlas.domain.errors import Misconfigured
from modelatlas.jobs.work import Place, Work

VERSION: Final = "1"
"""Of our workflows. Raised when their steps change: what an older version began is then not carried on."""
QUEUE: Final = "sync"
AT_ONCE: Final = 4
"""Runs at the same time in one process."""
ASKING: Final = "ask"
"""The queue of providers that are to be asked now: nobody waits for a run to end before it."""
ASKED_AT_ONCE: Final = 8
POLL: Final = 0.5
"""Seconds between two looks into the queue."""
ATTEMPTS: Final = 3
"""So often a run that died with its process is begun again."""
_THREADS: Final = 16
_CONNECTIONS: Final = 8
_ACTIVE: Final = ["ENQUEUED", "DELAYED", "PENDING"]
_ENDED: Final = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_FORGOTTEN_AT_ONCE: Final = 1_000

_log = structlog.get_logger()


class DbosEngine:
    """DBOS, launched; `stop` it before another is made in the same process."""

    def __init__(self, place: Place, executor: str, work: Work, *, takes_work: bool) -> None:
        """Launch; what this executor left unfinished is begun again.

        With `takes_work` runs are taken from the queue, else only those that are started here.
        Raises `Misconfigured` when the state cannot be kept there.
        """
        self._stopped = False
        _bridge_log()
        config = DBOSConfig(
            name="modelatlas",
            system_database_url=_url(place),
            executor_id=executor,
            application_version=VERSION,
            serializer=DBOSPortableJSONSerializer(),  # nothing in the state can run when it is read
            log_level="WARNING",
            max_executor_threads=_THREADS,
            sys_db_pool_size=_CONNECTIONS,
            notification_listener_polling_interval_sec=0.2,  # nothing waits there; this is how fast it stops
        )
        if place.schema is not None:
            config["dbos_system_schema"] = place.schema
            config["use_listen_notify"] = False  # nothing is sent, and a pooler of connections passes none on
            config["db_engine_kwargs"] = {"connect_args": {"prepare_threshold": None}}  # nor knows these
        DBOS(config=config)
        try:
            self._launch(place, work, takes_work=takes_work)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            DBOS.destroy(destroy_registry=True)
            raise Misconfigured(
                f"the state of runs cannot be kept in {_shown(place)} ({getattr(error, 'orig', error)}): set "
                f"MODELATLAS_HOME (or DATABASE_URL) to a place that can be written"
            ) from error

    def _launch(self, place: Place, work: Work, *, takes_work: bool) -> None:
        @DBOS.workflow(name="sync", max_recovery_attempts=ATTEMPTS)
        def sync(run_id: int) -> str:
            return DBOS.run_step({"name": "write"}, work.write, run_id)

        @DBOS.workflow(name="look", max_recovery_attempts=ATTEMPTS)
        def look(_at: datetime, _context: None) -> None:
            for workflow, run_id in DBOS.run_step({"name": "begin"}, work.begin_due):
                self.enqueue(workflow, run_id)

        @DBOS.workflow(name="ask", max_recovery_attempts=ATTEMPTS)
        def ask(slug: str, since: str) -> str:
            return DBOS.run_step({"name": "ask"}, work.ask, slug, datetime.fromisoformat(since))

        self._sync, self._look, self._ask = sync, look, ask
        _prepare(place)
        queues = {QUEUE: AT_ONCE, ASKING: ASKED_AT_ONCE}
        DBOS.listen_queues([*queues] if takes_work else [])
        DBOS.launch()
        for name, at_once in queues.items():
            DBOS.register_queue(
                name, worker_concurrency=at_once, polling_interval_sec=POLL, on_conflict="always_update"
            )

    def look_every(self, seconds: int | None) -> None:
        """Let some process look who is due, every so many seconds (which divide a minute), or never."""
        if seconds is None:
            DBOS.delete_schedule("look")
            return
        cron = "0 * * * * *" if seconds == 60 else f"*/{seconds} * * * * *"  # noqa: PLR2004 - a minute
        DBOS.apply_schedules([{"schedule_name": "look", "workflow_fn": self._look, "schedule": cron}])

    def enqueue(self, workflow: str, run_id: int) -> None:
        """Let some process carry a run to its end; a workflow that is there already is not begun again."""
        with SetWorkflowID(workflow):
            DBOS.enqueue_workflow(QUEUE, self._sync, run_id)

    def enqueue_asking(self, workflow: str, slug: str, since: datetime) -> None:
        """Let some process that takes work ask a provider, unless it was asked since then."""
        with SetWorkflowID(workflow):
            DBOS.enqueue_workflow(ASKING, self._ask, slug, since.isoformat())

    def start(self, workflow: str, run_id: int) -> None:
        """Carry a run to its end in this process."""
        with SetWorkflowID(workflow):
            DBOS.start_workflow(self._sync, run_id)

    def active(self, workflows: Iterable[str]) -> frozenset[str]:
        """Return those of these workflows that are still to be carried on."""
        wanted = list(workflows)
        if not wanted:
            return frozenset()  # asked for none, DBOS answers with all
        found = DBOS.list_workflows(workflow_ids=wanted, status=_ACTIVE, load_input=False, load_output=False)
        return frozenset(each.workflow_id for each in found)

    def cancel(self, workflow: str) -> None:
        """Take a workflow out of the queue; one that was taken from it ends by itself."""
        queued = DBOS.list_workflows(
            workflow_ids=[workflow], status=["ENQUEUED", "DELAYED"], load_input=False, load_output=False
        )
        if queued:
            DBOS.cancel_workflow(workflow)

    def recover(self, executors: Collection[str]) -> None:
        """Put back into the queue what executors that are dead had in hand.

        It is the call behind DBOS's recovery route; whatever a living process has taken meanwhile it leaves
        alone, so that several survivors may call it at once.
        """
        DBOS._recover_pending_workflows(sorted(executors))  # noqa: SLF001 - 3.4 has no public name for it

    def forget(self, before: datetime) -> None:
        """Delete workflows that ended before then."""
        old = DBOS.list_workflows(
            status=_ENDED,
            completed_before=before.isoformat(),
            limit=_FORGOTTEN_AT_ONCE,
            load_input=False,
            load_output=False,
        )
        if old:
            DBOS.delete_workflows([each.workflow_id for each in old])

    def stop(self) -> None:
        """End its threads; workflows in hand stay pending."""
        if not self._stopped:
            self._stopped = True
            DBOS.destroy(destroy_registry=True)


class _Bridge(logging.Handler):
    """Hands what DBOS logs to our log."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log a record."""
        _log.log(record.levelno, record.getMessage(), of="dbos", exc_info=record.exc_info)


def _bridge_log() -> None:
    """Give DBOS's logger our handler; it adds its own, which prints, only where there is none."""
    logger = logging.getLogger("dbos")
    if not any(isinstance(each, _Bridge) for each in logger.handlers):
        logger.handlers[:] = [_Bridge()]
        logger.propagate = False


def _prepare(place: Place) -> None:
    """Give a SQLite file its write-ahead log, which it keeps: half the disk writes of DBOS's default."""
    scheme, _, path = place.url.partition(":///")
    if scheme != "sqlite":
        return
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def _url(place: Place) -> str:
    if place.schema is None:
        return place.url
    return make_url(place.url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _shown(place: Place) -> str:
    return place.url.rpartition("@")[2]
