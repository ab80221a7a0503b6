"""A Redis for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.redis_server import NO_REDIS, RedisServer, is_there


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A server of its own; where there is none on PATH, the test that asks is skipped and counted."""
    if not is_there():
        pytest.skip(NO_REDIS)
    server = RedisServer(tmp_path)
    yield server
    server.stop()
