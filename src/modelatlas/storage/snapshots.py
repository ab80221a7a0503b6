"""The last good snapshot of every provider, with the payload it was read from."""

import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Engine, Row, select

from modelatlas.domain.codec import Damaged, hash_of, snapshot_bytes, snapshot_from
from modelatlas.domain.snapshot import Snapshot
from modelatlas.storage.engine import reading, writing
from modelatlas.storage.tables import provider_snapshots

_log: Final = logging.getLogger(__name__)
_kept: Final = provider_snapshots.c


class SqlSnapshots:
    """A `domain.ports.SnapshotStore` in SQL.

    `unreadable` says of the last `load` which providers' snapshots could not be read, and why.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.unreadable: Mapping[str, str] = MappingProxyType({})

    def load(self) -> list[Snapshot]:
        """Return the last good snapshot of every provider, in the order of their slugs.

        One that is damaged, or of a shape that this version cannot read, is left out and named in
        `unreadable` and in the log; it harms no other (F23).
        """
        columns = [column for column in _kept if column.name != "payload"]
        with reading(self._engine) as connection:
            rows = connection.execute(select(*columns)).all()
        snapshots: list[Snapshot] = []
        unreadable: dict[str, str] = {}
        for row in sorted(rows, key=lambda row: row.provider_slug):  # databases differ in how they sort texts
            try:
                snapshots.append(_snapshot(row))
            except Damaged as damaged:
                unreadable[row.provider_slug] = str(damaged)
                _log.warning("the kept snapshot of %s is left out: %s", row.provider_slug, damaged)
        self.unreadable = MappingProxyType(unreadable)
        return snapshots

    def save(self, snapshot: Snapshot, payload: bytes) -> None:
        """Keep a snapshot and its payload in the place of the older ones, at once or not at all.

        Where the content is the same, only its times are written, and the older payload stays (F42).
        """
        written = snapshot_bytes(snapshot)
        this = _kept.provider_slug == snapshot.provider
        times = {"fetched_at": snapshot.fetched_at, "content_since": snapshot.content_since}
        content = {
            "digest": snapshot.digest,
            "reading": snapshot.reading,
            "listings": len(snapshot.listings),
            "snapshot_hash": hash_of(written),
            "snapshot": written,
        }
        proof = [_kept[name] for name in content]
        with writing(self._engine, snapshot.provider) as connection:
            older = connection.execute(select(*proof).where(this)).one_or_none()
            if older is None:
                row = {"provider_slug": snapshot.provider, **times, **content, "payload": payload}
                connection.execute(provider_snapshots.insert().values(row))
            else:
                same = tuple(older) == tuple(content.values())
                changed = times if same else {**times, **content, "payload": payload}
                connection.execute(provider_snapshots.update().where(this).values(changed))

    def payload(self, provider: str) -> bytes | None:
        """Return what the kept snapshot of a provider was read from, zstd-compressed, or None without one."""
        with reading(self._engine) as connection:
            return connection.scalar(select(_kept.payload).where(_kept.provider_slug == provider))


def _snapshot(row: Row[*tuple[Any, ...]]) -> Snapshot:
    if hash_of(row.snapshot) != row.snapshot_hash:
        raise Damaged(f"{len(row.snapshot)} bytes are not those that were written: fetch the provider again")
    snapshot = snapshot_from(row.snapshot, fetched_at=row.fetched_at, content_since=row.content_since)
    if len(snapshot.listings) != row.listings:  # F25
        raise Damaged(f"read {len(snapshot.listings)} of {row.listings} listings: fetch the provider again")
    return snapshot
