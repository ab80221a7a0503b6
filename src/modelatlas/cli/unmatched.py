"""`unmatched`: listings that are of no known model, or whose match is contradicted."""

import asyncio
from typing import Annotated

import typer

from modelatlas.cli.opening import reading
from modelatlas.cli.options import Demo, Json
from modelatlas.cli.output import say, write_json, write_table
from modelatlas.domain.identity.unmatched import count, questions
from modelatlas.views.questions import question_view

COLUMNS = ("listings", "problem", "alike", "for instance", "why")


def unmatched(
    limit: Annotated[int, typer.Option(min=0, help="Groups, at most.")] = 50,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """List what is of no known model, or contradicted.

    `modelatlas override` gives the word for a listing; a family or an alias belongs into the tables
    (docs/identity.md).
    """
    with reading(demo=demo) as atlas:
        asyncio.run(atlas.load())
        found = questions(atlas.served.catalog, atlas.matches.of)
    if json:
        write_json(map(question_view, found[:limit]))
        return
    rows = [
        (
            str(len(each.listings)),
            each.problem,
            each.key,
            f"{each.listings[0].provider}:{each.listings[0].id}",
            "; ".join(each.reasons),
        )
        for each in found[:limit]
    ]
    write_table(COLUMNS, rows, right=COLUMNS[:1])
    counts = count(found)
    say(f"{counts['unmatched']:,} listings unmatched, {counts['conflicting']:,} contradicted")
