"""Which prices operators let out of quarantine."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from modelatlas.domain.publishing import Releases
from modelatlas.storage.tables import quarantine_releases

_columns = quarantine_releases.c


def released(connection: Connection) -> Releases:
    """Return the units that are let out, by (provider, id)."""
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for slug, id_, unit in connection.execute(
        select(_columns.provider_slug, _columns.provider_model_id, _columns.unit)
    ):
        found[slug, id_].add(unit)
    return dict(found)


def release(connection: Connection, provider: str, id_: str, unit: str, at: datetime, note: str) -> None:
    """Let a price out, in the place of an older word."""
    forget(connection, provider, id_, unit)
    row = {"provider_slug": provider, "provider_model_id": id_, "unit": unit}
    connection.execute(insert(quarantine_releases).values(**row, note=note, released_at=at))


def forget(connection: Connection, provider: str, id_: str, unit: str) -> bool:
    """Take the word back; tell whether there was one."""
    this = {"provider_slug": provider, "provider_model_id": id_, "unit": unit}
    return connection.execute(delete(quarantine_releases).filter_by(**this)).rowcount > 0
