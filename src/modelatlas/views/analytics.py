"""What the store says of a longer time, for a reader."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from modelatlas.domain.analytics import Coverage, DayTotals, PriceRank, PriceWeek, ProviderDay
from modelatlas.domain.money import plain


class TotalsAnswer(Struct, frozen=True):
    """What was listed in all, day by day, the oldest first."""

    data: list[DayTotals]


class ListingsAnswer(Struct, frozen=True):
    """What each provider listed, day by day, the oldest first."""

    data: list[ProviderDay]


class PriceChangesAnswer(Struct, frozen=True):
    """How often prices changed, week by week, the oldest first; a week without a change has no row."""

    data: list[PriceWeek]


class RankedPrice(Struct, frozen=True):
    """One listing and what it bills for one single unit, in US dollars, exactly."""

    provider: str
    id: str
    model: str | None
    usd: str


class ExtremesAnswer(Struct, frozen=True):
    """The cheapest and the dearest stored listings of a unit, by prices that hold always."""

    unit: str
    cheapest: list[RankedPrice]
    dearest: list[RankedPrice]


class CoverageView(Coverage, frozen=True, kw_only=True):
    """What is stored of one provider; `age_seconds` counts from `heard_at`, shares are from 0 to 1."""

    priced_share: float | None
    matched_share: float | None
    age_seconds: int | None


class CoverageAnswer(Struct, frozen=True):
    """A row for each provider that a run was ever logged of."""

    data: list[CoverageView]


def extremes_answer(unit: str, cheapest: Iterable[PriceRank], dearest: Iterable[PriceRank]) -> ExtremesAnswer:
    """Put both ends together."""
    return ExtremesAnswer(unit, [_ranked(each) for each in cheapest], [_ranked(each) for each in dearest])


def coverage_view(row: Coverage, now: datetime) -> CoverageView:
    """Show what is stored of a provider, with its age now."""
    age = None if row.heard_at is None else now - row.heard_at
    return CoverageView(
        **{name: getattr(row, name) for name in Coverage.__struct_fields__},
        priced_share=_share(row.priced_listings, row.listings),
        matched_share=_share(row.matched_listings, row.listings),
        age_seconds=None if age is None else max(0, int(age.total_seconds())),
    )


def _ranked(each: PriceRank) -> RankedPrice:
    return RankedPrice(each.provider, each.id, each.model, plain(each.usd))


def _share(part: int, whole: int) -> float | None:
    return None if whole == 0 else round(part / whole, 4)
