"""The runs of a process: begun, waited for, cancelled, carried on for others, and handed over at its end.

The log of runs in the store says what runs, and the engine sees to it that somebody carries it to its end.
A provider has one running run at most, whoever begins it: an index of the store sees to that.
"""

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError

from modelatlas.domain.errors import CatalogError, Unavailable
from modelatlas.domain.ledger import Executor, Run
from modelatlas.domain.ports import Clock, Executors, Ledger
from modelatlas.domain.refresh import ProviderState
from modelatlas.flows.live import Live
from modelatlas.flows.sync import LAST_RUNS, Sync
from modelatlas.jobs.leases import ABANDONED, BEAT, LEASE, is_stuck
from modelatlas.jobs.schedule import is_due, is_waiting, look_every, workflow_of
from modelatlas.jobs.work import Engine, HandedOver, Launch

HERE_AT_ONCE: Final = 4
"""Runs at the same time that a command begins in its own process."""
_LOOK_AT_RUNS: Final = 0.5
"""Seconds between two looks at runs that another process may end."""
NOT_NOW: Final = "this process does not run syncs now: it is starting, stopping or was asleep"
_KEPT: Final = timedelta(days=7)
"""So long the engine remembers what has ended; the log of runs is kept for ever."""
_BEATS_TO_FORGET: Final = 360
"""Beats between two times that old workflows are deleted: an hour."""

_log = structlog.get_logger()


class Schedule(Struct, frozen=True):
    """Whom to sync by themselves, and how often; without an interval nobody. `store` names the store."""

    synced: frozenset[str]
    interval: timedelta | None
    store: str


class Member(Struct, frozen=True):
    """Which host this is, and what makes the token of its lease."""

    host: str
    token: Callable[[], str]


class Jobs:
    """The runs of one process; started in the loop in which its providers are asked."""

    def __init__(
        self,
        sync: Sync,
        live: Live,
        ledger: Ledger,
        executors: Executors,
        clock: Clock,
        *,
        launch: Launch,
        member: Member,
        schedule: Schedule,
    ) -> None:
        self.sync: Final = sync
        self._live = live
        self._ledger = ledger
        self._executors = executors
        self._clock = clock
        self._launch = launch
        self._member = member
        self._schedule = schedule
        self._here = asyncio.Semaphore(HERE_AT_ONCE)
        self._writing: dict[int, Future[Run]] = {}
        self._asking: set[Future[ProviderState]] = set()
        self._news = asyncio.Event()
        self._started: _Started | None = None

    @property
    def synced(self) -> frozenset[str]:
        """The providers that are synced by themselves."""
        return self._schedule.synced

    async def start(self, *, takes_work: bool) -> None:
        """Join the processes that run syncs; take over what others left behind, and go on looking for it.

        With `takes_work` this process carries on the runs of everybody and keeps the schedule, else only
        those it begins itself. Raises `Misconfigured` when the state of runs cannot be kept.
        """
        started = await self._join(takes_work=takes_work)
        await asyncio.to_thread(self._take_over)
        if takes_work:
            interval = self._schedule.interval
            seconds = None if interval is None else look_every(interval)
            await asyncio.to_thread(started.engine.look_every, seconds)
        started.duty = asyncio.create_task(self._beat(), name="beat")

    async def stop(self) -> None:
        """Hand over what is in hand, and leave; without `start` nothing is done."""
        started, self._started = self._started, None
        if started is None:
            return
        if started.duty is not None:
            started.duty.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await started.duty
        await self._hand_over(started)
        await asyncio.to_thread(self._executors.leave, started.me, self._clock.now())

    async def begin(self, slugs: Collection[str]) -> list[Run]:
        """Begin a run for each provider, or join the one under way; return the runs at once (F40)."""
        started = self._up
        return await asyncio.to_thread(lambda: [self._begun(started, slug) for slug in slugs])

    async def run(self, slug: str) -> Run:
        """Run one sync to its end, in this process unless another has it under way.

        Whoever cancels this cancels the run.
        """
        started = self._up
        async with self._here:
            workflow = self._member.token()
            run = await asyncio.to_thread(self._logged, started, slug, workflow)
            try:
                if run.workflow == workflow:
                    await asyncio.to_thread(started.engine.start, workflow, run.id)
                return (await self.wait([run]))[0]
            except asyncio.CancelledError:
                if run.workflow == workflow:
                    await self.cancel(run)
                raise

    async def refresh(self, slug: str, since: datetime) -> None:
        """Let a process that takes work ask a provider, unless it was asked since then."""
        engine = self._up.engine
        await asyncio.to_thread(engine.enqueue_asking, self._member.token(), slug, since)

    async def wait(self, runs: Iterable[Run], seconds: float | None = None) -> list[Run]:
        """Wait up to so many seconds for runs to end; return them as they then are."""
        ids = [run.id for run in runs]

        async def look() -> list[Run]:
            return await asyncio.to_thread(self._ledger.these_runs, ids)

        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while any(run.status == "running" for run in await look()):
                    await self._told(_LOOK_AT_RUNS)
        return await look()

    async def cancel(self, run: Run) -> Run:
        """End a running run as cancelled, wherever it runs; what it would still write is refused.

        One that has ended is returned as it ended.
        """
        engine, now = self._up.engine, self._clock.now()
        ended = await asyncio.to_thread(
            self._ledger.end_run, run, "cancelled", now, "cancelled by an operator"
        )
        writing = self._writing.get(run.id)
        if writing is not None:
            writing.cancel()
        elif ended.status == "cancelled" and run.workflow is not None:
            await asyncio.to_thread(engine.cancel, run.workflow)
        return ended

    async def heard(self, state: ProviderState) -> None:
        """Sync a provider that has just answered, if it is due: the first sync needs no schedule."""
        started = self._started
        if started is not None and state.outcome is not None and state.outcome.good:
            try:
                await asyncio.to_thread(self._begin_heard, started, state.slug)
            except Unavailable as away:
                _log.warning("not synced", provider=state.slug, reason=str(away))  # the schedule will

    def write(self, run_id: int) -> str:
        """Carry a run to its end, in a thread of the engine; see `jobs.work.Work`."""
        started = self._started
        if started is None:
            raise HandedOver
        begun = self._ledger.run(run_id)
        if begun is None:
            return "unknown"  # the store is another since it was begun
        run = self._ledger.take_run(begun, started.me.id)
        if run.status != "running":
            return run.status
        writing = asyncio.run_coroutine_threadsafe(self.sync.write(run), started.loop)
        self._writing[run.id] = writing
        try:
            return writing.result().status
        except CancelledError:
            if self._started is None:
                raise HandedOver from None
            return "cancelled"
        finally:
            del self._writing[run.id]
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                started.loop.call_soon_threadsafe(self._tell)

    def ask(self, slug: str, since: datetime) -> str:
        """Ask a provider, in a thread of the engine; see `jobs.work.Work`."""
        started = self._started
        if started is None:
            raise HandedOver
        if slug not in self._live.states:
            return "unknown"  # to this process
        asking = asyncio.run_coroutine_threadsafe(self._live.refresh(slug, since), started.loop)
        self._asking.add(asking)
        try:
            outcome = asking.result().outcome
        except CancelledError:
            raise HandedOver from None
        finally:
            self._asking.discard(asking)
        return "" if outcome is None else outcome.kind

    def begin_due(self) -> list[tuple[str, int]]:
        """Log a run for everybody who is due, in a thread of the engine; see `jobs.work.Work`."""
        started, interval = self._started, self._schedule.interval
        if started is None:
            raise HandedOver
        if interval is None:
            return []
        now = self._clock.now()
        begun = []
        for slug in sorted(self._schedule.synced):
            runs = self._ledger.runs(slug, LAST_RUNS)
            if is_due(runs, interval, now, waiting=is_waiting(self._live.states.get(slug), now)):
                workflow = workflow_of(self._schedule.store, slug, runs)
                run = self._logged(started, slug, workflow)
                if run.workflow == workflow and run.status == "running":
                    begun.append((workflow, run.id))
        return begun

    @property
    def _up(self) -> "_Started":
        if self._started is None:
            raise Unavailable(NOT_NOW)
        return self._started

    async def _join(self, *, takes_work: bool, duty: "asyncio.Task[None] | None" = None) -> "_Started":
        now, token = self._clock.now(), self._member.token()
        me = await asyncio.to_thread(self._executors.join, self._member.host, token, now, now + LEASE)
        started = self._started = _Started(me, asyncio.get_running_loop(), takes_work=takes_work, duty=duty)
        try:  # the engine begins at once what this executor left unfinished
            started.launched = await asyncio.to_thread(self._launch, me.id, self, takes_work=takes_work)
        except BaseException:
            self._started = None
            await asyncio.to_thread(self._executors.leave, me, now)
            raise
        return started

    def _begun(self, started: "_Started", slug: str) -> Run:
        """Log a run and enqueue it; where that fails, the run has."""
        workflow = self._member.token()
        run = self._logged(started, slug, workflow)
        return self._enqueued(started, run) if run.workflow == workflow else run

    def _begin_heard(self, started: "_Started", slug: str) -> None:
        interval = self._schedule.interval
        if interval is None or slug not in self._schedule.synced:
            return
        runs = self._ledger.runs(slug, LAST_RUNS)
        if is_due(runs, interval, self._clock.now(), heard=True):
            workflow = workflow_of(self._schedule.store, slug, runs)
            run = self._logged(started, slug, workflow)
            if run.workflow == workflow and run.status == "running":
                self._enqueued(started, run)
                _log.info("sync begun", provider=slug, run=run.id)

    def _logged(self, started: "_Started", slug: str, workflow: str) -> Run:
        return self._ledger.start_run(slug, self._clock.now(), workflow, started.me.id)

    def _enqueued(self, started: "_Started", run: Run) -> Run:
        try:
            started.engine.enqueue(run.workflow or "", run.id)
        except BaseException as error:
            text = f"it could not be begun: {type(error).__name__}: {error}"
            self._ledger.end_run(run, "failed", self._clock.now(), text)
            raise
        return run

    async def _told(self, seconds: float) -> None:
        """Wait until a run has ended here, or so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def _beat(self) -> None:
        """Renew the lease and take over from the dead, for ever; end by cancelling.

        The lease has a thread of its own: all others may wait for the store for longer than it lasts.
        """
        pulse = ThreadPoolExecutor(1, "beat")
        try:
            await self._beat_in(pulse)
        finally:
            pulse.shutdown(wait=False)

    async def _beat_in(self, pulse: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        for beat in itertools.count(1):
            await asyncio.sleep(BEAT)
            try:
                if not await loop.run_in_executor(pulse, self._renewed):
                    await self._move()
                await loop.run_in_executor(pulse, self._take_over)
                if beat % _BEATS_TO_FORGET == 0:
                    await asyncio.to_thread(self._up.engine.forget, self._clock.now() - _KEPT)
            except (CatalogError, SQLAlchemyError) as error:
                _log.warning("the lease of this process could not be renewed", error=str(error))

    async def _move(self) -> None:
        """Go on as another executor: this process slept for longer than a lease, and was taken for dead."""
        old = self._up
        _log.warning("taken for dead by another process", executor=old.me.id)
        self._started = None
        await self._hand_over(old)
        joined: _Started | None = None
        while joined is None:
            try:
                joined = await self._join(takes_work=old.takes_work, duty=old.duty)
            except (CatalogError, SQLAlchemyError) as error:
                _log.warning("not among the processes that run syncs", error=str(error))
                await asyncio.sleep(BEAT)
        await asyncio.to_thread(joined.engine.recover, [old.me.id])

    async def _hand_over(self, started: "_Started") -> None:
        in_hand: list[Future[Any]] = [*self._writing.values(), *self._asking]
        for each in in_hand:
            each.cancel()
        await asyncio.to_thread(started.engine.stop)

    def _renewed(self) -> bool:
        return self._executors.beat(self._up.me, self._clock.now() + LEASE)

    def _take_over(self) -> None:
        """Put into the queue what the dead had in hand, and end runs that nobody will end (F45)."""
        started, now = self._up, self._clock.now()
        dead = self._executors.lapsed(now) - {started.me.id}
        if dead:
            started.engine.recover(dead)
            self._executors.forget(dead, now)
            _log.warning("taken over from processes that ended", executors=sorted(dead))
        running = self._ledger.running()
        if not running:
            return
        alive = self._executors.alive(now)
        begun = started.engine.active(run.workflow for run in running if run.workflow is not None)
        for run in running:
            if is_stuck(run, begun, alive, started.me.id, now):
                ended = self._ledger.end_run(run, "failed", now, ABANDONED)
                _log.warning("run ended for a dead process", provider=run.provider, run=ended.id)


class _Started:
    """What a process has from its start to its stop."""

    def __init__(
        self,
        me: Executor,
        loop: asyncio.AbstractEventLoop,
        *,
        takes_work: bool,
        duty: "asyncio.Task[None] | None",
    ) -> None:
        self.me = me
        self.loop = loop
        self.takes_work = takes_work
        self.duty = duty
        self.launched: Engine | None = None

    @property
    def engine(self) -> Engine:
        """The engine. Raises `Unavailable` while it is being launched."""
        if self.launched is None:
            raise Unavailable(NOT_NOW)
        return self.launched
