"""`compare`: models, or listings of them, side by side."""

import asyncio
from collections.abc import Mapping
from typing import Annotated

import typer

from modelatlas.cli.opening import reading
from modelatlas.cli.options import Demo, Json
from modelatlas.cli.output import NOTHING, write_json, write_table
from modelatlas.cli.show import found, model_named
from modelatlas.domain.catalog import Catalog
from modelatlas.domain.identity.match import Match
from modelatlas.domain.identity.matches import Matches
from modelatlas.domain.identity.models import Model, Offer, models_of
from modelatlas.providers.contract import Provider
from modelatlas.providers.registry import words
from modelatlas.views.comparison import Column, column, comparison

DIFFERS = "*"
"""Stands before a fact that is not equal in all columns."""


def compare(
    names: Annotated[
        list[str],
        typer.Argument(metavar="A B ...", help="Models (lab/name), or listings (PROVIDER:ID)."),
    ],
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Compare models or listings side by side.

    Facts that differ have a star. Nothing is fetched: it is what the store's last good lists say, and
    reference catalogs for the rest.
    """
    with reading(demo=demo) as atlas:
        asyncio.run(atlas.load())
        catalog, matches = atlas.served.catalog, atlas.matches
        models = models_of(catalog, matches.of)
        columns = [_column(name, catalog, models, matches, atlas.providers) for name in names]
    told = comparison(columns)
    if json:
        write_json([told])
        return
    rows = [
        (
            DIFFERS if fact in told.differing else "",
            fact,
            *(each.facts.get(fact, NOTHING) for each in columns),
        )
        for fact in told.facts
    ]
    write_table(("", "fact", *(each.name for each in columns)), rows)


def _column(
    name: str,
    catalog: Catalog,
    models: Mapping[str, Model],
    matches: Matches,
    known: Mapping[str, Provider],
) -> Column:
    provider, _, id_ = name.partition(":")
    if id_ and (provider in catalog.snapshots or provider.lower() in words(known.values())):
        _, listing = found(catalog, provider, id_, known)
        match = matches.match(listing) or Match(NOTHING)
        return column(name, Model(match.model, (Offer(listing, match),)))
    return column(name, model_named(name, models))
