"""One gzip member put together from parts that were compressed on their own.

Several members, or several zstd frames, one after the other are cut off by readers without a word (httpx,
aiohttp, browsers; measured 2026-11). So each part is deflated by itself up to a full flush, after which
nothing before it is referred to (https://www.zlib.net/manual.html, deflate), and what stands around is one
header and trailer. The checksum of the whole comes from those of the parts.
"""

import zlib
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Final

import zstandard
from msgspec import Struct

LEVEL: Final = 6
ZSTD_LEVEL: Final = 3

_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""A gzip header without a time, so that equal content has equal bytes (RFC 1952, section 2.3)."""
_END: Final = b"\x03\x00"
"""The last block of a stream, with nothing in it (RFC 1951, section 3.2.6)."""
_RAW: Final = -15
"""zlib's window size of 2**15 without a header or trailer."""
_POLYNOMIAL: Final = 0xEDB88320
"""Of the checksum, its bits reversed (RFC 1952, section 8)."""
_ONE: Final = 1 << 31
"""The polynomial 1, its bits reversed."""


class Block(Struct, frozen=True, gc=False):
    """Bytes that were deflated on their own and may stand anywhere in a member.

    `shift` is what moves the checksum of all that stands before over `size` bytes.
    """

    deflated: bytes
    size: int
    checksum: int
    shift: int


def block(pieces: Iterable[bytes]) -> Block:
    """Deflate some bytes, given in pieces, on their own."""
    writer = zlib.compressobj(LEVEL, zlib.DEFLATED, _RAW)
    written: list[bytes] = []
    size = checksum = 0
    for piece in pieces:
        written.append(writer.compress(piece))
        size += len(piece)
        checksum = zlib.crc32(piece, checksum)
    written.append(writer.flush(zlib.Z_FULL_FLUSH))
    return Block(b"".join(written), size, checksum, _shift(size))


def member(blocks: Iterable[Block]) -> bytes:
    """Put blocks together as one gzip member."""
    size = checksum = 0
    parts = [_HEADER]
    for each in blocks:
        parts.append(each.deflated)
        size += each.size
        checksum = _product(each.shift, checksum) ^ each.checksum
    parts += [_END, checksum.to_bytes(4, "little"), (size & 0xFFFFFFFF).to_bytes(4, "little")]
    return b"".join(parts)


def zstd_frame(pieces: Iterable[bytes], size: int) -> bytes:
    """Compress bytes of that size in all, given in pieces, as one zstd frame that says its size."""
    writer = zstandard.ZstdCompressor(level=ZSTD_LEVEL).compressobj(size=size)
    written = [writer.compress(piece) for piece in pieces]
    return b"".join([*written, writer.flush()])


def _product(one: int, other: int) -> int:
    """Multiply two polynomials modulo that of the checksum, bits reversed."""
    product = 0
    while one:
        if one & _ONE:
            product ^= other
        one = (one << 1) & 0xFFFFFFFF
        other = (other >> 1) ^ (_POLYNOMIAL if other & 1 else 0)
    return product


def _powers() -> Iterator[int]:
    """Go through x^8, x^16, x^32 ...: what moves a checksum over 1, 2, 4 ... bytes."""
    yield from accumulate(range(40), lambda power, _: _product(power, power), initial=_ONE >> 8)


_MOVES: Final = tuple(_powers())


def _shift(size: int) -> int:
    """Return what moves a checksum over so many bytes."""
    shift = _ONE
    for bit in range(size.bit_length()):
        if size >> bit & 1:
            shift = _product(_MOVES[bit], shift)
    return shift
