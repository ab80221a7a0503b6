"""`cost`: usages priced from the store, curated files and references."""

import json
from collections.abc import Callable

import pytest

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import usd
from modelatlas.domain.snapshot import Snapshot, snapshot
from tests.builders import NOON
from tests.cli.conftest import Run

PRICES = (usd("input_token", "3", per="1M tokens"), usd("output_token", "15", per="1M tokens"))
USAGE = json.dumps({"usage": {"input_tokens": 1_000, "output_tokens": 100, "cache_read_input_tokens": 0}})


@pytest.fixture(autouse=True)
def heard(keep: Callable[[Snapshot], None], references: None) -> None:
    keep(snapshot("groq", NOON, [Listing("groq", "rocket-2", prices=PRICES)]))


def test_a_usage_is_priced_line_by_line(modelatlas: Run) -> None:
    ran = modelatlas("cost", "groq", "rocket-2", stdin=USAGE.encode())
    assert ran.code == 0
    assert "total USD: 0.0045" in ran.out
    assert "cached tokens beside the input tokens" in ran.err
    (told,) = map(
        json.loads, modelatlas("cost", "groq", "rocket-2", "--json", stdin=USAGE.encode()).out.splitlines()
    )
    assert told["usd"] == "0.0045"


def test_a_curated_price_is_that_of_the_hour(modelatlas: Run) -> None:
    usage = b'{"prompt_tokens": 1000000, "completion_tokens": 0}'
    asked = ("cost", "deepseek", "deepseek-v4-flash", "--json", "--at")
    instants = ("2026-10-05T02:00Z", "2026-10-05T12:00Z", "2026-10-03T02:00Z")
    found = [json.loads(modelatlas(*asked, at, stdin=usage).out)["usd"] for at in instants]
    assert found == ["0.3", "0.15", "0.15"]


def test_what_is_not_known_is_said(modelatlas: Run) -> None:
    ran = modelatlas("cost", "groq", "comet", stdin=USAGE.encode())
    assert ran.code == 0
    assert "not known; the known parts are 0" in ran.out
    assert "unknown_model" in ran.err


def test_lines_are_answered_line_by_line(modelatlas: Run) -> None:
    usage = {"input_tokens": 1, "output_tokens": 1}
    good = json.dumps({"provider": "groq", "model": "rocket-2", "usage": usage})
    ran = modelatlas("cost", stdin=f"{good}\n\nnot json\n{{}}\n".encode())
    assert ran.code == 3
    told = [json.loads(line) for line in ran.out.splitlines()]
    assert [each["kind"] for each in told] == ["cost", "fault", "fault"]
    assert told[1]["detail"].startswith("line 3")
    assert modelatlas("cost", stdin=b"{}").code == 1


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (["groq"], USAGE),
        (["groq", "rocket-2"], "not json"),
        (["groq", "rocket-2"], "[]"),
        (["groq", "rocket-2", "--tier", "cheap"], USAGE),
        (["groq", "rocket-2", "--at", "yesterday"], USAGE),
        (["groq", "rocket-2", "--at", "2026-10-05T02:00"], USAGE),
        (["groq", "rocket-2", "--at", "0001-01-01T00:00+14:00"], USAGE),
    ],
)
def test_what_cannot_be_asked_ends_with_2(modelatlas: Run, words: list[str], stdin: str) -> None:
    ran = modelatlas("cost", *words, stdin=stdin.encode())
    assert (ran.code, ran.out) == (2, "")
    assert "expected" in ran.err or "is no instant" in ran.err
