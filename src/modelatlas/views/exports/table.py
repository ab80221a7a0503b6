"""A table of all listings as comma-separated values, with every price in it: nothing is lost.

A text that a table program would take for a formula, such as `@cf/...`, has an apostrophe before it, as in
the page's own tables: what a provider writes is never executed
(https://owasp.org/www-community/attacks/CSV_Injection).

Columns hold the prices of the common units in USD per million tokens, at the highest hour, in the standard
tier and for the smallest prompt; `free`, `varies` and nothing at all are three things. `prices` holds all
rules, and `factors` what multiplies them, as JSON.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

from modelatlas.domain.headline import varies_by
from modelatlas.domain.money import EXACT, plain
from modelatlas.views.costs import FactorView
from modelatlas.views.exports.format import MILLION, Export, Format, Offered, Rows, Source, encode
from modelatlas.views.models import price_view, when_view

UNITS: Final = ("input_token", "output_token", "cache_read_token", "cache_write_token")
_SAID: Final = (
    "provider", "id", "name", "lab", "mode", "status", "context_tokens", "max_output_tokens",
    "quantization", "released", "deprecated_at", "retires_at",
)  # fmt: skip
COLUMNS: Final = (
    *_SAID,
    "model",
    "variant",
    *(f"{unit}_usd_per_million" for unit in UNITS),
    "varies_by",
    "prices",
    "factors",
)
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")


def rows(source: Source) -> Rows:
    """Write one provider's lines."""
    return Rows(tuple((each.listing.id, _line(_cells(each))) for each in source.offers))


def whole(parts: Sequence[Rows]) -> Export:
    """Put the lines together, under a line of column names (RFC 4180)."""
    found = [line for part in parts for _, line in part.entries]
    return Export(_line(COLUMNS) + b"".join(found), len(found), ())


TABLE: Final = Format(
    "csv", "/exports/models.csv", "spreadsheets, pandas, DuckDB", rows, whole, "text/csv; charset=utf-8"
)


def _cells(offer: Offered) -> Iterable[object]:
    listing = offer.listing
    yield from (getattr(listing, name) for name in _SAID)
    yield offer.model
    yield offer.variant
    base = offer.rates.base
    for unit in UNITS:
        if unit in base:
            yield plain(EXACT.multiply(base[unit], MILLION)) if base[unit] else "free"
        else:
            yield "varies" if unit in offer.rates.varying else None
    yield " ".join(varies_by(listing.prices))
    yield encode([price_view(rule) for rule in listing.prices]).decode()
    factors = [
        FactorView(plain(each.factor), when_view(each), each.path, each.source) for each in listing.factors
    ]
    yield encode(factors).decode() if factors else None


def _line(cells: Iterable[object]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(map(_cell, cells))
    return line.getvalue().encode()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULAS) and not _NUMBER.fullmatch(text) else text
