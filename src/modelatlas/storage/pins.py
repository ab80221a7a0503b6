"""Pins in the store, so that every replica serves what any of them has pinned."""

from typing import Final

import zstandard
from sqlalchemy import Engine, insert, select

from modelatlas.domain.pins import Pin
from modelatlas.storage.engine import reading, writing
from modelatlas.storage.tables import pins

_c: Final = pins.c
_ABOUT: Final = [_c[name] for name in Pin.__struct_fields__]


class SqlPins:
    """A `domain.ports.Pins` in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, pin: Pin, content: bytes) -> Pin:
        """Keep bytes; those that are kept already stay as they are. Return what is kept."""
        with writing(self._engine) as connection:
            kept = connection.execute(select(*_ABOUT).where(_c.hash == pin.hash)).one_or_none()
            if kept is not None:
                return Pin(*kept)
            row = {name: getattr(pin, name) for name in Pin.__struct_fields__}
            connection.execute(insert(pins).values(**row, content=zstandard.compress(content)))
            return pin

    def all(self) -> list[Pin]:
        """Return every pin, the newest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(*_ABOUT).order_by(_c.made_at.desc(), _c.hash))
            return [Pin(*row) for row in rows]

    def content(self, hash_: str) -> bytes | None:
        """Return the bytes of a pin, None where there is none."""
        with reading(self._engine) as connection:
            kept = connection.scalar(select(_c.content).where(_c.hash == hash_))
        return None if kept is None else zstandard.decompress(kept)
