"""The newest state of each provider, as the processes of one service tell it one another."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Engine, select

from modelatlas.domain.codec import to_msgpack
from modelatlas.domain.sharing import Told
from modelatlas.storage.engine import reading, writing
from modelatlas.storage.tables import provider_snapshots, provider_states

_c: Final = provider_states.c
_kept: Final = provider_snapshots.c
_held_from: Final = msgspec.msgpack.Decoder(dict[str, bytes]).decode


class SqlStates:
    """A `domain.ports.StateStore` in SQL; states of another `shape` are as good as none."""

    def __init__(self, engine: Engine, shape: str) -> None:
        self._engine = engine
        self._shape = shape

    def made(self) -> Mapping[str, datetime]:
        """Return when the state of each provider was made."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(_c.provider_slug, _c.made_at).where(_c.shape == self._shape))
            return {row.provider_slug: row.made_at for row in rows}

    def read(self, provider: str) -> Told | None:
        """Return what was told of a provider, with the bytes of its snapshot."""
        with reading(self._engine) as connection:
            this = (_c.provider_slug == provider) & (_c.shape == self._shape)
            both = provider_states.outerjoin(provider_snapshots, _c.provider_slug == _kept.provider_slug)
            columns = select(_c.made_at, _c.pointer, _c.held, _kept.snapshot).select_from(both)
            row = connection.execute(columns.where(this)).one_or_none()
        return None if row is None else Told(row.made_at, row.pointer, _held_from(row.held), row.snapshot)

    def tell(self, provider: str, told: Told) -> None:
        """Put a state in the place of an older one; a newer one stays. Its snapshot is kept already."""
        row = {
            "made_at": told.made_at,
            "shape": self._shape,
            "pointer": told.pointer,
            "held": to_msgpack(told.held),
        }
        this = _c.provider_slug == provider
        with writing(self._engine, provider) as connection:
            older = connection.execute(select(_c.made_at, _c.shape).where(this)).one_or_none()
            if older is None:
                connection.execute(provider_states.insert().values(provider_slug=provider, **row))
            elif older.shape != self._shape or older.made_at < told.made_at:
                connection.execute(provider_states.update().where(this).values(row))
