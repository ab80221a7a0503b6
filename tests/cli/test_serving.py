"""Connections of the service."""

import asyncio
from unittest.mock import Mock

import uvicorn
from uvicorn.server import ServerState

from modelatlas.cli.serving import MOST_WAITING, Connection
from modelatlas.views.rows import Rows


def test_little_waits_for_a_client_that_is_slow_to_read() -> None:
    config = uvicorn.Config(lambda: None, log_config=None)
    config.load()
    loop, transport = asyncio.new_event_loop(), Mock(get_extra_info=Mock(return_value=None))
    Connection(config, ServerState(), {}, loop).connection_made(transport)
    transport.set_write_buffer_limits.assert_called_once_with(high=MOST_WAITING)
    loop.close()


def test_pieces_of_a_long_list_are_small_and_make_the_whole() -> None:
    rows = {str(number): b"x" * 750 for number in range(1_000)}
    pieces = list(Rows("acme", rows).pieces())
    assert max(map(len, pieces)) < 16_384
    assert b"".join(pieces) == b",".join(rows.values())
