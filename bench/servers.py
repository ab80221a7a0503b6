"""The programs that are measured: the service over a simulator, and nginx with the same bytes in files."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

import httpx2

COMMAND = str(Path(sys.executable).with_name("modelatlas"))
CONNECTIONS = 32
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
KEY = {"Authorization": "Bearer bench"}
NGINX = """
worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log; daemon off;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; tcp_nopush on; default_type application/json; keepalive_requests 1000000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; root {folder};
    location /whole {{ add_header Content-Encoding gzip; try_files /whole.gz =404; }}
    location /page {{ try_files /page.json =404; }} }} }}
"""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(*command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program for as long as the block lasts."""
    program = subprocess.Popen(
        command, env={**_ENVIRONMENT, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield program
    finally:
        program.send_signal(signal.SIGTERM)
        program.wait(30)


def until(url: str, least: int) -> int:
    """Wait until a service has so many live listings, and no more come; return how many."""
    before = -1
    for _ in range(600):
        try:
            now = int(httpx2.get(f"{url}/models?limit=0").json()["totals"]["live"])
        except (httpx2.TransportError, KeyError):
            now = -1
        if now == before and now >= least:
            return now
        before = now
        time.sleep(2)
    raise SystemExit(f"{url} has no {least} listings after 20 minutes: {before}")


def until_synced(url: str) -> None:
    """Wait until every provider that was heard is synced, and nothing runs."""
    for _ in range(600):
        status = httpx2.get(f"{url}/admin/model-sync/status", headers=KEY).json()
        if not status["running"] and not status["overdue"]:
            return
        time.sleep(2)
    raise SystemExit(f"{url} still syncs after 20 minutes: {status['running']}")


class Running(NamedTuple):
    """A service that has heard all: its URL, its process, and the URL of the simulator that it asks."""

    url: str
    program: subprocess.Popen[bytes]
    via: str


@contextmanager
def service(home: Path, profile: str, least: int, *options: str) -> Iterator[Running]:
    """Run a simulator, and the service that asks it; yield when all is there."""
    via, port = free_port(), free_port()
    keys = {"MODELATLAS_HOME": str(home), "PRICING_SYNC_PROVIDERS": "all", "ADMIN_API_KEY": "bench"}
    with running(COMMAND, "simulate", "--port", str(via), "--profile", profile):
        time.sleep(3)
        serve = (COMMAND, "serve", "--port", str(port), "--via", f"http://127.0.0.1:{via}", *options)
        with running(*serve, **keys) as program:
            url = f"http://127.0.0.1:{port}"
            until(url, least)
            until_synced(url)
            yield Running(url, program, f"http://127.0.0.1:{via}")


@contextmanager
def nginx(folder: Path) -> Iterator[str]:
    """Serve the files of a folder."""
    port = free_port()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    with running(shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(folder / "nginx.conf")):
        time.sleep(1)
        yield f"http://127.0.0.1:{port}"


class Load(NamedTuple):
    """Requests a second, and the milliseconds that the slowest hundredth took."""

    rate: float
    p99: float


def load(
    urls: dict[str, tuple[str, dict[str, str]]], rounds: int, script: Path | None = None
) -> dict[str, Load]:
    """Ask each URL as fast as it answers, by turns; return the medians of each."""
    found: dict[str, list[Load]] = {}
    for _ in range(rounds):
        for name, (url, headers) in urls.items():
            found.setdefault(name, []).append(_wrk(url, headers, script))
    return {
        name: Load(median(each.rate for each in all_), median(each.p99 for each in all_))
        for name, all_ in found.items()
    }


def _wrk(url: str, headers: dict[str, str], script: Path | None) -> Load:
    asked = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        "-d2s",
        "--latency",
        *asked,
        *(["-s", str(script)] if script else []),
        url,
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told and "If-None-Match" not in headers:
        raise SystemExit(f"{url} answers with errors:\n{told}")
    slow = re.search(r"99%\s+([\d.]+)(us|ms|s)", told)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    return Load(float(rate[1]), float(slow[1]) * {"us": 1e-3, "ms": 1, "s": 1e3}[slow[2]])  # type: ignore[index]


def megabytes(program: subprocess.Popen[bytes], which: str = "VmRSS") -> float:
    """Return the memory of a program in MB, now or at its most (VmHWM)."""
    return memory_of(program.pid, which)


def memory_of(pid: int, which: str = "VmRSS") -> float:
    """Return the memory of a process in MB, now or at its most (VmHWM)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{which}:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


def processor_seconds(program: subprocess.Popen[bytes]) -> float:
    """Return the processor time that a process has taken."""
    fields = Path(f"/proc/{program.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
