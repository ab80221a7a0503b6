"""Show what tests cannot wait for: runs through `kill -9`, and two services on one store and one Redis.

    python scripts/show_runs.py crash    # SQLite: kill -9 in the middle of a full sync, again and again
    python scripts/show_runs.py fleet    # PostgreSQL and Redis: for three periods each run happens once

Everything is simulated and happens on this machine, on free ports, in databases that are dropped again. Ends
with 1 and says what was wrong when something was.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx2

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sqlalchemy import create_engine, text  # noqa: E402

from modelatlas.cli.keys import demo_keys  # noqa: E402
from modelatlas.providers.registry import declared  # noqa: E402
from tests.postgresql import LOCAL, PostgreSQL  # noqa: E402
from tests.redis_server import RedisServer  # noqa: E402

KEY = "key-of-the-show"
SYNCED = ("openrouter", "groq", "deepinfra", "together")
TTL = 30
INTERVAL = 36
PERIODS = 3
KILLS = 5


class Service:
    """`modelatlas serve` in a process of its own."""

    def __init__(self, name: str, home: Path, simulator: str, more: Mapping[str, str]) -> None:
        self.log = (home / f"{name}.log").open("ab")
        settings = {
            "MODELATLAS_HOME": str(home), "PROVIDERS_VIA": simulator, "ADMIN_API_KEY": KEY,
            "CATALOG_TTL_SECONDS": str(TTL), "PRICING_SYNC_PROVIDERS": ",".join(SYNCED),
            **demo_keys(declared(), with_keys=True), **more,
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "modelatlas", "serve", "--port", "0"],
            env={**os.environ, **settings}, cwd=home, stdout=subprocess.PIPE, stderr=self.log, text=True,
        )  # fmt: skip
        self.url = announced(self.process)

    def ask(self, method: str, path: str, seconds: float = 200) -> Any:
        headers = {"Authorization": f"Bearer {KEY}"}
        answer = httpx2.request(method, self.url + path, headers=headers, timeout=seconds)
        answer.raise_for_status()
        return answer.json()

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.wait(60)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.log.close()


def crash() -> list[str]:
    """Kill a service in the middle of full syncs; look at what is left, and whether a restart heals it."""
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder, simulator() as at:
        home = Path(folder)
        store = f"sqlite:///{home / 'modelatlas.sqlite'}"
        for kill in range(KILLS):
            service = Service("service", home, at, {"PRICING_SYNC_ENABLED": "false"})
            began = service.ask("POST", "/admin/model-sync/all")["runs"]
            time.sleep(random.uniform(0.2, 6))
            service.end(signal.SIGKILL)
            counts = Counter(status for (status,) in rows(store, "SELECT status FROM pricing_sync_log"))
            print(f"kill -9 number {kill + 1} with {len(began)} runs begun: {dict(counts)}")
            wrong += half_written(store)
        service = Service("service", home, at, {"PRICING_SYNC_ENABLED": "false"})
        begun = time.monotonic()
        while running := rows(store, "SELECT provider_slug FROM pricing_sync_log WHERE status = 'running'"):
            if time.monotonic() - begun > 180:
                wrong.append(f"still running: {running}")
                break
            time.sleep(1)
        print(f"after the last restart everything has ended within {time.monotonic() - begun:.0f} s")
        for status, error, count in rows(
            store, "SELECT status, error_message, COUNT(*) FROM pricing_sync_log GROUP BY 1, 2 ORDER BY 1"
        ):
            print(f"  {count:4} {status} {error or ''}")
        wrong += half_written(store)
        healed = service.ask("POST", "/admin/model-sync/all?wait=180")["runs"]
        counts = Counter(run["status"] for run in healed)
        print(f"the next sync of all: {dict(counts)}")
        wrong += [f"{run['provider']}: {run['error']}" for run in healed if run["status"] != "success"]
        wrong += half_written(store)
        told = service.ask("GET", "/discrepancies?limit=1")["totals"]
        print(f"live {told['live']}, stored {told['stored']}, unexplained {told['unexplained']}")
        wrong += ["something is unexplained"] * bool(told["unexplained"])
        service.end()
    return wrong


def half_written(store: str) -> list[str]:
    """Name providers whose rows are not those that their last success says, and prices without a history."""
    found = rows(
        store,
        "SELECT p.slug, COUNT(m.id), (SELECT l.models_fetched - l.models_skipped FROM pricing_sync_log l "
        "WHERE l.provider_slug = p.slug AND l.status = 'success' ORDER BY l.id DESC LIMIT 1) "
        "FROM providers p LEFT JOIN models m ON m.provider_id = p.id AND m.is_active GROUP BY p.slug",
    )
    wrong = [
        f"{slug}: {there} rows, its last success wrote {said}" for slug, there, said in found if there != said
    ]
    orphans = rows(
        store,
        "SELECT COUNT(*) FROM model_pricing p WHERE NOT EXISTS (SELECT 1 FROM model_pricing_history h "
        "WHERE h.model_id = p.model_id AND h.unit = p.unit AND h.valid_to IS NULL)",
    )
    return wrong + ["prices without history"] * bool(orphans[0][0])


def fleet() -> list[str]:
    """Let two services share one PostgreSQL and one Redis for three periods; count runs and fetches."""
    wrong: list[str] = []
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        at = stack.enter_context(simulator())
        database = stack.enter_context(PostgreSQL(LOCAL).database())
        redis = RedisServer(home)
        stack.callback(redis.stop)
        more = {
            "DATABASE_URL": database, "REDIS_URL": redis.url,
            "PRICING_SYNC_INTERVAL_HOURS": str(INTERVAL / 3600),
        }  # fmt: skip
        calls = calls_of_one_fetch(home, at)
        before = requests(at)
        services = []
        for name in ("one", "two"):
            (home / name).mkdir()
            services.append(Service(name, home / name, at, more))
        begun = time.monotonic()
        time.sleep(INTERVAL * PERIODS + 20)
        window = time.monotonic() - begun
        asked = {slug: n - before.get(slug, 0) for slug, n in requests(at).items()}
        catalogs = {each.ask("GET", "/providers")["catalog"] for each in services}
        sharing = [each.ask("GET", "/health")["redis"]["state"] for each in services]
        for each in services:
            each.end()
        print(
            f"{window:.0f} s, interval {INTERVAL} s, time to live {TTL} s; "
            f"Redis {sharing}; catalogs {catalogs}"
        )
        wrong += ["the catalogs differ"] * (len(catalogs) > 1)
        wrong += once_per_period(database)
        fetches = {slug: asked.get(slug, 0) / n for slug, n in calls.items() if n}
        most = int(window // TTL) + 1
        print(
            f"fetches of each of {len(fetches)} providers: {dict(Counter(fetches.values()))}, at most {most}"
        )
        wrong += [
            f"{slug} was fetched {n} times in {window:.0f} s" for slug, n in fetches.items() if n > most
        ]
        wrong += [
            f"{slug} was fetched {n} times only" for slug, n in fetches.items() if n < window // (TTL * 2)
        ]
    return wrong


def once_per_period(database: str) -> list[str]:
    """Look whether each run came an interval after the one before, and none came twice."""
    runs = rows(
        database,
        "SELECT provider_slug, sync_started_at, sync_completed_at, status, executor_id, workflow_id "
        "FROM pricing_sync_log ORDER BY id",
    )
    wrong = [f"{slug}: {status}" for slug, _, _, status, _, _ in runs if status != "success"]
    print(f"{len(runs)} runs, in hand of {dict(Counter(executor for *_, executor, _ in runs))}")
    if len({workflow for *_, workflow in runs}) < len(runs):
        wrong.append("a workflow has two runs")
    for slug in SYNCED:
        theirs: list[tuple[datetime, datetime]] = [(a, b) for s, a, b, *_ in runs if s == slug]
        gaps = [(b[0] - a[1]).total_seconds() for a, b in pairwise(theirs)]
        print(f"  {slug}: {len(theirs)} runs, after {', '.join(f'{gap:.1f}' for gap in gaps)} s")
        wrong += [f"{slug} was synced {gap} s after its last success" for gap in gaps if gap < INTERVAL]
        wrong += [f"{slug} was synced {len(theirs)} times"] * (len(theirs) not in {PERIODS, PERIODS + 1})
    return wrong


def calls_of_one_fetch(home: Path, at: str) -> dict[str, int]:
    """Return how many calls one fetch of each provider takes: what a command alone does with all of them."""
    env = {**os.environ, "MODELATLAS_HOME": str(home / "alone"), **demo_keys(declared(), with_keys=True)}
    words = [sys.executable, "-m", "modelatlas", "sync", "--all", "--dry-run", "--json", "--via", at]
    subprocess.run(words, env=env, cwd=home, stdout=subprocess.DEVNULL, check=True, timeout=300)
    return requests(at)


def requests(at: str) -> dict[str, int]:
    seen = httpx2.get(f"{at}/_simulator/requests", timeout=60).json()
    return {slug: each["requests"] for slug, each in seen.items()}


@contextlib.contextmanager
def simulator() -> Iterator[str]:
    words = [sys.executable, "-m", "modelatlas", "simulate", "--port", "0", "--profile", "real"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield announced(process)
    finally:
        process.terminate()
        process.wait(30)


def announced(process: "subprocess.Popen[str]") -> str:
    """Return the URL that a process says it answers at."""
    assert process.stdout is not None
    for line in process.stdout:
        for word in line.split():
            if word.startswith("http://127.0.0.1:"):
                return word.rstrip("/.,:")
    raise SystemExit("a process ended before it answered")


def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]
    finally:
        engine.dispose()


if __name__ == "__main__":
    found = {"crash": crash, "fleet": fleet}[sys.argv[1]]()
    print(*(found or ["nothing was wrong"]), sep="\n")
    sys.exit(bool(found))
