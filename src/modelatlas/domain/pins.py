"""Pins: the bytes of one export kept under their hash, so that a build can name its prices for ever."""

import hashlib
from datetime import datetime

from msgspec import Struct


class Pin(Struct, frozen=True):
    """What is known of kept bytes: SHA-256 in hexadecimal, the format, the catalog that they were made from.

    `losses` counts what the format does not hold of that catalog, `size` is in bytes.
    """

    hash: str
    format: str
    media_type: str
    catalog: str
    made_at: datetime
    entries: int
    losses: int
    size: int


def hash_of(content: bytes) -> str:
    """Return the hash of bytes, as `sha256sum` writes it."""
    return hashlib.sha256(content).hexdigest()
