"""With MODEL_CATALOG_SOURCE=database the commands, too, show what the last sync left."""

import json
from collections.abc import Callable

import pytest

from modelatlas.domain.snapshot import Snapshot
from tests.builders import snapshot_of
from tests.cli.conftest import Run


@pytest.mark.parametrize(("source", "ids"), [("live", ["a", "b"]), ("database", ["a"])])
def test_commands_show_what_is_served(
    source: str, ids: list[str], modelatlas: Run, provided: Callable[..., str],
    keep: Callable[[Snapshot], None], references: None, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    price = {"prompt": "0.0000001", "completion": "0.0000004"}
    modelatlas("sync", "openrouter", "--via", provided(openrouter=[{"id": "a", "pricing": price}]))
    keep(snapshot_of("a", "b", provider="openrouter"))
    monkeypatch.setenv("MODEL_CATALOG_SOURCE", source)
    shown = modelatlas("models", "--provider", "openrouter", "--json").out.splitlines()
    assert [json.loads(line)["id"] for line in shown] == ids
    assert {json.loads(line)["origin"] for line in shown} == {"store" if source == "database" else "provider"}
    assert modelatlas("price", "openrouter", "b").code == (0 if "b" in ids else 1)
    assert modelatlas("explain", "openrouter").out.startswith("live 2 - stored 1 = +1; unexplained 0\n")


def test_another_word_is_refused(modelatlas: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_CATALOG_SOURCE", "databse")
    ran = modelatlas("models")
    assert ran.code == 2
    assert "MODEL_CATALOG_SOURCE='databse': expected live or database" in ran.err
