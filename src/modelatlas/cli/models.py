"""`models`: the listings of the last good snapshots, and of the references where there is none."""

import asyncio
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Final

import typer

from modelatlas.cli.opening import reading
from modelatlas.cli.options import Csv, Demo, Json, amount
from modelatlas.cli.output import NOTHING, say, write_csv, write_json, write_table
from modelatlas.cli.prices import VARIES, VARIES_MEANS, per_million, state_of
from modelatlas.domain.catalog import Catalog
from modelatlas.domain.grouping import Group, groups_of
from modelatlas.domain.listing import Listing
from modelatlas.domain.money import plain
from modelatlas.domain.query import ModelQuery, Selection, part_of, select, usd_per_million
from modelatlas.domain.snapshot import Origin
from modelatlas.providers.contract import Provider
from modelatlas.providers.registry import slug_of
from modelatlas.views.models import ListingView, listing_view
from modelatlas.views.models_answer import GroupView

COLUMNS: Final = ("provider", "id", "context", "in $/1M", "out $/1M", "origin")
GROUP_COLUMNS: Final = ("model", "listings", "providers")
CSV_COLUMNS: Final = (
    "provider", "id", "name", "lab", "mode", "status", "context_tokens", "max_output_tokens",
    "input_price", "input_usd_per_million", "output_price", "output_usd_per_million", "origin",
)  # fmt: skip


def models(
    provider: Annotated[
        list[str] | None, typer.Option(help="A slug or an alias, or several with commas; may be repeated.")
    ] = None,
    search: Annotated[str | None, typer.Option("--search", "-q", help="Words of the id or the name.")] = None,
    lab: Annotated[str | None, typer.Option(help="Who made the model.")] = None,
    mode: Annotated[str | None, typer.Option(help="chat, embedding, image, audio, video, ...")] = None,
    status: Annotated[str | None, typer.Option(help="active, preview, deprecated or inactive.")] = None,
    input_modalities: Annotated[str | None, typer.Option(help="All of these, with commas.")] = None,
    output_modalities: Annotated[str | None, typer.Option(help="All of these, with commas.")] = None,
    supported_parameters: Annotated[str | None, typer.Option(help="All of these, with commas.")] = None,
    quantization: Annotated[str | None, typer.Option(help="For instance fp8.")] = None,
    min_context: Annotated[int | None, typer.Option(help="Tokens of context, at least.")] = None,
    max_input_usd_per_million: Annotated[
        Decimal | None, typer.Option(parser=amount, metavar="USD", help="Price of input tokens, at most.")
    ] = None,
    max_output_usd_per_million: Annotated[
        Decimal | None, typer.Option(parser=amount, metavar="USD", help="Price of output tokens, at most.")
    ] = None,
    free: Annotated[bool | None, typer.Option("--free/--not-free", help="Free of charge, or not.")] = None,
    priced: Annotated[
        bool | None, typer.Option("--priced/--unpriced", help="With any price, or none.")
    ] = None,
    deprecated: Annotated[
        bool | None, typer.Option("--deprecated/--not-deprecated", help="Going away, or not.")
    ] = None,
    origin: Annotated[str | None, typer.Option(help="provider or reference.")] = None,
    sort: Annotated[
        str | None,
        typer.Option(help="input_price, context_tokens, released, ...; -released has the largest first."),
    ] = None,
    model: Annotated[str | None, typer.Option(help="The model that it is: lab/name.")] = None,
    group: Annotated[bool, typer.Option("--group", help="By model; limit and offset count models.")] = False,
    limit: Annotated[int | None, typer.Option(help="Listings, at most; without it, all.")] = None,
    offset: Annotated[int, typer.Option(help="Listings to skip.")] = 0,
    json: Json = False,
    csv: Csv = False,
    demo: Demo = False,
) -> None:
    """List models with their prices, from the store and the references.

    Prices are US dollars for a million tokens. `free`, `varies` and no price at all are three things.
    Nothing is fetched: these are the last good lists of the store, and reference catalogs for the rest.
    """
    if json and csv:
        raise typer.BadParameter("--json and --csv: expected one of them")
    if group and csv:
        raise typer.BadParameter("--group and --csv: groups are written as a table or with --json")
    with reading(demo=demo) as atlas:
        asyncio.run(atlas.load())
        catalog = atlas.served.catalog
        query = ModelQuery(
            providers=slugs_of(provider, catalog, atlas.providers),
            q=search,
            lab=lab,
            mode=mode,
            status=status,
            input_modalities=_words(input_modalities),
            output_modalities=_words(output_modalities),
            supported_parameters=_words(supported_parameters),
            quantization=quantization,
            min_context=min_context,
            max_input_usd_per_million=max_input_usd_per_million,
            max_output_usd_per_million=max_output_usd_per_million,
            free=free,
            priced=priced,
            deprecated=deprecated,
            origin=origin,
            sort=sort,
            model=model,
            group="model" if group else None,
            limit=limit,
            offset=offset,
        )
    of = atlas.matches.of
    found = select(catalog, query, of)
    matched = {slug: of(catalog.snapshots[slug]) for slug in found.counts}

    def view(listing: Listing) -> ListingView:
        return listing_view(listing, origin_of(catalog, listing), matched[listing.provider].get(listing.id))

    if group:
        groups = groups_of(catalog, found.page, of)
        page = part_of(groups, query)
        if json:
            write_json(
                GroupView(each.model, len(each.listings), [*map(view, each.listings)]) for each in page
            )
            return
        write_table(GROUP_COLUMNS, [*map(_group_cells, page)], right=GROUP_COLUMNS[1:2])
        say(f"{len(page):,} of {len(groups):,} models and listings of none; {told(found)}")
    elif json:
        write_json(map(view, found.page))
    elif csv:
        write_csv(CSV_COLUMNS, (_values(each, catalog) for each in found.page))
    else:
        rows = [_cells(each, catalog) for each in found.page]
        write_table(COLUMNS, rows, right=COLUMNS[2:5])
        say(told(found))
        if any(cell.endswith(VARIES) for row in rows for cell in row[3:5]):
            say(VARIES_MEANS)


def slugs_of(
    texts: Iterable[str] | None, catalog: Catalog, known: Mapping[str, Provider]
) -> frozenset[str] | None:
    """Return the slugs that words (also a reference's own) name; None is all. Raises `BadRequest`."""
    if texts is None:
        return None
    asked = [word.strip() for text in texts for word in text.split(",") if word.strip()]
    return frozenset(word if word in catalog.snapshots else slug_of(word, known) for word in asked)


def origin_of(catalog: Catalog, listing: Listing) -> Origin:
    """Return whose word a listing is."""
    return catalog.snapshots[listing.provider].origin


def told(found: Selection) -> str:
    """Say how many there are, and whose word they are."""
    shown = "" if len(found.page) == found.total else f"{len(found.page):,} of "
    return (
        f"{shown}{found.total:,} listings of {len(found.counts):,} providers: "
        f"{found.live:,} said by the providers, {found.reference:,} by references"
    )


def _cells(listing: Listing, catalog: Catalog) -> tuple[str, ...]:
    context = listing.context_tokens
    return (
        listing.provider,
        listing.id,
        NOTHING if context is None else str(context),
        per_million(listing, "input_token"),
        per_million(listing, "output_token"),
        origin_of(catalog, listing),
    )


def _group_cells(group: Group) -> tuple[str, ...]:
    first = group.listings[0]
    slugs = sorted({listing.provider for listing in group.listings})
    name = f"{NOTHING} ({first.provider} {first.id})" if group.model is None else group.model
    return name, str(len(group.listings)), ", ".join(slugs)


def _values(listing: Listing, catalog: Catalog) -> tuple[object, ...]:
    return (
        *(getattr(listing, name) for name in CSV_COLUMNS[:8]),
        *_price_values(listing, "input_token"),
        *_price_values(listing, "output_token"),
        origin_of(catalog, listing),
    )


def _price_values(listing: Listing, unit: str) -> tuple[str, str | None]:
    """Return the state of a unit's headline price, and its number where it has one in US dollars."""
    usd = usd_per_million(listing, unit)
    return state_of(listing, unit), None if usd is None else plain(usd)


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(word.strip() for word in (text or "").split(",") if word.strip())
