"""The routes of a longer time: what was listed, what it cost, how well providers are covered."""

from datetime import date
from typing import Annotated, Final

from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from modelatlas.domain.analytics import Span
from modelatlas.domain.query import nearest
from modelatlas.domain.units import UNITS
from modelatlas.views.analytics import (
    CoverageAnswer,
    ListingsAnswer,
    PriceChangesAnswer,
    TotalsAnswer,
    coverage_view,
    extremes_answer,
)
from modelatlas.web.answers import momentary
from modelatlas.web.parameters import BadParameter, Parameters
from modelatlas.web.site import Site

MOST_PRICES: Final = 100

Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Words = Annotated[tuple[str, ...], Meta(min_length=1, max_length=60)]
Unit = Annotated[str, Meta(min_length=1, max_length=100)]


class SpanParameters(Parameters, frozen=True, kw_only=True):
    """Which days."""

    since: Annotated[Day | UnsetType, Meta(description="The first day wanted, such as 2026-11-23.")] = UNSET
    until: Annotated[Day | UnsetType, Meta(description="The last day wanted.")] = UNSET


class ProvidersParameters(SpanParameters, frozen=True, kw_only=True):
    """Which days of which providers."""

    provider: Annotated[Words | UnsetType, Meta(description="Of these providers only.")] = UNSET


class PricesParameters(Parameters, frozen=True, kw_only=True):
    """Which prices."""

    unit: Annotated[Unit, Meta(description="What is billed, such as `output_token`.")] = "input_token"
    limit: Annotated[int, Meta(ge=1, le=MOST_PRICES, description="So many of each end.")] = 10


async def totals(site: Site, _: Request, asked: SpanParameters) -> Response:
    """Answer with the days."""
    span = _span(site, asked)
    return momentary(TotalsAnswer(await site.readings(("totals", span), lambda of: of.totals(span))))


async def listings(site: Site, _: Request, asked: ProvidersParameters) -> Response:
    """Answer with the days of providers."""
    span = _span(site, asked)
    return momentary(ListingsAnswer(await site.readings(("listings", span), lambda of: of.listings(span))))


async def price_changes(site: Site, _: Request, asked: ProvidersParameters) -> Response:
    """Answer with the weeks."""
    span = _span(site, asked)
    weeks = await site.readings(("price changes", span), lambda of: of.price_changes(span))
    return momentary(PriceChangesAnswer(weeks))


async def price_extremes(site: Site, _: Request, asked: PricesParameters) -> Response:
    """Answer with the cheapest and the dearest listings of a unit."""
    if asked.unit not in UNITS:
        raise BadParameter(f"unit={asked.unit!r}: {nearest(asked.unit, UNITS)}", "unit", sorted(UNITS))
    unit, limit = asked.unit, asked.limit
    cheapest, dearest = await site.readings(
        ("prices", unit, limit),
        lambda of: (of.extremes(unit, "cheapest", limit), of.extremes(unit, "dearest", limit)),
    )
    return momentary(extremes_answer(unit, cheapest, dearest))


async def coverage(site: Site, _: Request, __: Parameters) -> Response:
    """Answer with what is stored of each provider, and how fresh it is."""
    rows = await site.readings(("coverage",), lambda of: of.coverage())
    return momentary(CoverageAnswer([coverage_view(row, site.now()) for row in rows]))


def _span(site: Site, asked: SpanParameters) -> Span:
    words = asked.provider if isinstance(asked, ProvidersParameters) else UNSET
    slugs = None if words is UNSET else frozenset(site.slug_of(word, "provider") for word in words)
    return Span(_day("since", asked.since), _day("until", asked.until), slugs)


def _day(name: str, said: str | UnsetType) -> str | None:
    if said is UNSET:
        return None
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError:
        raise BadParameter(f"{name}={said!r}: expected a day such as 2026-11-23", name) from None
