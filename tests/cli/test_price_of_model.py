"""`price lab/name`: what a model costs at each of its offers, now or at an instant."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_replay import entry, objects, payload


def replayed(modelatlas: Run, tmp_path: Path) -> None:
    said = [("2025-01-01", "0.000001"), ("2025-02-01", "0.000002")]
    files = [
        payload(tmp_path, f"openrouter.{day}.json", {**entry(amount), "id": "openai/gpt-oss-120b"})
        for day, amount in said
    ]
    assert modelatlas("replay", "openrouter", *files).code == 0


def test_a_model_costs_what_its_offers_cost_now_or_then(
    modelatlas: Run, tmp_path: Path, references: None
) -> None:
    replayed(modelatlas, tmp_path)
    for words, usd in (([], "0.000002"), (["--at", "2025-01-15"], "0.000001")):
        ran = modelatlas("price", "OpenAI/gpt-oss-120b", *words, "--json")
        (answer,) = objects(ran)
        assert (ran.code, answer["provider"], answer["id"]) == (0, "openrouter", "openai/gpt-oss-120b")
        assert answer["prices"]["input_token"]["usd"] == usd
    table = modelatlas("price", "openai/gpt-oss-120b", "--at", "2025-01-15", "--unit", "input_token")
    assert "0.000001  0.000001 USD per token  provider" in table.out
    assert "1 of 1 offers have a price" in table.err
    assert "nothing is known of that time of" in table.err


@pytest.mark.usefixtures("references")
def test_what_nobody_offers_or_prices_is_told(modelatlas: Run, tmp_path: Path) -> None:
    replayed(modelatlas, tmp_path)
    assert modelatlas("price", "openai/gpt-oss-120b", "--unit", "output_image").code == 1
    assert modelatlas("price", "openai/gpt-oss-120b", "--tier", "batch").code == 1
    for words in (["openai/gpt-oss-20b"], ["openai/gpt-oss-120b", "--at", "2024-12-01"]):
        ran = modelatlas("price", *words)
        assert (ran.code, ran.out) == (1, "") or (ran.code, ran.out) == (2, "")
        assert "no listing is of the model" in ran.err
    assert modelatlas("price", "openai/gpt-oss-120b", "--at", "2999-01-01").code == 2


@pytest.mark.usefixtures("references")
def test_what_is_yet_to_come_is_told_as_announced(modelatlas: Run, tmp_path: Path) -> None:
    replayed(modelatlas, tmp_path)
    for words in (["openai/gpt-oss-120b"], ["openrouter", "openai/gpt-oss-120b"]):
        ran = modelatlas("price", *words, "--at", "2098-01-01", "--json")
        assert (ran.code, objects(ran)[0]["announced"], "yet to come" in ran.err) == (0, True, True)
        assert "announced" not in modelatlas("price", *words, "--json").out
        far = modelatlas("price", *words, "--at", "2100-01-01")
        assert (far.code, "until 2099" in far.err) == (2, True)
