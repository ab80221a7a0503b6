"""`show`: one listing in full, with the text that every price was read from."""

import asyncio
import difflib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Final

import msgspec
import typer

from modelatlas.cli.opening import is_simulated, reading
from modelatlas.cli.options import Demo, Json
from modelatlas.cli.output import NOTHING, say, write, write_json, write_table
from modelatlas.cli.prices import VARIES, VARIES_MEANS, WORDS
from modelatlas.domain.catalog import Catalog
from modelatlas.domain.errors import NotFound
from modelatlas.domain.identity.models import Model, models_of
from modelatlas.domain.listing import Listing
from modelatlas.domain.money import EXACT, plain
from modelatlas.domain.query import MILLION, nearest
from modelatlas.domain.snapshot import Snapshot
from modelatlas.providers.contract import Provider
from modelatlas.providers.registry import slug_of
from modelatlas.views.catalog_models import ModelAnswer, OfferView, model_answer
from modelatlas.views.one_listing import ListingAnswer, QuotedPriceView, listing_answer
from modelatlas.views.provenance import UnitSourcesView, provenance
from modelatlas.views.values import Dates

PRICES: Final = ("unit", "USD for one", "as billed", "text", "at", "when", "source")
OFFERS: Final = ("provider", "id", "variant", "in $/1M", "out $/1M", "confidence", "evidence")
SOURCES: Final = ("unit", "source", "USD for one", "text", "at", "as of", "why")
_MANY: Final = frozenset({"prices", "sources", "unread"})
"""What of a listing has a table of its own."""


def show(
    provider: Annotated[
        str,
        typer.Argument(metavar="PROVIDER|MODEL", help="A slug, an alias, a reference's name; or a lab/name."),
    ],
    id_: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The provider's own id of the model.")
    ] = None,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Show one listing, or one model with all its offers, in full.

    Nothing is fetched: it is what the store's last good list says, or a reference catalog.
    """
    with reading(demo=demo) as atlas:
        asyncio.run(atlas.load())
        if id_ is None:
            model = model_named(provider, models_of(atlas.served.catalog, atlas.matches.of))
            _show_model(model_answer(model, atlas.served.catalog, simulated=is_simulated(atlas)), json=json)
            return
        part, listing = found(atlas.served.catalog, provider, id_, atlas.providers)
        match = atlas.matches.match(listing)
        priced = atlas.prices.settled(part.provider, listing.id, sees_all=True)
        dates = Dates(atlas.prices.publisher.kept, atlas.prices.references.states)
        sources = provenance(priced, dates.of(part.provider))
        answer = listing_answer(part, listing, match, sources, simulated=is_simulated(atlas))
    if json:
        write_json([answer])
    else:
        _tell(answer)


def model_named(name: str, models: Mapping[str, Model]) -> Model:
    """Return a model by its name, in any case. Raises `NotFound` with the nearest."""
    model = models.get(name.lower())
    if model is None:
        lab = name.lower().partition("/")[0] + "/"
        near = [each for each in models if each.startswith(lab)] or list(models)[:1_000]
        raise NotFound(f"no listing is of the model {name!r}: {nearest(name.lower(), near)}")
    return model


def found(catalog: Catalog, word: str, id_: str, known: Mapping[str, Provider]) -> tuple[Snapshot, Listing]:
    """Return a listing and the snapshot it is in. Raises `NotFound` with the nearest ids."""
    slug = word if word in catalog.snapshots else slug_of(word, known)
    part = catalog.snapshots.get(slug)
    if part is None:
        raise NotFound(
            f"{slug} has no list in the store and is in no reference: `modelatlas sync {slug}` fetches it"
        )
    listing = part.find(id_)
    if listing is None:
        raise NotFound(f"{slug} lists no {id_!r}: {_hint(part, id_)}")
    return part, listing


def _show_model(answer: ModelAnswer, *, json: bool) -> None:
    if json:
        write_json([answer])
        return
    context = answer.context_tokens
    rows = [
        ("model", answer.model),
        ("providers", ", ".join(answer.providers)),
        ("variants", ", ".join(name or "as released" for name in answer.variants)),
        ("context", NOTHING if context is None else f"{context.min} to {context.max}"),
        ("points at", "; ".join(map(_pointing, filter(_points, answer.offers))) or NOTHING),
    ]
    write_table(("field", "value"), rows)
    write([""])
    offers = [
        (
            each.provider,
            each.id,
            each.variant or NOTHING,
            _headline(each, "input_token"),
            _headline(each, "output_token"),
            each.confidence,
            "; ".join(reason.kind for reason in each.evidence),
        )
        for each in answer.offers
    ]
    write_table(OFFERS, offers, right=OFFERS[3:5])
    if any(cell.endswith(VARIES) for offer in offers for cell in offer[3:5]):
        say(VARIES_MEANS)


def _points(offer: OfferView) -> bool:
    return offer.points_at is not None


def _pointing(offer: OfferView) -> str:
    since = "" if offer.points_at_since is None else f" since {offer.points_at_since.date()}"
    return f"{offer.points_at} ({offer.provider}{since})"


def _headline(offer: OfferView, unit: str) -> str:
    """Return the USD of a million of a unit at any time, as it is said without conditions."""
    prices = [each for each in offer.prices if each.unit == unit and each.when is None]
    if not prices:
        return NOTHING
    price = prices[0]
    if price.state != "known" or price.usd is None:
        return WORDS.get(price.state, NOTHING)
    amount = plain(EXACT.multiply(Decimal(price.usd), MILLION))
    return f"{amount}{VARIES}" if any(each.unit == unit and each.when for each in offer.prices) else amount


def _hint(part: Snapshot, id_: str) -> str:
    ids = [listing.id for listing in part.listings]
    near = difflib.get_close_matches(id_, ids, n=3, cutoff=0.5)
    if near:
        return f"did you mean {' or '.join(map(repr, near))}?"
    return f"`modelatlas models --provider {part.provider}` lists its {len(ids):,} ids"


def _tell(answer: ListingAnswer) -> None:
    said = {name: value for name, value in msgspec.to_builtins(answer).items() if name not in _MANY}
    write_table(("field", "value"), [(name, _text(value)) for name, value in said.items()])
    write([""])
    if answer.prices:
        write_table(PRICES, list(map(_price, answer.prices)), right=PRICES[1:2])
    else:
        write(["no price is said"])
    if answer.sources:
        write([""])
        write_table(SOURCES, [row for unit in answer.sources for row in _said(unit)], right=SOURCES[2:3])
    if answer.unread:
        write([""])
        rows = [(each.path, each.raw, each.reason) for each in answer.unread]
        write_table(("not read", "text", "reason"), rows)


def _price(price: QuotedPriceView) -> tuple[str, ...]:
    billed = price.billed
    return (
        price.unit,
        WORDS[price.state] if price.state != "known" else price.usd or NOTHING,
        NOTHING if billed is None else f"{billed.amount} {billed.currency} per {billed.per}",
        price.quote.raw,
        price.quote.path,
        "always" if price.when is None else msgspec.json.encode(price.when).decode(),
        price.source,
    )


def _said(unit: UnitSourcesView) -> Iterator[tuple[str, ...]]:
    """Go through what sources say of a unit, what counts first; a unit without any has its reason."""
    if not unit.values:
        yield unit.unit, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, unit.detail or unit.outcome
    for value in unit.values:
        why = value.why if unit.outcome != "quarantined" else f"{value.why}: {unit.detail}"
        yield (
            unit.unit,
            value.source,
            value.usd or WORDS.get(value.state, NOTHING),
            value.quote.raw,
            value.quote.path,
            value.as_of or NOTHING,
            f"{why} (differs)" if value.agrees is False else why,
        )


def _text(value: object) -> str:
    if isinstance(value, tuple | list):
        value = ", ".join(map(str, value))
    return NOTHING if value is None or value == "" else str(value)
