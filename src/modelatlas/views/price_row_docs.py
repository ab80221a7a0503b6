"""The declaration of a price document as Markdown: what stands where in a row, and what its words mean."""

from collections.abc import Iterator
from typing import Final

from modelatlas.providers.payload import raw_text
from modelatlas.providers.price_rows import Counted, PriceRows

_FORMS: Final = {
    "number": "a number",
    "text": "a text",
    "dollars": "a text such as `$1.50`",
    "money": "units and billionths",
}
_ZEROS: Final = {"free": "means free", "unsaid": "is kept unread"}


def row_docs(rows: PriceRows) -> Iterator[str]:
    """Go through the lines of one declaration."""
    yield "- Its rows say by themselves what they price, and are no listings"
    for usage in rows.usages:
        yield f"- What is billed: `{usage.path}`, in the form `{usage.pattern}`"
    if rows.meters:
        yield f"- Which listing: by the meter at `{rows.meter}`, as the list `{rows.meters}` has it"
    else:
        name = f"the one at `{rows.name}`" if rows.name else "the one in these words"
        yield f"- Which listing: the only one with that id or name; a name is {name}"
    for route, region in rows.routes.items():
        rule = f"that of the region `{region}`" if region else "that without a region"
        yield f"- A listing `{route}.ID` of the same model has another price than `ID`: {rule}"
    zero = _ZEROS[rows.zero]
    yield f"- Amount: `{rows.amount}`, {_FORMS[rows.form]}, in {rows.currency}; zero {zero}"
    units = "; ".join(f"`{text}` is {_told_of(counted)}" for text, counted in rows.units.items())
    yield f"- Unit texts at `{rows.unit}`: {units}; any other is kept unread"
    if rows.free:
        yield f"- Free where the amount is {', '.join(f'`{text}`' for text in rows.free)}"
    for only in rows.only:
        values = ", ".join(f"`{raw_text(value)}`" for value in only.values if value is not None)
        yield f"- Unread unless `{only.path}` is {values}: {only.otherwise}"
    if rows.words:
        yield from _words(rows)


def _words(rows: PriceRows) -> Iterator[str]:
    yield ""
    yield "| it tells | that is | words |"
    yield "|---|---|---|"
    told: dict[tuple[str, str], list[str]] = {}
    for word, facets in rows.words.items():
        for facet in facets:
            told.setdefault(facet, []).append(f"`{word}`")
    for (of, value), words in sorted(told.items()):
        yield f"| {of} | {value} | {', '.join(words)} |"


def _told_of(counted: Counted) -> str:
    of = f", of models for {' or '.join(counted.modes)}" if counted.modes else ""
    unit = f" ({counted.unit}{of})" if counted.unit else ""
    return f"{counted.count:,} {counted.kind or '(of what, the words tell)'}{unit}"
