"""What the offers of one model cost, now or at an instant: `price lab/name`."""

from datetime import datetime
from typing import Final

from modelatlas.cli.output import NOTHING, say, write_json, write_table
from modelatlas.cli.price_table import ANNOUNCED, cells, columns
from modelatlas.cli.running import FAILED
from modelatlas.cli.show import model_named
from modelatlas.domain.catalog import Catalog
from modelatlas.domain.evaluation import Circumstances, evaluate
from modelatlas.domain.identity.models import Model, Offer, models_of
from modelatlas.domain.past import Absent
from modelatlas.domain.rates import Display, currency_named
from modelatlas.flows.past import past_catalog
from modelatlas.views.price_history import PricesAnswer, looked_up
from modelatlas.wiring.atlas import Atlas

COLUMNS: Final = ("provider", "id", "unit", "USD", "billed", "source")


def tell_model(
    atlas: Atlas,
    name: str,
    at: datetime | None,
    asked: Circumstances,
    unit: str | None,
    *,
    display: Display | None,
    json: bool,
) -> int:
    """Write what each offer of a model costs, one after the other; return the exit code."""
    catalog, absent = _catalog(atlas, at)
    coming = asked.at > atlas.clock.now()
    model: Model = model_named(name, models_of(catalog, atlas.matches.of))
    answers = [_answer(offer, asked, unit, display, coming=coming) for offer in model.offers]
    if json:
        write_json(answers)
    else:
        shown_in = None if display is None else display.currency
        rows = [row for each in answers for row in _rows(each)]
        write_table(columns(COLUMNS, shown_in), rows, right=COLUMNS[3:4])
    known = sum(each.prices is not None for each in answers)
    say(f"{model.id} at {asked.at.isoformat()}: {known:,} of {len(answers):,} offers have a price")
    if coming:
        say(ANNOUNCED)
    if absent:
        slugs = ", ".join(each.provider for each in absent)
        say(f"nothing is known of that time of {len(absent):,} providers: {slugs}")
    return 0 if known else FAILED


def _catalog(atlas: Atlas, at: datetime | None) -> tuple[Catalog, tuple[Absent, ...]]:
    if at is None:
        return atlas.served.catalog, ()
    if at > atlas.clock.now():
        return atlas.prices.announced(atlas.served.catalog, at), ()
    slugs = [slug for slug, each in atlas.providers.items() if each.retired is None]
    past = past_catalog(atlas.history, slugs, at)
    return past.catalog, past.absent


def _answer(
    offer: Offer, asked: Circumstances, unit: str | None, display: Display | None, *, coming: bool
) -> PricesAnswer:
    listing = offer.listing
    units = [each for each in dict.fromkeys(rule.unit for rule in listing.prices) if unit in {None, each}]
    found = [evaluate(listing.prices, each, asked, listing.factors) for each in units]
    costs = [cost for cost in found if cost is not None]
    reason = None if costs else "no_price"
    return looked_up(listing.provider, listing.id, asked.at, costs, reason, display=display, announced=coming)


def display_in(atlas: Atlas, currency: str | None, at: datetime) -> Display | None:
    """Return how amounts are shown in a currency at an instant; None where none is asked for."""
    return None if currency is None else Display(currency_named(currency), at.date(), atlas.rates)


def _rows(answer: PricesAnswer) -> list[tuple[str, ...]]:
    if answer.prices is None:
        return [(answer.provider, answer.id, *(NOTHING,) * 4)]
    return [(answer.provider, answer.id, unit, *cells(each)) for unit, each in answer.prices.items()]
