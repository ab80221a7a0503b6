"""Requests that read /models: what they want, and those that need not be parsed since they were before.

A client writes the same headers each time, byte for byte. What they say was read once by the server's parser,
and holds for every request line that is followed by the same bytes.
"""

import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

PATH: Final = "/models"
READS: Final = frozenset({"GET", "HEAD"})
MOST_KNOWN: Final = 500
LONGEST: Final = 2_000
"""Bytes of headers that are remembered."""

_LINE: Final = re.compile(rb"(GET|HEAD) /models(?:\?([!\"$-~]*))? HTTP/1\.1\r\n")
"""A request line that every parser reads alike: visible ASCII, and no fragment (RFC 9112, section 3)."""
_END: Final = b"\r\n\r\n"


class Wanted(Struct, frozen=True):
    """What the headers of a read say of its answer; repeated ones are joined with commas."""

    accept_encoding: bytes | None = None
    if_none_match: str | None = None


def wanted_by(headers: Iterable[tuple[bytes, bytes]]) -> Wanted | None:
    """Read headers, their names in lower case; None where somebody shows a key, who may see more."""
    accept = if_none_match = None
    for name, value in headers:
        if name == b"accept-encoding":
            accept = value if accept is None else accept + b"," + value
        elif name == b"if-none-match":
            if_none_match = value if if_none_match is None else if_none_match + b"," + value
        elif name == b"authorization":
            return None
    return Wanted(accept, None if if_none_match is None else if_none_match.decode("latin-1"))


Read = tuple[bytes, bytes, Wanted]
"""The method, the query string, and what is wanted."""


class KnownReads:
    """The headers of reads that were answered before."""

    def __init__(self) -> None:
        self._wanted: dict[bytes, Wanted] = {}

    def __len__(self) -> int:
        return len(self._wanted)

    def of(self, data: bytes) -> Read | None:
        """Return what bytes ask for that begin a request: a whole one, whose headers are known."""
        line = _LINE.match(data)
        if line is None:
            return None
        wanted = self._wanted.get(data[line.end() :])
        return None if wanted is None else (line[1], line[2] or b"", wanted)

    def learn(self, data: bytes, wanted: Wanted) -> None:
        """Remember the headers of bytes that were one whole request without a body, and were answered here.

        Those whose connection is to be closed, and those of another version of HTTP, must not be given.
        """
        line = _LINE.match(data)
        if line is None or len(data) - line.end() > LONGEST or data.find(_END) != len(data) - len(_END):
            return
        if len(self._wanted) >= MOST_KNOWN:
            self._wanted.clear()
        self._wanted[data[line.end() :]] = wanted
