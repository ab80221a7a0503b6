"""The page in a real browser, against one running demo: the scenarios of `page/tests/`, in any order.

They need Node, the packages of `page/` (`make page`) and Chromium; what is missing is said by the skip.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modelatlas.web.page import read_page
from tests.page.operated import operated
from tests.web.builders import KEY

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ("catalog", "detail", "reach", "pages")
"""`pages` syncs every provider and may come first. `operator` has a service of its own, which wants a key."""
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NODE = shutil.which("node")
PATIENCE = 120.0

pytestmark = pytest.mark.xdist_group("page")


def missing() -> str | None:
    if NODE is None:
        return "Node is missing: the page is neither built nor tried"
    if read_page() is None or not (ROOT / "page" / "node_modules" / "playwright-core").is_dir():
        return "the page is not built: run `make page`"
    if CHROMIUM is None:
        return "Chromium is missing: the page is not tried in a browser"
    return None


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A demo that has heard all its providers and has synced the usual ones."""
    if (reason := missing()) is not None:
        pytest.skip(reason)
    home = tmp_path_factory.mktemp("home")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    words = [sys.executable, "-m", "modelatlas", "serve", "--demo", "--port", "0"]
    with subprocess.Popen(
        words,
        env={**kept, "MODELATLAS_HOME": str(home)},
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        guard = threading.Timer(PATIENCE, process.kill)
        guard.start()
        assert process.stdout is not None
        url = ""
        for line in process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                url = found[0] + "/"
                break
        guard.cancel()
        threading.Thread(target=process.stdout.read, daemon=True).start()  # it may go on writing
        try:
            wait_for_everything(url)
            yield url
        finally:
            process.terminate()
            process.wait(PATIENCE)


def wait_for_everything(url: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        totals = get(url, "discrepancies?limit=0")["totals"]
        if totals["live"] > 18_000 and totals["stored"] > 10_000 and totals["unexplained"] == 0:
            return
        time.sleep(0.5)
    pytest.fail(f"the demo did not come up: {totals}")


def get(url: str, path: str) -> Any:
    with urllib.request.urlopen(url + path, timeout=PATIENCE) as answer:
        return json.loads(answer.read())


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_in_a_browser(demo: str, scenario: str) -> None:
    run(scenario, PAGE_URL=demo)


def test_an_operator_in_a_browser() -> None:
    if (reason := missing()) is not None:
        pytest.skip(reason)
    with operated() as url:
        run("operator", PAGE_URL=url, ADMIN_KEY=KEY)


def run(scenario: str, **told: str) -> None:
    assert NODE is not None
    assert CHROMIUM is not None
    words = [NODE, "--test", "--test-reporter=spec", f"tests/{scenario}.test.mjs"]
    environment = {**os.environ, **told, "CHROMIUM": CHROMIUM}
    done = subprocess.run(
        words, cwd=ROOT / "page", env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-2_000:]


def test_every_scenario_is_run() -> None:
    assert {path.name for path in (ROOT / "page" / "tests").glob("*.test.mjs")} == {
        f"{name}.test.mjs" for name in (*SCENARIOS, "operator")
    }
