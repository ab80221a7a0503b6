"""How much a provider may take of us: time, bytes, pages, depth."""

from typing import Final

from msgspec import Struct


class Limits(Struct, frozen=True, kw_only=True):
    """What one fetch of one provider may take, all of its lists and pages together.

    `seconds` bounds the asking for all lists of models, waits and retries included, and then as much again
    the asking for all lists of prices; `connect_seconds` the making of a connection, with the look-up of its
    address; `silence_seconds` the time between two pieces of an answer; `patience_seconds` a wait that a
    provider asks for between two calls. Bytes are
    counted on the wire and, once unpacked, as payload. `redirects` and `retries` hold for every call,
    `pages` for every list, `depth` for the nesting of a payload's JSON.
    """

    seconds: float = 60.0
    connect_seconds: float = 10.0
    silence_seconds: float = 20.0
    patience_seconds: float = 15.0
    wire_bytes: int = 64 << 20
    payload_bytes: int = 256 << 20
    redirects: int = 3
    retries: int = 2
    pages: int = 1_000
    depth: int = 64


DEFAULT: Final = Limits()
"""The largest list known has 50 MB unpacked (2026-04); no page of a list takes ten seconds."""
