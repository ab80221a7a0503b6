"""Reading what is stored of many providers at once: a few statements, however many there are (F43)."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Column, Connection, Row, func, select
from sqlalchemy.sql import ColumnElement

from modelatlas.domain.codec import Damaged
from modelatlas.domain.ledger import OverrideKind, StoredListing, StoredProvider
from modelatlas.storage.encoding import ids_from
from modelatlas.storage.runs import last_of_each
from modelatlas.storage.tables import models, overrides, providers, sync_exclusions, synced_ids

_models: Final = models.c

_Slugs = Collection[str] | None
"""The providers asked for; None asks for all."""


def stored_providers(connection: Connection, slugs: _Slugs) -> dict[str, StoredProvider]:
    """Return what is stored of each provider asked for, or of each that the store knows.

    Raises `Damaged` when fewer rows come back than there are (F25).
    """
    rows = _rows(connection, slugs)
    successes, attempts = last_of_each(connection, slugs)
    ids = _synced_ids(connection, slugs)
    exclusions = _exclusions(connection, slugs)
    words = _overrides(connection, slugs)
    known = {*rows, *attempts, *words} if slugs is None else set(slugs)
    return {
        slug: StoredProvider(
            provider=slug,
            rows=rows.get(slug, {}),
            last_success=successes.get(slug),
            synced_ids=ids.get(slug, frozenset()),
            exclusions=exclusions.get(slug, {}),
            overrides=words.get(slug, {}),
            last_attempt=attempts.get(slug),
        )
        for slug in sorted(known)
    }


def _rows(connection: Connection, slugs: _Slugs) -> dict[str, dict[str, StoredListing]]:
    slug_of = {id_: slug for slug, id_ in _of(connection, slugs, providers.c.slug, providers.c.id)}
    rows: dict[str, dict[str, StoredListing]] = {slug: {} for slug in slug_of.values()}
    columns = (_models.provider_model_id, _models.digest, _models.is_active, _models.missed_runs)
    theirs = _models.provider_id.in_(slug_of)
    for provider_id, *row in connection.execute(select(_models.provider_id, *columns).where(theirs)).all():
        listing = StoredListing(*row)
        rows[slug_of[provider_id]][listing.id] = listing
    counts = select(_models.provider_id, func.count()).where(theirs).group_by(_models.provider_id)
    for provider_id, count in connection.execute(counts):
        _check(len(rows[slug_of[provider_id]]), count, f"listings of {slug_of[provider_id]}")
    return rows


def _synced_ids(connection: Connection, slugs: _Slugs) -> dict[str, frozenset[str]]:
    columns = synced_ids.c
    found: dict[str, frozenset[str]] = {}
    for slug, kept, count in _of(connection, slugs, columns.provider_slug, columns.ids, columns.count):
        found[slug] = ids_from(kept)
        _check(len(found[slug]), count, f"synced ids of {slug}")
    return found


def _exclusions(connection: Connection, slugs: _Slugs) -> dict[str, dict[str, str]]:
    columns = sync_exclusions.c
    found: dict[str, dict[str, str]] = {}
    for slug, id_, reason in _of(
        connection,
        slugs,
        columns.provider_slug,
        columns.provider_model_id,
        columns.reason,
        where=columns.ended_run_id.is_(None),
    ):
        found.setdefault(slug, {})[id_] = reason
    return found


def _overrides(connection: Connection, slugs: _Slugs) -> dict[str, dict[str, OverrideKind]]:
    columns = overrides.c
    found: dict[str, dict[str, OverrideKind]] = {}
    for slug, id_, kind in _of(
        connection, slugs, columns.provider_slug, columns.provider_model_id, columns.kind
    ):
        found.setdefault(slug, {})[id_] = kind
    return found


def _of(
    connection: Connection,
    slugs: _Slugs,
    slug: Column[Any],
    *columns: Column[Any],
    where: ColumnElement[bool] | None = None,
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return rows of the providers asked for: the slug first, then these columns."""
    statement = select(slug, *columns)
    if slugs is not None:
        statement = statement.where(slug.in_(slugs))
    return connection.execute(statement if where is None else statement.where(where)).all()


def _check(read: int, there: int, what: str) -> None:
    if read != there:
        raise Damaged(f"read {read} of {there} {what} from the store: run `modelatlas doctor`")
