"""`--currency` shows amounts at the operator's rate of the day, and nothing without one."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule, usd
from modelatlas.domain.snapshot import Snapshot, snapshot
from tests.builders import NOON
from tests.cli.conftest import Run

USAGE = b'{"prompt_tokens": 1000000, "completion_tokens": 0}'
AT = ("--at", "2026-11-23T13:00Z")
YUAN = Rule("input_token", "known", Decimal(2), "CNY", "1M tokens")


@pytest.fixture(autouse=True)
def heard(
    keep: Callable[[Snapshot], None], references: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rocket = Listing("groq", "rocket-2", prices=(usd("input_token", "3", per="1M tokens"),))
    keep(snapshot("groq", NOON, [rocket, Listing("groq", "yuan", prices=(YUAN,))]))
    (tmp_path / "rates.csv").write_text(
        "date,from,to,rate,source\n2026-11-23,USD,EUR,0.8652,a bank\n2026-11-23,CNY,USD,0.14071,a bank\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("DISPLAY_RATES", str(tmp_path / "rates.csv"))


def test_a_price_is_shown_beside_what_it_is(modelatlas: Run) -> None:
    ran = modelatlas("price", "groq", "rocket-2", *AT, "--currency", "eur", "--json")
    told = json.loads(ran.out)["prices"]["input_token"]
    assert told["usd"] == "0.000003"
    assert told["shown"] == {
        "amount": "0.0000025956",
        "currency": "EUR",
        "rate": "0.8652",
        "day": "2026-11-23",
        "source": "a bank",
    }
    assert "shown in EUR" in modelatlas("price", "groq", "rocket-2", *AT, "--currency", "EUR").out


def test_a_price_in_another_currency_has_no_usd_but_may_be_shown_in_it(modelatlas: Run) -> None:
    told = json.loads(modelatlas("price", "groq", "yuan", *AT, "--currency", "USD", "--json").out)
    price = told["prices"]["input_token"]
    assert (price["usd"], price["billed"]["currency"], price["shown"]["amount"]) == (
        None,
        "CNY",
        "0.00000028142",
    )
    plain = json.loads(modelatlas("price", "groq", "yuan", *AT, "--json").out)
    assert "shown" not in plain["prices"]["input_token"]


def test_a_cost_is_shown_as_a_whole(modelatlas: Run) -> None:
    asked = ("cost", "groq", "rocket-2", *AT, "--currency", "EUR")
    told = json.loads(modelatlas(*asked, "--json", stdin=USAGE).out)
    assert (told["usd"], told["shown"]["amount"]) == ("3", "2.5956")
    assert "shown: 2.5956 EUR (1 USD is 0.8652 on 2026-11-23, a bank)" in modelatlas(*asked, stdin=USAGE).out
    unknown = ("cost", "groq", "comet", *AT, "--currency", "EUR", "--json")
    assert json.loads(modelatlas(*unknown, stdin=USAGE).out)["shown"] is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--at", "2026-11-24T13:00Z", "--currency", "EUR"], "no rate of USD in EUR for 2026-11-24"),
        ([*AT, "--currency", "JPY"], "it has none of these currencies"),
        ([*AT, "--currency", "euro"], "three letters"),
    ],
)
def test_without_a_rate_of_the_day_nothing_is_shown(modelatlas: Run, words: list[str], said: str) -> None:
    ran = modelatlas("cost", "groq", "rocket-2", *words, stdin=USAGE)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_table_that_cannot_be_read_is_refused_at_the_start(
    modelatlas: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY_RATES", "nowhere.csv")
    ran = modelatlas("models")
    assert (ran.code, "DISPLAY_RATES: nowhere.csv cannot be read" in ran.err) == (2, True)
