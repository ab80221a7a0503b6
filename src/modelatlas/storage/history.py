"""The past of listings in SQL: everything in one answer comes from one moment of the database."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, Select, func, select

from modelatlas.domain.changes import ChangeQuery, Changes
from modelatlas.domain.history import (
    ListingHistory,
    PastList,
    PlainSpell,
    PricesThen,
    Sighting,
    Spell,
    while_listed,
)
from modelatlas.storage.columns import is_storable
from modelatlas.storage.encoding import ALWAYS_TEXT
from modelatlas.storage.engine import reading
from modelatlas.storage.feed import changes_of
from modelatlas.storage.lookup import Lookup
from modelatlas.storage.past import BILLED, listings_at, rule_of
from modelatlas.storage.prices import UNKNOWN
from modelatlas.storage.tables import (
    model_pricing_history,
    models,
    price_quotes,
    pricing_sync_log,
    providers,
    sightings,
)

_h: Final = model_pricing_history.c
_better: Final = model_pricing_history.alias("better")


class SqlHistory:
    """A `domain.ports.History` in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lookup = Lookup(engine)

    def of(self, provider: str, id_: str) -> ListingHistory | None:
        """Return all that was observed of a listing, or None when it was never seen."""
        if not is_storable(id_):
            return None
        with reading(self._engine) as connection:
            row = connection.execute(
                select(models.c.id, models.c.visibility)
                .join(providers)
                .where(providers.c.slug == provider, models.c.provider_model_id == id_)
            ).one_or_none()
            if row is None:
                return None
            return ListingHistory(
                provider,
                id_,
                row.visibility,
                tuple(_sightings(connection, row.id)),
                tuple(map(_spell, connection.execute(_spells().where(_h.model_id == row.id)))),
            )

    def prices_at(self, provider: str, id_: str, at: datetime, unit: str | None = None) -> PricesThen | None:
        """Return the rules that held of a listing at an instant, of one unit or of all.

        None when the listing was never seen. The rules are without their quotes.
        """
        return self._lookup.prices_at(provider, id_, at, unit)

    def list_at(self, provider: str, at: datetime) -> PastList | None:
        """Return a provider's list as it was last observed by an instant; None when it was not yet."""
        with reading(self._engine) as connection:
            row = connection.execute(
                select(providers.c.id, func.max(pricing_sync_log.c.snapshot_at))
                .join(pricing_sync_log, pricing_sync_log.c.provider_slug == providers.c.slug)
                .where(
                    providers.c.slug == provider,
                    pricing_sync_log.c.status == "success",
                    pricing_sync_log.c.snapshot_at <= at,
                )
                .group_by(providers.c.id)
            ).one_or_none()
            if row is None:
                return None
            return PastList(provider, row[1], tuple(listings_at(connection, row.id, at)))

    def changes(self, asked: ChangeQuery) -> Changes:
        """Return what changed, the newest first."""
        with reading(self._engine) as connection:
            return changes_of(connection, asked)

    def history_from(self) -> Mapping[str, datetime]:
        """Return since when each provider is observed."""
        log = pricing_sync_log.c
        first = select(log.provider_slug, func.min(log.snapshot_at)).where(log.status == "success")
        with reading(self._engine) as connection:
            return dict(tuple(row) for row in connection.execute(first.group_by(log.provider_slug)))

    def plain_spells(self, units: Collection[str]) -> list[PlainSpell]:
        """Return the unconditional prices of public listings in USD, by provider, id and time.

        While a listing was not there, it had no price.
        """
        of = (
            select(
                _h.model_id, providers.c.slug, models.c.provider_model_id, models.c.model_name,
                _h.unit, _h.usd, _h.rank, _h.valid_from, _h.valid_to,
            )
            .join(models, models.c.id == _h.model_id)
            .join(providers, providers.c.id == models.c.provider_id)
            .where(
                _h.unit.in_(units),
                _h.condition == ALWAYS_TEXT,
                _h.superseded_by.is_(None),
                _h.usd.is_not(None),
                models.c.visibility == "public",
            )
        )  # fmt: skip
        seen = sightings.c
        order = select(seen.model_id, seen.kind, seen.observed_at).order_by(seen.observed_at, seen.id)
        there: defaultdict[int, list[Sighting]] = defaultdict(list)
        found: list[PlainSpell] = []
        with reading(self._engine) as connection:
            for row, kind, at in connection.execute(order):
                there[row].append(Sighting(kind, at))
            for row, *said in connection.execute(of):
                found.extend(while_listed(PlainSpell(*said), there[row]))
        return sorted(found, key=lambda each: (each.provider, each.id, each.begins, each.unit))


def _spells() -> Select[*tuple[Any, ...]]:
    return (
        select(
            *BILLED, price_quotes.c.raw, price_quotes.c.path, _h.valid_from, _h.valid_to, _h.reading,
            _better.c.reading,
        )
        .join(price_quotes, price_quotes.c.id == _h.quote_id)
        .outerjoin(_better, _better.c.id == _h.superseded_by)
        .order_by(_h.valid_from, _h.id)
    )  # fmt: skip


def _spell(row: Row[*tuple[Any, ...]]) -> Spell:
    *billed, raw, path, begins, ends, read, replaced_in = row
    return Spell(rule_of(billed, raw, path), begins, ends, read, replaced_in, billed[1] != UNKNOWN)


def _sightings(connection: Connection, row: int) -> Iterator[Sighting]:
    seen = sightings.c
    for kind, at in connection.execute(
        select(seen.kind, seen.observed_at).where(seen.model_id == row).order_by(seen.observed_at, seen.id)
    ):
        yield Sighting(kind, at)
