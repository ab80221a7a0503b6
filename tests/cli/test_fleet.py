"""Two services on one PostgreSQL and one Redis: each scheduled run happens once, each list is asked once."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from modelatlas.storage.engine import open_engine
from tests.cli.test_serve import running
from tests.postgresql import PostgreSQL
from tests.redis_server import RedisServer
from tests.storage.stores import Store

LISTED = {"openrouter", "groq"}
PERIODS = 3
INTERVAL = timedelta(hours=0.01)
TTL = 15.0
PATIENCE = 300.0
RUNS = (
    "SELECT id, sync_started_at, sync_completed_at, status, after_run_id FROM pricing_sync_log "
    "WHERE provider_slug = :slug ORDER BY id"
)


def test_three_periods_of_two_services(
    environment: dict[str, str], tmp_path: Path, provided: Callable[..., str],
    postgresql: PostgreSQL, redis_server: RedisServer,
) -> None:  # fmt: skip
    """F44: of two that look at the same moment one begins; F49: one fetch for the whole fleet."""
    openrouter = [{"id": id_, "pricing": {"prompt": "0.00000015"}} for id_ in "abc"]
    simulator = provided(openrouter=openrouter, groq=[{"id": "a"}])
    with postgresql.database() as url, ExitStack() as closing:
        asked = {
            **environment, "DATABASE_URL": url, "REDIS_URL": redis_server.url, "PROVIDERS_VIA": simulator,
            "PRICING_SYNC_PROVIDERS": ",".join(LISTED), "PRICING_SYNC_INTERVAL_HOURS": "0.01",
            "CATALOG_TTL_SECONDS": str(int(TTL)), "PRICE_REFERENCES": "",
        }  # fmt: skip
        engine = open_engine(url)
        closing.callback(engine.dispose)
        store, begun = Store(engine), time.monotonic()
        words = ["serve", "--port", "0"]
        home = {name: {**asked, "MODELATLAS_HOME": str(tmp_path / name)} for name in ("one", "two")}
        with (
            running(words, home["one"], tmp_path, "model-sync/all", PATIENCE) as one,
            running(words, home["two"], tmp_path, "model-sync/all", PATIENCE) as two,
        ):
            while any(len(ended(store, slug)) <= PERIODS for slug in LISTED):
                assert time.monotonic() - begun < PATIENCE, {slug: ended(store, slug) for slug in LISTED}
                time.sleep(1)
            visits = httpx2.get(f"{simulator}/_simulator/requests").json()
            passed = time.monotonic() - begun
            assert len(store.rows("SELECT id FROM executors")) == 2
            assert len({service.get("/models?gateway=openrouter")["catalog"] for service in (one, two)}) == 1
            one.stop()
            two.stop()
        for slug in LISTED:
            check_runs(store.rows(RUNS, slug=slug))
            assert 2 <= visits[slug]["requests"] <= passed // TTL + 1


def ended(store: Store, slug: str) -> list[Any]:
    return [row for row in store.rows(RUNS, slug=slug) if row[3] == "success"]


def check_runs(runs: list[Any]) -> None:
    """Each run follows the one before it, by an interval at least; none failed, and none was begun twice."""
    done = [run for run in runs if run[3] != "running"]
    assert {status for _, _, _, status, _ in done} == {"success"}
    assert [after for *_, after in runs] == [None, *(id_ for id_, *_ in runs)][: len(runs)]
    for (_, _, completed, _, _), (_, started, *_) in zip(done, runs[1:], strict=False):
        assert datetime.fromisoformat(started) - datetime.fromisoformat(completed) >= INTERVAL
