"""A provider's list as it was: the listings that were there, each with what it then said and cost."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from modelatlas.domain.changes import as_it_was
from modelatlas.domain.history import Spell, rules_at
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule
from modelatlas.storage.encoding import condition_from, listing_from, value_from
from modelatlas.storage.prices import UNKNOWN
from modelatlas.storage.tables import attribute_changes, model_pricing_history, models, sightings

_h: Final = model_pricing_history.c
BILLED: Final = (_h.unit, _h.state, _h.amount, _h.currency, _h.per, _h.condition, _h.rank, _h.source)
"""The columns of the history that `rule_of` makes a rule of."""


def listings_at(connection: Connection, provider: int, at: datetime) -> Iterator[Listing]:
    """Go through the listings that a provider had at an instant, in the order of their ids.

    Prices are without their quotes.
    """
    there = _there(connection, provider, at)
    spells = _spells(connection, provider, at)
    undone = _undone(connection, provider, at)
    of_provider = models.c.provider_id == provider
    theirs = select(models.c.id, models.c.listing).where(of_provider, models.c.first_seen <= at)
    found = [
        msgspec.structs.replace(
            as_it_was(listing_from(text), undone.get(row, {})), prices=rules_at(spells.get(row, ()), at)
        )
        for row, text in connection.execute(theirs)
        if row in there
    ]
    yield from sorted(found, key=lambda listing: listing.id)


def rule_of(billed: Sequence[Any], raw: str = "", path: str = "") -> Rule:
    """Return the rule of a row of the history (`BILLED`); where nothing was said, one that has no amount."""
    unit, state, amount, currency, per, condition, rank, source = billed
    when, valid_from, valid_to = condition_from(condition)
    said: Any = "varying" if state == UNKNOWN else state
    return Rule(unit, said, amount, currency, per, raw, path, when, valid_from, valid_to, rank, source)


def _there(connection: Connection, provider: int, at: datetime) -> set[int]:
    """Return the rows of `models` that were there: those whose last sighting is not an absence."""
    seen = sightings.c
    statement = (
        select(seen.model_id, seen.kind)
        .join(models, models.c.id == seen.model_id)
        .where(models.c.provider_id == provider, seen.observed_at <= at)
        .order_by(seen.observed_at, seen.id)
    )
    last: dict[int, str] = dict(tuple(row) for row in connection.execute(statement))
    return {row for row, kind in last.items() if kind != "gone"}


def _spells(connection: Connection, provider: int, at: datetime) -> dict[int, list[Spell]]:
    """Return row of `models` -> the spells that held."""
    statement = (
        select(_h.model_id, _h.valid_from, *BILLED)
        .join(models, models.c.id == _h.model_id)
        .where(
            models.c.provider_id == provider,
            _h.valid_from <= at,
            _h.valid_to.is_(None) | (_h.valid_to > at),
            _h.superseded_by.is_(None),
            _h.state != UNKNOWN,
        )
    )
    spells: dict[int, list[Spell]] = {}
    for row, begins, *billed in connection.execute(statement):
        spells.setdefault(row, []).append(Spell(rule_of(billed), begins))
    return spells


def _undone(connection: Connection, provider: int, at: datetime) -> dict[int, dict[str, Any]]:
    """Return row of `models` -> the values of the attributes that have changed since."""
    told = attribute_changes.c
    statement = (
        select(told.model_id, told.attribute, told.old)
        .join(models, models.c.id == told.model_id)
        .where(models.c.provider_id == provider, told.observed_at > at)
        .order_by(told.observed_at.desc(), told.id.desc())
    )
    undone: dict[int, dict[str, Any]] = {}
    for row, attribute, old in connection.execute(statement):
        undone.setdefault(row, {})[attribute] = value_from(old)  # the oldest of them comes last
    return undone
