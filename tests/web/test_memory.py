"""Memory that was freed goes back to the system, where the system has a way."""

import asyncio
import contextlib
import mmap
import sys
from pathlib import Path

import pytest

from modelatlas.web import memory


def test_asking_for_it_harms_nothing() -> None:
    memory.give_back()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc is Linux's")
def test_on_other_systems_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    memory._libc.cache_clear()
    monkeypatch.setattr(sys, "platform", "darwin")
    assert memory._libc() is None
    memory.bound()
    memory.give_back()
    memory._libc.cache_clear()


MB = 2**20
PART = memory.MUCH // 4
"""Four of these are worth giving back, and one is not."""


def test_memory_is_given_back_once_a_burst_is_over_and_not_again_until_the_next() -> None:
    growth = memory.Growth()
    growth.rest(100 * PART)
    assert [growth.is_over(each * PART) for each in (101, 101, 120, 140, 140)] == [False] * 4 + [True]
    growth.rest(110 * PART)
    assert not any(growth.is_over(each * PART) for each in (110, 113, 113))
    assert [growth.is_over(each * PART) for each in (115, 115)] == [False, True]


def test_what_is_still_used_is_no_reason_to_do_it_again() -> None:
    growth = memory.Growth()
    growth.rest(100 * PART)
    assert [growth.is_over(each * PART) for each in (150, 150)] == [False, True]
    growth.rest(149 * PART)  # nearly all of it is used
    assert not any(growth.is_over(each * PART) for each in (149, 150, 150))


def test_memory_that_went_by_itself_counts_from_there() -> None:
    growth = memory.Growth()
    growth.rest(100 * PART)
    assert not any(growth.is_over(each * PART) for each in (90, 90))
    assert [growth.is_over(each * PART) for each in (95, 95)] == [False, True]


def test_a_process_looks_at_itself_and_gives_back() -> None:
    seen = iter([10 * PART, 10 * PART, 9 * PART, 30 * PART, 30 * PART, 12 * PART, 12 * PART, 12 * PART])
    given: list[int] = []

    async def run() -> None:
        with contextlib.suppress(
            RuntimeError
        ):  # there is nothing more to see: a coroutine cannot say so itself
            await memory.keep_given_back(lambda: next(seen), lambda: given.append(1), every=0)

    asyncio.run(run())
    assert given == [1, 1]  # what the start has left behind, and what came then


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have no such file")
def test_the_memory_of_this_process_is_known() -> None:
    before = memory.resident()
    assert before > MB
    with mmap.mmap(-1, 20 * MB) as much:  # pages of its own, none of those that were freed before
        much.write(b"x" * 20 * MB)
        assert memory.resident() - before > 10 * MB


def test_where_it_is_not_known_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_STATM", Path("/none/such"))
    growth = memory.Growth()
    assert not any(growth.is_over(memory.resident()) for _ in range(3))
