"""`sql`: a question to the store in SQL; the store is opened so that it cannot be written."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from modelatlas.cli.opening import reading
from modelatlas.cli.options import Csv, Demo, Json
from modelatlas.cli.output import NOTHING, say, write_csv, write_json, write_table
from modelatlas.domain.errors import BadRequest, CatalogError
from modelatlas.wiring.atlas import Atlas


def sql(
    question: Annotated[
        str, typer.Argument(metavar="SELECT", help='For instance "SELECT slug FROM providers".')
    ],
    json: Json = False,
    csv: Csv = False,
    demo: Demo = False,
) -> None:
    """Ask the store a question in SQL, read-only.

    docs/operating.md names the tables. Exact amounts are text in SQLite: order by
    usd_per_million_approx, and show `usd`.
    """
    if json and csv:
        raise typer.BadParameter("--json and --csv: expected one of them")
    with reading(demo=demo) as atlas:
        columns, rows = answered(atlas, question)
    if json:
        names = told_apart(columns)
        write_json(dict(zip(names, row, strict=True)) for row in rows)
    elif csv:
        write_csv(columns, rows)
    else:
        write_table(columns, [[_cell(value) for value in row] for row in rows], right=_numbers(columns, rows))
        say(f"{len(rows):,} rows")


def answered(atlas: Atlas, question: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the names of the columns, and the rows. Raises `CatalogError` with what the database says."""
    try:
        return atlas.query(question)
    except BadRequest as error:
        raise CatalogError(str(error)) from None


def told_apart(columns: Sequence[str]) -> list[str]:
    """Return names of columns of which no two are equal, so that an object can hold them all.

    >>> told_apart(["id", "slug", "id"])
    ['id', 'slug', 'id_2']
    """
    times: Counter[str] = Counter()
    names = []
    for column in columns:
        times[column] += 1
        names.append(column if times[column] == 1 else f"{column}_{times[column]}")
    return names


def _cell(value: object) -> str:
    return NOTHING if value is None else value.hex() if isinstance(value, bytes) else str(value)


def _numbers(columns: list[str], rows: list[tuple[Any, ...]]) -> list[str]:
    """Return the columns that hold numbers only."""
    return [
        column
        for at, column in enumerate(columns)
        if rows and all(isinstance(row[at], int | float | None) for row in rows)
    ]
