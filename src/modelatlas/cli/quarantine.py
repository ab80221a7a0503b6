"""`quarantine`: the prices that are kept back, each with what makes it suspect."""

import asyncio
from typing import Annotated, Final

import typer

from modelatlas.cli.opening import is_simulated, reading
from modelatlas.cli.options import Demo, Json
from modelatlas.cli.output import say, write_json, write_table
from modelatlas.cli.prices import provider_named, unit_named
from modelatlas.cli.values import amount_of
from modelatlas.domain.query import MOST
from modelatlas.views.quarantine import SuspectView, kept_back, quarantine_answer
from modelatlas.views.values import Dates

COLUMNS: Final = ("key", "provider", "id", "unit", "USD for one", "source", "text", "why")


def quarantine(
    provider: Annotated[str | None, typer.Option(help="A slug, an alias or a reference's name.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only this unit, such as input_token.")] = None,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """List the prices that are kept back, and why.

    Nothing is fetched: it is what the store's last good lists say, against curated files and references.
    `modelatlas release KEY` lets one through.
    """
    with reading(demo=demo) as atlas:
        asyncio.run(atlas.load())
        slug, wanted = provider_named(provider, atlas), unit_named(unit)
        prices = atlas.prices
        found = [
            each
            for each in kept_back(prices.publisher.kept, sees_all=True)
            if slug in {None, each.provider} and wanted in {None, each.suspect.unit}
        ]
        dates = Dates(prices.publisher.kept, prices.references.states)
        answer = quarantine_answer(found, MOST, 0, dates, simulated=is_simulated(atlas))
    if json:
        write_json(answer.data)
        return
    write_table(COLUMNS, list(map(_cells, answer.data)), right=COLUMNS[4:5])
    say(f"{answer.total:,} prices of {len(answer.providers):,} providers are kept back")


def _cells(each: SuspectView) -> tuple[str, ...]:
    value = each.value
    return (
        each.key,
        each.provider,
        each.id,
        each.unit,
        amount_of(value),
        value.source,
        value.quote.raw,
        each.detail,
    )
