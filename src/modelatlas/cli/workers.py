"""A service of several processes behind one port: one asks providers and syncs, the others are read.

All readers accept from one listening socket, so a reader that ends takes no connection with it that another
could have had. Whoever ends is started again; when the first process is told to stop, or dies, all stop.
"""

import asyncio
import contextlib
import gc
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import Final

import structlog
from msgspec import Struct

from modelatlas.cli import serving
from modelatlas.cli.announcement import announced
from modelatlas.cli.opening import log_to_stderr
from modelatlas.domain.errors import CatalogError
from modelatlas.settings import Settings
from modelatlas.web.app import create
from modelatlas.web.memory import bound, keep_given_back
from modelatlas.web.page import read_page
from modelatlas.web.stream import Closing
from modelatlas.wiring.building import build

LOOK_EVERY: Final = 0.2
"""Seconds between two looks whether all processes live, and whether they are to stop."""
PAUSE: Final = 1.0
"""Seconds before a process that ended is started again."""
NICENESS: Final = 10
"""Of the process that asks: where processors are scarce, it has a tenth of the share of one that is read."""
SECONDS_TO_STOP: Final = 20.0
"""After which a process that was told to stop is killed."""

_log = structlog.get_logger()
_spawn: Final = multiprocessing.get_context("spawn")


class Service(Struct, frozen=True):
    """What all processes of a service know; `log_level` is that of their logs."""

    settings: Settings
    workers: int
    log_level: int
    allow_remote_via: bool = False
    demo: bool = False
    public: bool = False
    access_log: bool = False


def run(service: Service, listener: socket.socket, say: Callable[[Sequence[str]], None]) -> None:
    """Run a service until SIGINT or SIGTERM; `say` gets the announcement once every process answers.

    Raises `CatalogError` when one of them did not start; its log says why.
    """
    parts: list[Callable[[], _Running]] = [lambda: _Running(_ask, service)]
    parts += [lambda: _Running(_read, service, listener)] * service.workers
    with _told_to_stop() as told:
        running = [start() for start in parts]
        try:
            _wait_for_all(running, told, say)
            while not told:
                wait([each.process.sentinel for each in running], LOOK_EVERY)
                for place, each in enumerate(running):
                    if not told and not each.process.is_alive():
                        _log.warning("a process ended and is started again", exit=each.process.exitcode)
                        time.sleep(PAUSE)
                        running[place] = parts[place]()
        finally:
            _stop(running)
    signal.raise_signal(told[0])


class _Running:
    """A process of a service that was started, and the end of the pipe by which it says that it answers."""

    def __init__(
        self, target: Callable[..., None], service: Service, listener: socket.socket | None = None
    ) -> None:
        self.hears, says = _spawn.Pipe(duplex=False)
        words = (service, says) if listener is None else (service, says, listener)
        self.process: SpawnProcess = _spawn.Process(target=target, args=words, name=target.__name__)
        self.process.start()
        says.close()


def _wait_for_all(
    running: Sequence[_Running], told: Sequence[int], say: Callable[[Sequence[str]], None]
) -> None:
    lines: list[str] = []
    waiting = [each.hears for each in running]
    while waiting and not told:
        for hears in [each for each in waiting if each in wait(waiting, LOOK_EVERY)]:
            waiting.remove(hears)
            try:
                lines = hears.recv() or lines
            except EOFError:
                raise CatalogError(
                    "the service did not start: the lines above say why; `modelatlas doctor` checks"
                ) from None
    if not told:
        say(lines)


def _stop(running: Sequence[_Running]) -> None:
    """Tell all to stop, and wait until they have."""
    for each in running:
        each.process.terminate()
    for each in running:
        each.process.join(SECONDS_TO_STOP)
        if each.process.is_alive():
            _log.warning("a process did not stop and is killed", pid=each.process.pid)
            each.process.kill()
            each.process.join()


@contextlib.contextmanager
def _told_to_stop() -> Iterator[list[int]]:
    """Collect the signals that tell this process to stop, instead of stopping at once."""
    told: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _read(service: Service, says: Connection, listener: socket.socket) -> None:
    """Be a process that is read."""
    _begin(service)
    atlas = build(service.settings, allow_remote_via=service.allow_remote_via, part="reading")
    closing = Closing()
    app = create(atlas, demo=service.demo, public_bind=service.public, page=read_page(), closing=closing)
    url = serving.url_of(listener)

    def announce() -> None:
        says.send(announced(atlas, url, demo=service.demo, public=service.public))

    serving.run(app, listener, announce, closing.begin, access_log=service.access_log)


def _ask(service: Service, says: Connection) -> None:
    """Be the process that asks providers and syncs; whoever is read comes first."""
    _begin(service)
    if hasattr(os, "nice"):  # Windows has none
        os.nice(NICENESS)
    atlas = build(service.settings, allow_remote_via=service.allow_remote_via, part="asking")

    async def serve() -> None:
        told = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
        await atlas.start()
        gc.freeze()
        says.send([])
        memory = asyncio.create_task(keep_given_back(), name="memory")
        await told.wait()
        memory.cancel()
        await atlas.stop()

    asyncio.run(serve())


def _begin(service: Service) -> None:
    """Log as the first process does, bound memory, and stop when the first process is no more."""
    log_to_stderr(service.log_level)
    bound()
    serving.collect_seldom()
    first = multiprocessing.parent_process()

    def follow() -> None:
        if first is not None:
            first.join()
            os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=follow, name="follow the first process", daemon=True).start()
