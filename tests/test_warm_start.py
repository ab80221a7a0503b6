"""A start from what was made before shows the same catalog, byte for byte, and none that is not of now."""

import asyncio
import importlib.metadata
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import usd
from modelatlas.domain.publishing import published
from modelatlas.domain.snapshot import Snapshot, snapshot
from modelatlas.flows import publish
from modelatlas.settings import read
from modelatlas.storage.engine import open_engine
from modelatlas.storage.snapshots import SqlSnapshots
from modelatlas.wiring import quick
from modelatlas.wiring.building import build
from tests.builders import NOON, FakeClock

PLAIN = (usd("input_token", "0.000003"), usd("output_token", "0.000015"))
CLAUDE = "claude-sonnet-4-5"
LAB = snapshot("anthropic", NOON, [Listing("anthropic", CLAUDE, prices=PLAIN), Listing("anthropic", "x")])
GROQ = snapshot("groq", NOON, [Listing("groq", "openai/gpt-oss-120b", prices=(usd("input_token", "0.01"),))])
GATE = snapshot(
    "onerouter", NOON, [Listing("onerouter", f"anthropic/{CLAUDE}"), Listing("onerouter", "what/is-this")]
)
OWN = """
source = "https://console.groq.com/pricing"
read = 2026-11-01
expires = 2027-01-01
[[price]]
ids = ["openai/gpt-oss-120b"]
prices = { output_token = "7" }
"""


class Home:
    """A data folder, and the settings beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.more: dict[str, str] = {}
        self.shown()
        self.save(LAB, GROQ, GATE)

    def save(self, *parts: Snapshot) -> None:
        engine = open_engine(f"sqlite:///{self.folder / 'modelatlas.sqlite'}")
        for part in parts:
            SqlSnapshots(engine).save(part, b"")
        engine.dispose()

    def shown(self) -> bytes:
        """Return all that a service that has just begun shows."""
        settings = read({"MODELATLAS_HOME": str(self.folder), **self.more})

        async def load() -> bytes:
            atlas = build(settings, clock=self.clock, reading=True)
            await atlas.load()
            found = atlas.served.catalog, atlas.prices.publisher.kept
            await atlas.stop()
            return msgspec.msgpack.encode([found[0].id, dict(found[0].snapshots), found[1]])

        return asyncio.run(load())

    def shown_anew(self) -> bytes:
        """Return the same, nothing of it made before."""
        shutil.rmtree(self.folder / "derived")
        return self.shown()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    made.shown()
    return made


@pytest.fixture
def calls(home: Home, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lists that are settled from now on."""
    settled: list[str] = []

    def noting(part: Snapshot, *rest: object) -> object:
        settled.append(part.provider)
        return published(part, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(publish, "published", noting)
    return settled


def test_nothing_is_settled_again_and_all_is_equal(home: Home, calls: list[str]) -> None:
    warm = home.shown()
    assert set(calls) == {"deepseek"}  # its price depends on the hour
    assert warm == home.shown_anew()
    assert {"anthropic", "groq", "onerouter"} <= set(calls)
    assert f"borrowed:anthropic/{CLAUDE}".encode() in warm


def test_of_references_only_what_stands_in_for_a_list_is_settled(home: Home, calls: list[str]) -> None:
    home.shown_anew()
    assert calls.count("groq") == calls.count("openai") == 1


def a_list(home: Home) -> None:
    home.save(snapshot("groq", NOON, [Listing("groq", "openai/gpt-oss-120b")]))


def a_curated_file(home: Home) -> None:
    (home.folder / "prices").mkdir()
    (home.folder / "prices" / "groq.toml").write_text(OWN)


def a_setting(home: Home) -> None:
    home.more["PRICE_REFERENCES"] = "litellm=/nowhere"


@pytest.mark.parametrize("change", [a_list, a_curated_file, a_setting])
def test_what_has_changed_is_settled(home: Home, calls: list[str], change: Callable[[Home], None]) -> None:
    before = home.shown()
    change(home)
    found = home.shown()
    assert "groq" in calls
    assert found != before
    assert found == home.shown_anew()


def test_another_version_of_a_reference_is_read_and_settled(
    home: Home, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = home.shown()
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "9.9")
    found = home.shown()
    assert "anthropic" in calls
    assert b"genai-prices@9.9" in found
    assert b"genai-prices@9.9" not in before
    assert found == home.shown_anew()


def test_edited_code_makes_all_anew(home: Home, calls: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick, "program", lambda *_: "edited")
    home.shown()
    assert {"anthropic", "groq", "onerouter"} <= set(calls)
