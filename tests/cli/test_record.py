"""`record` keeps a list short, whole in its paths, exact in its numbers, and without what is private."""

import json
from pathlib import Path

import msgspec
import pytest

from modelatlas.providers.contract import Bearer, ModelList, Provider
from modelatlas.providers.fields import usd_number
from modelatlas.providers.payload import leaf_paths
from modelatlas.providers.recording import recording, telling
from modelatlas.simulator.serve import background
from modelatlas.simulator.world import generated
from tests.cli.conftest import Run

ACME = Provider(
    slug="acme",
    name="Acme",
    kind="lab",
    docs="https://acme.example/docs",
    evidence="inferred",
    auth=Bearer("ACME_API_KEY"),
    private=("^ft:",),
    lists=(
        ModelList(url="https://acme.example/models", prices={"input_token": usd_number("in", per="token")}),
    ),
)


def test_pages_become_one_with_every_number_as_it_was_sent() -> None:
    """F6, F7."""
    pages = [b'{"data": [{"id": "a", "in": 4.0e-07}], "next": 2}', b'{"data": [{"id": "b", "in": 0.10}]}']
    kept = recording(ACME, ACME.lists[0], pages, 5)
    assert kept == b'{"data":[{"id":"a","in":4.0e-07},{"id":"b","in":0.10}],"next":2}\n'


def test_what_belongs_to_the_account_is_left_out() -> None:
    kept = recording(ACME, ACME.lists[0], [b'{"data": [{"id": "ft:mine"}, {"id": "a"}]}'], 5)
    assert json.loads(kept) == {"data": [{"id": "a"}]}


def test_entries_that_show_a_new_path_come_before_others() -> None:
    entries = [{"id": "a"}, {"id": "b"}, {"id": "c"}, {"id": "d", "in": 1}, {"id": "e", "out": {"x": 1}}]
    assert [entry["id"] for entry in telling(entries, 4)] == ["a", "b", "d", "e"]
    assert [entry["id"] for entry in telling(entries, 2)] == ["a", "d"]


def test_a_recorded_list_reads_as_before(modelatlas: Run, tmp_path: Path) -> None:
    with background(generated("seed")) as via:
        ran = modelatlas("record", "openrouter", "--entries", "30", "--folder", str(tmp_path), "--via", via)
        assert ran.code == 0
        path = tmp_path / "openrouter.json"
        assert ran.out == f"{path}\n"
        entries = msgspec.json.decode(path.read_bytes())["data"]
        assert len(entries) == 30
        assert set().union(*map(leaf_paths, entries)) > {"pricing.prompt", "architecture.tokenizer"}
        assert modelatlas("read", "openrouter", str(path)).code == 0
        one = modelatlas("record", "deepinfra.native", "--folder", str(tmp_path), "--via", via)
        assert one.out.endswith("deepinfra.native.json\n")


@pytest.mark.parametrize(
    ("words", "told", "code"),
    [
        (["opnrouter"], "did you mean 'openrouter'?", 2),
        (["groq"], "set GROQ_API_KEY", 1),
        (["aimo"], "", 2),
        (["azure-openai.meters"], "a list of meters is only asked for beside models", 2),
    ],
)
def test_what_cannot_be_recorded_is_said(
    words: list[str], told: str, code: int, modelatlas: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    ran = modelatlas("record", *words)
    assert ran.code == code
    assert told in ran.err
