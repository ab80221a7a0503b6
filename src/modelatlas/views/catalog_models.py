"""Models as everybody sees them: one row for a model, and one model with all its offers."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import UNSET, Struct, UnsetType, structs

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.identity.models import Model, Offer, Priced, Spread, spreads
from modelatlas.domain.money import plain
from modelatlas.views.matches import EvidenceView, match_view, variant_text
from modelatlas.views.models import ListingView, listing_view
from modelatlas.views.models_answer import AbsentView, Moment


class PricedView(Struct, frozen=True):
    """An amount in USD for one single unit, and which listing asks for it."""

    usd: str
    provider: str
    id: str


class SpreadView(Struct, frozen=True):
    """What one unit costs over the offers of a model; the median of an even number is the mean of two."""

    unit: str
    known: int
    free: int
    varying: int
    min: PricedView | None
    median: str | None
    max: PricedView | None


class RangeView(Struct, frozen=True):
    """The least and the most of a count of tokens over the offers that say one."""

    min: int
    max: int


class ModelView(Struct, frozen=True, kw_only=True):
    """One model whoever serves it: `lab/name`.

    `variants` counts the offers of each serving difference. `points_at` is there for a name that moves, where
    a provider says what it points at.
    """

    model: str
    lab: str
    name: str
    is_alias: bool
    points_at: tuple[str, ...]
    listings: int
    providers: tuple[str, ...]
    modes: tuple[str, ...]
    variants: dict[str, int]
    context_tokens: RangeView | None
    prices: tuple[SpreadView, ...]


class OfferView(ListingView, frozen=True, kw_only=True):
    """One listing of a model, with the evidence of the match."""

    confidence: str
    points_at: str | None
    points_at_since: datetime | None
    evidence: tuple[EvidenceView, ...]
    conflicts: tuple[str, ...]


class ModelAnswer(ModelView, frozen=True, kw_only=True):
    """One model with all its offers, in (provider, id) order.

    `at` is there in an answer about another time, with the providers of which nothing is known then,
    `absent`; `announced` where it is yet to come.
    """

    catalog: str
    offers: tuple[OfferView, ...]
    at: datetime | UnsetType = UNSET
    announced: bool | UnsetType = UNSET
    absent: list[AbsentView] | UnsetType = UNSET
    simulated: bool | UnsetType = UNSET


class CatalogModelsAnswer(Struct, frozen=True, kw_only=True):
    """Models that answer a question; `unmatched` listings that do are of no model that is known."""

    data: list[ModelView]
    total: int
    returned: int
    listings: int
    unmatched: int
    catalog: str
    simulated: bool | UnsetType = UNSET


def model_view(model: Model) -> ModelView:
    """Project one model."""
    contexts = [tokens for offer in model.offers if (tokens := offer.listing.context_tokens) is not None]
    variants = Counter(variant_text(offer.match) or "" for offer in model.offers)
    return ModelView(
        model=model.id,
        lab=model.lab,
        name=model.name,
        is_alias=model.is_alias,
        points_at=tuple(sorted({offer.match.points_at for offer in model.offers if offer.match.points_at})),
        listings=len(model.offers),
        providers=model.providers,
        modes=tuple(sorted({offer.listing.mode for offer in model.offers if offer.listing.mode})),
        variants=dict(sorted(variants.items())),
        context_tokens=RangeView(min(contexts), max(contexts)) if contexts else None,
        prices=tuple(map(_spread, spreads(model))),
    )


def model_answer(
    model: Model, catalog: Catalog, *, moment: Moment | None = None, simulated: bool = False
) -> ModelAnswer:
    """Project one model in full, as it is or as it was."""
    return ModelAnswer(
        **structs.asdict(model_view(model)),
        catalog=catalog.id,
        offers=tuple(_offer(offer, catalog) for offer in model.offers),
        at=UNSET if moment is None else moment.at,
        announced=True if moment is not None and moment.announced else UNSET,
        absent=UNSET if moment is None else moment.absent,
        simulated=True if simulated else UNSET,
    )


def catalog_models_answer(
    models: Sequence[Model],
    page: Iterable[Model],
    *,
    unmatched: int,
    catalog: Catalog,
    simulated: bool = False,
) -> CatalogModelsAnswer:
    """Put models together: `page` is the part of them that was asked for."""
    data = [model_view(model) for model in page]
    return CatalogModelsAnswer(
        data=data,
        total=len(models),
        returned=len(data),
        listings=sum(len(model.offers) for model in models),
        unmatched=unmatched,
        catalog=catalog.id,
        simulated=True if simulated else UNSET,
    )


def _offer(offer: Offer, catalog: Catalog) -> OfferView:
    part = catalog.snapshots[offer.listing.provider]
    view = match_view(offer.match, part)
    return OfferView(
        **structs.asdict(listing_view(offer.listing, part.origin, offer.match)),
        confidence=view.confidence,
        points_at=view.points_at,
        points_at_since=view.points_at_since,
        evidence=view.evidence,
        conflicts=view.conflicts,
    )


def _spread(spread: Spread) -> SpreadView:
    return SpreadView(
        spread.unit,
        spread.known,
        spread.free,
        spread.varying,
        _priced(spread.least),
        _text(spread.median),
        _priced(spread.most),
    )


def _priced(priced: Priced | None) -> PricedView | None:
    if priced is None:
        return None
    return PricedView(plain(priced.usd), priced.offer.listing.provider, priced.offer.listing.id)


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)
