"""A small world, served."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.web.builders import FakeAtlas, client_of, small_world


@pytest.fixture
def atlas() -> FakeAtlas:
    return small_world()


@pytest.fixture
async def client(atlas: FakeAtlas) -> AsyncIterator[httpx2.AsyncClient]:
    """A client far away, of a service that has heard all its providers."""
    async with client_of(atlas) as client:
        await atlas.hear("acme", "zeta", "gone")
        yield client
