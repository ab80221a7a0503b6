"""Bringing a store to the newest form of its tables."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import ProgrammingError

from modelatlas.domain.errors import Misconfigured
from modelatlas.storage import postgresql
from modelatlas.storage.engine import is_postgresql, place, reading, writing

HEAD: Final = "0010"
"""The newest revision; known here so that a store which is up to date opens without importing alembic."""


def upgrade(engine: Engine) -> None:
    """Bring the tables to the newest form, from any older one or from nothing, at once or not at all.

    Raises `Misconfigured` for a store that a newer version of the program has written, and for a user who
    may make no tables.
    """
    if not is_newest(engine):
        _migrate(engine)


def is_newest(engine: Engine) -> bool:
    """Tell whether the tables have the newest form."""
    with reading(engine) as connection:
        return revision(connection) == HEAD


def revision(connection: Connection) -> str | None:
    """Return the revision of a store's tables, or None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _migrate(engine: Engine) -> None:
    # Imported here: it takes 0.3 s, which a store that is up to date need not wait for.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    try:
        with writing(engine) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except ProgrammingError as error:
        if is_postgresql(engine):
            raise postgresql.unusable(place(engine), postgresql.told(error)) from error
        raise
    except CommandError as error:
        raise Misconfigured(
            f"the tables of the store {place(engine)} are not known to this version ({error}): "
            f"expected revision {HEAD} or older; use the version of Model Atlas that wrote it, or a newer one"
        ) from error
