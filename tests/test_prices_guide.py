"""docs/prices.md is true: its file, its commands and its program are run."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from modelatlas.cli import main
from modelatlas.settings import DEFAULTS

GUIDE = (Path(__file__).resolve().parents[1] / "docs" / "prices.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL)


def test_the_file_answers_the_commands_as_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in DEFAULTS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MODELATLAS_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prices").mkdir()
    (file,) = blocks("toml")
    (tmp_path / "prices" / "acme.toml").write_text(file, encoding="utf-8")
    (commands,) = blocks("sh")
    told = re.search(r"These answer ([0-9.]+), ([0-9.]+) and ([0-9.]+)\.", GUIDE)
    assert told is not None
    for command, expected in zip(commands.splitlines(), told.groups(), strict=True):
        program, *words = shlex.split(command)
        assert program == "modelatlas"
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 0
        assert expected in capsys.readouterr().out.split()


def test_the_program_prints_what_is_told() -> None:
    (program,) = blocks("python")
    told = re.search(r"It prints `([^`]+)`", GUIDE)
    assert told is not None
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(program, {})
    assert printed.getvalue().strip() == told[1]
