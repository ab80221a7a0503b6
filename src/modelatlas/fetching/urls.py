"""URLs of calls: parameters added, and whether a URL that an answer names stays with the provider."""

from collections.abc import Mapping, Sequence
from urllib.parse import SplitResult, parse_qs, urlencode, urljoin, urlsplit, urlunsplit

from modelatlas.fetching.via import is_loopback


def with_params(url: str, params: Mapping[str, str | Sequence[str]]) -> str:
    """Return a URL with parameters set, each to one value or to several, in the place of those of that name.

    >>> with_params("https://api.example/models?kind=chat&page=1", {"page": "2"})
    'https://api.example/models?kind=chat&page=2'
    """
    if not params:
        return url
    parts = urlsplit(url)
    query = {**parse_qs(parts.query, keep_blank_values=True), **params}
    return urlunsplit(parts._replace(query=urlencode(query, doseq=True)))


def stays_within(url: str, declared: str) -> bool:
    """Tell whether a URL is on the very host and port of a declared one, and by https.

    Where the declared one leads by http to this machine, so may the other.
    """
    parts, place = urlsplit(url), urlsplit(declared)
    by_http = parts.scheme == place.scheme == "http" and is_loopback(place.hostname or "")
    return (parts.scheme == "https" or by_http) and _place(parts) == _place(place)


def joined(url: str, target: str) -> str:
    """Return where a target leads that the answer from a URL names; `nowhere:` if that is no URL."""
    try:
        whole = urljoin(url, target)
        _place(urlsplit(whole))
    except ValueError:  # of a host or a port
        return "nowhere:"
    return whole


def host_of(url: str) -> str:
    """Return the host of a URL as it may be shown to a person."""
    return urlsplit(url).hostname or "(no host)"


def _place(parts: SplitResult) -> tuple[str | None, int, str | None]:
    return parts.hostname, parts.port or (80 if parts.scheme == "http" else 443), parts.username
