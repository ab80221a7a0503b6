"""Values as bytes and texts in columns: snapshots, lists of ids, listings, conditions."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

import msgspec
import zstandard

from modelatlas.domain.errors import CatalogError
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import ALWAYS, Rule
from modelatlas.domain.snapshot import Snapshot

ALWAYS_TEXT: Final = "{}"
"""The condition of a rule that always holds."""

_NO_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LEVEL: Final = 3

_to_msgpack = msgspec.msgpack.Encoder(order="deterministic").encode
_snapshot_from = msgspec.msgpack.Decoder(Snapshot).decode
_ids_from = msgspec.msgpack.Decoder(list[str]).decode
_to_json = msgspec.json.Encoder(order="deterministic").encode
_listing_from = msgspec.json.Decoder(Listing).decode


class Damaged(CatalogError):
    """Bytes in the store are not what was once written."""


def snapshot_bytes(snapshot: Snapshot) -> bytes:
    """Write a snapshot without its two times, so that equal content is equal bytes."""
    timeless = msgspec.structs.replace(snapshot, fetched_at=_NO_TIME, content_since=_NO_TIME)
    return _compress(_to_msgpack(timeless))


def snapshot_from(kept: bytes, *, fetched_at: datetime, content_since: datetime) -> Snapshot:
    """Read a snapshot back; raises `Damaged`."""
    try:
        timeless = _snapshot_from(_decompress(kept))
    except msgspec.DecodeError as error:
        raise Damaged(f"not a snapshot that this version can read ({error})") from error
    return msgspec.structs.replace(timeless, fetched_at=fetched_at, content_since=content_since)


def ids_bytes(ids: Iterable[str]) -> bytes:
    """Write ids, in order."""
    return _compress(_to_msgpack(sorted(ids)))


def ids_from(kept: bytes) -> frozenset[str]:
    """Read ids back; raises `Damaged`."""
    try:
        return frozenset(_ids_from(_decompress(kept)))
    except msgspec.DecodeError as error:
        raise Damaged(f"not a list of ids ({error})") from error


def listing_text(listing: Listing) -> str:
    """Write a listing as JSON; amounts are texts, so that each keeps every digit."""
    return _to_json(listing).decode()


def listing_from(kept: str) -> Listing:
    """Read a listing back."""
    return _listing_from(kept)


def condition_text(rule: Rule) -> str:
    """Write when a rule holds, by all that it says itself: `{}`, or a JSON object of what must hold at once.

    >>> condition_text(Rule("input_token", "free"))
    '{}'
    """
    if rule.when == ALWAYS and rule.valid_from is None and rule.valid_to is None:
        return ALWAYS_TEXT
    validity = {"valid_from": rule.valid_from, "valid_to": rule.valid_to}
    said = {key: value for key, value in validity.items() if value is not None}
    return _to_json({**msgspec.to_builtins(rule.when), **said}).decode()


def hash_of(kept: bytes) -> bytes:
    """Return 16 bytes by which damage shows and equal content is known."""
    return hashlib.blake2b(kept, digest_size=16).digest()


def _compress(plain: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=_LEVEL).compress(plain)


def _decompress(kept: bytes) -> bytes:
    try:
        return zstandard.ZstdDecompressor().decompress(kept)
    except zstandard.ZstdError as error:
        raise Damaged(f"not compressed by zstd ({error})") from error
