"""What a store in a file holds that prices are made of, told in a moment, and without SQLAlchemy."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

_LISTS: Final = (
    "SELECT provider_slug, digest, reading, listings, hex(snapshot_hash), content_since "
    "FROM provider_snapshots ORDER BY provider_slug"
)
_TOLD: Final = (
    "SELECT version_num FROM alembic_version",
    "SELECT kind, created_at FROM store_stamp",
    _LISTS,
    "SELECT * FROM quarantine_releases ORDER BY provider_slug, provider_model_id, unit",
    "SELECT * FROM model_words ORDER BY 1, 2",
)


def state_of(path: Path) -> list[list[tuple[object, ...]]] | None:
    """Return in plain values what lists, releases and words a SQLite file holds; None where it does not tell.

    Equal values mean equal content: lists are told by the hashes of their bytes.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("BEGIN")
            return [connection.execute(statement).fetchall() for statement in _TOLD]
    except sqlite3.Error:
        return None
