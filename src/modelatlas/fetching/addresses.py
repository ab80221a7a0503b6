"""Which addresses may be connected to: public ones only, so that no answer of a name server leads inside.

What was checked is what is connected to: the name is looked up once, by us.
"""

import asyncio
import contextlib
import errno
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

SocketOptions = (
    Iterable[tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]] | None
)

_PRIVATE: Final = tuple(
    map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
)
"""RFC 1918 and RFC 4193."""
_CREDENTIALS: Final = ipaddress.ip_network("fd00:ec2::/32")
"""Private, and where AWS answers with credentials (2026-11)."""
_MOST_TRIED: Final = 4
"""Addresses of one host that are tried before it counts as unreachable."""


def is_public(address: str) -> bool:
    """Tell whether an address is one of the public internet: not private, link-local, shared or reserved."""
    ip = ipaddress.ip_address(address)
    inner = getattr(ip, "ipv4_mapped", None) or ip
    return inner.is_global and not inner.is_multicast


def is_own(address: str) -> bool:
    """Tell whether an address is this machine."""
    return ipaddress.ip_address(address).is_loopback


def is_operators(address: str) -> bool:
    """Tell whether an address may be that of a server which the operator named: public, private or own.

    Link-local ones are not, for there clouds answer with credentials.
    """
    ip = ipaddress.ip_address(address)
    inner = getattr(ip, "ipv4_mapped", None) or ip
    private = any(inner in network for network in _PRIVATE) and inner not in _CREDENTIALS
    return is_public(address) or inner.is_loopback or private


def permit(via: str | None, *, allow_remote: bool) -> Permit:
    """Return which addresses may be called: public ones, or with a simulator only this machine."""
    if via is None:
        return is_public
    return (lambda _address: True) if allow_remote else is_own


async def look_up(host: str, port: int) -> Sequence[str]:
    """Ask the system for a host's addresses.

    A look-up cannot be cancelled, so it has a daemon thread of its own: a dead name server then holds up
    neither the reading of other providers nor the end of the program.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Sequence[str]] = loop.create_future()

    def tell(found: Sequence[str] | OSError) -> None:
        if answer.done():
            return
        if isinstance(found, OSError):
            answer.set_exception(found)
        else:
            answer.set_result(found)

    def ask() -> None:
        found = _asked(host, port)
        with contextlib.suppress(RuntimeError):  # nobody waits any more: the loop is closed
            loop.call_soon_threadsafe(tell, found)

    threading.Thread(target=ask, name=f"look up {host}", daemon=True).start()
    return await answer


def _asked(host: str, port: int) -> Sequence[str] | OSError:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        return error
    except UnicodeError:
        return OSError(errno.EINVAL, "no name of a host")
    return [str(address[0]) for *_, address in found]


class CheckedNetwork(httpcore2.AsyncNetworkBackend):
    """Makes connections to permitted addresses only."""

    def __init__(self, resolver: Resolver, permit: Permit) -> None:
        self._resolver = resolver
        self._permit = permit
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore2's
        local_address: str | None = None,
        socket_options: SocketOptions = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first permitted address of a host that answers; each gets its share of the time.

        Raises `Failed` when a host has no permitted address.
        """
        addresses = await self._addresses(host, port, timeout)
        share = None if timeout is None else timeout / len(addresses)
        options: dict[str, Any] = {"local_address": local_address, "socket_options": socket_options}
        for address in addresses[:-1]:
            with contextlib.suppress(httpcore2.ConnectError, httpcore2.ConnectTimeout):
                return await self._network.connect_tcp(address, port, share, **options)
        return await self._network.connect_tcp(addresses[-1], port, share, **options)

    async def _addresses(self, host: str, port: int, seconds: float | None) -> Sequence[str]:
        try:
            async with asyncio.timeout(seconds):
                found = list(dict.fromkeys(await self._resolver(host, port)))
        except TimeoutError:
            raise httpcore2.ConnectTimeout(f"its name was not looked up within {seconds} s") from None
        except OSError as error:
            raise httpcore2.ConnectError(f"its name is not known ({error.strerror or error})") from None
        permitted = [address for address in found if self._permit(address)]
        if not permitted:
            shown = ", ".join(found[:_MOST_TRIED]) or "no address"
            raise Failed("unreachable", f"{host} leads to {shown}: such an address is not called")
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
