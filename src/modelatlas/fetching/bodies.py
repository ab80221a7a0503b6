"""From a body as received to a payload that may be decoded: unpacked, no HTML, not nested too deeply."""

import re
from collections.abc import Mapping
from typing import Final

from modelatlas.domain.errors import Unreadable
from modelatlas.fetching.encodings import unpacked
from modelatlas.providers.contract import JSON
from modelatlas.providers.payload import payload_of_text

_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_ONE_KIND: Final = bytes.maketrans(b"{}", b"[]")
_STRING: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SHOWN: Final = 60


def payload_of(body: bytes, headers: Mapping[str, str], *, most: int, depth: int, media: str = JSON) -> bytes:
    """Return the payload that a body stands for, of at most `most` bytes. Raises `Unreadable`."""
    payload = unpacked(body, headers.get("content-encoding", ""), most)
    if payload.lstrip()[:1] == b"<":
        start = payload.lstrip()[:_SHOWN].decode("utf-8", "replace")
        expected = "JSON" if media == JSON else "a text"
        raise Unreadable(f"expected {expected}, got a page of HTML or XML ({start!r} ...): try again later")
    if media != JSON:
        return payload_of_text(payload)
    if is_deeper(payload, depth):
        raise Unreadable(f"expected JSON of at most {depth} levels, got more: no list of models is so deep")
    return payload


def is_deeper(payload: bytes, depth: int) -> bool:
    """Tell whether JSON is nested more than `depth` levels, at a fifth of what decoding it takes.

    Only brackets are looked at: a level is gone when the innermost pairs are taken out. Brackets in texts
    can make this look deeper than it is, so then texts are left out and it is looked at again. Texts made
    to close brackets can hide depth here; from those the decoder's own limit saves us.
    """
    return _levels_left(payload, depth) and _levels_left(_STRING.sub(b"", payload), depth)


def _levels_left(payload: bytes, depth: int) -> bool:
    brackets = payload.translate(_ONE_KIND, delete=_NO_BRACKETS)
    for _ in range(depth):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"")
    return b"[]" in brackets or brackets.count(b"[") > depth
