"""The commands with a PostgreSQL database in the place of the file."""

import json
from collections.abc import Callable, Iterator

import pytest

from tests.cli.conftest import Run
from tests.postgresql import PostgreSQL

ENTRY = {"id": "a", "pricing": {"prompt": "0.00000015", "completion": "0.000000600000000000000000000001"}}


@pytest.fixture(autouse=True)
def url(postgresql: PostgreSQL, references: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("PRICING_SYNC_PROVIDERS", "openrouter")
    with postgresql.database() as url:
        monkeypatch.setenv("DATABASE_URL", url)
        yield url


def test_what_was_synced_is_asked_shown_and_explained(modelatlas: Run, provided: Callable[..., str]) -> None:
    via = provided(openrouter=[ENTRY])
    assert modelatlas("sync", "--via", via).code == 0
    asked = modelatlas(
        "sql",
        "SELECT unit, usd, valid_from > now() AS later FROM model_pricing_history ORDER BY id",
        "--json",
    )
    assert [json.loads(line) for line in asked.out.splitlines()] == [
        {"unit": "input_token", "usd": "0.00000015", "later": False},
        {"unit": "output_token", "usd": "0.000000600000000000000000000001", "later": False},
    ]
    shown = json.loads(modelatlas("show", "openrouter", "a", "--json").out)
    assert [price["usd"] for price in shown["prices"]] == ["0.00000015", "0.000000600000000000000000000001"]
    assert modelatlas("explain").code == 0
    assert modelatlas("sql", "DELETE FROM models").code == 1


def test_a_store_of_the_other_world_is_refused(modelatlas: Run, provided: Callable[..., str]) -> None:
    modelatlas("sync", "--via", provided(openrouter=[ENTRY]))
    ran = modelatlas("sync", "groq")
    assert ran.code == 2
    assert "holds simulated data" in ran.err


def test_the_doctor_looks_into_it(modelatlas: Run) -> None:
    code, out, err = modelatlas("doctor")
    assert (code, err) == (0, "")
    assert "store postgresql" in out
    assert "bytes" in out
