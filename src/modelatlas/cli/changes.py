"""`changes`: what changed, from what the store has observed."""

from collections.abc import Iterator
from typing import Annotated, Final

import typer
from msgspec.structs import replace

from modelatlas.cli.opening import reading
from modelatlas.cli.options import Demo, Json
from modelatlas.cli.output import say, write_json, write_table
from modelatlas.domain.changes import KINDS, Change, ChangeQuery, Kind
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.instants import instant_from
from modelatlas.domain.ports import History
from modelatlas.domain.query import nearest
from modelatlas.providers.registry import slug_of
from modelatlas.views.changes import change_view, sentence

COLUMNS: Final = ("time", "provider", "kind", "change")
_PAGE: Final = 1_000


def changes(
    since: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="Observed then or later, as 2026-11-23T12:00:00Z.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="INSTANT", help="Observed before then.")] = None,
    provider: Annotated[
        list[str] | None, typer.Option(help="A slug or an alias; may be given several times.")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help=f"One of {', '.join(KINDS)}; may be given several times.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="At most so many; 0 means all.")] = 0,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """List what changed, the newest first, as it was observed by syncs and replays."""
    with reading(demo=demo) as atlas:
        asked = ChangeQuery(
            since=None if since is None else instant_from(since),
            until=None if until is None else instant_from(until),
            providers=frozenset(slug_of(word, atlas.providers) for word in provider) if provider else None,
            kinds=frozenset(map(_kind, kind)) if kind else None,
            limit=min(limit or _PAGE, _PAGE),
            private=True,
        )
        found = _all(atlas.history, asked, limit or None)
        if json:
            write_json(change_view(change) for change in found)
            return
        rows = [(each.at.isoformat(), each.provider, each.kind, sentence(each)) for each in found]
    write_table(COLUMNS, rows)
    if not rows:
        say("nothing changed, as far as syncs have observed: `modelatlas sync` observes")


def _kind(word: str) -> Kind:
    found = next((kind for kind in KINDS if kind == word), None)
    if found is None:
        raise BadRequest(f"kind {word!r}: {nearest(word, KINDS)}")
    return found


def _all(history: History, asked: ChangeQuery, limit: int | None) -> Iterator[Change]:
    """Go through the changes of all pages, at most so many."""
    left = limit
    while left is None or left > 0:
        page = history.changes(asked)
        shown = page.changes if left is None else page.changes[:left]
        yield from shown
        left = None if left is None else left - len(shown)
        if page.next is None:
            return
        asked = replace(asked, after=page.next)
