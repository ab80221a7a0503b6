"""The tutorial and the README do what they say: their commands are run against a real demo."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.demo import PATIENCE, Demo, running_demo

ROOT = Path(__file__).resolve().parents[1]
STARTED_BY_HAND = {"make demo", "make run", "make test"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("home")) as demo:
        yield demo


def blocks(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"^```sh\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def test_the_demo_serves_18_000_live_listings_as_one_answer(demo: Demo) -> None:
    """F25: no limit cuts the answer in silence."""
    whole = demo.get("/models?gateway=all&limit=100000").json()
    assert len(whole["data"]) == whole["total"] == whole["returned"]
    assert whole["totals"]["live"] >= 18_000
    assert whole["simulated"] is True
    assert demo.get("/models").json()["data"] == whole["data"]


def test_every_provider_of_the_demo_is_well(demo: Demo) -> None:
    outcomes = {each["slug"]: each["outcome"] for each in demo.get("/providers").json()["data"]}
    declared = {slug: outcome for slug, outcome in outcomes.items() if outcome is not None}
    assert len(declared) >= 12
    assert {outcome["kind"] for outcome in declared.values()} <= {"ok", "unchanged", "retired"}


def test_the_tutorial_runs_from_top_to_bottom(demo: Demo, tmp_path: Path) -> None:
    environment = {**os.environ, "MODELATLAS_HOME": str(demo.home)}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    for block in blocks("docs/tutorial.md"):
        if block.strip() in STARTED_BY_HAND:
            continue
        if block.startswith("curl"):
            for line in block.splitlines():
                curl(line, demo.url)
            continue
        command = ["sh", "-ec", block]
        done = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, block + done.stderr
        assert done.stdout


def test_the_difference_is_explained_whole(demo: Demo) -> None:
    """After everything was synced, what is left has a reason; with default settings 10,000 are stored."""
    demo_key_free = httpx2.post(f"{demo.url}/admin/model-sync/all?wait=120", timeout=2 * PATIENCE)
    assert demo_key_free.status_code == 200
    totals = demo.get("/discrepancies").json()["totals"]
    assert totals["unexplained"] == 0
    assert totals["live"] >= 18_000
    assert totals["stored"] >= 0.97 * totals["live"]


def test_the_readme_names_answers_that_exist(demo: Demo) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    asked = re.findall(r"curl -s '([^']+)' \| jq '\.([a-z_]+)", text)
    assert len(asked) == 2
    for url, key in asked:
        assert key in curl(f"curl '{url}'", demo.url)


def curl(line: str, base: str) -> dict[str, object]:
    """Do what a curl command of a page does, at the demo's address; its comment is the status, else 200."""
    command, _, comment = line.partition("  # ")
    words = shlex.split(command)
    method = words[words.index("-X") + 1] if "-X" in words else "GET"
    parts = urlsplit(words[-1])
    answer = httpx2.request(method, f"{base}{parts.path}?{parts.query}", timeout=2 * PATIENCE)
    assert answer.status_code == int(comment or 200), line
    told = json.loads(answer.content)
    assert isinstance(told, dict)
    return told
