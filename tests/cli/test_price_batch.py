"""`price --batch`: questions on the standard input, answers on the standard output, one a line."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_replay import entry, objects, payload


def lines(*questions: object) -> bytes:
    return "\n".join(map(json.dumps, questions)).encode()


def test_each_line_is_answered_now_or_then(modelatlas: Run, tmp_path: Path) -> None:
    files = [
        payload(tmp_path, "openrouter.2025-01-01.json", entry("0.000001")),
        payload(tmp_path, "openrouter.2025-02-01.json", entry("0.000002")),
    ]
    assert modelatlas("replay", "openrouter", *files).code == 0
    asked = {"provider": "openrouter", "model_id": "lab/a"}
    ran = modelatlas(
        "price",
        "--batch",
        stdin=lines(asked, {**asked, "at": "2025-01-15T00:00:00Z"}, {**asked, "model_id": "lab/none"}),
    )
    now, then, none = objects(ran)
    assert (ran.code, now["prices"]["input_token"]["usd"]) == (0, "0.000002")
    assert then["prices"]["input_token"]["usd"] == "0.000001"
    assert (none["prices"], none["reason"]) == (None, "unknown_model")
    coming, far = ({**asked, "at": at} for at in ("2098-01-01", "2100-01-01"))
    told = modelatlas("price", "--batch", stdin=lines(coming, far, asked))
    assert [each.get("announced") for each in objects(told)] == [True, None]
    assert (told.code, "line 2: 2100-01-01" in told.err) == (3, True)


@pytest.mark.usefixtures("references")
def test_a_line_that_is_no_question_is_named_and_the_others_are_answered(modelatlas: Run) -> None:
    reference = {"provider": "nobody", "model_id": "nobody/one"}
    ran = modelatlas("price", "--batch", stdin=b'{"provider": 1}\n\n' + lines(reference) + b"\nnot json\n")
    (answer,) = objects(ran)
    assert answer["prices"]["input_token"]["usd"] == "0.000003"
    assert ran.code == 3
    assert "line 1: " in ran.err
    assert "line 4: " in ran.err
    assert modelatlas("price", "--batch", stdin=b"nothing\n").code == 1


def test_batch_and_words_are_told_apart(modelatlas: Run) -> None:
    for words in (["--batch", "openrouter", "a"], [], ["openrouter"]):
        ran = modelatlas("price", *words)
        assert (ran.code, "--batch" in ran.err) == (2, True)
