"""Sending every provider call to a simulator instead."""

import ipaddress
from urllib.parse import urlsplit

from modelatlas.domain.errors import Misconfigured


def through(via: str | None, url: str) -> str:
    """Return where a call of `https://HOST/PATH?QUERY` goes: to `VIA/HOST/PATH?QUERY`; unchanged without via.

    >>> through("http://127.0.0.1:9000", "https://api.example/v1/models?limit=5")
    'http://127.0.0.1:9000/api.example/v1/models?limit=5'
    """
    return url if via is None else f"{via}/{url.partition('://')[2]}"


def checked(via: str | None, *, allow_remote: bool) -> str | None:
    """Return the simulator's URL without its last slash.

    Raises `Misconfigured` for what is no plain http(s) URL, and for another machine's unless that is allowed.
    """
    if via is None:
        return None
    parts = urlsplit(via)
    plain = parts.scheme in {"http", "https"} and parts.hostname and not (parts.query or parts.fragment)
    if not plain or parts.username is not None:
        raise Misconfigured(f"via={via!r}: expected the URL of a simulator, such as http://127.0.0.1:9000")
    if not allow_remote and not is_loopback(parts.hostname or ""):
        raise Misconfigured(
            f"via={via!r}: expected a simulator on this machine (127.0.0.1, ::1, localhost); "
            "for one elsewhere add --allow-remote-via"
        )
    return via.rstrip("/")


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine by its name or address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
