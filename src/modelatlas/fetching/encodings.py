"""Unpacking a body that came compressed: to its very end, and never into more bytes than allowed.

Several gzip members or zstd frames after each other are one body; clients that stop after the first one
lose the rest without an error (seen with httpx and httpx2, 2026-11).
"""

import zlib
from collections.abc import Callable, Iterator
from typing import Final

import zstandard

from modelatlas.domain.errors import Unreadable

ACCEPTED: Final = "gzip, deflate, zstd"
"""What is sent as Accept-Encoding."""

_MOST_LAYERS: Final = 2
_PIECE: Final = 1 << 16
_ZSTD_PIECE: Final = 1 << 8
"""zstd has no limit on what a call returns; 256 bytes become at most some 8 MB."""
_ZSTD_WINDOW: Final = 8 << 20
"""The largest window that a Content-Encoding may use (RFC 9659)."""
_OUT: Final = 1 << 20

Unpack = Callable[[bytes], Iterator[bytes]]


def unpacked(body: bytes, encoding: str, most: int) -> bytes:
    """Return the bytes that a body with a Content-Encoding stands for.

    Raises `Unreadable` for an encoding that was not asked for, for a body that is damaged or ends too
    early, and for one that becomes more than `most` bytes.
    """
    layers = [word.strip().lower() for word in encoding.split(",")]
    named = [word for word in layers if word not in {"", "identity"}]
    if len(named) > _MOST_LAYERS or not set(named) <= _UNPACK.keys():
        raise Unreadable(f"expected a body packed as {ACCEPTED}, got {encoding[:60]!r}")
    for name in reversed(named):
        body = _bounded(body, name, most)
    if len(body) > most:
        raise Unreadable(_too_large(most))
    return body


def _bounded(body: bytes, name: str, most: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in _UNPACK[name](body):
            size += len(piece)
            if size > most:
                raise Unreadable(_too_large(most))
            pieces.append(piece)
    except (zlib.error, zstandard.ZstdError) as error:
        raise Unreadable(f"expected a body packed as {name}, got a damaged one ({error})") from None
    return b"".join(pieces)


def _gunzip(body: bytes) -> Iterator[bytes]:
    return _inflate(body, zlib.MAX_WBITS | 16)


def _undeflate(body: bytes) -> Iterator[bytes]:
    """Inflate with or without the zlib header, for servers send both (RFC 9110, 8.4.1.2)."""
    headed = len(body) > 1 and body[0] & 15 == zlib.DEFLATED and int.from_bytes(body[:2], "big") % 31 == 0
    return _inflate(body, zlib.MAX_WBITS if headed else -zlib.MAX_WBITS)


def _inflate(body: bytes, wbits: int) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits)
    for start in range(0, len(body), _PIECE):
        rest = body[start : start + _PIECE]
        while rest:
            if unpacker.eof:
                rest = rest.lstrip(b"\0")  # padding may follow a member, and so may another member
                if not rest:
                    break
                unpacker = zlib.decompressobj(wbits)
            yield unpacker.decompress(rest, _OUT)
            rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    while not unpacker.eof and (piece := unpacker.decompress(b"", _OUT)):
        yield piece
    if not unpacker.eof:
        raise _cut(body)


def _unzstd(body: bytes) -> Iterator[bytes]:
    unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
    for start in range(0, len(body), _ZSTD_PIECE):
        rest = body[start : start + _ZSTD_PIECE]
        while rest:
            if unpacker.eof:
                unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
            yield unpacker.decompress(rest)
            rest = unpacker.unused_data if unpacker.eof else b""
    if not unpacker.eof:
        raise _cut(body)


def _cut(body: bytes) -> Unreadable:
    return Unreadable(f"the packed body ends too early, after {len(body)} bytes: try again later")


def _too_large(most: int) -> str:
    return f"expected a list of at most {most:,} bytes, got more: no list of models is so large"


_UNPACK: Final[dict[str, Unpack]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "zstd": _unzstd,
}
