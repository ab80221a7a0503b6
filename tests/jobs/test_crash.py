"""A process is killed in the middle of a run: nothing of it is visible, and another one carries it on."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelatlas.jobs import jobs as jobs_module
from modelatlas.storage.engine import open_engine
from tests.jobs.dying import IDS, LEASE, process
from tests.postgresql import PostgreSQL
from tests.storage.stores import Store

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.sqlite'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    with server.database() as made:
        yield made


async def test_a_run_whose_process_is_killed_is_carried_on_by_another(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F45: `kill -9` between two statements of its transaction."""
    monkeypatch.setattr(jobs_module, "LEASE", LEASE)
    monkeypatch.setattr(jobs_module, "BEAT", 0.2)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, str(ROOT / "tests" / "jobs" / "dying.py"), url, str(tmp_path)]
    killed = subprocess.run(  # noqa: ASYNC221 - nothing else happens meanwhile
        words, env=environment, capture_output=True, timeout=120, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()

    engine = open_engine(url)
    store = Store(engine)
    (run,) = store.ledger.running()
    assert run.executor == "host-0"
    for table in ("models", "price_quotes", "model_pricing", "model_pricing_history"):
        assert store.rows(f"SELECT COUNT(*) FROM {table}") == [(0,)], table

    jobs = process(engine, tmp_path)
    await jobs.start(takes_work=True)
    try:
        (ended,) = await jobs.wait([run], 60)
        assert (ended.id, ended.status, ended.inserted) == (run.id, "success", len(IDS))
        assert store.rows("SELECT COUNT(*) FROM models WHERE is_active = true") == [(len(IDS),)]
        (again,) = await jobs.wait(await jobs.begin(["acme"]), 60)
        assert (again.status, again.unchanged, again.inserted) == ("success", len(IDS), 0)
    finally:
        await jobs.stop()
        engine.dispose()
