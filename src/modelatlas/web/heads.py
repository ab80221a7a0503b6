"""Headers of answers to /models: written once a second for all that are made of the same lists."""

from datetime import datetime
from typing import Final, NamedTuple

from modelatlas.web.answers import about, caching, seconds_since
from modelatlas.web.encodings import Encoding
from modelatlas.web.layers import HeaderList, around
from modelatlas.web.prepared import Body
from modelatlas.web.reads import PATH

OK: Final = 200
SAME: Final = 304
_OWN: Final = frozenset({b"etag", b"content-length"})
"""Headers that no other answer shares."""


class Second(NamedTuple):
    """What answers of one second say of the time: the server's own headers, listed and written, and when."""

    listed: HeaderList
    written: bytes
    now: datetime


def second_of(listed: HeaderList, now: datetime) -> Second:
    """Write the server's own headers."""
    return Second(listed, b"".join([b"%s: %s\r\n" % each for each in listed]), now)


class Heads:
    """The headers of answers in which the same providers were heard; all but two are those of an instant."""

    __slots__ = ("_heard", "_now", "_shared")

    def __init__(self, heard: datetime | None) -> None:
        self._heard = heard
        self._now: datetime | None = None
        self._shared: dict[tuple[int, Encoding], bytes] = {}

    def headers(self, status: int, body: Body, now: datetime) -> HeaderList:
        """Return the headers of an answer with that status, 200 or 304."""
        own = caching(body, seconds_since(self._heard, now))
        return around(PATH, [*own, *about(body)] if status == OK else own)

    def written(self, status: int, body: Body, now: datetime) -> bytes:
        """Return the same as they go over the wire, those of this answer alone first."""
        if now is not self._now:
            self._now, self._shared = now, {}
        shared = self._shared.get((status, body.encoding))
        if shared is None:
            shared = b"".join(
                [b"%s: %s\r\n" % each for each in self.headers(status, body, now) if each[0] not in _OWN]
            )
            self._shared[status, body.encoding] = shared
        tag = body.etag.encode()
        if status == SAME:
            return b"etag: %s\r\n%s" % (tag, shared)
        return b"etag: %s\r\ncontent-length: %d\r\n%s" % (tag, body.size, shared)
