"""The services of the trial, each a process of its own, that can be killed and started again."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bench.fleet.connection import Reply, once

KEY: Final = "fleet"
_FAULT: Final = re.compile(r"Traceback|a fault of ours|\[error|\[critical")


class Service:
    """One service on its own port. `is_up` says whether it should answer, `has_redis` whether Redis does.

    `away` are the times in which it did not, or Redis did not answer it, in seconds since 1970.
    """

    def __init__(self, number: int, port: int, folder: Path, environment: Mapping[str, str]) -> None:
        self.number = number
        self.port = port
        self.is_up = False
        self.has_redis = True
        self.away: list[tuple[float, float]] = []
        self._folder = folder
        self._environment = {**os.environ, **environment, "ADMIN_API_KEY": KEY, "PORT": str(port)}
        self._log = folder / f"service-{number}.log"
        self._program: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start its process."""
        command = Path(sys.executable).with_name("modelatlas")
        with self._log.open("ab") as log:
            self._program = subprocess.Popen(
                [command, "serve"], env=self._environment, cwd=self._folder, stdout=log, stderr=log
            )

    def kill(self) -> float:
        """Kill its process; return when."""
        self.is_up, killed = False, time.time()
        if self._program is not None:
            self._program.kill()
            self._program.wait()
        return killed

    def stop(self) -> int | None:
        """Tell its process to stop; return its exit code."""
        self.is_up = False
        if self._program is None:
            return None
        self._program.send_signal(signal.SIGTERM)
        return self._program.wait(60)

    def was_away(self, from_: float, to: float) -> bool:
        """Tell whether it was not there, or without Redis, in some of this time."""
        return any(from_ < end and begin < to for begin, end in self.away)

    def faults(self) -> list[str]:
        """Return the lines of its log that should not be there."""
        lines = self._log.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if _FAULT.search(line)]

    async def redis(self) -> str:
        """Return how it says that it stands with Redis. Raises as `get` does."""
        return str(json.loads((await self.get("/health")).content)["redis"]["state"])

    async def get(self, path: str) -> Reply:
        """Ask it, as an operator does. Raises `OSError` or `EOFError` where it does not answer."""
        return await once(self.port, path, authorization=f"Bearer {KEY}")

    async def post(self, path: str) -> Reply:
        """Ask it to do something, as an operator does. Raises as `get` does."""
        return await once(self.port, path, method="POST", authorization=f"Bearer {KEY}")
