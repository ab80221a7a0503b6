"""`price`: what a listing costs, now or at an instant, by whoever's word counts; one or many."""

import asyncio
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
import typer

from modelatlas.cli.model_prices import display_in, tell_model
from modelatlas.cli.opening import is_simulated, reading
from modelatlas.cli.options import Currency, Demo, Json
from modelatlas.cli.output import json_text, say, write
from modelatlas.cli.price_table import tell
from modelatlas.cli.prices import unit_named
from modelatlas.cli.running import FAILED, PARTLY_FAILED
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.evaluation import Circumstances
from modelatlas.domain.instants import instant_from
from modelatlas.domain.past import Reason as PastReason
from modelatlas.domain.price import Tier
from modelatlas.domain.priced import REASONS, TIERS, Priced
from modelatlas.domain.query import nearest
from modelatlas.flows.past import priced_then
from modelatlas.providers.registry import slug_of
from modelatlas.settings import environment, read
from modelatlas.views.price_history import PricesAnswer, looked_up
from modelatlas.wiring.atlas import Atlas
from modelatlas.wiring.quick import basis

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
        str | None,
        typer.Argument(metavar="PROVIDER|MODEL", help="A slug, an alias, a reference's name; or a lab/name."),
    ] = None,
    id_: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The provider's id of the listing.")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="Only this unit, such as input_token.")] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="INSTANT", help="What it cost then, or will: 2026-11-23T12:00:00Z."),
    ] = None,
    tier: Annotated[str, typer.Option(help="standard, batch, flex or priority.")] = "standard",
    prompt_tokens: Annotated[int, typer.Option(min=0, help="How long the whole prompt is.")] = 0,
    batch: Annotated[
        bool, typer.Option("--batch", help="Answer JSON lines {provider, model_id, at?} of the input.")
    ] = False,
    currency: Currency = None,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Tell what one single unit of a listing costs: one token, one image, one request.

    With a model (lab/name) in the place of PROVIDER and ID, what it costs at each of its offers.

    Asked are the provider's newest list, the history of syncs and replays, curated files and references; of
    each unit the strongest counts. Ends with 1 when no price is known.
    """
    unit = unit_named(unit)
    if tier not in TIERS.values():
        raise BadRequest(f"tier {tier!r}: {nearest(tier, sorted(set(TIERS.values())))}")
    is_model = provider is not None and id_ is None and "/" in provider
    if batch is (provider is not None) or ((provider is None) is not (id_ is None) and not is_model):
        raise BadRequest(
            "expected PROVIDER and ID, or a MODEL such as openai/gpt-oss-120b, "
            "or --batch and JSON lines on the standard input"
        )
    plain = (unit, at, tier, prompt_tokens, currency, json, demo) == (
        None, None, "standard", 0, None, False, False
    )  # fmt: skip
    of = basis(read(environment())) if plain and id_ is not None else None
    with reading(demo=demo) as atlas:
        asyncio.run(atlas.load(listed=is_model))
        if provider is None:
            _batch(atlas, unit)
            return
        if id_ is None:
            now = atlas.clock.now()
            then = None if at is None else instant_from(at)
            asked = Circumstances(now if then is None else then, prompt_tokens, TIERS[tier])
            display = display_in(atlas, currency, asked.at)
            if code := tell_model(atlas, provider, then, asked, unit, display=display, json=json):
                raise typer.Exit(code)
            return
        answer, why = _answer(atlas, provider, id_, _Asked(at, TIERS[tier], prompt_tokens, unit, currency))
        if of is not None and provider == answer.provider:
            atlas.keep_quotes(provider, id_, of)
    if code := tell(answer, why, currency, json=json):
        raise typer.Exit(code)


class _Asked(msgspec.Struct, frozen=True):
    at: str | None
    tier: Tier
    prompt_tokens: int
    unit: str | None
    currency: str | None


def _answer(atlas: Atlas, word: str, id_: str, asked: _Asked) -> tuple[PricesAnswer, str]:
    """Answer one question, and say why where nothing is known."""
    now = atlas.clock.now()
    at = now if asked.at is None else instant_from(asked.at)
    lookup = atlas.prices.lookup(sees_all=True, history=atlas.history)
    found = lookup.prices(word, id_, at)
    if found.reason == "unknown_provider":
        slug_of(word, atlas.providers)  # raises, with the nearest
    costs, reasons = found.evaluated(Circumstances(at, asked.prompt_tokens, asked.tier))
    unknown = {unit: why for unit, why in reasons.items() if asked.unit in {None, unit}}
    wanted = {unit: cost for unit, cost in costs.items() if asked.unit in {None, unit}}
    reason: Any = None
    why = ""
    if not wanted:
        reason, why = _why(atlas, found, at, past=asked.at is not None and at <= now)
    display = display_in(atlas, asked.currency, at)
    simulated = is_simulated(atlas)
    prices = list(wanted.values())
    return looked_up(
        found.provider, id_, at, prices, reason, unknown,
        display=display, announced=at > now, simulated=simulated,
    ), why  # fmt: skip


def _why(atlas: Atlas, found: Priced, at: datetime, *, past: bool) -> tuple[str, str]:
    if past:
        then = priced_then(atlas.history, found.provider, found.id, at)
        if then.reason is not None:
            return then.reason, PAST[then.reason]
    if found.reason is not None:
        return found.reason, REASONS[found.reason]
    if found.suspects:
        return "quarantined", "its prices are kept back; `modelatlas quarantine` shows why"
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
    now = atlas.clock.now()
    at = now if question.at is None else instant_from(question.at)
    lookup = atlas.prices.lookup(sees_all=True, history=atlas.history)
    found = lookup.prices(question.provider, question.model_id, at)
    costs, reasons = found.evaluated(Circumstances(at))
    answer = looked_up(found.provider, found.id, at, [c for u, c in costs.items() if unit in {None, u}], None)
    unknown = {u: why for u, why in reasons.items() if unit in {None, u}}
    more: dict[str, Any] = {"unknown": unknown} if unknown else {}
    if at > now:
        more["announced"] = True
    if not answer.prices:
        none = "quarantined" if found.suspects else "no_price"
        return {**said, "prices": None, "reason": found.reason or none, **more}
    return {
        **said,
        "prices": {unit: msgspec.to_builtins(each) for unit, each in answer.prices.items()},
        **more,
    }
