"""Who may write: a pure decision from a policy and what a request shows of its sender (F52).

Keys come in the Authorization header only. A loopback address alone opens nothing: a reverse proxy on
the same machine looks just like a person on it.
"""

import hmac
import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import Struct

from modelatlas.domain.errors import Refused

LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
FORWARDING: Final = frozenset({b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"})
"""Headers that a reverse proxy sets: whoever sends one is not a person on this machine."""


class KeyMissing(Refused):
    """No key was shown, or one that is not ours: 401."""


class Policy(Struct, frozen=True):
    """What writing needs: one of `keys`.

    With `keyless_demo` a person on this machine needs none. With `shut` nobody can write: the program can
    be reached from elsewhere and no key was configured.
    """

    keys: tuple[str, ...]
    keyless_demo: bool = False
    shut: bool = False


class Caller(Struct, frozen=True):
    """What a request shows of its sender; `port` is the port that it came in by."""

    authorization: str | None = None
    peer: str | None = None
    host: str | None = None
    origin: str | None = None
    port: int | None = None
    forwarded: bool = False


def admit(policy: Policy, caller: Caller) -> None:
    """Let a writer through. Raises `Refused` (403) if nobody may, `KeyMissing` (401) without a right key."""
    if policy.shut:
        raise Refused(
            "writing is shut: this service can be reached from elsewhere and no key is configured; "
            "set ADMIN_API_KEY and start it again (docs/operating.md)"
        )
    if caller.authorization is None:
        if policy.keyless_demo and is_at_this_machine(caller):
            return
        raise KeyMissing("a key is needed: `Authorization: Bearer KEY` (docs/operating.md says where it is)")
    if not holds_key(policy, caller.authorization):
        raise KeyMissing("the key is not one of this service; expected `Authorization: Bearer KEY`")


def holds_key(policy: Policy, authorization: str | None) -> bool:
    """Tell whether a header holds one of the keys; every key is compared, each in constant time."""
    scheme, _, key = (authorization or "").partition(" ")
    if policy.shut or scheme.lower() != "bearer" or not key.strip():
        return False
    given = key.strip().encode()
    return sum(hmac.compare_digest(given, known.encode()) for known in policy.keys) > 0


def is_at_this_machine(caller: Caller) -> bool:
    """Tell whether a caller sits at this machine: loopback, a Host that is ours, no page of another site."""
    if caller.forwarded or not _is_loopback(caller.peer) or caller.host is None:
        return False
    named = _parts(f"//{caller.host}")
    if named is None or named[0] not in LOOPBACK_NAMES or (named[1] or 80) != caller.port:
        return False
    return caller.origin is None or _parts(caller.origin) == named


def caller_of(scope: Mapping[str, Any]) -> Caller:
    """Read from an ASGI scope who is asking."""
    headers: Sequence[tuple[bytes, bytes]] = scope["headers"]
    client, server = scope.get("client"), scope.get("server")
    return Caller(
        authorization=header(headers, b"authorization"),
        peer=None if client is None else client[0],
        host=header(headers, b"host"),
        origin=header(headers, b"origin"),
        port=None if server is None else server[1],
        forwarded=any(name in FORWARDING for name, _ in headers),
    )


def header(headers: Sequence[tuple[bytes, bytes]], wanted: bytes) -> str | None:
    """Return the value of a header, with commas between several of one name; None when it is not there."""
    found = [value.decode("latin-1") for name, value in headers if name == wanted]
    return ", ".join(found) if found else None


def _is_loopback(peer: str | None) -> bool:
    try:
        address = ipaddress.ip_address(peer or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _parts(url: str) -> tuple[str | None, int | None] | None:
    """Return host name and port of an origin or a Host, None for what is neither."""
    try:
        parts = urlsplit(url)
        named = parts.hostname, parts.port
    except ValueError:
        return None
    plain = parts.scheme in {"", "http"} and not parts.username and parts.path in {"", "/"}
    return named if plain else None
