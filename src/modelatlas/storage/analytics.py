"""The views of the store (migration 0006) as values; docs/analytics.md shows how to ask them by hand."""

from typing import Any, Final

from sqlalchemy import Column, Engine, Integer, MetaData, Select, Table, Text, func, select

from modelatlas.domain.analytics import Coverage, DayTotals, PriceRank, PriceWeek, ProviderDay, Side, Span
from modelatlas.storage.columns import ExactNumber, Instant
from modelatlas.storage.engine import reading
from modelatlas.storage.tables import pricing_sync_log

_views: Final = MetaData()
"""Apart from the tables: nothing makes these but their migration."""

_TEXTS: Final = frozenset({"day", "week", "provider", "last_run_status"})
_INSTANTS: Final = frozenset({"heard_at", "changed_at", "last_run_at"})


def _view(name: str, columns: tuple[str, ...]) -> Table:
    types = {**dict.fromkeys(_TEXTS, Text), **dict.fromkeys(_INSTANTS, Instant)}
    return Table(name, _views, *(Column(column, types.get(column, Integer)) for column in columns))


_totals: Final = _view("v_totals_by_day", DayTotals.__struct_fields__)
_listings: Final = _view("v_listings_by_day", ProviderDay.__struct_fields__)
_weeks: Final = _view("v_price_changes_by_week", PriceWeek.__struct_fields__)
_coverage: Final = _view("v_coverage", Coverage.__struct_fields__)
_ranks: Final = Table(
    "v_price_ranks",
    _views,
    Column("unit", Text),
    Column("provider", Text),
    Column("provider_model_id", Text),
    Column("canonical_model", Text),
    Column("usd", ExactNumber),
    Column("cheapest", Integer),
    Column("dearest", Integer),
)


class SqlAnalytics:
    """A `domain.ports.Analytics` in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def as_of(self) -> int:
        """Return a number that grows with each run that ends: while it is the same, so are the answers."""
        log = pricing_sync_log.c
        newest = select(func.coalesce(func.max(log.id), 0), func.count()).where(log.status != "running")
        ((run, count),) = self._rows(newest)
        return int(run) + int(count)  # runs of several providers end in any order

    def totals(self, span: Span) -> list[DayTotals]:
        """Return the days of a span, the oldest first."""
        return [DayTotals(*row) for row in self._rows(_within(_totals, _totals.c.day, span))]

    def listings(self, span: Span) -> list[ProviderDay]:
        """Return the days of providers, the oldest first."""
        found = [ProviderDay(*row) for row in self._rows(_within(_listings, _listings.c.day, span))]
        return sorted(found, key=lambda each: (each.day, each.provider))

    def price_changes(self, span: Span) -> list[PriceWeek]:
        """Return the weeks that begin in a span and in which a price changed, the oldest first."""
        found = [PriceWeek(*row) for row in self._rows(_within(_weeks, _weeks.c.week, span))]
        return sorted(found, key=lambda each: (each.week, each.provider))

    def extremes(self, unit: str, side: Side, limit: int) -> list[PriceRank]:
        """Return the cheapest or the dearest listings of a unit, the first place first."""
        place = _ranks.c[side]
        asked = select(_ranks).where(_ranks.c.unit == unit, place <= limit).order_by(place)
        return [PriceRank(*row) for row in self._rows(asked)]

    def coverage(self) -> list[Coverage]:
        """Return a row for each provider that a run was ever logged of, in the order of their slugs."""
        found = [Coverage(*row) for row in self._rows(select(_coverage))]
        return sorted(found, key=lambda each: each.provider)

    def _rows(self, asked: Select[Any]) -> list[Any]:
        with reading(self._engine) as connection:
            return list(connection.execute(asked).all())


def _within(view: Table, day: Column[Any], span: Span) -> Select[Any]:
    asked = select(view).order_by(day)
    if span.since is not None:
        asked = asked.where(day >= span.since)
    if span.until is not None:
        asked = asked.where(day <= span.until)
    if span.providers is not None:
        asked = asked.where(view.c.provider.in_(sorted(span.providers)))
    return asked
