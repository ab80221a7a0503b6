"""`release`: an operator's word that lets a suspect price through, as long as it is the same amount."""

import asyncio
from typing import Annotated, Final

import typer

from modelatlas.cli.opening import reading
from modelatlas.cli.options import Demo, Json
from modelatlas.cli.output import NOTHING, say, write_json, write_table
from modelatlas.domain.errors import NotFound
from modelatlas.domain.releases import Release
from modelatlas.views.quarantine import ReleaseView, kept_back, release_of, releases_answer
from modelatlas.wiring.atlas import Atlas

LIST: Final = "list"
COLUMNS: Final = ("key", "provider", "id", "unit", "amount", "source", "said at", "by", "note")


def release(
    key: Annotated[str, typer.Argument(metavar="KEY", help="As `modelatlas quarantine` shows it; or list.")],
    note: Annotated[str, typer.Option(help="Why, for those who come after.")] = "",
    by: Annotated[str, typer.Option(help="Who says so.")] = "",
    forget: Annotated[bool, typer.Option("--forget", help="Take the word back.")] = False,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Let a price out of quarantine, as long as it is the same amount.

    `list` shows what is let through. The word is kept in the store. A running service obeys it within
    seconds, and the next sync writes the price.
    """
    with reading(demo=demo) as atlas:
        if key == LIST:
            _show(atlas.ledger.releases(), json=json)
        elif forget:
            _forget(atlas, key)
        else:
            _release(atlas, key, note, by)


def _release(atlas: Atlas, key: str, note: str, by: str) -> None:
    asyncio.run(atlas.load())
    kept = kept_back(atlas.prices.publisher.kept, sees_all=True)
    found = next((each for each in kept if each.key == key), None)
    if found is None:
        raise NotFound(f"no price in quarantine has the key {key!r}: `modelatlas quarantine` lists all")
    said = release_of(found, note=note, by=by, at=atlas.clock.now())
    atlas.ledger.release(said)
    say(f"let through: {said.unit} of {said.provider} {said.id}, {said.amount} {said.currency} for one")


def _forget(atlas: Atlas, key: str) -> None:
    said = next((each for each in atlas.ledger.releases() if each.key == key), None)
    if said is None or not atlas.ledger.forget_release(said.provider, said.id, said.unit):
        raise NotFound(f"no release has the key {key!r}: `modelatlas release list` shows all")
    say(f"taken back: {said.unit} of {said.provider} {said.id}")


def _show(said: list[Release], *, json: bool) -> None:
    answer = releases_answer(said)
    if json:
        write_json(answer.data)
        return
    write_table(COLUMNS, list(map(_cells, answer.data)), right=COLUMNS[4:5])
    say(f"{answer.total:,} prices are let through")


def _cells(each: ReleaseView) -> tuple[str, ...]:
    amount = NOTHING if each.amount is None else f"{each.amount} {each.currency}"
    return (
        each.key,
        each.provider,
        each.id,
        each.unit,
        amount,
        each.source or NOTHING,
        f"{each.released_at:%Y-%m-%d %H:%M}",
        each.by or NOTHING,
        each.note or NOTHING,
    )
