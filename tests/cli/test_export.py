"""`export`, `pin` and `pins`: files of other tools, kept and compared."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from modelatlas.domain.pins import hash_of
from modelatlas.domain.price import usd
from modelatlas.domain.snapshot import snapshot
from modelatlas.views.exports.formats import FORMATS, HISTORICAL
from tests.builders import NOON, listing
from tests.cli.conftest import Run


@pytest.fixture
def kept(references: None, keep: Callable[..., None]) -> Callable[[str], None]:
    def put(amount: str) -> None:
        prices = (usd("input_token", amount), usd("output_token", "0.0000004"))
        own = listing("ft:1", "groq", visibility="account")
        silent = listing("x/silent", "groq", prices=())
        keep(snapshot("groq", NOON, [listing("x/r", "groq", prices=prices), silent, own]))

    put("0.0000001")
    return put


@pytest.mark.parametrize("format_", [*FORMATS, HISTORICAL])
def test_every_format_is_written_to_a_file(kept: None, modelatlas: Run, tmp_path: Path, format_: str) -> None:
    ran = modelatlas("export", format_, "-o", str(tmp_path / "file"), *_groq(format_))
    assert (ran.code, ran.out) == (0, "")
    assert "entries" in ran.err
    content = (tmp_path / "file").read_bytes()
    assert b"ft:1" not in content
    if format_ != "csv":
        json.loads(content)


def _groq(format_: str) -> tuple[str, ...]:
    return () if format_ == HISTORICAL else ("--provider", "groq")


def test_losses_are_counted_for_people_and_listed_for_programs(kept: None, modelatlas: Run) -> None:
    assert "no price is known" in modelatlas("export", "litellm", "--losses").out
    lines = modelatlas("export", "litellm", "--losses", "--json").out.splitlines()
    assert {json.loads(line)["reason"] for line in lines} == {"no price is known"}


@pytest.mark.parametrize(
    "words",
    [("litelm",), ("litellm", "--provider", "grok-typo"), ("litellm", "--json")],
)
def test_a_wrong_word_is_said(kept: None, modelatlas: Run, words: tuple[str, ...]) -> None:
    ran = modelatlas("export", *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err


def test_a_file_that_cannot_be_written_is_said(kept: None, modelatlas: Run, tmp_path: Path) -> None:
    ran = modelatlas("export", "litellm", "-o", str(tmp_path / "no" / "folder"))
    assert ran.code == 1
    assert "cannot be written" in ran.err


def test_a_build_pins_its_prices_and_sees_what_has_changed_since(
    kept: Callable[[str], None], modelatlas: Run
) -> None:
    one = modelatlas("pin", "litellm", "--provider", "groq").out.strip()
    kept("0.0000002")
    other = modelatlas("pin", "litellm", "--provider", "groq").out.strip()
    assert one != other
    assert {row["hash"] for row in map(json.loads, modelatlas("pins", "--json").out.splitlines())} == {
        one,
        other,
    }
    compared = modelatlas("pins", one[:10], other[:10])
    assert "groq/x/r.input_cost_per_token  0.0000001  0.0000002" in compared.out
    assert compared.err == "0 new, 0 gone, 1 changed\n"
    (line,) = modelatlas("pins", one, other, "--json").out.splitlines()
    assert json.loads(line)["now"] == "0.0000002"


def test_a_pin_is_the_hash_of_the_export(kept: None, modelatlas: Run, tmp_path: Path) -> None:
    modelatlas("export", "csv", "-o", str(tmp_path / "table"))
    ran = modelatlas("pin", "csv", "--json")
    assert json.loads(ran.out)["hash"] == hash_of((tmp_path / "table").read_bytes())
    assert modelatlas("pin", "csv").out.strip() == json.loads(ran.out)["hash"]
    assert len(modelatlas("pins", "--json").out.splitlines()) == 1


def test_pins_of_two_formats_and_a_single_one_are_not_compared(kept: None, modelatlas: Run) -> None:
    assert "keeps one" in modelatlas("pins").err
    one, other = (modelatlas("pin", name).out.strip() for name in ("openai", "catwalk"))
    assert modelatlas("pins", one, other).code == 2
    assert modelatlas("pins", one).code == 2
    assert modelatlas("pins", one, "ffff").code == 2
