"""`serve` and `simulate` as processes of their own: they say where they are, answer, and stop when told."""

import json
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

PATIENCE = 60.0
NOBODY = "http://127.0.0.1:9"
"""Where no simulator is, so that a service asks nobody."""


class Service:
    """A running command: the lines that it announced, and where it answers."""

    def __init__(self, process: subprocess.Popen[str], announced: str) -> None:
        self.process = process
        self.announced = announced
        found = re.search(r"http://[\d.]+:\d+", announced)
        assert found, announced + process.communicate(timeout=PATIENCE)[1]
        self.url = found[0]

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE) as answer:
            return json.loads(answer.read())

    def stop(self, how: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        self.process.send_signal(how)
        _, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, err


@contextmanager
def running(
    words: list[str], environment: dict[str, str], folder: Path, end: str, patience: float = PATIENCE
) -> Iterator[Service]:
    """Start a command and read what it says up to a line that contains `end`; kill it when patience ends."""
    with subprocess.Popen(
        [sys.executable, "-m", "modelatlas", *words],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        guard = threading.Timer(patience, process.kill)
        guard.start()
        try:
            assert process.stdout is not None
            lines = []
            for line in process.stdout:
                lines.append(line)
                if end in line:
                    break
            yield Service(process, "".join(lines))
        finally:
            guard.cancel()
            if process.poll() is None:
                process.kill()
                process.communicate()


def test_serve_says_where_it_is_answers_and_stops_quietly(
    environment: dict[str, str], tmp_path: Path
) -> None:
    quiet = {**environment, "PRICING_SYNC_PROVIDERS": "groq", "PROVIDERS_VIA": NOBODY}
    with running(["serve", "--port", "0"], quiet, tmp_path, "model-sync/all") as service:
        assert f"curl '{service.url}/models?limit=3'" in service.announced
        assert "from references" in service.announced
        assert f"simulated, via {NOBODY}" in service.announced
        key = tmp_path / "home" / "admin.key"
        assert f'-H "Authorization: Bearer $(cat {key})"' in service.announced
        assert key.read_text(encoding="ascii").strip() not in service.announced
        answer = service.get("/models?limit=1")
        assert answer["totals"]["reference"] == answer["total"] > 2_000
        code, err = service.stop()
    assert code == 130
    assert "Traceback" not in err


def test_the_announced_line_for_writing_works(environment: dict[str, str], tmp_path: Path) -> None:
    quiet = {**environment, "PRICING_SYNC_PROVIDERS": "groq", "PROVIDERS_VIA": NOBODY}
    with running(["serve", "--port", "0"], quiet, tmp_path, "model-sync/all") as service:
        program, *_, header, url = shlex.split(service.announced.splitlines()[-1])
        name, value = header.split(": ")
        file = value.removeprefix("Bearer $(cat ").removesuffix(")")
        key = Path(file).read_text(encoding="ascii").strip()
        asked = urllib.request.Request(url, method="POST", headers={name: f"Bearer {key}"})
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            assert (program, answer.status) == ("curl", 202)
        service.stop(signal.SIGTERM)


def test_a_taken_port_ends_with_1_and_the_next_step(modelatlas: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, out, err = modelatlas("serve", "--port", str(port))
    assert (code, out) == (1, "")
    assert err.startswith(f"error: cannot listen on 127.0.0.1:{port} (Address already in use)")
    assert "--port" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--no-keys"], "--no-keys belongs to --demo"),
        (["--demo", "--via", "http://127.0.0.1:9"], "expected one of them"),
        (["--port", "70000"], "--port"),
        (["--port", "0", "--via", "http://192.0.2.7:9000"], "--allow-remote-via"),
    ],
)
def test_what_cannot_be_served_ends_with_2(words: list[str], told: str, modelatlas: Run) -> None:
    code, out, err = modelatlas("serve", *words)
    assert (code, out) == (2, "")
    assert told in err


def test_an_open_address_without_a_configured_key_refuses_writing_and_says_so(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """F52."""
    quiet = {**environment, "PRICING_SYNC_PROVIDERS": "groq", "PROVIDERS_VIA": NOBODY}
    with running(["serve", "--host", "0.0.0.0", "--port", "0"], quiet, tmp_path, "models?limit=3") as service:
        assert "writing  refused: others can reach this address; set ADMIN_API_KEY" in service.announced
        assert "admin/model-sync" not in service.announced
        asked = urllib.request.Request(f"{service.url}/admin/model-sync/all", method="POST")
        with pytest.raises(urllib.error.HTTPError, match="403") as refused:
            urllib.request.urlopen(asked, timeout=PATIENCE)
        refused.value.close()


def test_the_demo_serves_simulated_listings_from_a_store_of_its_own(
    environment: dict[str, str], tmp_path: Path
) -> None:
    keyed = {**environment, "OPENAI_API_KEY": "a real one"}
    with running(["serve", "--demo", "--port", "0"], keyed, tmp_path, "model-sync/all") as service:
        assert "the demo: everything is simulated" in service.announced
        assert "from this machine without a key" in service.announced
        assert service.get("/models?limit=1")["simulated"] is True
        assert (tmp_path / "home" / "demo" / "modelatlas.sqlite").exists()
        assert not (tmp_path / "home" / "modelatlas.sqlite").exists()
        code, err = service.stop()
    assert code == 130
    assert "Traceback" not in err


def test_the_simulator_says_where_it_is_and_answers(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "openrouter.json").write_text('{"data": [{"id": "a"}, {"id": "b"}]}', encoding="utf-8")
    words = ["simulate", "--port", "0", "--recordings", str(tmp_path)]
    with running(words, environment, tmp_path, "curl") as service:
        assert "2 listings of 1 providers" in service.announced
        assert f"modelatlas serve --via {service.url}" in service.announced
        assert service.get("/")["total"] == 2
        code, err = service.stop()
    assert (code, err) == (130, "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--profile", "seeds"], "did you mean 'seed'?"),
        (["--fault", "slwo"], "did you mean 'slow'?"),
        (["--recordings", "nowhere"], "expected a directory of files"),
    ],
)
def test_a_world_that_there_is_not_ends_with_2(words: list[str], told: str, modelatlas: Run) -> None:
    code, out, err = modelatlas("simulate", *words)
    assert (code, out) == (2, "")
    assert told in err
