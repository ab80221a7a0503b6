"""`price`: what a listing costs, now or at an instant, by whoever's word counts; one or many."""

import asyncio
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
import typer

from modelatlas.cli.opening import is_simulated, reading
from modelatlas.cli.options import Demo, Json
from modelatlas.cli.output import NOTHING, json_text, say, write, write_json, write_table
from modelatlas.cli.running import FAILED, PARTLY_FAILED
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.evaluation import Circumstances
from modelatlas.domain.instants import instant_from
from modelatlas.domain.past import Reason as PastReason
from modelatlas.domain.past import not_in_the_future
from modelatlas.domain.price import Tier
from modelatlas.domain.priced import REASONS, TIERS, Priced
from modelatlas.domain.query import nearest
from modelatlas.domain.units import UNITS
from modelatlas.flows.past import priced_then
from modelatlas.providers.registry import slug_of
from modelatlas.views.price_history import PricesAnswer, looked_up
from modelatlas.wiring import Atlas

COLUMNS: Final = ("unit", "USD", "billed", "source")
PAST: Final[dict[PastReason, str]] = {
    "never_seen": "no sync or replay has ever seen it",
    "not_seen_yet": "it had not been seen by then",
    "gone": "its provider did not list it then",
    "no_price": "its provider said no price then",
}
"""Why nothing is known of the past -> what that means to a person."""


class BatchLine(msgspec.Struct, frozen=True):
    """One question of a batch."""

    provider: str
    model_id: str
    at: str | None = None


def price(
    provider: Annotated[
        str | None, typer.Argument(help="A slug, an alias or a reference's own name.")
    ] = None,
    id_: Annotated[str | None, typer.Argument(metavar="ID", help="The provider's id of the listing.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only this unit, such as input_token.")] = None,
    at: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="What it cost then, as 2026-11-23T12:00:00Z.")
    ] = None,
    tier: Annotated[str, typer.Option(help="standard, batch, flex or priority.")] = "standard",
    prompt_tokens: Annotated[int, typer.Option(min=0, help="How long the whole prompt is.")] = 0,
    batch: Annotated[
        bool, typer.Option("--batch", help="Answer JSON lines {provider, model_id, at?} of the input.")
    ] = False,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Tell what one single unit of a listing costs: one token, one image, one request.

    Asked are the provider's newest list, the history of syncs and replays, curated files and references; of
    each unit the strongest counts. Ends with 1 when no price is known.
    """
    if unit is not None and unit not in UNITS:
        raise BadRequest(f"unit {unit!r}: {nearest(unit, UNITS)}")
    if tier not in TIERS.values():
        raise BadRequest(f"tier {tier!r}: {nearest(tier, sorted(set(TIERS.values())))}")
    if batch is (provider is not None) or (provider is None) is not (id_ is None):
        raise BadRequest("expected PROVIDER and ID, or --batch and JSON lines on the standard input")
    with reading(demo=demo) as atlas:
        asyncio.run(atlas.load())
        if provider is None or id_ is None:
            _batch(atlas, unit)
            return
        answer, why = _answer(atlas, provider, id_, _Asked(at, TIERS[tier], prompt_tokens, unit))
    if json:
        write_json([answer])
    elif answer.prices is not None:
        write_table(COLUMNS, _rows(answer), right=COLUMNS[1:2])
    if answer.reason is not None:
        say(f"{answer.provider} {id_}: {why} ({answer.at.isoformat()})")
        raise typer.Exit(FAILED)


class _Asked(msgspec.Struct, frozen=True):
    at: str | None
    tier: Tier
    prompt_tokens: int
    unit: str | None


def _answer(atlas: Atlas, word: str, id_: str, asked: _Asked) -> tuple[PricesAnswer, str]:
    """Answer one question, and say why where nothing is known."""
    now = atlas.clock.now()
    at = now if asked.at is None else not_in_the_future(instant_from(asked.at), now)
    lookup = atlas.prices.lookup(sees_all=True, history=atlas.history)
    found = lookup.prices(word, id_, at)
    if found.reason == "unknown_provider":
        slug_of(word, atlas.providers)  # raises, with the nearest
    costs = found.costs(Circumstances(at, asked.prompt_tokens, asked.tier))
    wanted = {unit: cost for unit, cost in costs.items() if asked.unit in {None, unit}}
    reason: Any = None
    why = ""
    if not wanted:
        reason, why = _why(atlas, found, at, past=asked.at is not None)
    simulated = is_simulated(atlas)
    return looked_up(found.provider, id_, at, list(wanted.values()), reason, simulated=simulated), why


def _why(atlas: Atlas, found: Priced, at: datetime, *, past: bool) -> tuple[str, str]:
    if past:
        then = priced_then(atlas.history, found.provider, found.id, at)
        if then.reason is not None:
            return then.reason, PAST[then.reason]
    if found.reason is not None:
        return found.reason, REASONS[found.reason]
    return "no_price", "no source prices this unit in these circumstances"


def _batch(atlas: Atlas, unit: str | None) -> None:
    bad = good = 0

    def lines() -> Iterator[str]:
        nonlocal bad, good
        for number, line in enumerate(sys.stdin.buffer, 1):
            if not line.strip():
                continue
            try:
                yield json_text(_line(atlas, line, unit))
            except (BadRequest, msgspec.MsgspecError, UnicodeDecodeError) as error:
                bad += 1
                say(f'line {number}: {error}: expected {{"provider": "...", "model_id": "..."}}')
            else:
                good += 1

    write(lines())
    if bad:
        say(f"error: {bad:,} of {bad + good:,} lines could not be read")
        raise typer.Exit(PARTLY_FAILED if good else FAILED)


def _line(atlas: Atlas, line: bytes, unit: str | None) -> dict[str, Any]:
    """Answer one line of a batch: its own fields with `prices`, or null and a `reason`."""
    question = msgspec.json.decode(line, type=BatchLine)
    said: dict[str, Any] = msgspec.json.decode(line)
    at = atlas.clock.now() if question.at is None else instant_from(question.at)
    lookup = atlas.prices.lookup(sees_all=True, history=atlas.history)
    found = lookup.prices(question.provider, question.model_id, at)
    costs = found.costs(Circumstances(at))
    answer = looked_up(found.provider, found.id, at, [c for u, c in costs.items() if unit in {None, u}], None)
    if not answer.prices:
        return {**said, "prices": None, "reason": found.reason or "no_price"}
    return {**said, "prices": {unit: msgspec.to_builtins(each) for unit, each in answer.prices.items()}}


def _rows(answer: PricesAnswer) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for unit, each in (answer.prices or {}).items():
        billed = each.billed
        told = NOTHING if billed is None else f"{billed.amount} {billed.currency} per {billed.per}"
        rows.append((unit, each.state if each.usd is None else each.usd, told, each.source))
    return rows
