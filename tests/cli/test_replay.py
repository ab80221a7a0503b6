"""`replay`, and what `price` and `changes` say of what it wrote."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ran, Run


def objects(ran: Ran) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.out.splitlines()]


def entry(prompt: str) -> dict[str, Any]:
    return {"id": "lab/a", "pricing": {"prompt": prompt, "completion": "0"}}


def payload(folder: Path, name: str, *entries: Any) -> str:
    file = folder / name
    file.write_text(json.dumps({"data": entries}), encoding="utf-8")
    return str(file)


def test_dated_payloads_become_history_in_the_order_of_their_times(modelatlas: Run, tmp_path: Path) -> None:
    files = [
        payload(tmp_path, "openrouter.2025-03-01T02:00:00+02:00.json", entry("0.000003")),
        payload(tmp_path, "20250101T000000.json", entry("0.000001")),
        payload(tmp_path, "list_2025-02-01.json"),
    ]
    ran = modelatlas("replay", "openrouter", *files, "--json")
    assert ran.code == 0, ran.err
    assert [line["snapshot_at"] for line in objects(ran)] == [
        "2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z", "2025-03-01T00:00:00Z",
    ]  # fmt: skip
    (then,) = objects(modelatlas("price", "openrouter", "lab/a", "--at", "2025-01-31", "--json"))
    assert then["prices"]["input_token"]["usd"] == "0.000001"
    gone = modelatlas("price", "openrouter", "lab/a", "--at", "2025-02-01")
    assert (gone.code, "did not list it then" in gone.err) == (1, True)
    kinds = [line["kind"] for line in objects(modelatlas("changes", "--json"))]
    assert kinds == ["back", "gone", "new"]
    (now,) = objects(modelatlas("price", "openrouter", "lab/a", "--json"))
    assert now["prices"]["input_token"]["usd"] == "0.000003"
    refused = modelatlas("replay", "openrouter", files[0])
    assert (refused.code, "only ever appended" in refused.err) == (1, True)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["list.json"], "no time"),
        (["2025-01-01.2025-01-02.json"], "more than one time"),
        (["2025-13-01.json"], "is no time"),
        (["2999-01-01.json"], "in the future"),
        (["groq.2025-01-01.json"], "names groq"),
        (["a.2025-01-01.json", "b.2025-01-01T00:00:00Z.json"], "and differ"),
    ],
)
def test_a_name_in_doubt_is_refused_before_anything_is_written(
    modelatlas: Run, tmp_path: Path, names: list[str], said: str
) -> None:
    files = [payload(tmp_path, name, entry(f"0.00000{at + 1}")) for at, name in enumerate(names)]
    ran = modelatlas("replay", "openrouter", *files)
    assert (ran.code, said in ran.err) == (2, True), ran.err
    assert objects(modelatlas("sql", "SELECT id FROM pricing_sync_log", "--json")) == []


def test_it_stops_at_a_file_that_cannot_be_read(modelatlas: Run, tmp_path: Path) -> None:
    good, late = (payload(tmp_path, f"2025-01-0{day}.json", entry(f"0.00000{day}")) for day in (1, 3))
    bad = tmp_path / "2025-01-02.json"
    bad.write_text("<html>", encoding="utf-8")
    ran = modelatlas("replay", "openrouter", good, str(bad), late)
    assert ran.code == 3
    assert "2025-01-02.json: expected JSON" in ran.err
    assert "1 of 3 lists were written" in ran.err
    assert modelatlas("replay", "openrouter", str(bad), late).code == 1
    assert modelatlas("replay", "openrouter", late).code == 0
