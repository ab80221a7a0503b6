"""`doctor` says what is set and where, what is stored, and what is broken."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelatlas.domain.snapshot import Snapshot
from modelatlas.settings import DEFAULTS
from tests.builders import snapshot_of
from tests.cli.conftest import Run

OLD = """
source = "https://acme.example/pricing"
read = 2020-01-01
expires = 2020-06-30

[[price]]
ids = ["rocket-2"]
prices = { input_token = "1" }
"""


@pytest.fixture(autouse=True)
def few(references: None) -> None:
    pass


def checkup(modelatlas: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(modelatlas("doctor", "--json").out)
    return found


def test_every_setting_is_shown_with_its_source_and_no_secret(
    modelatlas: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(
        "PORT=9999\nADMIN_API_KEY=secret-key\nGROQ_API_KEY=secret-too\n", encoding="utf-8"
    )
    monkeypatch.setenv("PRICING_SYNC_INTERVAL_HOURS", "12")
    ran = modelatlas("doctor", "--json")
    found = {each["name"]: (each["value"], each["source"]) for each in json.loads(ran.out)["settings"]}
    assert found.keys() == DEFAULTS.keys()
    assert found["PORT"] == ("9999", ".env")
    assert found["ADMIN_API_KEY"] == ("(set)", ".env")
    assert found["PRICING_SYNC_INTERVAL_HOURS"] == ("12", "environment")
    assert found["CATALOG_TTL_SECONDS"] == ("3600", "default")
    said = ran.out + modelatlas("doctor").out
    assert "secret" not in said


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:pa55word@127.0.0.1:1/atlas",
        "postgresql://me:p@pa55word@127.0.0.1:1/atlas",
        "postgresql://me@127.0.0.1:1/atlas?password=pa55word&sslmode=disable",
        "postgres://127.0.0.1:1/atlas?sslpassword=pa55word",
    ],
)
def test_a_password_in_the_database_url_is_not_shown(
    modelatlas: Run, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    for words in (["doctor"], ["doctor", "--json"], ["models"]):
        code, out, err = modelatlas(*words)
        assert code in {1, 2}
        assert "pa55word" not in out + err
    assert "***" in modelatlas("doctor").out


def test_a_sound_machine_ends_with_0(modelatlas: Run) -> None:
    code, out, err = modelatlas("doctor")
    assert (code, err) == (0, "")
    assert out.endswith("nothing is broken\n")
    assert "MISSING" not in out


def test_providers_are_shown_with_key_list_and_counts(
    modelatlas: Run, keep: Callable[[Snapshot], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(snapshot_of("a", "b", provider="openrouter"))
    monkeypatch.setenv("GROQ_API_KEY", "x")
    monkeypatch.setenv("PRICING_SYNC_PROVIDERS", "openrouter,cerebras,anthropic")
    found = checkup(modelatlas)
    rows = {row["provider"]: row for row in found["providers"]}
    assert (rows["openrouter"]["key"], rows["openrouter"]["listings"], rows["openrouter"]["synced"]) == (
        "not needed",
        2,
        True,
    )
    assert rows["groq"]["key"] == "set"
    assert (rows["anthropic"]["key"], rows["anthropic"]["variables"]) == ("not set", ["ANTHROPIC_API_KEY"])
    assert "anthropic is synced and cannot be read: set ANTHROPIC_API_KEY" in found["notes"]
    assert "set ANTHROPIC_API_KEY" in modelatlas("doctor").out


def test_the_store_is_shown_with_its_world_and_tables(modelatlas: Run) -> None:
    store = checkup(modelatlas)["store"]
    assert (store["kind"], store["active_models"], store["runs"]) == (None, 0, 0)
    assert store["revision"]
    assert store["size_bytes"] > 0


def test_packages_are_shown_with_their_versions(modelatlas: Run) -> None:
    found = checkup(modelatlas)["packages"]
    assert {"modelatlas", "msgspec", "sqlalchemy", "starlette"} <= found.keys()
    assert all(found.values())


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PORT", "eighty", "PORT='eighty': expected"),
        ("PRICING_SYNC_PROVIDERS", "opnrouter", "did you mean 'openrouter'?"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL"),
    ],
)
def test_what_is_broken_ends_with_1_and_the_rest_is_still_shown(
    name: str, value: str, told: str, modelatlas: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    code, out, _ = modelatlas("doctor")
    assert code == 1
    assert f"broken: {told}" in out or told in out.split("broken: ")[1]
    assert "CATALOG_TTL_SECONDS" in out
    assert "msgspec" in out
    assert out.endswith("something is broken\n")


def test_a_store_that_is_no_database_is_broken(modelatlas: Run, home: Path) -> None:
    home.mkdir()
    (home / "modelatlas.sqlite").write_text("this is no database at all, " * 100, encoding="utf-8")
    code, out, _ = modelatlas("doctor")
    assert code == 1
    assert "broken: the store" in out
    assert modelatlas("models").code == 2


def test_a_failed_run_is_worth_a_note(
    modelatlas: Run, provided: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    modelatlas("sync", "openrouter", "--via", provided("500=openrouter", openrouter=[{"id": "a"}]))
    found = checkup(modelatlas)
    assert [
        note for note in found["notes"] if note.startswith("the last run of openrouter failed: bad_status")
    ]
    assert found["problems"] == []


def test_curated_prices_that_expire_are_named_with_what_to_do(modelatlas: Run, home: Path) -> None:
    """F18: a note and no fault, so that a date alone breaks nothing."""
    (home / "prices").mkdir(parents=True)
    (home / "prices" / "groq.toml").write_text(OLD, encoding="utf-8")
    found = checkup(modelatlas)
    assert found["curated"][0] == {
        "provider": "groq",
        "source": "https://acme.example/pricing",
        "ids": 1,
        "read": "2020-01-01",
        "expires": "2020-06-30",
        "state": "expired",
    }
    assert [note for note in found["notes"] if note.startswith("prices/groq.toml expired on 2020-06-30")]
    assert found["problems"] == []
    ran = modelatlas("doctor")
    assert ran.code == 0
    assert "note: prices/groq.toml expired on 2020-06-30, so references count more: read https" in ran.out


def test_a_curated_file_with_a_fault_is_broken(modelatlas: Run, home: Path) -> None:
    (home / "prices").mkdir(parents=True)
    (home / "prices" / "groq.toml").write_text(OLD.replace('"1"', '"-1"'), encoding="utf-8")
    ran = modelatlas("doctor")
    assert ran.code == 1
    assert "broken: prices/groq.toml: price 1: input_token: '-1': expected an amount above 0" in ran.out
