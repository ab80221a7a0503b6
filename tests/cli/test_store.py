"""`sync`, `explain` and `sql`: from providers to the store, and why the two sides differ."""

import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelatlas.cli.output import NOTHING
from modelatlas.domain.snapshot import Snapshot
from tests.builders import NOON, snapshot_of
from tests.cli.conftest import Ran, Run

Provided = Callable[..., str]


def entry(id_: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "pricing": {"prompt": "0.0000001", "completion": "0.0000004"}, **more}


@pytest.fixture(autouse=True)
def few(references: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRICING_SYNC_PROVIDERS", "openrouter")


def objects(ran: Ran) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.out.splitlines()]


def rows(modelatlas: Run, question: str) -> list[dict[str, Any]]:
    return objects(modelatlas("sql", question, "--json"))


def everything(modelatlas: Run) -> list[Any]:
    tables = [row["name"] for row in rows(modelatlas, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    return [(table, rows(modelatlas, f'SELECT * FROM "{table}"')) for table in tables]


def test_a_sync_writes_the_listings_and_a_second_one_writes_no_row(
    modelatlas: Run, provided: Provided
) -> None:
    via = provided(openrouter=[entry("a"), entry("b"), {"id": "c"}])
    first = objects(modelatlas("sync", "--via", via, "--json"))
    counts = ("provider", "status", "fetched", "inserted", "updated", "unchanged", "skipped")
    assert [[line[name] for name in counts] for line in first] == [["openrouter", "success", 3, 2, 0, 0, 1]]
    stored = rows(modelatlas, "SELECT * FROM models")
    assert [(row["provider_model_id"], row["is_active"]) for row in stored] == [("a", 1), ("b", 1), ("c", 0)]
    second = objects(modelatlas("sync", "openrouter", "--via", via, "--json"))
    assert [[line[name] for name in counts] for line in second] == [["openrouter", "success", 3, 0, 0, 2, 1]]
    assert rows(modelatlas, "SELECT * FROM models") == stored


def test_a_sync_prints_a_row_for_each_provider(modelatlas: Run, provided: Provided) -> None:
    ran = modelatlas("sync", "--via", provided(openrouter=[entry("a")]))
    header, row = ran.out.splitlines()
    assert header.split()[:4] == ["provider", "status", "fetched", "inserted"]
    assert row.split() == ["openrouter", "success", "1", "1", "0", "0", "0", "0", "0"]
    assert (ran.code, ran.err) == (0, "")


def test_a_dry_run_says_what_would_be_written_and_writes_nothing(modelatlas: Run, provided: Provided) -> None:
    """F47."""
    modelatlas("sync", "--via", provided(openrouter=[entry("a"), entry("b")]))
    before = everything(modelatlas)
    via = provided(openrouter=[entry("a"), entry("c")])
    ran = modelatlas("sync", "--via", via, "--dry-run", "--json")
    assert everything(modelatlas) == before
    (planned,) = objects(ran)
    assert (ran.code, planned["provider"], planned["rows_written"]) == (
        0,
        "openrouter",
        0,
    )  # younger than 5 minutes


def test_a_dry_run_on_an_empty_store_names_what_is_new(modelatlas: Run, provided: Provided) -> None:
    ran = modelatlas("sync", "--via", provided(openrouter=[entry("a"), entry("b")]), "--dry-run", "--json")
    (planned,) = objects(ran)
    assert planned["inserted"] == {"count": 2, "ids": ["a", "b"]}
    assert rows(modelatlas, "SELECT * FROM models") == []
    assert rows(modelatlas, "SELECT * FROM provider_snapshots") == []


def test_when_all_fail_it_ends_with_1_and_when_some_do_with_3(
    modelatlas: Run, provided: Provided, monkeypatch: pytest.MonkeyPatch
) -> None:
    via = provided("500=featherless", openrouter=[entry("a")], featherless=[{"id": "b"}])
    ran = modelatlas("sync", "featherless", "--via", via)
    assert ran.code == 1
    assert ran.err.endswith("error: 1 of 1 failed\n")
    assert "bad_status" in ran.out
    ran = modelatlas("sync", "featherless", "openrouter", "--via", via, "--json")
    assert (ran.code, [line["status"] for line in objects(ran)]) == (3, ["failed", "success"])


def test_a_provider_without_its_key_is_skipped_which_fails_only_when_it_was_named(
    modelatlas: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No network is touched: what has no key is not called."""
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    monkeypatch.setenv("PRICING_SYNC_PROVIDERS", "groq")
    ran = modelatlas("sync", "--json")
    assert (ran.code, [line["status"] for line in objects(ran)]) == (0, ["skipped"])
    assert "GROQ_API_KEY" in objects(ran)[0]["error"]
    assert modelatlas("sync", "groq").code == 1
    assert modelatlas("sync", "groq", "--dry-run").code == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["opnrouter"], "did you mean 'openrouter'?"),
        (["--via", "http://192.0.2.7:9000"], "--allow-remote-via"),
        (["--via", "nonsense"], "expected the URL of a simulator"),
        (["openrouter", "--all"], "expected one of them"),
    ],
)
def test_what_cannot_be_synced_ends_with_2(words: list[str], told: str, modelatlas: Run) -> None:
    code, out, err = modelatlas("sync", *words)
    assert (code, out) == (2, "")
    assert told in err


def test_a_store_of_real_data_takes_no_simulated_data(
    modelatlas: Run, provided: Provided, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRICING_SYNC_PROVIDERS", "groq")
    assert modelatlas("sync").code == 0  # skipped without a key; the store is marked real
    code, _, err = modelatlas("sync", "--via", provided(groq=[{"id": "a"}]))
    assert code == 2
    assert "holds real data" in err


def test_ctrl_c_ends_a_sync_quietly_and_its_run_is_logged_as_cancelled(
    environment: dict[str, str], provided: Provided, modelatlas: Run, tmp_path: Path
) -> None:
    """F45."""
    via = provided("hang=openrouter", openrouter=[entry("a")])
    words = [sys.executable, "-m", "modelatlas", "sync", "openrouter", "--via", via]
    with subprocess.Popen(words, env=environment, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        while not called(via):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "")
    assert [row["status"] for row in rows(modelatlas, "SELECT status FROM pricing_sync_log")] == ["cancelled"]


def called(simulator: str) -> bool:
    with urllib.request.urlopen(f"{simulator}/_simulator/requests", timeout=30) as answer:
        return bool(json.loads(answer.read()))


def test_explain_counts_and_names_every_reason(
    modelatlas: Run, provided: Provided, keep: Callable[[Snapshot], None]
) -> None:
    modelatlas("sync", "--via", provided(openrouter=[entry("a"), entry("b"), {"id": "free-form"}]))
    keep(snapshot_of("x", "y", provider="featherless"))
    ran = modelatlas("explain")
    assert ran.code == 0
    assert ran.out.startswith("live 5 - stored 2 = +3; unexplained 0\n")
    said = {line.split()[0]: line for line in ran.out.splitlines() if line}
    assert said["provider_not_synced"].split()[1:4] == ["+2", "featherless", "+2"]
    assert "1. provider_not_synced (+2): set PRICING_SYNC_PROVIDERS=openrouter,featherless to sync" in ran.out
    assert "or run `modelatlas sync featherless` to sync it once" in ran.out
    assert ran.out.index("1. provider_not_synced") < ran.out.index("2. no_price (+1): nothing")
    assert said["no_price"].split()[1] == "+1"
    assert said["unexplained"].split()[1] == "0"
    assert said["openrouter"].split() == ["openrouter", "3", "0", "0", "3", "2", "+1", "no_price", "+1"]
    assert (
        list(said).index("provider_not_synced")
        < list(said).index("no_price")
        < list(said).index("unexplained")
    )


def test_explain_of_one_provider_with_its_listings(
    modelatlas: Run, provided: Provided, keep: Callable[[Snapshot], None]
) -> None:
    modelatlas("sync", "--via", provided(openrouter=[entry("a"), entry("b")]))
    keep(snapshot_of("a", "c", provider="openrouter"))
    keep(snapshot_of("x", provider="featherless"))
    out = modelatlas("explain", "openrouter", "--listings").out
    assert [line.split() for line in out.splitlines()[-2:]] == [
        ["openrouter", "b", "-1", "live_behind"],
        ["openrouter", "c", "+1", "appeared_since_sync"],
    ]
    assert "featherless" not in out
    (answer,) = objects(modelatlas("explain", "openrouter", "--json", "--listings"))
    assert (answer["total"], answer["returned"], answer["totals"]["unexplained"]) == (2, 2, 0)
    assert answer["simulated"] is True
    (answer,) = objects(modelatlas("explain", "openrouter", "--json"))
    assert (answer["total"], answer["data"]) == (2, [])


def test_explain_says_how_the_last_run_of_a_never_synced_provider_went(
    modelatlas: Run, provided: Provided, keep: Callable[[Snapshot], None]
) -> None:
    modelatlas("sync", "--via", provided("500=openrouter", openrouter=[entry("a")]))
    keep(snapshot_of("a", provider="openrouter"))
    out = modelatlas("explain").out
    assert "1. provider_never_synced (+1): run `modelatlas sync openrouter`, which says" in out
    assert "What hinders:\n  openrouter: failed: bad_status" in out


def test_explain_of_an_empty_store(modelatlas: Run) -> None:
    assert modelatlas("explain").out.startswith("live 0 - stored 0 = +0; unexplained 0\n")
    assert modelatlas("explain", "opnrouter").code == 2


def test_sql_answers_in_three_forms(modelatlas: Run) -> None:
    question = "SELECT 1 AS n, 'a\x1b[31m' AS t, NULL AS empty, 2 AS n"
    assert modelatlas("sql", question).out.splitlines() == [
        "n  t      empty  n",
        f"1  a[31m      {NOTHING}  2",
    ]
    assert objects(modelatlas("sql", question, "--json")) == [
        {"n": 1, "t": "a\x1b[31m", "empty": None, "n_2": 2}
    ]
    assert modelatlas("sql", question, "--csv").out.splitlines() == ["n,t,empty,n", "1,a[31m,,2"]


@pytest.mark.parametrize(
    "statement",
    [
        "SELEKT 1",
        "SELECT * FROM nowhere",
        "DELETE FROM models",
        "DROP TABLE models",
        "SELECT 1; DROP TABLE models",
        "ATTACH 'other.sqlite' AS other",
        "PRAGMA journal_mode = DELETE",
        "VACUUM INTO 'copy.sqlite'",
        "",
    ],
)
def test_sql_that_is_no_question_ends_with_1_and_changes_nothing(
    statement: str, modelatlas: Run, tmp_path: Path
) -> None:
    before = everything(modelatlas)
    code, out, err = modelatlas("sql", statement)
    assert (code, out) == (1, "")
    assert err.startswith("error: ")
    assert "Traceback" not in err
    assert everything(modelatlas) == before
    assert not [*tmp_path.glob("*.sqlite")]


def test_the_queries_of_the_documents_run(modelatlas: Run, provided: Provided) -> None:
    document = Path(__file__).resolve().parents[2] / "docs" / "operating.md"
    queries = document.read_text(encoding="utf-8").split("```sql\n")[1].split("```")[0].strip().splitlines()
    assert len(queries) == 4
    modelatlas("sync", "--via", provided(openrouter=[entry("a")]))
    for query in queries:
        ran = modelatlas("sql", query)
        assert (ran.code, len(ran.out.splitlines())) == (0, 2)


def test_an_older_snapshot_than_the_stored_one_is_no_fault(
    keep: Callable[[Snapshot], None], modelatlas: Run
) -> None:
    keep(snapshot_of("a", provider="openrouter", at=NOON))
    assert modelatlas("explain", "--json").code == 0
