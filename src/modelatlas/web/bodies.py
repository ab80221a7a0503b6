"""Bodies of requests, received within a limit."""

from typing import Final

from starlette.requests import Request

from modelatlas.domain.errors import CatalogError

LARGEST: Final = 4 << 20
"""Bytes of a body; 10,000 usages have about 2 MB."""


class TooLarge(CatalogError):
    """A body is larger than any that a route takes: 413."""


async def body_of(request: Request) -> bytes:
    """Receive a whole body. Raises `TooLarge` as soon as it is longer than `LARGEST`."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise TooLarge(f"the body is larger than {LARGEST:,} bytes: send it in several parts")
    return bytes(body)
