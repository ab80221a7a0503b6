"""Documents that are no provider's list, such as reference catalogs: fetched within the same limits."""

import asyncio

import httpx2

from modelatlas.domain.ports import Clock
from modelatlas.fetching.addresses import CheckedTransport, Resolver, is_public, look_up
from modelatlas.fetching.encodings import unpacked
from modelatlas.fetching.http import Call, Client
from modelatlas.fetching.limits import DEFAULT, Limits
from modelatlas.fetching.outcomes import Failed


class Documents:
    """Fetches documents by HTTPS, on their declared hosts and public addresses only; sends no key."""

    def __init__(
        self,
        clock: Clock,
        *,
        limits: Limits = DEFAULT,
        transport: httpx2.AsyncBaseTransport | None = None,
        resolver: Resolver = look_up,
    ) -> None:
        self._clock = clock
        self._limits = limits
        self._transport = transport
        self._resolver = resolver

    async def fetch(self, name: str, url: str) -> bytes:
        """Return what is at a URL, unpacked. Raises `CatalogError` for whatever goes wrong."""
        transport = self._transport or CheckedTransport(self._resolver, is_public)
        try:
            async with (
                asyncio.timeout(self._limits.seconds),
                Client(transport, self._clock, self._limits) as client,
            ):
                answer = await client.get(Call(slug=name, url=url, declared=url))
        except TimeoutError:
            raise Failed("timeout", f"{name} did not finish within {self._limits.seconds:g} s") from None
        encoding = answer.headers.get("content-encoding", "")
        return await asyncio.to_thread(unpacked, answer.body, encoding, self._limits.payload_bytes)
