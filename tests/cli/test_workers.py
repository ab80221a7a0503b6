"""`serve --workers`: several processes behind one port say the same, and live and end together."""

import json
import os
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from modelatlas.cli.workers import NICENESS
from tests.cli.conftest import Run
from tests.cli.test_serve import PATIENCE, Service, running
from tests.postgresql import PostgreSQL

LISTED = [{"id": id_, "pricing": {"prompt": "0.00000015"}} for id_ in ("a", "b", "c")]
WORDS = ["serve", "--port", "0", "--workers", "2"]


@pytest.fixture(params=["sqlite", "postgresql"])
def stored(
    request: pytest.FixtureRequest, environment: dict[str, str], provided: Callable[..., str]
) -> Iterator[dict[str, str]]:
    """The environment of a service on a store of each kind, beside a simulator."""
    via = provided(openrouter=LISTED)
    asked = {**environment, "PROVIDERS_VIA": via, "PRICING_SYNC_PROVIDERS": "openrouter"}
    if request.param == "sqlite":
        yield asked
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    with server.database() as url:
        yield {**asked, "DATABASE_URL": url}


def test_all_workers_say_the_same_and_whoever_ends_is_started_again(
    stored: dict[str, str], tmp_path: Path
) -> None:
    with running(WORDS, stored, tmp_path, "model-sync/all") as service:
        first = until_agreed(service)
        asks, *readers = children(service.process.pid)
        assert len(readers) == 2
        usual = os.getpriority(os.PRIO_PROCESS, readers[0])
        assert os.getpriority(os.PRIO_PROCESS, asks) == min(19, usual + NICENESS)
        for victim in (readers[0], asks):
            os.kill(victim, signal.SIGKILL)
            until(partial(replaced, service.process.pid, victim))
            assert until_agreed(service) == first
        key = (tmp_path / "home" / "admin.key").read_text(encoding="ascii").strip()
        said = post(service, "/admin/model-sync/provider/openrouter?wait=60", key)
        assert [run["status"] for run in said["runs"]] == ["success"]
        for _ in range(4):  # whichever reader is met: it is told, and asks nobody
            said = post(service, "/admin/refresh/openrouter?wait=60", key)
            assert (said["outcome"]["kind"], said["kept_in"]) == ("unchanged", "store")
        assert until_agreed(service)
        left = children(service.process.pid)
        code, err = service.stop()
    assert code == 130
    assert "Traceback" not in err
    until(lambda: not any(map(lives, left)))


def test_the_workers_end_when_the_first_process_dies(environment: dict[str, str], tmp_path: Path) -> None:
    quiet = {**environment, "PROVIDERS_VIA": "http://127.0.0.1:9", "PRICING_SYNC_PROVIDERS": "groq"}
    with running(WORDS, quiet, tmp_path, "model-sync/all") as service:
        left = children(service.process.pid)
        service.process.kill()
        until(lambda: not any(map(lives, left)))


def test_no_workers_is_a_wrong_question(modelatlas: Run) -> None:
    code, out, err = modelatlas("serve", "--workers", "0")
    assert (code, out) == (2, "")
    assert "--workers" in err


def until_agreed(service: Service) -> str:
    """Wait until twenty connections, over all workers, get one catalog of many providers; return its id."""
    found: set[str] = set()

    def agreed() -> bool:
        nonlocal found
        found = {service.get("/models?limit=1")["catalog"] for _ in range(20)}
        ready = service.get("/models?limit=1")["totals"]["live"] == len(LISTED)
        return len(found) == 1 and ready and found == {service.get("/models?limit=1")["catalog"]}

    until(agreed)
    return found.pop()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.2)


def children(pid: int) -> list[int]:
    """Return the processes of a service, the oldest first; python's own keeper of resources is none."""
    said = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [int(each) for each in said if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]


def replaced(pid: int, gone: int) -> bool:
    left = children(pid)
    return len(left) == 3 and gone not in left


def lives(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except FileNotFoundError:
        return False


def post(service: Service, path: str, key: str) -> Any:
    asked = urllib.request.Request(
        service.url + path, method="POST", headers={"Authorization": f"Bearer {key}"}
    )
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
        return json.loads(answer.read())
