"""From what was received to what is handed on: a page and the next one, a snapshot and its payload.

All of this is work for a processor and belongs into a thread.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
import zstandard
from msgspec import Struct
from msgspec.structs import replace

from modelatlas.domain.snapshot import Snapshot
from modelatlas.fetching.bodies import payload_of
from modelatlas.fetching.http import Answer
from modelatlas.fetching.limits import Limits
from modelatlas.fetching.pages import PageState, following
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.contract import ModelList, OnePage, Provider
from modelatlas.providers.payload import decode

Pages = Mapping[str, Sequence[bytes]]
"""List name -> its pages, unpacked."""

_LEVEL: Final = 3


class Said(Struct, frozen=True):
    """What a provider said last, kept so that the same words are not read twice.

    `validators` are the headers that make the next call conditional; empty where it cannot be. `gone` names
    the lists of which the provider says that they are not there.
    """

    fingerprint: bytes
    snapshot: Snapshot
    payload: bytes
    validators: Mapping[str, str] = {}
    gone: tuple[str, ...] = ()


def turn(
    declared: ModelList, state: PageState, answer: Answer, limits: Limits, most: int
) -> tuple[bytes, PageState | None]:
    """Return the payload of a page, of at most `most` bytes, and the page after it. Raises `Unreadable`."""
    payload = payload_of(answer.body, answer.headers, most=most, depth=limits.depth)
    if isinstance(declared.paging, OnePage):
        return payload, None
    return payload, following(declared, state, decode(payload), answer.headers, limits.pages)


def said(
    provider: Provider, pages: Pages, at: datetime, last: Said | None, validators: Mapping[str, str]
) -> Said:
    """Read a provider's pages, unless it says the same as last time. Raises `Unreadable`."""
    fingerprint = _fingerprint(pages)
    if last is not None and last.fingerprint == fingerprint:
        return replace(heard_again(last, at), validators=validators)
    return Said(fingerprint, read_snapshot(provider, pages, at), packed(pages), validators)


def heard_again(last: Said, at: datetime) -> Said:
    """Return what was said last as said at a later instant."""
    return replace(last, snapshot=replace(last.snapshot, fetched_at=at, content_since=at))


def packed(pages: Pages) -> bytes:
    """Return all pages, list after list, as one zstd-compressed JSON array."""
    array = b"[" + b",".join(page for each in pages.values() for page in each) + b"]"
    return zstandard.ZstdCompressor(level=_LEVEL).compress(array)


def unpacked(payload: bytes) -> list[bytes]:
    """Return the pages that `packed` made a payload of."""
    if not payload:
        return []
    array = zstandard.ZstdDecompressor().decompress(payload)
    return [bytes(page) for page in msgspec.json.decode(array, type=list[msgspec.Raw])]


def _fingerprint(pages: Pages) -> bytes:
    whole = hashlib.blake2b(digest_size=16)
    for name, each in pages.items():
        for page in each:
            whole.update(f"{name} {len(page)} ".encode())
            whole.update(page)
    return whole.digest()
