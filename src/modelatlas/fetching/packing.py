"""The pages of a provider's lists as the one payload that a store keeps, and back."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import zstandard

from modelatlas.domain.fitted import fitted

Pages = Mapping[str, Sequence[bytes]]
"""List name -> its pages, unpacked."""

_LEVEL: Final = 3


def packed(pages: Pages) -> bytes:
    """Return all pages, list after list, as one zstd-compressed JSON array."""
    array = b"[" + b",".join(page for each in pages.values() for page in each) + b"]"
    return fitted(zstandard.ZstdCompressor(level=_LEVEL).compress(array))


def unpacked(payload: bytes) -> list[bytes]:
    """Return the pages that `packed` made a payload of."""
    if not payload:
        return []
    array = zstandard.ZstdDecompressor().decompress(payload)
    return [bytes(page) for page in msgspec.json.decode(array, type=list[msgspec.Raw])]
