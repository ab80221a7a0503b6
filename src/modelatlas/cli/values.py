"""What one source says of a unit, in the cell of a table."""

from modelatlas.cli.output import NOTHING
from modelatlas.cli.prices import WORDS
from modelatlas.views.values import ValueView


def amount_of(value: ValueView) -> str:
    """Return the USD of one single unit, or the amount as it is billed, or the word for what it is."""
    if value.usd is not None and value.state == "known":
        return value.usd
    if value.billed is not None:
        return f"{value.billed.amount} {value.billed.currency} per {value.billed.per}"
    return WORDS.get(value.state, NOTHING)
