"""What is printed fits a terminal, a pipe and another program."""

import csv
import io
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelatlas.cli.output import clean, json_text, say, write_csv, write_json, write_table


@given(st.text())
def test_a_clean_text_is_printable_and_keeps_what_was_so(text: str) -> None:
    assert clean(text).isprintable()
    assert [char for char in clean(text) if char != " "] == [
        char for char in text if char.isprintable() and char != " "
    ]


def test_a_terminal_command_loses_its_escape() -> None:
    assert clean("a\x1b[31mred\x9b0m\nline\tend\u202e") == "a[31mred0m line end"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_is_one_line_that_reads_back_as_it_was(text: str) -> None:
    written = json_text({"name": text})
    assert json.loads(written) == {"name": text}
    assert len(written.splitlines()) == 1
    assert not set(written) & {"\x1b", "\x9b", "\x7f", "\x07"}


def test_many_lines_are_all_written(capsys: pytest.CaptureFixture[str]) -> None:
    """F25: nothing is left in a buffer."""
    write_json({"n": number} for number in range(2_501))
    assert [json.loads(line)["n"] for line in capsys.readouterr().out.splitlines()] == list(range(2_501))


def test_a_table_in_a_pipe_is_plain_aligned_and_whole(capsys: pytest.CaptureFixture[str]) -> None:
    long = "acme/" + "x" * 300
    write_table(("id", "price"), [(long, "2.5"), ("a\x1b[31m", "10")], right=["price"])
    out = capsys.readouterr().out
    assert out.splitlines() == [
        "id".ljust(305) + "  price",
        long + "    2.5",
        "a[31m".ljust(305) + "     10",
    ]


@pytest.mark.parametrize("width", ["10", "40", "400"])
def test_a_table_on_a_terminal_is_drawn_and_cuts_nothing(width: str, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", width)
    write_table(
        ("id", "price", "note"), [("acme/" + "x" * 60, "2.5", "y" * 90), ("[bold]b[/bold]\x1b[31m", "10", "")]
    )
    drawn = terminal.getvalue()
    assert (drawn.count("x"), drawn.count("y"), drawn.count("2.5")) == (60, 90, 1)
    assert "[bold]b[/bold][31m" in drawn
    assert "\x1b[31m" not in drawn


def test_csv_reads_back_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    write_csv(("id", "name", "n"), [("a,b", 'the "A"', 1), ("c", None, None)])
    assert list(csv.reader(io.StringIO(capsys.readouterr().out))) == [
        ["id", "name", "n"],
        ["a,b", 'the "A"', "1"],
        ["c", "", ""],
    ]


def test_what_is_told_goes_to_the_standard_error_without_commands(capsys: pytest.CaptureFixture[str]) -> None:
    say("one\ntwo\x1b[2J")
    assert capsys.readouterr() == ("", "one\ntwo[2J\n")


class Terminal(io.StringIO):
    """A standard output that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_long_table_on_a_terminal_is_plain_and_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """F25."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    write_table(("n",), [(str(number),) for number in range(20_000)])
    assert terminal.getvalue().splitlines() == ["n", *map(str, range(20_000))]
