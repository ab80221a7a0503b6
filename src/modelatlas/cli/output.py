"""What a command prints: tables, JSON lines and CSV for people and pipes, never a terminal's own commands.

Text of providers may hold anything. In tables its control characters are dropped, in JSON they are escaped.
"""

import csv
import io
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

NOTHING: Final = "\N{EN DASH}"
"""What a table shows where nothing is said."""

_encode: Final = msgspec.json.Encoder(decimal_format="string").encode
_RAW_IN_JSON: Final = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_AT_ONCE: Final = 1_000
"""Lines written together."""
_MOST_DRAWN: Final = 500
_UNFOLDED: Final = 24
"""Characters of a cell that are never folded, how narrow the terminal may be."""


def clean(text: str) -> str:
    r"""Return a text without characters that steer a terminal; line ends and tabs become blanks.

    >>> clean("a\x1b[31mred\nline")
    'a[31mred line'
    """
    if text.isprintable():
        return text
    spaced = re.sub(r"[\t\r\n]+", " ", text)
    return "".join(char for char in spaced if char.isprintable())


def json_text(value: object) -> str:
    """Return a value as JSON in one line, in which nothing steers a terminal or splits the line."""
    text = _encode(value).decode()
    return _RAW_IN_JSON.sub(lambda char: f"\\u{ord(char[0]):04x}", text)


def write(lines: Iterable[str]) -> None:
    """Write lines to the standard output as they are; whoever reads a pipe has them at once."""
    some: list[str] = []
    for line in lines:
        some.append(line)
        if len(some) == _AT_ONCE:
            _flush(some)
    _flush(some)
    sys.stdout.flush()


def write_json(values: Iterable[Any]) -> None:
    """Write JSON lines: one value, one line."""
    write(json_text(value) for value in values)


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write comma-separated values (RFC 4180, with plain line ends) under a line of column names."""
    write(_csv_line(row) for row in [columns, *rows])


def write_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[str] = ()) -> None:
    """Write a table: drawn on a terminal, plain aligned columns in a pipe; nothing is cut off.

    `right` names the columns that are aligned to the right. A long table is plain on a terminal, too:
    drawing 18,000 rows takes ten seconds.
    """
    cells = [[clean(cell) for cell in row] for row in rows]
    if sys.stdout.isatty() and len(cells) <= _MOST_DRAWN:
        _draw(columns, cells, right)
    else:
        write(_aligned(columns, cells, right))


def say(text: str) -> None:
    """Tell a person something on the standard error, line by line."""
    for line in text.splitlines():
        print(clean(line), file=sys.stderr)


def _flush(lines: list[str]) -> None:
    if lines:
        sys.stdout.write("\n".join(lines) + "\n")
        lines.clear()


def _csv_line(row: Sequence[Any]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow("" if cell is None else clean(str(cell)) for cell in row)
    return line.getvalue()


def _aligned(columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str]) -> Iterable[str]:
    whole = [columns, *rows]
    widths = [max(len(row[at]) for row in whole) for at in range(len(columns))]
    to_right = [column in right for column in columns]
    for row in whole:
        padded = (
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(row, widths, to_right, strict=True)
        )
        yield "  ".join(padded).rstrip()


def _draw(columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str]) -> None:
    """Draw a table as wide as the terminal, and wider where long texts could only be folded to nothing."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    needed = 0
    for at, column in enumerate(columns):
        least = min(_UNFOLDED, max(len(cell) for cell in (column, *(row[at] for row in rows))))
        needed += least + len("  ")
        table.add_column(
            column, justify="right" if column in right else "left", overflow="fold", min_width=least
        )
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console(highlight=False)
    console.width = max(console.width, needed)
    console.print(table)
