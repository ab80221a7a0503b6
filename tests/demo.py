"""A demo of the service, started as a person would and stopped at the end."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest

PATIENCE = 60.0


class Demo(NamedTuple):
    url: str
    home: Path

    def get(self, path: str) -> httpx2.Response:
        return httpx2.get(self.url + path, timeout=PATIENCE)


@contextmanager
def running_demo(home: Path) -> Iterator[Demo]:
    """Run a demo with a data folder of its own, from when it has heard every provider on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "modelatlas", "serve", "--demo", "--port", str(port)]
    environment = {**os.environ, "MODELATLAS_HOME": str(home)}
    process = subprocess.Popen(
        command, env=environment, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        demo = Demo(f"http://127.0.0.1:{port}", home)
        wait_for_providers(demo, process)
        yield demo
    finally:
        process.terminate()
        assert process.wait(PATIENCE) in {0, -signal.SIGTERM}


def wait_for_providers(demo: Demo, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, "the demo ended by itself"
        try:
            declared = [each for each in demo.get("/providers").json()["data"] if each["kind"] is not None]
            if declared and all(each["outcome"] is not None for each in declared):
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.2)
    pytest.fail("the demo had not heard every provider in time")
