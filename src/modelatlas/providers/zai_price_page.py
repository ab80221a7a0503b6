"""Z.ai's page of prices as Markdown: tables by kind of model, each under a sentence that says the unit.

Laid out as in copies of the page that others kept (2026-03, 2026-07): a line such as `Prices per 1M tokens.`
before a table, a price in each cell, and in some cells the unit behind it, as `$0.01 / use`. A dash or a
backslash says that there is none.
"""

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, Final

from modelatlas.domain.errors import Unreadable
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule, usd
from modelatlas.providers.contract import MARKDOWN, ModelList, Open
from modelatlas.providers.price_rows import Counted, Layout, PriceRows, Usage, vocabulary

_UNIT: Final = re.compile(r"Prices per ([^.]+)\.?")
_CURRENCY: Final = re.compile(r"[Pp]rices are in ([A-Z]{3})\b")
_RULE: Final = re.compile(r":?-+:?")
_CELL: Final = re.compile(r"(?<!\\)\|")
_ESCAPED: Final = re.compile(r"\\(.)")
_HEAD: Final = "# Pricing\n\n> This page has the prices of models. All prices are in USD.\n"
_NOTHING: Final = ("", "-", "/", "\\")


def unfold(document: Any) -> list[Any]:
    """Return one row for each price of each table: the model, the column, the price and its unit."""
    lines = document.splitlines() if isinstance(document, str) else []
    tables = list(_tables(lines))
    if not tables:
        msg = "expected Markdown with tables of prices: it may have changed"
        raise Unreadable(msg)
    said = _CURRENCY.search(document)
    currency = None if said is None else said[1]
    return [
        {
            "model": model,
            "column": column,
            "price": price,
            "unit": own.strip() if slash else unit,
            "currency": currency,
        }
        for unit, (head, *rows) in tables
        for model, *cells in rows
        for column, cell in zip_longest(head[1:], cells, fillvalue="")
        if cell not in _NOTHING
        for price, slash, own in [cell.partition(" / ")]
    ]


def fold(rows: list[Any]) -> Any:
    """Return the page that such rows stand in: one table for each unit, one line for each model."""
    units = dict.fromkeys(row["unit"] for row in rows)
    tables = [_table(unit, rows) for unit in units] or ["\n| Model |\n|---|"]
    return "\n".join([_HEAD, *tables])


def _table(unit: str, rows: list[Any]) -> str:
    mine = [row for row in rows if row["unit"] == unit]
    columns = list(dict.fromkeys(row["column"] for row in mine))
    models: dict[str, dict[str, str]] = {}
    for row in mine:
        models.setdefault(row["model"], {})[row["column"]] = row["price"].replace("$", r"\$")
    lines = [[model, *(cells.get(column, "-") for column in columns)] for model, cells in models.items()]
    table = [["Model", *columns], [":--"] * (1 + len(columns)), *lines]
    return "\n".join([f"\nPrices per {unit}.\n", *(f"| {' | '.join(line)} |" for line in table)])


def _tables(lines: list[str]) -> Iterator[tuple[str | None, list[list[str]]]]:
    """Go through the tables with the unit that was said since the heading before, if any was."""
    unit: str | None = None
    table: list[list[str]] = []
    for line in [*map(str.strip, lines), ""]:
        if line.startswith("|"):
            cells = [_ESCAPED.sub(r"\1", cell.strip()) for cell in _CELL.split(line.strip("|"))]
            if not all(map(_RULE.fullmatch, cells)):
                table.append(cells)
            continue
        if table:
            yield unit, table
            table = []
        if line.startswith("#"):
            unit = None
        elif (said := _UNIT.fullmatch(line)) is not None:
            unit = said[1]


ROWS: Final = PriceRows(
    usages=(Usage(path="column", pattern="(?P<words>.+)"),),
    words=vocabulary(
        side={"input": "input", "output": "output"},
        cache={"read": "cached input"},
        nothing={"": "price"},
        unread={"a price of keeping a cache, for how long is not said": "cached input storage"},
    ),
    amount="price",
    form="dollars",
    free=("Free",),
    unit="unit",
    units={
        "1M tokens": Counted(1_000_000, "token"),
        "image": Counted(1, "image", "output_image"),
        "video": Counted(1, "video", "output_video"),
    },
    currency="{currency}",
    name="model",
    layout=Layout(unfold, fold),
)


def row(model: str, column: str, price: str, unit: str = "1M tokens") -> dict[str, Any]:
    """Write a row as `unfold` returns it."""
    return {"model": model, "column": column, "price": price, "unit": unit, "currency": "USD"}


EXAMPLES = (
    (
        row("Rocket-2-Flash", "Input", "$0.6"),
        Listing("zai", "rocket-2-flash", prices=(usd("input_token", "0.0000006"),)),
    ),
    (
        row("Rocket-2-Flash", "Cached Input", "$0.11"),
        Listing("zai", "rocket-2-flash", prices=(usd("cache_read_token", "0.00000011"),)),
    ),
    (
        row("Rocket-2-Flash", "Output", "$2.2"),
        Listing("zai", "rocket-2-flash", prices=(usd("output_token", "0.0000022"),)),
    ),
    (
        row("Rocket-2-Air", "Input", "$0.2"),
        Listing("zai", "rocket-2-air", prices=(usd("input_token", "0.0000002"),)),
    ),
    (
        row("Rocket-2-Air", "Output", "$1.1"),
        Listing("zai", "rocket-2-air", prices=(usd("output_token", "0.0000011"),)),
    ),
    (
        row("Rocket-2-Lite", "Input", "Free"),
        Listing("zai", "rocket-2-lite", prices=(Rule("input_token", "free"),)),
    ),
    (
        row("Rocket-Image", "Price", "$0.015", "image"),
        Listing("zai", "rocket-image", prices=(usd("output_image", "0.015", per="image"),)),
    ),
)

PRICES = ModelList(
    name="prices",
    yields="prices",
    url="https://docs.z.ai/guides/overview/pricing.md",
    auth=Open(),
    media=MARKDOWN,
    rows=ROWS,
    unpriced="no row of this page has its name",
    examples=EXAMPLES,
)
