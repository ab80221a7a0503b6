"""Reading what is stored of many providers at once: a few statements, however many there are (F43)."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Column, Connection, Row, Select, bindparam, func, select

from modelatlas.domain.codec import Damaged
from modelatlas.domain.ledger import OverrideKind, StoredListing, StoredProvider
from modelatlas.storage.encoding import ids_from
from modelatlas.storage.runs import last_of_each
from modelatlas.storage.tables import models, overrides, providers, sync_exclusions, synced_ids

_models: Final = models.c

_Slugs = Collection[str] | None
"""The providers asked for; None asks for all."""

_Asked = tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]
"""A statement about all providers, and the same about some."""


def _asked(slug: Column[Any], statement: Select[*tuple[Any, ...]]) -> _Asked:
    return statement, statement.where(slug.in_(bindparam("slugs", expanding=True)))


_NUMBERS: Final = _asked(providers.c.slug, select(providers.c.slug, providers.c.id))
_SYNCED: Final = _asked(
    synced_ids.c.provider_slug, select(synced_ids.c.provider_slug, synced_ids.c.ids, synced_ids.c.count)
)
_EXCLUDED: Final = _asked(
    sync_exclusions.c.provider_slug,
    select(
        sync_exclusions.c.provider_slug, sync_exclusions.c.provider_model_id, sync_exclusions.c.reason
    ).where(sync_exclusions.c.ended_run_id.is_(None)),
)
_SAID: Final = _asked(
    overrides.c.provider_slug,
    select(overrides.c.provider_slug, overrides.c.provider_model_id, overrides.c.kind),
)
_THEIRS: Final = _models.provider_id.in_(bindparam("providers", expanding=True))
_LISTED: Final = select(
    _models.provider_id, _models.provider_model_id, _models.digest, _models.is_active, _models.missed_runs
).where(_THEIRS)
_COUNTED: Final = select(_models.provider_id, func.count()).where(_THEIRS).group_by(_models.provider_id)


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


def active_counts(connection: Connection) -> dict[str, int]:
    """Count the active rows of each provider that the store knows."""
    counts = (
        select(providers.c.slug, func.count(_models.id))
        .select_from(providers.outerjoin(models, (_models.provider_id == providers.c.id) & _models.is_active))
        .group_by(providers.c.slug)
    )
    return {slug: int(count) for slug, count in connection.execute(counts)}


def active_ids(connection: Connection, slugs: Collection[str]) -> dict[str, frozenset[str]]:
    """Return the ids of the active rows of these providers."""
    theirs = (
        select(providers.c.slug, _models.provider_model_id)
        .select_from(models.join(providers, _models.provider_id == providers.c.id))
        .where(_models.is_active, providers.c.slug.in_(slugs))
    )
    found: dict[str, set[str]] = {slug: set() for slug in slugs}
    for slug, id_ in connection.execute(theirs):
        found[slug].add(id_)
    return {slug: frozenset(ids) for slug, ids in found.items()}


def _rows(connection: Connection, slugs: _Slugs) -> dict[str, dict[str, StoredListing]]:
    slug_of = {id_: slug for slug, id_ in _of(connection, slugs, _NUMBERS)}
    rows: dict[str, dict[str, StoredListing]] = {slug: {} for slug in slug_of.values()}
    theirs = {"providers": list(slug_of)}
    for provider_id, *row in connection.execute(_LISTED, theirs).all():
        listing = StoredListing(*row)
        rows[slug_of[provider_id]][listing.id] = listing
    for provider_id, count in connection.execute(_COUNTED, theirs):
        _check(len(rows[slug_of[provider_id]]), count, f"listings of {slug_of[provider_id]}")
    return rows


def _synced_ids(connection: Connection, slugs: _Slugs) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for slug, kept, count in _of(connection, slugs, _SYNCED):
        found[slug] = ids_from(kept)
        _check(len(found[slug]), count, f"synced ids of {slug}")
    return found


def _exclusions(connection: Connection, slugs: _Slugs) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for slug, id_, reason in _of(connection, slugs, _EXCLUDED):
        found.setdefault(slug, {})[id_] = reason
    return found


def _overrides(connection: Connection, slugs: _Slugs) -> dict[str, dict[str, OverrideKind]]:
    found: dict[str, dict[str, OverrideKind]] = {}
    for slug, id_, kind in _of(connection, slugs, _SAID):
        found.setdefault(slug, {})[id_] = kind
    return found


def _of(connection: Connection, slugs: _Slugs, asked: _Asked) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return rows of the providers asked for: the slug first."""
    every, some = asked
    if slugs is None:
        return connection.execute(every).all()
    return connection.execute(some, {"slugs": list(slugs)}).all()


def _check(read: int, there: int, what: str) -> None:
    if read != there:
        raise Damaged(f"read {read} of {there} {what} from the store: run `modelatlas doctor`")
