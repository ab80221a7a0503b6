"""Operators' words in the store: on whether a listing is written, and on which model it is."""

from datetime import datetime

from sqlalchemy import Connection, Table, delete, insert, select

from modelatlas.domain.identity.matches import Word, Words
from modelatlas.domain.ledger import ListingWord
from modelatlas.storage.tables import model_words, overrides


def listing_words(connection: Connection) -> list[ListingWord]:
    """Return every word on a listing, in (provider, id) order."""
    columns = overrides.c
    found = select(
        columns.provider_slug, columns.provider_model_id, columns.kind, columns.note, columns.created_at
    )
    rows = connection.execute(found.order_by(columns.provider_slug, columns.provider_model_id))
    return [ListingWord(*row) for row in rows]


def models_said(connection: Connection) -> Words:
    """Return every word on which model a listing is, by (provider, id), in that order."""
    columns = model_words.c
    found = select(
        columns.provider_slug, columns.provider_model_id, columns.model, columns.note, columns.created_at
    )
    rows = connection.execute(found.order_by(columns.provider_slug, columns.provider_model_id))
    return {(slug, id_): Word(model, note, at) for slug, id_, model, note, at in rows}


def say(
    connection: Connection, table: Table, provider: str, id_: str, at: datetime, **said: str | None
) -> None:
    """Keep a word in the place of an older one."""
    this = {"provider_slug": provider, "provider_model_id": id_}
    connection.execute(delete(table).filter_by(**this))
    connection.execute(insert(table).values(**this, created_at=at, **said))


def take_back(connection: Connection, table: Table, provider: str, id_: str) -> bool:
    """Forget a word; tell whether there was one."""
    this = {"provider_slug": provider, "provider_model_id": id_}
    return connection.execute(delete(table).filter_by(**this)).rowcount > 0
