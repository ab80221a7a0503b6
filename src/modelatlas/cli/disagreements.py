"""`disagreements`: units of which sources say different things, all values side by side."""

import asyncio
from decimal import Decimal
from typing import Annotated, Final

import typer

from modelatlas.cli.opening import is_simulated, reading
from modelatlas.cli.options import Demo, Json, amount
from modelatlas.cli.output import say, write, write_json, write_table
from modelatlas.cli.prices import provider_named, unit_named
from modelatlas.cli.values import amount_of
from modelatlas.domain.errors import BadRequest
from modelatlas.domain.query import MOST
from modelatlas.views.disagreements import DisagreementView, Wanted, disagreements_answer
from modelatlas.views.disagreements import disagreements as gathered
from modelatlas.views.values import Dates

COLUMNS: Final = ("provider", "id", "unit", "ratio", "counts", "others")
PAIRS: Final = ("one", "other", "unit", "agree", "differ")


def disagreements(
    provider: Annotated[str | None, typer.Option(help="A slug, an alias or a reference's name.")] = None,
    source: Annotated[
        str | None, typer.Option(help="In which this one speaks: provider, litellm, curated:deepseek.")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="Only this unit, such as input_token.")] = None,
    min_ratio: Annotated[
        Decimal | None,
        typer.Option(parser=amount, metavar="TIMES", help="The highest is so many times the lowest."),
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="At most so many.")] = 50,
    offset: Annotated[int, typer.Option(min=0, help="Skip so many.")] = 0,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """List where sources disagree, and how often which two agree.

    The largest ratio is first. Nothing is fetched: compared are the last good lists, curated files and
    references. Prices are US dollars for one single unit.
    """
    if min_ratio is not None and min_ratio < 1:
        raise BadRequest(f"min-ratio {min_ratio}: expected 1 or more")
    with reading(demo=demo) as atlas:
        asyncio.run(atlas.load())
        prices = atlas.prices
        kept = prices.publisher.kept
        wanted = Wanted(
            provider=provider_named(provider, atlas),
            source=source,
            unit=unit_named(unit),
            min_ratio=min_ratio,
        )
        answer = disagreements_answer(
            gathered(kept),
            wanted,
            min(limit, MOST),
            offset,
            Dates(kept, prices.references.states),
            sees_all=True,
            simulated=is_simulated(atlas),
        )
    if json:
        write_json([answer])
        return
    write_table(COLUMNS, list(map(_cells, answer.data)), right=COLUMNS[3:4])
    write([""])
    pairs = [(each.one, each.other, each.unit, str(each.agree), str(each.differ)) for each in answer.pairs]
    write_table(PAIRS, pairs, right=PAIRS[3:])
    counted = f"pairs of values: {answer.agree:,} agree, {answer.differ:,} differ"
    say(f"{answer.returned:,} of {answer.total:,}; {counted}")


def _cells(each: DisagreementView) -> tuple[str, ...]:
    said = [f"{value.source} {amount_of(value)}" for value in each.values]
    counts, others = (said[0], said[1:]) if each.published is not None else ("kept back", said)
    return each.provider, each.id, each.unit, each.ratio or each.differs, counts, "; ".join(others)
