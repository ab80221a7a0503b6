"""`resolve`: JSON lines in, the same with the model out."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any


def lines(*rows: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def test_each_line_comes_back_with_its_model(modelatlas: Callable[..., Any]) -> None:
    ran = modelatlas(
        "resolve",
        stdin=lines(
            {"provider": "groq", "model_id": "llama-3.3-70b-versatile", "note": {"kept": [1]}},
            {"provider": "a host", "model_id": "rocket-2", "display_name": "Rocket 2"},
        ),
    )
    assert (ran.code, ran.err) == (0, "")
    first, second = map(json.loads, ran.out.splitlines())
    assert first == {
        "provider": "groq",
        "model_id": "llama-3.3-70b-versatile",
        "note": {"kept": [1]},
        "canonical": "meta-llama/llama-3.3-70b-instruct",
        "variant": ["versatile"],
        "evidence": [
            {
                "kind": "alias_table",
                "detail": "llama-3.3-70b-versatile: https://www.llama.com/docs/model-cards-and-prompt-formats/",
            }
        ],
        "confidence": "certain",
    }
    assert second["canonical"] is None
    assert (second["variant"], second["evidence"], second["confidence"]) == ([], [], None)


def test_declared_facts_and_moving_ids_are_told(modelatlas: Callable[..., Any]) -> None:
    ran = modelatlas(
        "resolve",
        stdin=lines(
            {"provider": "mistral", "model_id": "mistral-large-latest", "canonical_id": "mistral-large-2411"},
            {"provider": "near", "model_id": "qwen/qwen3-32b", "repository": "Qwen/Qwen3-8B"},
        ),
    )
    moving, doubtful = map(json.loads, ran.out.splitlines())
    assert moving["is_alias"]
    assert moving["points_at"] == "mistralai/mistral-large-instruct-2411"
    assert doubtful["confidence"] == "conflicting"
    assert doubtful["conflicts"] == ["size: the id says 32b, its repository 8b"]


def test_a_bad_line_is_told_and_the_others_answered(modelatlas: Callable[..., Any]) -> None:
    good = lines({"provider": "zai", "model_id": "glm-4.6"})
    ran = modelatlas("resolve", stdin=b"{not json\n\n" + good + b'{"provider": "zai"}\n[]\n\xff\n')
    assert ran.code == 3
    assert [json.loads(line)["canonical"] for line in ran.out.splitlines()] == ["zai-org/glm-4.6"]
    said = ran.err.splitlines()
    assert [line.partition(":")[0] for line in said] == ["line 1", "line 4", "line 5", "line 6", "error"]
    assert "model_id" in said[1]
    assert said[-1] == "error: 4 of 5 lines could not be read"


def test_further_fields_come_back_as_they_were_received(modelatlas: Callable[..., Any]) -> None:
    ran = modelatlas(
        "resolve", stdin=b'{"provider": "zai", "model_id": "glm-4.6", "price": 1.10, "n": 1e400}'
    )
    assert ran.code == 0
    assert '"price":1.10,"n":1e400,' in ran.out


def test_a_deep_line_is_a_bad_line(modelatlas: Callable[..., Any]) -> None:
    ran = modelatlas("resolve", stdin=b'{"provider": "zai", "model_id": ' + b"[" * 100_000)
    assert ran.code == 1
    assert ran.err.startswith("line 1: ")


def test_empty_words_are_no_question(modelatlas: Callable[..., Any]) -> None:
    ran = modelatlas("resolve", stdin=lines({"provider": " ", "model_id": "glm-4.6"}))
    assert ran.code == 1
    assert "line 1: an empty provider or model_id" in ran.err


def test_nothing_in_nothing_out(modelatlas: Callable[..., Any]) -> None:
    assert modelatlas("resolve") == (0, "", "")


def test_an_argument_is_wrong_usage(modelatlas: Callable[..., Any]) -> None:
    assert modelatlas("resolve", "glm-4.6").code == 2


def test_it_starts_without_the_database(environment: dict[str, str]) -> None:
    script = (
        "import sys, modelatlas.cli.resolve; print(sorted({'sqlalchemy', 'starlette'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True
    )
    assert ran.stdout.strip() == "[]"
