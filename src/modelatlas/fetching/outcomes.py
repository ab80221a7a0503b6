"""From what a provider did instead of answering to the outcome that a person reads: pure decisions."""

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx2

from modelatlas.domain.errors import CatalogError, Unreadable
from modelatlas.domain.outcome import Kind, Outcome

_TRANSIENT: Final = frozenset({502, 503, 504})
_ABSENT: Final = frozenset({404, 410})
_BLAMED: Final = frozenset({400, 403})
_UNAUTHORISED: Final = frozenset({401, 403})
_RATE_LIMITED: Final = 429
_SHORTEST: Final = 0.2
"""Seconds between two tries at least."""
_CALLER: Final = 4
"""The first digit of the statuses by which a server blames the call."""
_LONGEST: Final = 400
"""Characters of a detail."""


class Failed(CatalogError):
    """A call that brought nothing, as the outcome it makes.

    `transient` tells whether the same call may do better within a second. `status` is the answer's, where
    there was one that does not refuse the key by its body.
    """

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        retry_after: float | None = None,
        transient: bool = False,
        status: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.retry_after = retry_after
        self.transient = transient
        self.status = status

    def denies(self, *, inferred: bool) -> bool:
        """Tell whether the provider says that there is no such list; `inferred` if it was never seen."""
        return self.status in _ABSENT or (inferred and self.status in _BLAMED)


def wait_of(error: Exception, patience: float) -> bool | float:
    """Tell whether a call is worth repeating: at once, or after as many seconds as the provider asks for.

    A longer wait than `patience` is not waited for.
    """
    if not isinstance(error, Failed):
        return False
    if error.retry_after is None or error.kind == "unauthorised":
        return error.transient
    is_wait = error.kind == "rate_limited" or error.status in _TRANSIENT
    return max(error.retry_after, _SHORTEST) if is_wait and error.retry_after <= patience else False


def is_refusal(status: int, body: bytes, word: str) -> bool:
    """Tell whether an answer that blames the call (400 to 499) refuses the key, by its declared word."""
    return status // 100 == _CALLER and word.encode() in body


def of_status(
    slug: str, status: int, headers: Mapping[str, str], now: datetime, *, hint: str, refused: bool = False
) -> Failed:
    """Return what a status that is neither 200 nor an awaited 304 means; `hint` is for a refused key.

    `refused` tells that the answer's body refuses the key, whatever the status.
    """
    wished = retry_after(headers.get("retry-after"), now)
    if refused or status in _UNAUTHORISED:
        told = None if refused else status
        return Failed("unauthorised", f"{slug} answered {status}: {hint}", status=told)
    if status == _RATE_LIMITED:
        when = "later" if wished is None else f"in {wished:.0f} s or later"
        return Failed("rate_limited", f"{slug} answered 429: it is asked again {when}", retry_after=wished)
    transient = status in _TRANSIENT and wished is None
    detail = f"{slug} answered {status}, expected 200: it is asked again later"
    return Failed("bad_status", detail, retry_after=wished, transient=transient, status=status)


def of_error(host: str, error: httpx2.TransportError, secrets: Iterable[str] = ()) -> Failed:
    """Return what an error of the connection, before there was an answer, means."""
    told = redacted(str(error) or type(error).__name__, secrets)
    if isinstance(error, httpx2.ConnectTimeout | httpx2.ConnectError):
        transient = isinstance(error, httpx2.ConnectTimeout)
        return Failed("unreachable", f"no connection to {host}: {told}", transient=transient)
    if isinstance(error, httpx2.TimeoutException):
        return Failed("timeout", f"{host} was silent for too long: it is asked again later", transient=True)
    transient = isinstance(error, httpx2.NetworkError | httpx2.RemoteProtocolError)
    return Failed("unreachable", f"the connection to {host} broke: {told}", transient=transient)


def cut(received: int, announced: str = "") -> Failed:
    """Return what an answer means that ended before its end."""
    of = f" of {announced}" if announced.isdecimal() else ""
    return Failed("unreadable", f"the answer was cut off after {received}{of} bytes", transient=True)


def outcome_of(
    slug: str, error: CatalogError, at: datetime, seconds: float, secrets: Iterable[str] = ()
) -> Outcome:
    """Return the outcome that an error of one fetch makes."""
    detail = shown(redacted(str(error), secrets))
    if isinstance(error, Failed):
        return Outcome(slug, error.kind, at, detail, retry_after=error.retry_after, seconds=seconds)
    kind: Kind = "unreadable" if isinstance(error, Unreadable) else "unreachable"
    return Outcome(slug, kind, at, detail, seconds=seconds)


def retry_after(header: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header (RFC 9110, 10.2.3) asks for, or None if it says nothing.

    >>> retry_after("120", datetime(2026, 11, 23, tzinfo=UTC))
    120.0
    """
    text = (header or "").strip()
    if text.replace(".", "", 1).isdecimal() and text.isascii():  # fractions are sent, too (2026-10)
        seconds = float(text)
        return seconds if math.isfinite(seconds) else None
    try:
        instant = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return max(0.0, (instant - now).total_seconds())


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Return a text with every secret word taken out."""
    for secret in secrets:
        text = text.replace(secret, "(key)") if secret else text
    return text


def shown(text: str) -> str:
    """Return a text that may be printed: bounded, and without what a terminal obeys."""
    return "".join(char if char.isprintable() else " " for char in text[:_LONGEST])
