"""Real clients in environments of their own, outside of the project, made once and kept.

MODELATLAS_CLIENTS names the folder; without it, it is the platform's cache. What cannot be installed is
skipped and counted.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import platformdirs
import pytest

from tests.conftest import NO_CLIENT
from tests.demo import PATIENCE, Demo, running_demo

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", TEXT, flags=re.MULTILINE | re.DOTALL))
BASE = "http://127.0.0.1:8080"
INSTALLING = 300.0

Client = Callable[..., Path]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.clients)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("home")) as demo:
        yield demo


@pytest.fixture(scope="session")
def cache() -> Path:
    named = os.environ.get("MODELATLAS_CLIENTS")
    return Path(named) if named else platformdirs.user_cache_path("modelatlas-clients")


@pytest.fixture(scope="session")
def python(cache: Path) -> Client:
    """Return the folder of programs of an environment that has these packages."""

    def environment(*packages: str) -> Path:
        folder = cache / "python" / "-".join(packages)
        bin_ = folder / "bin"
        if not (folder / "made").exists():
            shutil.rmtree(folder, ignore_errors=True)
            uv = shutil.which("uv")
            made = [[uv, "venv", "-q", str(folder)]] if uv else [[sys.executable, "-m", "venv", str(folder)]]
            install = [uv, "pip", "install", "-q", "--python", str(bin_ / "python")] if uv else [
                str(bin_ / "python"), "-m", "pip", "install", "-q"]  # fmt: skip
            install_all(" ".join(packages), [*made, [*install, *packages]])
            (folder / "made").touch()
        return bin_

    return environment


@pytest.fixture(scope="session")
def node(cache: Path) -> Client:
    """Return the folder in which packages of npm lie."""

    def environment(package: str) -> Path:
        folder = cache / "node" / package
        if shutil.which("npm") is None:
            pytest.skip(f"{NO_CLIENT}: there is no npm")
        if not (folder / "made").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            install_all(
                package, [["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), package]]
            )
            (folder / "made").touch()
        return folder / "node_modules"

    return environment


def install_all(what: str, commands: list[list[str]]) -> None:
    for words in commands:
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=INSTALLING, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            pytest.skip(f"{NO_CLIENT}: {what}: {error}")
        if done.returncode:
            pytest.skip(f"{NO_CLIENT}: {what}: {done.stderr.strip()[-300:]}")


def block(section: str, kind: str, demo: Demo) -> str:
    """Return the lines of a section that point a tool at us, at a running demo."""
    (found,) = re.findall(rf"^```{kind}\n(.*?)^```", SECTIONS[section], flags=re.MULTILINE | re.DOTALL)
    assert BASE in found
    return str(found).replace(BASE, demo.url)


def variables(lines: str) -> dict[str, str]:
    return dict(re.findall(r"^export (\w+)=(.+)$", lines, flags=re.MULTILINE))


def output(words: list[str], folder: Path, environment: Mapping[str, str] = {}, stdin: str = "") -> str:
    """Run a program in a folder that is its home as well, and return what it writes."""
    variables_ = {"PATH": os.environ["PATH"], "HOME": str(folder), **environment}
    done = subprocess.run(
        words,
        cwd=folder,
        env=variables_,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout
