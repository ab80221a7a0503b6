"""Snapshots as bytes, equal where the content is: alike in the store and in the shared cache."""

import hashlib
from datetime import UTC, datetime
from typing import Final

import msgspec
import zstandard

from modelatlas.domain.alike import Alike
from modelatlas.domain.errors import CatalogError
from modelatlas.domain.fitted import fitted
from modelatlas.domain.snapshot import Snapshot

_NO_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LEVEL: Final = 3

to_msgpack = msgspec.msgpack.Encoder(order="deterministic").encode
"""Write a value so that equal values are equal bytes."""
_snapshot_from = msgspec.msgpack.Decoder(Snapshot).decode


class Damaged(CatalogError):
    """Bytes that were kept are not what was once written."""


def snapshot_bytes(snapshot: Snapshot) -> bytes:
    """Write a snapshot without its two times, so that equal content is equal bytes."""
    timeless = msgspec.structs.replace(snapshot, fetched_at=_NO_TIME, content_since=_NO_TIME)
    return compressed(to_msgpack(timeless))


def snapshot_from(kept: bytes, *, fetched_at: datetime, content_since: datetime) -> Snapshot:
    """Read a snapshot back; raises `Damaged`."""
    try:
        timeless = _snapshot_from(decompressed(kept))
    except msgspec.DecodeError as error:
        raise Damaged(f"not a snapshot that this version can read ({error})") from error
    listings = Alike().listings(timeless.listings)
    return msgspec.structs.replace(
        timeless, listings=listings, fetched_at=fetched_at, content_since=content_since
    )


def hash_of(kept: bytes) -> bytes:
    """Return 16 bytes by which damage shows and equal content is known."""
    return hashlib.blake2b(kept, digest_size=16).digest()


def compressed(plain: bytes) -> bytes:
    """Compress by zstd."""
    return fitted(zstandard.ZstdCompressor(level=_LEVEL).compress(plain))


def decompressed(kept: bytes) -> bytes:
    """Undo `compressed`; raises `Damaged`."""
    try:
        return zstandard.ZstdDecompressor().decompress(kept)
    except zstandard.ZstdError as error:
        raise Damaged(f"not compressed by zstd ({error})") from error
