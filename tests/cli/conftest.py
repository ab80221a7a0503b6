"""The command line, called in this process, in an empty folder and with a data folder of its own."""

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
import structlog

from modelatlas.cli import main
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule
from modelatlas.domain.snapshot import Snapshot
from modelatlas.providers.registry import declared
from modelatlas.references.catalog import Entry, Part, ReferenceCatalog
from modelatlas.settings import DEFAULTS
from modelatlas.simulator.serve import background
from modelatlas.simulator.world import recorded
from modelatlas.storage.engine import open_engine
from modelatlas.storage.migrations import upgrade
from modelatlas.storage.snapshots import SqlSnapshots


class Ran(NamedTuple):
    """What a command did: its exit code and what it wrote."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The data folder; no setting and no key of the machine reaches a test."""
    for name in {*DEFAULTS, *(name for each in declared().values() for name in each.variables)}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MODELATLAS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    yield tmp_path / "home"
    structlog.reset_defaults()


@pytest.fixture
def modelatlas(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call `modelatlas WORDS...`; `stdin` is its standard input."""

    def run(*words: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = 0
        try:
            main(list(words))
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    """The variables for a process of its own, whose output is buffered as it is for a user."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return {**variables, "MODELATLAS_HOME": str(home)}


class FewReferences:
    """A reference with one listing, in the place of the one that takes a while to load."""

    name = "few"
    url = None

    def written_at(self) -> None:
        return None

    def fetched_at(self) -> None:
        return None

    def load(self) -> ReferenceCatalog:
        priced = (Rule("input_token", "known", Decimal(3), per="1M tokens", source="reference:few@1"),)
        listing = Listing("nobody", "nobody/one", prices=priced)
        return ReferenceCatalog("few", "1", {"nobody": Part((Entry(listing),))}, {})


@pytest.fixture
def references(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands know one reference listing, of a provider that is not declared."""
    monkeypatch.setattr("modelatlas.wiring.building.sources", lambda *_: [FewReferences()])


@pytest.fixture
def keep(home: Path) -> Callable[..., None]:
    """Put snapshots into the store, as if their providers had been heard."""

    def keep_all(*parts: Snapshot) -> None:
        home.mkdir(parents=True, exist_ok=True)
        engine = open_engine(f"sqlite:///{home / 'modelatlas.sqlite'}")
        upgrade(engine)
        for part in parts:
            SqlSnapshots(engine).save(part, b"")
        engine.dispose()

    return keep_all


@pytest.fixture
def provided(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Let providers answer with entries: `provided(groq=[{"id": "a"}])` gives the URL of a simulator."""
    with contextlib.ExitStack() as stack:

        def simulator(*faults: str, **entries: object) -> str:
            folder = tmp_path / "recordings"
            folder.mkdir(exist_ok=True)
            for slug, said in entries.items():
                whole = {"data": said} if isinstance(said, list) else said
                (folder / f"{slug}.json").write_bytes(msgspec.json.encode(whole))
            return stack.enter_context(background(recorded(folder), faults=faults))

        yield simulator
