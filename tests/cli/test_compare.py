"""`show MODEL`, `compare` and `unmatched`: models whoever serves them."""

import json
from collections.abc import Callable

import pytest

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import usd
from modelatlas.domain.snapshot import Snapshot, snapshot
from tests.builders import NOON
from tests.cli.conftest import Run

MODEL = "meta-llama/llama-3.3-70b-instruct"


def offer(provider: str, id_: str, per_million: str, **more: int) -> Snapshot:
    listing = Listing(provider, id_, prices=(usd("input_token", per_million, per="1M tokens"),), **more)  # type: ignore[arg-type]
    return snapshot(provider, NOON, [listing])


@pytest.fixture(autouse=True)
def heard(keep: Callable[..., None], references: None) -> None:
    keep(
        offer("together", "meta-llama/Llama-3.3-70B-Instruct-Turbo", "0.88", context_tokens=131_072),
        offer("deepinfra", "meta-llama/Llama-3.3-70B-Instruct", "0.23", context_tokens=32_768),
        offer("zai", "glm-4.6", "0.6"),
        snapshot("groq", NOON, [Listing("groq", "mystery-x")]),
    )


def test_a_moving_name_is_shown_with_what_it_points_at(modelatlas: Run, keep: Callable[..., None]) -> None:
    keep(
        snapshot("github-copilot", NOON, [Listing("github-copilot", "gpt-4o", alias_of="gpt-4o-2024-08-06")])
    )
    shown = modelatlas("show", "openai/gpt-4o")
    assert "openai/gpt-4o-2024-08-06 (github-copilot since 2026-11-23)" in shown.out


def test_a_model_is_shown_with_all_its_offers(modelatlas: Run) -> None:
    ran = modelatlas("show", MODEL)
    assert ran.code == 0
    assert "32768 to 131072" in ran.out
    assert [line.split()[0] for line in ran.out.splitlines() if "70B-Instruct" in line] == [
        "deepinfra",
        "together",
    ]
    (answer,) = map(json.loads, modelatlas("show", MODEL.upper(), "--json").out.splitlines())
    assert [(each["provider"], each["variant"]) for each in answer["offers"]] == [
        ("deepinfra", None),
        ("together", "turbo"),
    ]


def test_models_and_listings_stand_side_by_side(modelatlas: Run) -> None:
    ran = modelatlas("compare", MODEL, "zai:glm-4.6")
    assert ran.code == 0
    lines = {line.removeprefix("*").split("  ")[0].strip() or line: line for line in ran.out.splitlines()}
    price = next(line for line in lines.values() if "input_token USD per million" in line)
    assert price.startswith("*")
    assert "0.23 (deepinfra) to 0.88 (together)" in price
    assert price.rstrip().endswith("0.6 (zai)")
    (told,) = map(json.loads, modelatlas("compare", MODEL, MODEL, "--json").out.splitlines())
    assert told["differing"] == []
    assert told["columns"][0]["facts"]["context"] == "32768 to 131072"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "meta-llama/llama-3.3-70b"], "did you mean 'meta-llama/llama-3.3-70b-instruct'"),
        (["compare", "nobody/nothing"], "no listing is of the model 'nobody/nothing'"),
        (["compare", "zai:glm-5"], "zai lists no 'glm-5'"),
    ],
)
def test_what_is_not_there_is_told_with_the_nearest(modelatlas: Run, words: list[str], said: str) -> None:
    ran = modelatlas(*words)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err


def test_what_is_not_matched_is_listed(modelatlas: Run) -> None:
    ran = modelatlas("unmatched")
    assert "groq:mystery-x" in ran.out
    assert "contradicted" in ran.err
    (told, *_) = map(json.loads, modelatlas("unmatched", "--json", "--limit", "1").out.splitlines())
    assert told["problem"] == "unmatched"
