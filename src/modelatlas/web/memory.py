"""What glibc keeps of memory that was freed, bounded: threads that read lists leave much of it behind.

Elsewhere nothing is done. See https://man7.org/linux/man-pages/man3/mallopt.3.html and malloc_trim.3.
"""

import asyncio
import ctypes
import sys
from collections.abc import Callable
from functools import cache
from mmap import PAGESIZE
from pathlib import Path
from typing import Final

ARENAS: Final = 1
"""Stores of free memory; glibc makes eight for each processor, one for nearly every thread. What threads have
freed is used again by all: with two stores a service held 6 MB more in most runs (2026-11)."""
_M_ARENA_MAX: Final = -8
LOOK_EVERY: Final = 2.0
"""Seconds between two looks at how much memory this process has."""
_STATM: Final = Path("/proc/self/statm")
MUCH: Final = 1 * 2**20
"""Bytes that were taken since memory was last given back: worth doing so again."""
LITTLE: Final = 2**18
"""Bytes more than at the last look: what was at work has come to rest."""


def bound() -> None:
    """Keep free memory together from now on; threads that were begun before keep what they have."""
    libc = _libc()
    if libc is not None:
        libc.mallopt(_M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Give free memory back to the system; takes milliseconds, in which other threads go on."""
    libc = _libc()
    if libc is not None:
        libc.malloc_trim(0)


class Growth:
    """Tells, look by look, when memory has grown by much and grows no more."""

    def __init__(self) -> None:
        self._least = 0  # so that what the start has left behind is given back, too
        self._last = 0

    def is_over(self, bytes_: int) -> bool:
        """Take a look; tell whether it is worth giving back what is free, after which to `rest`."""
        rests = bytes_ - self._last < LITTLE
        self._last = bytes_
        self._least = min(self._least, bytes_)
        return rests and bytes_ - self._least >= MUCH

    def rest(self, bytes_: int) -> None:
        """Count from here on: what is still there is used."""
        self._least = self._last = bytes_


async def keep_given_back(
    look: Callable[[], int] | None = None, give: Callable[[], None] = give_back, every: float = LOOK_EVERY
) -> None:
    """Give free memory back whenever a burst of work has left some of it behind; end by cancelling.

    What a fetch or a sync has used is not given back by itself where something small lies above it.
    """
    look = look or resident
    growth = Growth()
    while True:
        await asyncio.sleep(every)
        if growth.is_over(look()):
            await asyncio.to_thread(give)
            growth.rest(look())


def resident() -> int:
    """Return the bytes of memory that this process has; 0 where the system has no such file."""
    try:
        pages = int(_STATM.read_bytes().split()[1])
    except OSError:
        return 0
    return pages * PAGESIZE


@cache
def _libc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "malloc_trim") and hasattr(libc, "mallopt") else None
