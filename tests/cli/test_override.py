"""`override`: words are kept, shown, obeyed and taken back."""

import json
from collections.abc import Callable

import pytest

from modelatlas.domain.snapshot import snapshot
from tests.builders import NOON, listing
from tests.cli.conftest import Run

ID = "x/mystery"


@pytest.fixture(autouse=True)
def kept(references: None, keep: Callable[..., None]) -> None:
    keep(snapshot("groq", NOON, [listing(ID, "groq")]))


def model_of(modelatlas: Run) -> str | None:
    line = modelatlas("models", "--provider", "groq", "--json").out
    found: str | None = json.loads(line)["model"]
    return found


def test_a_model_is_said_and_taken_back(modelatlas: Run) -> None:
    before = model_of(modelatlas)
    ran = modelatlas("override", "identity", "groq", ID, "Acme/Rocket-2", "--note", "their blog")
    assert (ran.code, ran.err) == (0, f"groq {ID} is acme/rocket-2\n")
    assert model_of(modelatlas) == "acme/rocket-2"
    told = json.loads(modelatlas("override", "list", "--json").out)
    assert (told["kind"], told["model"], told["note"]) == ("identity", "acme/rocket-2", "their blog")
    assert "acme/rocket-2" in modelatlas("override", "list").out
    assert modelatlas("override", "identity", "groq", ID, "--forget").code == 0
    assert model_of(modelatlas) == before
    assert modelatlas("override", "identity", "groq", ID, "--forget").code == 1


def test_a_listing_is_said_to_be_no_model(modelatlas: Run) -> None:
    modelatlas("override", "identity", "groq", ID, "none")
    assert model_of(modelatlas) is None


def test_a_listing_is_left_out_and_kept(modelatlas: Run) -> None:
    for kind in ("exclude", "keep"):
        assert modelatlas("override", kind, "groq", ID).code == 0
        assert json.loads(modelatlas("override", "list", "--json").out)["kind"] == kind


@pytest.mark.parametrize(
    "words",
    [
        ("identify", "groq", ID),
        ("identity", "groq"),
        ("identity", "groq", ID),
        ("identity", "groq", ID, "rocket"),
        ("keep", "groq", ID, "acme/rocket"),
        ("keep", "grok-q", ID),
    ],
)
def test_what_cannot_be_is_refused(modelatlas: Run, words: tuple[str, ...]) -> None:
    ran = modelatlas("override", *words)
    assert ran.code == 2
    assert ran.err.startswith("error: ")
    assert modelatlas("override", "list", "--json").out == ""
