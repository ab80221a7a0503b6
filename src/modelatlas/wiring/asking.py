"""Ask one provider once, storing nothing."""

import httpx2

from modelatlas.clock import SystemClock
from modelatlas.domain.outcome import Outcome
from modelatlas.fetching.fetch import HttpFetcher
from modelatlas.fetching.packing import unpacked
from modelatlas.providers.contract import Provider
from modelatlas.settings import Settings


async def pages_of(
    settings: Settings,
    provider: Provider,
    *,
    transport: httpx2.AsyncBaseTransport | None = None,
    allow_remote_via: bool = False,
) -> tuple[Outcome, list[bytes]]:
    """Ask one provider once; return what came of it and the pages it sent, without storing anything."""
    fetcher = HttpFetcher(
        {provider.slug: provider},
        settings.keys,
        SystemClock(),
        via=settings.via,
        allow_remote_via=allow_remote_via,
        transport=transport,
    )
    fetched = await fetcher.fetch(provider.slug)
    return fetched.outcome, unpacked(fetched.payload)
