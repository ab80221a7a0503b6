"""Costly work is done once for all who wait for it."""

import asyncio

import pytest

from modelatlas.domain.errors import Unavailable
from modelatlas.web.sharing import NextReading, OneAtATime


class Work:
    def __init__(self) -> None:
        self.begun = 0
        self.running = asyncio.Event()
        self.gate = asyncio.Event()

    async def __call__(self) -> int:
        self.begun += 1
        self.running.set()
        number = self.begun
        await self.gate.wait()
        return number


async def test_who_asks_meanwhile_gets_the_same() -> None:
    work, shared = Work(), OneAtATime[int]()
    waiting = [asyncio.create_task(shared("key", work)) for _ in range(5)]
    other = asyncio.create_task(shared("another", work))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    work.gate.set()
    assert set(await asyncio.gather(*waiting)) == {1}
    assert await other == 2
    assert await shared("key", work) == 3


async def test_who_goes_away_leaves_the_work_to_the_others() -> None:
    work, shared = Work(), OneAtATime[int]()
    first, second = (asyncio.create_task(shared("key", work)) for _ in range(2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    first.cancel()
    work.gate.set()
    assert await second == 1


async def test_a_failure_reaches_all_and_is_not_kept() -> None:
    shared = OneAtATime[int]()

    async def fail() -> int:
        await asyncio.sleep(0)
        raise ValueError

    found = await asyncio.gather(*(shared("key", fail) for _ in range(2)), return_exceptions=True)
    assert [type(each) for each in found] == [ValueError, ValueError]
    work = Work()
    work.gate.set()
    assert await shared("key", work) == 1


async def test_no_reading_is_older_than_the_question() -> None:
    work = Work()
    reading = NextReading(work)
    first = asyncio.create_task(reading())
    await work.running.wait()
    later = [asyncio.create_task(reading()) for _ in range(3)]
    await asyncio.sleep(0)
    work.gate.set()
    assert await first == 1
    assert await asyncio.gather(*later) == [2, 2, 2]


async def test_a_failed_reading_does_not_stop_the_next() -> None:
    calls: list[int] = []

    async def read() -> int:
        calls.append(1)
        await asyncio.sleep(0)
        if len(calls) == 1:
            raise Unavailable("not now")
        return len(calls)

    reading = NextReading(read)
    with pytest.raises(Unavailable):
        await reading()
    assert await reading() == 2
