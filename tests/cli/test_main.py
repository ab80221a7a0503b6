"""The words of the command line reach their command, quickly and with the right exit code."""

import ast
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from modelatlas import __version__
from modelatlas.cli import COMMANDS, usage
from modelatlas.cli.running import function_of
from tests.cli.conftest import Run

HEAVY = ["sqlalchemy", "starlette", "rich", "httpx2", "genai_prices", "typer", "msgspec", "asyncio"]


@pytest.mark.parametrize("words", [["--help"], ["--version"], [], ["help"]])
def test_help_and_version_import_nothing_that_takes_time(words: list[str]) -> None:
    program = f"""
import sys
from modelatlas.cli import main
main({words!r})
print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stderr.strip() == "[]"
    assert ran.stdout


@pytest.mark.parametrize(
    "words", [["price", "openai/gpt-4o-mini"], ["price", "openai", "gpt-4o-mini"], ["models"]]
)
def test_what_only_reads_a_file_imports_neither_network_nor_postgresql(
    words: list[str], tmp_path: Path
) -> None:
    """`httpx2` itself comes with `genai_prices`."""
    away = ["httpcore2", "stamina", "psycopg", "psycopg_binary", "redis", "dbos", "alembic", "starlette"]
    program = f"""
import sys
from modelatlas.cli import main
try:
    main({words!r})
finally:
    print([name for name in {away!r} if name in sys.modules], file=sys.stderr)
"""
    environment = {**os.environ, "MODELATLAS_HOME": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": ""}
    command = [sys.executable, "-c", program]
    subprocess.run(command, env=environment, capture_output=True, check=True)  # the first one makes the store
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert ran.stderr.splitlines()[-1] == "[]"
    assert "gpt" in ran.stdout or "input_token" in ran.stdout


def test_help_names_every_command_with_the_sentence_of_its_function(modelatlas: Run) -> None:
    said = modelatlas("--help").out
    assert said == usage() + "\n"
    for name, sentence in COMMANDS.items():
        assert f"  {name} " in said
        assert (function_of(name).__doc__ or "").splitlines()[0] == sentence


def test_every_module_with_a_function_of_its_own_name_is_a_command() -> None:
    """F22: a command that is missing in the table could never be called."""
    folder = Path(str(importlib.import_module("modelatlas.cli").__file__)).parent
    found = {
        path.stem
        for path in folder.glob("*.py")
        for node in ast.parse(path.read_bytes()).body
        if isinstance(node, ast.FunctionDef) and node.name == path.stem
    }
    assert found == COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself(name: str, modelatlas: Run) -> None:
    code, out, _ = modelatlas(name, "--help")
    assert code == 0
    assert out.startswith(f"Usage: modelatlas {name} ")
    assert COMMANDS[name].split("\n")[0][:60] in " ".join(out.split())
    assert modelatlas("help", name).out == out


def test_the_version_is_said(modelatlas: Run) -> None:
    assert modelatlas("--version") == (0, f"modelatlas {__version__}\n", "")


@pytest.mark.parametrize(
    ("word", "hint"), [("modls", "did you mean 'models'?"), ("xyzzy", "expected one of serve, simulate")]
)
def test_an_unknown_command_ends_with_2_and_a_hint(word: str, hint: str, modelatlas: Run) -> None:
    for words in ([word], ["help", word]):
        code, out, err = modelatlas(*words)
        assert (code, out) == (2, "")
        assert err.startswith(f"error: unknown command {word!r}: {hint}")


def test_a_wrong_option_ends_with_2(modelatlas: Run) -> None:
    code, out, err = modelatlas("read", "--nonsense")
    assert (code, out) == (2, "")
    assert "--nonsense" in err


def test_ctrl_c_ends_with_130_and_says_nothing(modelatlas: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_file: str) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr("modelatlas.cli.read.payload_of", interrupted)
    assert modelatlas("read", "openrouter", "x.json") == (130, "", "")


def test_ctrl_c_while_a_command_is_imported_is_quiet_too(
    modelatlas: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("modelatlas.cli.running.function_of", interrupted)
    assert modelatlas("read", "openrouter", "x.json") == (130, "", "")


def test_a_fault_of_ours_is_not_hidden(modelatlas: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """F27: only errors of ours become one line; a bug keeps its traceback."""

    def faulty(_file: str) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr("modelatlas.cli.read.payload_of", faulty)
    with pytest.raises(ZeroDivisionError):
        modelatlas("read", "openrouter", "x.json")


def test_a_reader_that_has_seen_enough_is_no_error_to_talk_about(tmp_path: Path) -> None:
    entries = ",".join(f'{{"id": "acme/rocket-{number}"}}' for number in range(20_000))
    payload = tmp_path / "openrouter.json"
    payload.write_text(f'{{"data": [{entries}]}}', encoding="utf-8")
    words = [sys.executable, "-m", "modelatlas", "read", "openrouter", str(payload)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().endswith(b"\n")
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_json_is_utf_8_in_any_locale(tmp_path: Path) -> None:
    (tmp_path / "openrouter.json").write_text(
        '{"data": [{"id": "a", "name": "caf\u00e9 \u2013"}]}', encoding="utf-8"
    )
    ran = subprocess.run(
        [sys.executable, "-m", "modelatlas", "read", "openrouter", str(tmp_path / "openrouter.json")],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert json.loads(ran.stdout)["name"] == "caf\u00e9 \u2013"


def test_what_was_imported_is_no_garbage_and_the_rest_is_looked_for() -> None:
    program = (
        "import gc, sys; sys.argv = ['modelatlas', 'pins', '--help']; from modelatlas.cli import main\n"
        "try: main()\n"
        "except SystemExit: print(gc.isenabled(), gc.get_freeze_count() > 10_000)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "True True"
