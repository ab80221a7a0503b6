"""Which addresses may be connected to: public ones only, so that no answer of a name server leads inside.

What was checked is what is connected to: the name is looked up once, by us.
"""

import asyncio
import functools
import ipaddress
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final

import httpcore2
import httpx2

from modelatlas.fetching.outcomes import Failed

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""From a host and a port to its addresses, best first; raises `OSError` when there is none."""

Permit = Callable[[str], bool]
"""Tells whether an address may be connected to."""

_MOST_TRIED: Final = 4


def is_public(address: str) -> bool:
    """Tell whether an address is one of the public internet: not private, link-local, shared or reserved."""
    ip = ipaddress.ip_address(address)
    inner = getattr(ip, "ipv4_mapped", None) or ip
    return inner.is_global and not inner.is_multicast


def is_own(address: str) -> bool:
    """Tell whether an address is this machine."""
    return ipaddress.ip_address(address).is_loopback


def is_any(_address: str) -> bool:
    """Permit every address."""
    return True


async def look_up(host: str, port: int) -> Sequence[str]:
    """Ask the system for a host's addresses.

    A look-up cannot be cancelled, so it has a daemon thread of its own: a dead name server then holds up
    neither the reading of other providers nor the end of the program.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Sequence[str]] = loop.create_future()

    def tell(addresses: Sequence[str], error: OSError | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(addresses)
        else:
            answer.set_exception(error)

    def ask() -> None:
        addresses: Sequence[str] = ()
        failure: OSError | None = None
        try:
            addresses = [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except (OSError, UnicodeError) as error:
            failure = error if isinstance(error, OSError) else OSError(str(error))
        if not loop.is_closed():
            loop.call_soon_threadsafe(tell, addresses, failure)

    threading.Thread(target=ask, name=f"look up {host}", daemon=True).start()
    return await answer


class CheckedNetwork(httpcore2.AsyncNetworkBackend):
    """Makes connections to permitted addresses only."""

    def __init__(self, resolver: Resolver, permit: Permit) -> None:
        self._resolver = resolver
        self._permit = permit
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, **options: Any
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first permitted address of a host that answers; each gets its share of the time.

        Raises `Failed` when a host has no permitted address.
        """
        addresses = await self._addresses(host, port, timeout)
        share = None if timeout is None else timeout / len(addresses)
        for address in addresses[:-1]:
            try:
                return await self._network.connect_tcp(address, port, timeout=share, **options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return await self._network.connect_tcp(addresses[-1], port, timeout=share, **options)

    async def _addresses(self, host: str, port: int, timeout: float | None) -> Sequence[str]:
        try:
            async with asyncio.timeout(timeout):
                found = list(dict.fromkeys(await self._resolver(host, port)))
        except TimeoutError:
            raise httpcore2.ConnectTimeout(f"the name {host} was not looked up within {timeout:g} s") from None
        except OSError as error:
            raise httpcore2.ConnectError(f"the name {host} is not known ({error.strerror})") from None
        permitted = [address for address in found if self._permit(address)]
        if not permitted:
            shown = ", ".join(found[:_MOST_TRIED]) or "no address"
            raise Failed("unreachable", f"{host} leads to {shown}: such addresses are not called")
        return permitted[:_MOST_TRIED]


class CheckedTransport(httpx2.AsyncHTTPTransport):
    """The real network behind httpx2, by way of `CheckedNetwork`."""

    def __init__(self, resolver: Resolver, permit: Permit) -> None:
        context = _trust()
        super().__init__(verify=context)
        # httpx2 has no parameter for the network under its pool (2.16, 2026-11).
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=context, network_backend=CheckedNetwork(resolver, permit)
        )


@functools.cache
def _trust() -> ssl.SSLContext:
    """Return the certificates that are trusted; loading them takes 20 ms, so it is done once."""
    return httpx2.create_ssl_context()
