"""Connections of the service."""

import asyncio
from collections.abc import Callable
from typing import cast
from unittest.mock import Mock

import uvicorn
from uvicorn.server import ServerState

from modelatlas.cli.serving import MOST_WAITING, Connection
from modelatlas.views.rows import Rows
from modelatlas.web.app import create
from modelatlas.wiring.atlas import Atlas
from tests.web.builders import big_world


def test_little_waits_for_a_client_that_is_slow_to_read() -> None:
    config = uvicorn.Config(lambda: None, log_config=None)
    config.load()
    loop, transport = asyncio.new_event_loop(), Mock(get_extra_info=Mock(return_value=None))
    Connection(config, ServerState(), {}, loop).connection_made(transport)
    transport.set_write_buffer_limits.assert_called_once_with(high=MOST_WAITING)
    loop.close()


class Later:
    """A loop whose time goes on when it is told to; it knows what is to be called when."""

    def __init__(self) -> None:
        self.now = 0.0
        self.due: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, call: Callable[[], None]) -> Mock:
        entry = (self.now + delay, call)
        self.due.append(entry)
        return Mock(cancel=lambda: self.due.remove(entry))

    def go_to(self, now: float) -> None:
        self.now = now
        while ready := [entry for entry in self.due if entry[0] <= now]:
            self.due.remove(ready[0])
            ready[0][1]()


async def test_a_connection_is_closed_some_time_after_its_last_answer_by_one_timer() -> None:
    atlas = big_world(60)
    await atlas.hear(*atlas.providers)
    app = create(cast(Atlas, atlas))
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_keep_alive=5)
    config.load()
    closed: list[float] = []
    loop = Later()
    transport = Mock(is_closing=lambda: bool(closed), close=lambda: closed.append(loop.now))
    transport.get_extra_info.return_value = None
    connection = Connection(config, ServerState(), {}, cast(asyncio.AbstractEventLoop, loop))
    connection.connection_made(transport)
    await asyncio.to_thread(app._site.make_ready, app._site.catalog)
    for now in (0, 3, 6, 9):
        loop.go_to(now)
        connection.data_received(b"GET /models?limit=1 HTTP/1.1\r\nhost: x\r\n\r\n")
        assert transport.writelines.call_count == 1 + now / 3
        assert len(loop.due) == 1
        assert not closed
    for now in range(10, 30):
        loop.go_to(now)
    assert closed == [14]
    assert not loop.due


def test_pieces_of_a_long_list_are_small_and_make_the_whole() -> None:
    rows = {str(number): b"x" * 750 for number in range(1_000)}
    pieces = list(Rows("acme", rows).pieces())
    assert max(map(len, pieces)) < 16_384
    assert b"".join(pieces) == b",".join(rows.values())
