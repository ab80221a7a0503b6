"""`models` and `show`: the last good lists and the references, without asking anybody."""

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from modelatlas.cli.output import NOTHING
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, PromptOver, Rule, Unread, usd
from modelatlas.domain.snapshot import Snapshot, snapshot
from tests.builders import NOON
from tests.cli.conftest import Run

LONG_PROMPT = Condition(prompt_over=PromptOver(200_000))


def known(amount: str, **more: Any) -> Rule:
    return Rule("input_token", "known", Decimal(amount), per="1M tokens", **more)


def listing(id_: str, *prices: Rule, **more: Any) -> Listing:
    return Listing("openrouter", id_, prices=prices, **more)


LISTINGS = (
    listing(
        "acme/cheap",
        usd("input_token", "0.0000001", path="pricing.prompt"),
        usd("output_token", "0.00000025"),
        name="Cheap",
        context_tokens=8_000,
    ),
    listing(
        "acme/dear",
        usd("input_token", "0.000002"),
        usd("output_token", "0.00000800000000000001"),
        context_tokens=128_000,
    ),
    listing("acme/free", Rule("input_token", "free"), Rule("output_token", "free")),
    listing("acme/router", Rule("input_token", "varying")),
    listing("acme/silent"),
    listing("acme/tiered", known("1", when=LONG_PROMPT)),
    listing("acme/yuan", known("2", currency="CNY")),
)
OPENROUTER = snapshot(
    "openrouter",
    NOON,
    LISTINGS,
    unread=[Unread("acme/cheap", "pricing.extra", "0.1\x1b[2J", "conditional price")],
)


@pytest.fixture(autouse=True)
def heard(keep: Callable[[Snapshot], None], references: None) -> None:
    keep(OPENROUTER)


def test_prices_are_exact_and_free_varying_and_unknown_look_different(modelatlas: Run) -> None:
    """F7, F8, F10."""
    ran = modelatlas("models", "--provider", "openrouter")
    rows = {cells[1]: cells[2:] for line in ran.out.splitlines()[1:] if (cells := line.split())}
    assert rows == {
        "acme/cheap": ["8000", "0.1", "0.25", "provider"],
        "acme/dear": ["128000", "2", "8.00000000000001", "provider"],
        "acme/free": [NOTHING, "free", "free", "provider"],
        "acme/router": [NOTHING, "varies", NOTHING, "provider"],
        "acme/silent": [NOTHING, NOTHING, NOTHING, "provider"],
        "acme/tiered": [NOTHING, "varies", NOTHING, "provider"],
        "acme/yuan": [NOTHING, "2", "CNY", NOTHING, "provider"],
    }
    assert ran.err == "7 listings of 1 providers: 7 said by the providers, 0 by references\n"


def test_references_stand_in_and_are_named_as_such(modelatlas: Run) -> None:
    ran = modelatlas("models")
    assert ran.out.splitlines()[1].split() == ["nobody", "nobody/one", NOTHING, "3", NOTHING, "reference"]
    assert ran.err == "8 listings of 2 providers: 7 said by the providers, 1 by references\n"


def test_json_has_one_listing_in_each_line_as_the_api_spells_it(modelatlas: Run) -> None:
    lines = [json.loads(line) for line in modelatlas("models", "--json").out.splitlines()]
    assert [line["id"] for line in lines] == ["nobody/one", *(each.id for each in LISTINGS)]
    assert lines[1]["prices"][0]["usd"] == "0.0000001"
    assert {line["origin"] for line in lines[1:]} == {"provider"}


def test_csv_has_a_row_for_each_listing_with_state_and_number(modelatlas: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(modelatlas("models", "--csv", "--provider", "openrouter").out)))
    assert [(row["id"], row["input_price"], row["input_usd_per_million"]) for row in rows] == [
        ("acme/cheap", "known", "0.1"),
        ("acme/dear", "known", "2"),
        ("acme/free", "free", "0"),
        ("acme/router", "varying", ""),
        ("acme/silent", "unknown", ""),
        ("acme/tiered", "varying", ""),
        ("acme/yuan", "known", ""),
    ]


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (["--search", "che"], ["acme/cheap"]),
        (["--max-input-usd-per-million", "0.1"], ["acme/cheap", "acme/free"]),
        (["--max-input-usd-per-million", "1e-1", "--not-free"], ["acme/cheap"]),
        (["--min-context", "8001"], ["acme/dear"]),
        (["--free"], ["acme/free"]),
        (["--unpriced"], ["acme/silent"]),
        (["--sort", "-input_price", "--limit", "2"], ["acme/dear", "acme/cheap"]),
        (["--limit", "1", "--offset", "1"], ["acme/dear"]),
        (["--origin", "reference"], []),
    ],
)
def test_questions_choose_and_order(words: list[str], ids: list[str], modelatlas: Run) -> None:
    lines = modelatlas("models", "--provider", "openrouter", "--json", *words).out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ids


def test_a_part_of_the_answer_is_said_to_be_one(modelatlas: Run) -> None:
    """F25."""
    assert modelatlas("models", "--limit", "3").err.startswith("3 of 8 listings of 2 providers")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--provider", "opnrouter"], "did you mean 'openrouter'?"),
        (["--sort", "price"], "sort='price'"),
        (["--limit", "-1"], "limit=-1: expected a number from 0"),
        (["--mode", "chatt"], "did you mean 'chat'?"),
        (["--max-input-usd-per-million", "cheap"], "'cheap' is no decimal number"),
        (["--max-input-usd-per-million", "nan"], "'nan' is no decimal number"),
        (["--json", "--csv"], "expected one of them"),
    ],
)
def test_what_cannot_be_asked_ends_with_2(words: list[str], told: str, modelatlas: Run) -> None:
    """F51."""
    code, out, err = modelatlas("models", *words)
    assert (code, out) == (2, "")
    assert told in err


def test_words_name_several_providers_aliases_and_references(modelatlas: Run) -> None:
    out = modelatlas("models", "--provider", "nobody,openrouter", "--provider", "nearai", "--json").out
    assert {json.loads(line)["provider"] for line in out.splitlines()} == {"nobody", "openrouter"}


def test_the_store_of_a_simulator_can_be_looked_at(modelatlas: Run, home: Path) -> None:
    modelatlas("sync", "groq", "--via", "http://127.0.0.1:9")  # nobody answers there; the store is marked
    assert modelatlas("sql", "SELECT kind FROM store_stamp").out.split() == ["kind", "simulated"]
    assert modelatlas("models", "--json").code == 0


def test_a_machine_without_a_store_is_answered_by_references(
    modelatlas: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELATLAS_HOME", "elsewhere")
    ran = modelatlas("models")
    assert (ran.code, len(ran.out.splitlines())) == (0, 2)


def test_show_tells_every_price_with_its_text_and_place(modelatlas: Run) -> None:
    code, out, err = modelatlas("show", "openrouter", "acme/cheap")
    assert (code, err) == (0, "")
    assert "acme/cheap" in out
    row = next(line for line in out.splitlines() if line.startswith("input_token"))
    assert row.split() == [
        "input_token", "0.0000001", "0.0000001", "USD", "per", "token", "0.0000001", "pricing.prompt",
        "always", "provider",
    ]  # fmt: skip
    assert "conditional price" in out
    assert "\x1b" not in out


def test_show_in_json_is_the_listing_with_its_quotes(modelatlas: Run) -> None:
    answer = json.loads(modelatlas("show", "openrouter", "acme/cheap", "--json").out)
    assert answer["prices"][0]["quote"] == {"path": "pricing.prompt", "raw": "0.0000001"}
    assert answer["unread"][0]["raw"] == "0.1\x1b[2J"
    assert json.loads(modelatlas("show", "nobody", "nobody/one", "--json").out)["origin"] == "reference"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["openrouter", "acme/chep"], 1, "did you mean 'acme/cheap'"),
        (["openrouter", "zzzzzzzzzzz"], 1, "`modelatlas models --provider openrouter` lists its 7 ids"),
        (
            ["groq", "x"],
            1,
            "groq has no list in the store and is in no reference: `modelatlas sync groq` fetches it",
        ),
        (["nowhere-at-all", "x"], 2, "unknown provider 'nowhere-at-all'"),
    ],
)
def test_what_is_not_there_is_told_with_the_next_step(
    words: list[str], code: int, told: str, modelatlas: Run
) -> None:
    ran = modelatlas("show", *words)
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err


def test_listings_are_shown_by_model(modelatlas: Run) -> None:
    ran = modelatlas("models", "--provider", "openrouter", "--group", "--limit", "2")
    assert ran.code == 0
    assert len(ran.out.splitlines()) == 3
    assert "2 of 7 models and listings of none; 7 listings of 1 providers" in ran.err
    groups = [json.loads(line) for line in modelatlas("models", "--group", "--json").out.splitlines()]
    assert [(each["model"], each["count"]) for each in groups[:1]] == [(None, 1)]
    assert sum(each["count"] for each in groups) == 8
    assert modelatlas("models", "--group", "--csv").code == 2
