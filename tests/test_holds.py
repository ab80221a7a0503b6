"""A provider lists half of its models, all of a sudden: it is held, said where operators look, and let go."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import msgspec
import pytest

from modelatlas.simulator.serve import background
from modelatlas.simulator.world import recorded
from tests.test_journey import KEYS, Service, service

RELEASE = "POST /admin/holds/groq/release"


@pytest.fixture
def base(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "recordings"
    folder.mkdir()
    entries = [{"id": f"acme/model-{number:02}"} for number in range(25)]
    (folder / "groq.json").write_bytes(msgspec.json.encode({"data": entries}))
    with background(recorded(folder)) as url:
        yield url


async def test_a_held_list_is_told_everywhere_and_released_over_http(
    base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F24, F28."""
    async with service(tmp_path, base) as running:
        await running.post("/admin/model-sync/provider/groq?wait=60")
        assert await counts(running) == (25, 25)
        async with httpx2.AsyncClient() as simulator:
            await simulator.post(f"{base}/_simulator/faults/groq/half-list")
        monkeypatch.setattr("modelatlas.flows.sync.FRESH_ENOUGH", timedelta(0))  # as if time had passed
        (run,) = (await running.post("/admin/model-sync/provider/groq?wait=60"))["runs"]
        assert (run["status"], RELEASE in run["error"]) == ("failed", True)
        monkeypatch.undo()
        groq = await running.get("/providers/groq")
        assert (groq["outcome"]["kind"], groq["listings"], groq["held"]["listings"]) == (
            "suspicious_shrink",
            25,
            12,
        )
        assert await counts(running) == (25, 25)  # what was good stays, live and stored
        hindered = (await running.get("/discrepancies"))["hindered"]
        assert [line for each in hindered for line in each["to_do"] if RELEASE in line]
        for command in ("doctor", "explain"):
            assert RELEASE in await asyncio.to_thread(said, command, base, tmp_path), command

        released = await running.post("/admin/holds/groq/release")
        assert (released["listings"], released["held"]) == (12, None)
        assert (await running.get("/models?gateway=groq"))["total"] == 12
        await running.post("/admin/model-sync/provider/groq?wait=60")
        assert await counts(running) == (12, 25)
        assert await running.reasons() == {"missing_grace": -13}


async def counts(running: Service) -> tuple[int, int]:
    told = (await running.get("/discrepancies?limit=1"))["totals"]
    return told["live"], told["stored"]


def said(command: str, base: str, home: Path) -> str:
    """Return what a command tells beside the service."""
    variables = {**KEYS, "MODELATLAS_HOME": str(home), "PROVIDERS_VIA": base}
    words = [sys.executable, "-m", "modelatlas", command]
    done = subprocess.run(
        words, env={**os.environ, **variables}, cwd=home, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr
