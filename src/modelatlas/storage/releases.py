"""Which prices operators let out of quarantine."""

from sqlalchemy import Connection, delete, insert, select

from modelatlas.domain.releases import Release
from modelatlas.storage.tables import quarantine_releases

_columns = quarantine_releases.c
_ORDER = (_columns.provider_slug, _columns.provider_model_id, _columns.unit)


def releases(connection: Connection) -> list[Release]:
    """Return every release, in (provider, id, unit) order."""
    said = (
        _columns.amount, _columns.currency, _columns.source, _columns.note, _columns.released_by,
        _columns.released_at,
    )  # fmt: skip
    return [Release(*row) for row in connection.execute(select(*_ORDER, *said).order_by(*_ORDER))]


def release(connection: Connection, said: Release) -> None:
    """Let a price out, in the place of an older word on the same unit."""
    forget(connection, said.provider, said.id, said.unit)
    connection.execute(
        insert(quarantine_releases).values(
            provider_slug=said.provider,
            provider_model_id=said.id,
            unit=said.unit,
            amount=said.amount,
            currency=said.currency,
            source=said.source,
            note=said.note,
            released_by=said.by,
            released_at=said.at,
        )
    )


def forget(connection: Connection, provider: str, id_: str, unit: str) -> bool:
    """Take the word back; tell whether there was one."""
    this = {"provider_slug": provider, "provider_model_id": id_, "unit": unit}
    return connection.execute(delete(quarantine_releases).filter_by(**this)).rowcount > 0
