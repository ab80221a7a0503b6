"""`price`: what a listing costs, now or at an instant of its history."""

import asyncio
from datetime import datetime
from typing import Annotated, Final

import typer

from modelatlas.cli.opening import is_simulated, reading
from modelatlas.cli.options import Demo, Json
from modelatlas.cli.output import NOTHING, say, write_json, write_table
from modelatlas.cli.running import FAILED
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.instants import instant_from
from modelatlas.domain.past import PricedThen, Reason, not_in_the_future, priced
from modelatlas.domain.query import nearest
from modelatlas.domain.units import UNITS
from modelatlas.flows.past import priced_then
from modelatlas.providers.registry import slug_of
from modelatlas.views.one_listing import find
from modelatlas.views.price_history import PricesAnswer, prices_answer
from modelatlas.wiring import Atlas

COLUMNS: Final = ("unit", "USD", "billed", "source")
REASONS: Final[dict[Reason, str]] = {
    "never_seen": "no sync or replay has ever seen it",
    "not_seen_yet": "it had not been seen by then",
    "gone": "its provider did not list it then",
    "no_price": "its provider says no price",
}
"""Why nothing is known -> what that means to a person."""


def price(
    provider: Annotated[str, typer.Argument(help="A slug or an alias.")],
    id_: Annotated[str, typer.Argument(metavar="ID", help="The provider's id of the listing.")],
    unit: Annotated[str | None, typer.Option(help="Only this unit, such as input_token.")] = None,
    at: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="What it cost then, as 2026-11-23T12:00:00Z.")
    ] = None,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Tell what one single unit of a listing costs: one token, one image, one request.

    Without --at it is what the newest list says; with it, what the history of syncs and replays says.
    Ends with 1 when no price is known.
    """
    if unit is not None and unit not in UNITS:
        raise BadRequest(f"unit {unit!r}: {nearest(unit, UNITS)}")
    with reading(demo=demo) as atlas:
        answer = _answer(atlas, slug_of(provider, atlas.providers), id_, at, unit)
    if json:
        write_json([answer])
    elif answer.prices is not None:
        write_table(COLUMNS, _rows(answer), right=COLUMNS[1:2])
    if answer.reason is not None:
        say(f"{answer.provider} {id_}: {REASONS[answer.reason]} ({answer.at.isoformat()})")
        raise typer.Exit(FAILED)


def _answer(atlas: Atlas, slug: str, id_: str, at: str | None, unit: str | None) -> PricesAnswer:
    now = atlas.clock.now()
    instant = now if at is None else not_in_the_future(instant_from(at), now)
    if at is None:
        then = _now(atlas, slug, id_, unit, instant)
    else:
        then = priced_then(atlas.history, slug, id_, instant, unit)
    return prices_answer(slug, id_, instant, then, simulated=is_simulated(atlas))


def _now(atlas: Atlas, slug: str, id_: str, unit: str | None, now: datetime) -> PricedThen:
    """Say what the list that is served says, be it the provider's own or a reference's."""
    asyncio.run(atlas.load())
    part = atlas.served.catalog.snapshots.get(slug)
    listing = None if part is None else find(part, id_)
    if listing is None:
        raise BadRequest(f"{slug} lists no {id_!r}: `modelatlas models --provider {slug}` lists all")
    return priced((rule for rule in listing.prices if unit in {None, rule.unit}), now)


def _rows(answer: PricesAnswer) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for unit, each in (answer.prices or {}).items():
        billed = each.billed
        told = NOTHING if billed is None else f"{billed.amount} {billed.currency} per {billed.per}"
        rows.append((unit, each.state if each.usd is None else each.usd, told, each.source))
    return rows
