"""`price PROVIDER ID` told from what was kept is what a lookup tells, and only while nothing has changed."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from modelatlas.cli import running
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, PromptOver, Rule
from modelatlas.domain.snapshot import snapshot
from modelatlas.wiring import quick
from tests.cli.conftest import Ran, Run

HEARD = datetime(2026, 11, 1, tzinfo=UTC)


def rule(unit: str, amount: str, **more: object) -> Rule:
    return Rule(unit, "known", Decimal(amount), per="1M tokens", **more)  # type: ignore[arg-type]


PRICED = (rule("input_token", "3.00"), rule("output_token", "15"))
LONG = rule("input_token", "6", when=Condition(prompt_over=PromptOver(200_000)), rank=1)
PRICELESS = "unpriced"
LAB = snapshot("anthropic", HEARD, [Listing("anthropic", "claude-opus-9", prices=PRICED)])
GATE = snapshot("helicone", HEARD, [Listing("helicone", "anthropic/claude-opus-9")])
HOST = snapshot(
    "groq",
    HEARD,
    [
        Listing("groq", "free", prices=(Rule("input_token", "free"), Rule("output_token", "varying"))),
        Listing("groq", "llama-3.3-70b-versatile"),
        Listing("groq", "long", prices=(*PRICED, LONG)),
        Listing("groq", "mine", prices=PRICED, visibility="account"),
        Listing("groq", "slip", prices=(rule("input_token", "3000000"), PRICED[1])),
        Listing("groq", PRICELESS),
    ],
)
LISTED = [
    (part.provider, each.id) for part in (LAB, GATE, HOST) for each in part.listings if each.id != PRICELESS
]
OTHERWISE = (("groq", PRICELESS), ("groq", "no-such"), ("GROQ", "long"), ("nobody", "x"))
BESIDE = (
    ("openai", "gpt-4o-mini"),
    ("groq", "llama-3.1-8b-instant"),  # it has a list, and this is not on it
    ("databricks", "databricks-gpt-oss-20b"),  # only references know it
)


@pytest.fixture
def store(keep: Callable[..., None]) -> None:
    keep(LAB, GATE, HOST)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that were run as others are."""
    ran: list[str] = []
    run = running.run

    def noting(name: str, words: list[str]) -> None:
        ran.append(" ".join([name, *words]))
        run(name, words)

    monkeypatch.setattr(running, "run", noting)
    return ran


@pytest.fixture
def kept(store: None, modelatlas: Run, looked: list[str]) -> Ran:
    """What was told of a listing by a lookup, so that all of its list is kept now."""
    del store
    told = modelatlas("price", "groq", "long")
    assert looked
    looked.clear()
    return told


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(("provider", "id_"), LISTED)
def test_it_tells_what_a_lookup_tells(modelatlas: Run, looked: list[str], provider: str, id_: str) -> None:
    first = modelatlas("price", provider, id_)
    assert looked == [f"price {provider} {id_}"]
    assert first.code == 0
    assert modelatlas("price", provider, id_) == first
    assert len(looked) == 1


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(("provider", "id_"), BESIDE)
def test_what_only_references_say_is_kept_too(
    modelatlas: Run, looked: list[str], provider: str, id_: str
) -> None:
    modelatlas("price", "groq", "long")
    first = modelatlas("price", provider, id_)
    assert first.code == 0
    assert looked == ["price groq long", f"price {provider} {id_}"]
    assert modelatlas("price", provider, id_) == first
    assert modelatlas("price", "groq", "long").code == 0
    assert len(looked) == 2


@pytest.mark.usefixtures("store")
def test_one_question_serves_all_that_references_list_of_a_provider(
    modelatlas: Run, looked: list[str]
) -> None:
    dated = ("openai", "gpt-4.1-2025-04-14")
    lists = modelatlas("price", "openai", "gpt-4o-mini")
    known = modelatlas("price", "openai", "gpt-4o")
    assert (lists.code, known.code) == (0, 0)
    assert looked == ["price openai gpt-4o-mini"]
    first = modelatlas("price", *dated)  # which no reference lists: a pattern of theirs finds it
    assert modelatlas("price", *dated) == first
    assert modelatlas("price", "openai", "gpt-4o") == known
    assert looked == ["price openai gpt-4o-mini", "price openai gpt-4.1-2025-04-14"]


@pytest.mark.parametrize(("provider", "id_"), OTHERWISE)
def test_what_has_no_price_or_no_list_is_looked_up(
    kept: Ran, modelatlas: Run, looked: list[str], provider: str, id_: str
) -> None:
    assert kept.code == 0
    first = modelatlas("price", provider, id_)
    again = modelatlas("price", provider, id_)
    assert len(looked) == 2
    assert (first.code, first.out) == (again.code, again.out)


@pytest.mark.parametrize("words", [["--json"], ["--unit", "input_token"], ["--prompt-tokens", "300000"]])
def test_any_option_is_looked_up(kept: Ran, modelatlas: Run, looked: list[str], words: list[str]) -> None:
    assert modelatlas("price", "groq", "long", *words).out != kept.out
    assert looked


def another_list(home: Path, keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    del home, monkeypatch
    keep(snapshot("groq", HEARD, [Listing("groq", "long", prices=PRICED[:1])]))


def another_lender(home: Path, keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    del home, monkeypatch
    keep(snapshot("anthropic", HEARD, [Listing("anthropic", "claude-opus-9")]))


def an_own_file(home: Path, keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    del keep, monkeypatch
    (home / "prices").mkdir()


def another_setting(home: Path, keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    del home, keep
    monkeypatch.setenv("PRICE_REFERENCES", "litellm=/nowhere")


def a_server_of_ones_own(home: Path, keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    del home, keep
    monkeypatch.setenv("OPENAI_COMPATIBLE", "mine=https://llm.example.com/v1")


def stored_lists(home: Path, keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    del home, keep
    monkeypatch.setenv("MODEL_CATALOG_SOURCE", "database")


def a_wrong_setting(home: Path, keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    del home, keep
    monkeypatch.setenv("PRICING_SYNC_PROVIDERS", "no-such")


def edited_code(home: Path, keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    del home, keep
    monkeypatch.setattr(quick, "program", lambda *_: "edited")


def a_damaged_file(home: Path, keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    del keep, monkeypatch
    (home / "derived" / "quotes.groq.derived").write_bytes(b"x" * 100)


def no_store(home: Path, keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    del keep, monkeypatch
    (home / "modelatlas.sqlite").unlink()


@pytest.mark.parametrize(
    "change",
    [
        another_list, another_lender, an_own_file, another_setting, a_server_of_ones_own, stored_lists,
        a_wrong_setting, edited_code, a_damaged_file, no_store,
    ],
)  # fmt: skip
def test_after_any_change_it_is_looked_up(
    kept: Ran,
    modelatlas: Run,
    looked: list[str],
    home: Path,
    keep: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[..., None],
) -> None:
    assert modelatlas("price", "groq", "long") == kept
    assert not looked
    change(home, keep, monkeypatch)
    modelatlas("price", "groq", "long")
    assert looked


def test_a_release_and_an_operators_word_are_obeyed_at_once(
    kept: Ran, modelatlas: Run, looked: list[str]
) -> None:
    assert kept.code == 0
    before = modelatlas("price", "groq", "slip")
    assert "in quarantine" in before.err
    assert not looked
    key = json.loads(modelatlas("quarantine", "--provider", "groq", "--json").out)["key"]
    for words in (
        ("release", key, "--note", "as their page says", "--by", "me"),
        ("override", "identity", "helicone", "anthropic/claude-opus-9", "none", "--note", "it is not"),
    ):
        assert modelatlas(*words).code == 0
        looked.clear()
        after = modelatlas("price", "groq", "slip")
        assert looked == ["price groq slip"]
        assert after.out != before.out
        assert modelatlas("price", "groq", "slip") == after
        assert len(looked) == 1


def test_nothing_that_talks_to_stores_or_providers_is_imported(
    kept: Ran, environment: dict[str, str]
) -> None:
    program = (
        "import sys; from modelatlas.cli import main; main(['price', 'groq', 'long']); "
        "print(sorted({'httpx2', 'pydantic', 'sqlalchemy', 'structlog', 'typer'} & {*sys.modules}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout == f"{kept.out}[]\n"
