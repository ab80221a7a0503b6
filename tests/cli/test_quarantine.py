"""Quarantine, releases and disagreements from the command line, with a price that nothing ever cost."""

import io
import json
from pathlib import Path

import pytest

from modelatlas.cli import main
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import usd
from modelatlas.domain.snapshot import snapshot
from modelatlas.settings import read
from modelatlas.storage.snapshots import SqlSnapshots
from modelatlas.wiring.building import build
from tests.builders import NOON


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MODELATLAS_HOME", str(tmp_path))
    monkeypatch.setenv("PRICE_REFERENCES", "")
    monkeypatch.setenv("DATABASE_URL", "")
    atlas = build(read({"MODELATLAS_HOME": str(tmp_path)}), references=())
    dear = Listing("groq", "a", prices=(usd("input_token", "0.5", path="pricing.input"),))
    SqlSnapshots(atlas.engine).save(snapshot("groq", NOON, [dear]), b"")
    atlas.engine.dispose()
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, object]]:
    capsys.readouterr()
    done(*words, "--json")
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def done(*words: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*words])
    assert ended.value.code == 0


def groq(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return told(capsys, "quarantine", "--provider", "groq")


def test_a_price_is_listed_let_through_and_kept_back_again(capsys: pytest.CaptureFixture[str]) -> None:
    (kept,) = groq(capsys)
    key = str(kept["key"])
    assert (kept["id"], kept["unit"], kept["suspicion"]) == ("a", "input_token", "outside_band")
    done("release", key, "--note", "as their page says", "--by", "me")
    assert groq(capsys) == []
    (said,) = told(capsys, "release", "list")
    assert (said["key"], said["amount"], said["by"]) == (key, "0.5", "me")
    done("release", key, "--forget")
    assert groq(capsys) == [kept]


def test_a_key_of_nothing_is_told_with_the_next_step(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["release", "0123"])
    assert ended.value.code == 1
    assert "`modelatlas quarantine` lists all" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["disagreements", "--min-ratio", "0.5"], ["quarantine", "--unit", "tokens"]]
)
def test_what_cannot_be_asked_ends_with_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2


def test_a_price_that_is_kept_back_is_said_to_be(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["price", "groq", "a", "--json"])
    (one,) = map(json.loads, capsys.readouterr().out.splitlines())
    line = io.TextIOWrapper(io.BytesIO(b'{"provider": "groq", "model_id": "a"}\n'))
    monkeypatch.setattr("sys.stdin", line)
    (many,) = told(capsys, "price", "--batch")
    assert (ended.value.code, one["prices"], one["reason"]) == (1, None, "quarantined")
    assert (many["prices"], many["reason"]) == (None, "quarantined")
    assert "in quarantine" in one["unknown"]["input_token"]
