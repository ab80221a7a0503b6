"""The active rows of `models` as lists that can be served: a snapshot of each provider that was synced."""

import logging
from collections.abc import Mapping
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine, func, select

from modelatlas.domain.ledger import StoredList
from modelatlas.domain.snapshot import Snapshot, snapshot
from modelatlas.storage.encoding import listing_from
from modelatlas.storage.engine import reading
from modelatlas.storage.runs import newest_success
from modelatlas.storage.tables import models, pricing_sync_log, providers

_log: Final = logging.getLogger(__name__)
_models: Final = models.c
_runs: Final = pricing_sync_log.c


class SqlLists:
    """A `domain.ports.StoredLists` in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def load(self, known: Mapping[str, StoredList]) -> Mapping[str, StoredList]:
        """Return the active rows of each provider with a successful run, read at one moment.

        Those of the `known` that no run has written since are returned as they are. Rows that this version
        cannot read are told in the log, and harm no other provider (F23).
        """
        with reading(self._engine) as connection:
            last = connection.execute(select(providers.c.slug, newest_success(providers.c.slug))).all()
            return {
                slug: _list(connection, slug, run, known.get(slug)) for slug, run in last if run is not None
            }


def _list(connection: Connection, slug: str, run: int, known: StoredList | None) -> StoredList:
    if known is not None and known.run == run:
        return known
    try:
        return StoredList(run, _snapshot(connection, slug, run))
    except msgspec.MsgspecError as error:
        _log.warning("the stored listings of %s are not served: %s", slug, error)
        return StoredList(run, None)


def _snapshot(connection: Connection, slug: str, run: int) -> Snapshot:
    rows = connection.scalars(
        select(_models.listing)
        .join(providers, providers.c.id == _models.provider_id)
        .where(providers.c.slug == slug, _models.is_active)
    ).all()
    theirs = _runs.provider_slug == slug, _runs.status == "success"
    heard = connection.execute(select(_runs.snapshot_at).where(_runs.id == run)).scalar_one()
    wrote = _runs.models_inserted + _runs.models_updated + _runs.models_deactivated
    changed = connection.scalar(select(func.max(_runs.snapshot_at)).where(*theirs, wrote > 0))
    first = connection.scalar(select(func.min(_runs.snapshot_at)).where(*theirs))
    part = snapshot(slug, heard, map(listing_from, rows), origin="store")
    return msgspec.structs.replace(part, content_since=changed or first)
