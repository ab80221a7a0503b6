"""The simulator on a real port, beside the program that it feeds."""

import socket
import threading

import httpx2
import pytest

from modelatlas.domain.errors import Misconfigured
from modelatlas.providers.registry import declared
from modelatlas.simulator.serve import background
from modelatlas.simulator.world import generated
from tests.simulator.client import address


def test_it_answers_at_once_on_a_free_port() -> None:
    with background(generated("seed")) as url, httpx2.Client(trust_env=False) as client:
        assert client.get(url).json()["profile"] == "seed"
        answer = client.get(url + address(declared()["openrouter"].lists[0]))
        assert len(answer.json()["data"]) == 3_500
    with pytest.raises(httpx2.ConnectError), httpx2.Client(trust_env=False) as client:
        client.get(url)


def test_it_stops_although_somebody_still_waits() -> None:
    with (
        background(generated("real"), faults=["hang"]) as url,
        pytest.raises(httpx2.TimeoutException),
        httpx2.Client(trust_env=False) as client,
    ):
        client.get(url + address(declared()["openrouter"].lists[0]), timeout=0.2)
    assert "simulator" not in {thread.name for thread in threading.enumerate()}


def test_a_taken_port_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(Misconfigured, match="choose another --port"),
            background(generated("real"), port=port),
        ):
            pytest.fail("two programs listen on one port")
