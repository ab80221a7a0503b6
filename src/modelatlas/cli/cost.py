"""`cost`: what usages on the standard input cost, line by line."""

import asyncio
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import msgspec
import typer

from modelatlas.cli.opening import reading
from modelatlas.cli.options import Currency, Demo, Json, instant
from modelatlas.cli.output import NOTHING, say, write, write_json, write_table
from modelatlas.cli.running import FAILED, PARTLY_FAILED
from modelatlas.domain.errors import BadRequest
from modelatlas.views.costs import (
    CostAnswer,
    CostFault,
    CostQuestion,
    LineView,
    answer,
    answers,
    decode,
    read_question,
)

COLUMNS = ("unit", "quantity", "USD for one", "USD", "source", "why")


def cost(
    provider: Annotated[
        str | None, typer.Argument(metavar="[PROVIDER", help="A slug, an alias or a reference's name.")
    ] = None,
    id_: Annotated[str | None, typer.Argument(metavar="ID]", help="The provider's own id.")] = None,
    at: Annotated[
        datetime | None,
        typer.Option(parser=instant, metavar="INSTANT", help="When; ISO 8601 with a zone. Default: now."),
    ] = None,
    tier: Annotated[str | None, typer.Option(help="standard, batch, flex or priority.")] = None,
    region: Annotated[str | None, typer.Option(help="As the source names it.")] = None,
    currency: Currency = None,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Say what a usage costs, line by line.

    The standard input has the usage object of an answer, or the answer.

    Without PROVIDER and ID the input has JSON lines {"provider", "model", "usage", "at"?, "tier"?,
    "region"?, "currency"?}, and one line of JSON comes back for each. Nothing is fetched: prices are those
    of the store's last good lists, of curated files and of references.
    """
    if (provider is None) is not (id_ is None):
        raise BadRequest("expected PROVIDER and ID, or neither and JSON lines on the standard input")
    with reading(demo=demo) as atlas:
        asyncio.run(atlas.load(listed=False))
        prices, now = atlas.prices.lookup(sees_all=True).prices, atlas.clock.now()
        if provider is None or id_ is None:
            found = answers(_questions(), prices, now, atlas.rates)
            write_json(found)
            _say_faults([each for each in found if isinstance(each, CostFault)], len(found))
            return
        given = {"provider": provider, "model": id_, "usage": _usage()}
        told_of = {"at": at, "tier": tier, "region": region, "currency": currency}
        told = answer(read_question({**given, **told_of}), prices, now, atlas.rates)
    if json:
        write_json([told])
    else:
        _tell(told)


def _usage() -> object:
    try:
        return decode(sys.stdin.buffer.read())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"the standard input is not JSON ({error}): expected a usage object") from None


def _questions() -> Iterator[CostQuestion | CostFault]:
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            yield read_question(decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            yield CostFault(f"line {number}: {error}")
        except BadRequest as error:
            yield CostFault(f"line {number}: {error}")


def _say_faults(faults: list[CostFault], lines: int) -> None:
    if faults:
        say(f"error: {len(faults):,} of {lines:,} lines could not be priced as asked")
        raise typer.Exit(PARTLY_FAILED if len(faults) < lines else FAILED)


def _tell(told: CostAnswer) -> None:
    rows = list(map(_row, told.lines))
    write_table(COLUMNS, rows, right=COLUMNS[1:4])
    write(["", f"total USD: {told.usd or f'not known; the known parts are {told.known_usd}'}"])
    if told.shown:
        shown = told.shown
        write(
            [f"shown: {shown.amount} {shown.currency} (1 USD is {shown.rate} on {shown.day}, {shown.source})"]
        )
    say(
        f"{told.provider} {told.model} at {told.at.isoformat()}, tier {told.tier}; usage as of {told.api}, "
        f"cached tokens {told.cached} the input tokens"
    )
    for reason in told.reasons:
        say(f"not known: {reason}")


def _row(line: LineView) -> tuple[str, ...]:
    times = " x ".join(each.factor for each in line.factors)
    return (
        line.unit,
        line.quantity,
        line.usd_per_unit or NOTHING,
        line.usd or NOTHING,
        line.source or NOTHING,
        line.reason or (f"with the factor {times}" if times else ""),
    )
