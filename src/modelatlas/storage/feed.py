"""What changed, the newest first: sightings, prices and attributes, merged by time and read page by page."""

import heapq
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import Column, Connection, Select, and_, exists, or_, select
from sqlalchemy.sql import ColumnElement

from modelatlas.domain.changes import (
    AttributeChange,
    Change,
    ChangeQuery,
    Changes,
    Position,
    PriceChange,
    price_changed,
)
from modelatlas.domain.history import Spell
from modelatlas.domain.sources import teller_of
from modelatlas.storage.bulk import rows_in
from modelatlas.storage.encoding import value_from
from modelatlas.storage.past import BILLED, rule_of
from modelatlas.storage.prices import UNKNOWN
from modelatlas.storage.tables import attribute_changes, model_pricing_history, models, providers, sightings

SIGHTINGS, PRICES, ATTRIBUTES = range(3)
"""The order of what was observed at one instant, the last first."""

_CHUNK: Final = 500
_h: Final = model_pricing_history.c
_before: Final = model_pricing_history.alias("before")
_BEFORE: Final = (_before.c.valid_from, *(_before.c[column.name] for column in BILLED))
_SIGHTED: Final = frozenset({"new", "gone", "back"})
_STATE: Final = {
    "repriced": "known",
    "became_known": "known",
    "became_free": "free",
    "became_varying": "varying",
    "became_unknown": UNKNOWN,
}
"""Kind of a price's change -> its new state."""

Found = Iterator[tuple[Position, Change]]


def changes_of(connection: Connection, asked: ChangeQuery) -> Changes:
    """Return one page of changes, and the position of its last one when there are more."""
    sources: list[Found] = []
    kinds = asked.kinds
    if kinds is None or kinds & _SIGHTED:
        sources.append(_sighted(connection, asked))
    if kinds is None or kinds & _STATE.keys():
        sources.append(_priced(connection, asked))
    if kinds is None or "attribute" in kinds:
        sources.append(_told(connection, asked))
    merged = heapq.merge(*sources, key=lambda found: found[0], reverse=True)
    page = list(islice(merged, asked.limit + 1))
    more = len(page) > asked.limit
    page = page[: asked.limit]
    return Changes(tuple(change for _, change in page), page[-1][0] if more and page else None)


def _sighted(connection: Connection, asked: ChangeQuery) -> Found:
    seen = sightings.c
    statement = _of_listings(
        select(seen.id, seen.observed_at, seen.kind, seen.model_id), seen.model_id, asked
    )
    if asked.kinds is not None:
        statement = statement.where(seen.kind.in_(sorted(asked.kinds & _SIGHTED)))
    for rows in _pages(connection, statement, SIGHTINGS, seen.observed_at, seen.id, asked):
        came = {(row.model_id, row.observed_at) for row in rows if row.kind != "gone"}
        prices = _prices_of(connection, came)
        for row in rows:
            with_it = prices.get((row.model_id, row.observed_at), []) if row.kind != "gone" else []
            change = Change(row.observed_at, row.slug, row.provider_model_id, row.kind, prices=tuple(with_it))
            yield Position(row.observed_at, SIGHTINGS, row.id), change


def _priced(connection: Connection, asked: ChangeQuery) -> Found:
    """Go through the beginnings of spells, save those that came with a listing that was new or back."""
    came = exists().where(
        sightings.c.model_id == _h.model_id,
        sightings.c.observed_at == _h.valid_from,
        sightings.c.kind.in_(("new", "back")),
    )
    begun = select(_h.id, _h.valid_from, *BILLED, *_BEFORE).where(_h.superseded_by.is_(None), ~came)
    if asked.kinds is not None:
        states = {state for kind, state in _STATE.items() if kind in asked.kinds}
        begun = begun.where(_h.state.in_(sorted(states)))
    statement = _of_listings(
        begun.outerjoin_from(model_pricing_history, _before, _follows()), _h.model_id, asked
    )
    for rows in _pages(connection, statement, PRICES, _h.valid_from, _h.id, asked):
        for row in rows:
            id_, at, *billed, slug, listing = row
            price = _price_change(at, billed)
            if price is not None and (asked.kinds is None or price.kind in asked.kinds):
                cause = teller_of(price.new.rule.source)
                yield Position(at, PRICES, id_), Change(at, slug, listing, price.kind, cause, price)


def _told(connection: Connection, asked: ChangeQuery) -> Found:
    told = attribute_changes.c
    columns = (told.id, told.observed_at, told.attribute, told.old, told.new, told.cause)
    statement = _of_listings(select(*columns), told.model_id, asked)
    for rows in _pages(connection, statement, ATTRIBUTES, told.observed_at, told.id, asked):
        for row in rows:
            attribute = AttributeChange(row.attribute, value_from(row.old), value_from(row.new))
            yield (
                Position(row.observed_at, ATTRIBUTES, row.id),
                Change(
                    row.observed_at, row.slug, row.provider_model_id, "attribute", row.cause,
                    attribute=attribute,
                ),
            )  # fmt: skip


def _of_listings(
    statement: Select[*tuple[Any, ...]], model_id: Column[Any], asked: ChangeQuery
) -> Select[*tuple[Any, ...]]:
    """Add whose listing it is, as the last two columns, and leave out whom nobody asked for."""
    statement = (
        statement.add_columns(providers.c.slug, models.c.provider_model_id)
        .join(models, models.c.id == model_id)
        .join(providers, providers.c.id == models.c.provider_id)
    )
    if asked.providers is not None:
        statement = statement.where(providers.c.slug.in_(sorted(asked.providers)))
    return statement if asked.private else statement.where(models.c.visibility == "public")


def _pages(
    connection: Connection,
    statement: Select[*tuple[Any, ...]],
    source: int,
    at: Column[Any],
    id_: Column[Any],
    asked: ChangeQuery,
) -> Iterator[Sequence[Any]]:
    """Go through the rows of one source within the time asked for, the newest first."""
    if asked.since is not None:
        statement = statement.where(at >= asked.since)
    if asked.until is not None:
        statement = statement.where(at < asked.until)
    ordered = statement.order_by(at.desc(), id_.desc()).limit(min(_CHUNK, asked.limit + 1))
    after = asked.after
    while True:
        page = ordered if after is None else ordered.where(_is_after(after, source, at, id_))
        rows = connection.execute(page).all()
        if not rows:
            return
        yield rows
        after = Position(rows[-1][1], source, rows[-1][0])


def _is_after(after: Position, source: int, at: Column[Any], id_: Column[Any]) -> ColumnElement[bool]:
    if source == after.source:
        return or_(at < after.at, and_(at == after.at, id_ < after.id))
    return at <= after.at if source < after.source else at < after.at


def _prices_of(
    connection: Connection, came: set[tuple[int, datetime]]
) -> dict[tuple[int, datetime], list[PriceChange]]:
    """Return the prices with which listings came: (listing, instant) -> those that were other ones before."""
    found: dict[tuple[int, datetime], list[PriceChange]] = {}
    statement = (
        select(_h.model_id, _h.valid_from, *BILLED, *_BEFORE)
        .outerjoin_from(model_pricing_history, _before, _follows())
        .where(_h.superseded_by.is_(None), _h.valid_from.in_({at for _, at in came}))
        .order_by(_h.id)
    )
    for row, at, *billed in rows_in(connection, statement, _h.model_id, sorted({row for row, _ in came})):
        price = _price_change(at, billed) if (row, at) in came else None
        if price is not None:
            found.setdefault((row, at), []).append(price)
    return found


def _follows() -> ColumnElement[bool]:
    same = (_before.c[name] == _h[name] for name in ("model_id", "unit", "condition", "rank", "source"))
    return and_(*same, _before.c.valid_to == _h.valid_from, _before.c.superseded_by.is_(None))


def _price_change(at: datetime, billed: Sequence[Any]) -> PriceChange | None:
    new, (begins, *old) = billed[: len(BILLED)], billed[len(BILLED) :]
    before = None if begins is None else Spell(rule_of(old), begins, at, is_said=old[1] != UNKNOWN)
    return price_changed(before, Spell(rule_of(new), at, is_said=new[1] != UNKNOWN))
