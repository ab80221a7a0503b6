"""Documents are ready when there is another catalog, and the one before answers until they are."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from modelatlas.domain.catalog import Catalog, catalog
from modelatlas.domain.snapshot import snapshot
from modelatlas.web import documents as module
from modelatlas.web.documents import Documents, Written
from tests.builders import NOON, listing

LONG = b"0123456789" * 200


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"FIRST_AFTER": 0.0, "LOOK_EVERY": 0.001, "RESTS": 0}.items():
        monkeypatch.setattr(module, name, value)


class World:
    """A catalog that is replaced by hand, and what was written of which one."""

    def __init__(self, most_bytes: int = module.MOST_BYTES) -> None:
        self.publish("a")
        self.documents = Documents(lambda: self.catalog, most_bytes)
        self.written: list[str] = []
        self.open = threading.Event()
        self.open.set()

    def publish(self, name: str, hours: int = 0) -> str:
        part = snapshot("acme", NOON + timedelta(hours=hours), [listing(name)])
        self.catalog = catalog([part])
        return self.catalog.id

    def write(self, content: bytes = LONG) -> Callable[[Catalog], Written]:
        def write(of: Catalog) -> Written:
            assert self.open.wait(10)
            self.written.append(of.id)
            return Written(of.id.encode() + content, 1, 0, ("acme",))

        return write

    async def until(self, holds: Callable[[], Any]) -> None:
        async with asyncio.timeout(10):
            while not holds():  # noqa: ASYNC110 - a duty of the program is waited for, which tells nobody
                await asyncio.sleep(0.001)


@asynccontextmanager
async def kept_ready(world: World) -> AsyncIterator[None]:
    duty = asyncio.create_task(world.documents.keep_ready())
    try:
        yield
    finally:
        duty.cancel()
        await asyncio.gather(duty, return_exceptions=True)


async def test_the_one_before_is_served_while_the_next_is_made() -> None:
    world = World()
    first, write = world.catalog, world.write()
    async with kept_ready(world):
        await world.documents.document("x", write, ahead=True)
        world.open.clear()
        second = world.publish("b")
        for _ in range(3):
            await asyncio.sleep(0.01)
            served = await world.documents.document("x", write, ahead=True)
            assert (served.catalog, served.body("identity").content) == (first, first.id.encode() + LONG)
        world.open.set()
        await world.until(lambda: len(world.written) > 1)
        await asyncio.sleep(0.05)
        served = await world.documents.document("x", write, ahead=True)
    assert (served.catalog.id, world.written) == (second, [first.id, second])


async def test_what_is_expected_is_there_before_anybody_asks() -> None:
    world = World()
    world.documents.expect("x", world.write())
    async with kept_ready(world):
        await world.until(lambda: world.written)
        second = world.publish("b")
        await world.until(lambda: len(world.written) > 1)
        await asyncio.sleep(0.05)
        world.open.clear()
        assert (await world.documents.document("x", world.write(), ahead=True)).catalog.id == second
        world.open.set()


async def test_a_question_of_ones_own_is_answered_of_the_newest_catalog() -> None:
    world = World()
    async with kept_ready(world):
        await world.documents.document("x", world.write())
        second = world.publish("b")
        await asyncio.sleep(0.05)
        assert len(world.written) == 1
        assert (await world.documents.document("x", world.write())).catalog.id == second


async def test_what_cannot_be_made_is_said_and_nothing_older_is_served() -> None:
    world = World()
    write = world.write()

    def fails(of: Catalog) -> Written:
        if of.id != first:
            raise ZeroDivisionError
        return write(of)

    first = world.catalog.id
    with capture_logs() as logs:
        async with kept_ready(world):
            await world.documents.document("x", fails, ahead=True)
            world.publish("b")
            await world.until(lambda: logs)
            with pytest.raises(ZeroDivisionError):
                await world.documents.document("x", fails, ahead=True)
            third = world.publish("c")
            first = third
            assert (await world.documents.document("x", fails, ahead=True)).catalog.id == third
    assert (logs[0]["log_level"], logs[0]["document"]) == ("error", "'x'")


async def test_what_nobody_asks_for_any_more_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WANTED_FOR", 0.0)
    world = World()
    async with kept_ready(world):
        await world.documents.document("x", world.write(), ahead=True)
        await asyncio.sleep(0.05)
        second = world.publish("b")
        await asyncio.sleep(0.05)
        assert len(world.written) == 1
        assert (await world.documents.document("x", world.write(), ahead=True)).catalog.id == second


async def test_a_document_is_the_same_in_every_encoding_and_short_ones_are_sent_as_they_are() -> None:
    world = World()
    long = await world.documents.document("long", world.write())
    short = await world.documents.document("short", world.write(b""))
    assert long.body("identity").content == world.catalog.id.encode() + LONG
    assert len({long.body(each).etag for each in ("identity", "gzip", "zstd")}) == 3
    assert {short.body(each).encoding for each in ("identity", "gzip", "zstd")} == {"identity"}


async def test_a_list_that_was_heard_again_makes_a_document_younger_without_writing_it() -> None:
    world = World()
    await world.documents.document("x", world.write(), ahead=True)
    world.publish("a", hours=2)
    found = await world.documents.document("x", world.write(), ahead=True)
    assert found.catalog.snapshots["acme"].fetched_at == NOON + timedelta(hours=2)
    assert len(world.written) == 1


@pytest.mark.parametrize("most_bytes", [2_500, 10])
async def test_what_is_kept_is_bounded_and_what_does_not_fit_is_made_once_a_catalog(most_bytes: int) -> None:
    world = World(most_bytes)
    async with kept_ready(world):
        for name in ("x", "y", "z"):
            await world.documents.document(name, world.write(), ahead=True)
        await asyncio.sleep(0.05)
        made = len(world.written)
        await asyncio.sleep(0.05)
        assert len(world.written) == made <= 6
    assert world.documents._bytes <= most_bytes
