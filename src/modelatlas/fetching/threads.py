"""The threads in which payloads are unpacked and read, beside the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, ParamSpec, TypeVar

READERS: Final = 2
"""With the six threads that asyncio has on two cores, 30 providers at once took 1.3 times as long to read and
kept the event loop waiting for three times as long, up to 0.4 s (2026-11): all want the one interpreter."""

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """A few threads of their own, so that neither the store nor a look-up of names waits for a reading."""

    def __init__(self, most: int = READERS) -> None:
        self._pool = ThreadPoolExecutor(most, thread_name_prefix="reading")

    async def run(self, work: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
        """Do some work in one of the threads; what is cancelled before its turn is not begun."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(work, *args, **more))
