"""Options and arguments that several commands share, and how their values are read."""

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

import typer

from modelatlas.domain.money import exact

Demo = Annotated[bool, typer.Option("--demo", help="Look at the store of the demo.")]
Json = Annotated[bool, typer.Option("--json", help="Write JSON, one object a line.")]
Currency = Annotated[
    str | None,
    typer.Option(metavar="CODE", help="Show amounts in it, too, at the rate of the day (DISPLAY_RATES)."),
]
Csv = Annotated[bool, typer.Option("--csv", help="Write comma-separated values.")]
Via = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Send every provider call to a simulator, without credentials."),
]
RemoteVia = Annotated[
    bool, typer.Option("--allow-remote-via", help="Let --via name another machine than this one.")
]


def amount(text: str) -> Decimal:
    """Read an amount exactly; raises `typer.BadParameter` for anything but a decimal number."""
    number = exact(text)
    if number is None:
        raise typer.BadParameter(f"{text!r} is no decimal number such as 0.25")
    return number


def instant(text: str) -> datetime:
    """Read an instant; raises `typer.BadParameter` for anything but ISO 8601 with a zone."""
    at = None
    with suppress(ValueError, OverflowError):
        read = datetime.fromisoformat(text)
        at = None if read.tzinfo is None else read.astimezone(UTC)
    if at is None:
        raise typer.BadParameter(f"{text!r} is no instant with a zone, such as 2026-10-05T02:00Z")
    return at
