"""URLs of calls: parameters added, and whether a URL that an answer names stays with the provider."""

from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit


def with_params(url: str, params: Mapping[str, str]) -> str:
    """Return a URL with parameters set, in the place of those of the same name.

    >>> with_params("https://api.example/models?kind=chat&page=1", {"page": "2"})
    'https://api.example/models?kind=chat&page=2'
    """
    if not params:
        return url
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query, keep_blank_values=True)), **params}
    return urlunsplit(parts._replace(query=urlencode(query)))


def stays_within(url: str, declared: str) -> bool:
    """Tell whether a URL is one by https on the very host and port of a declared one."""
    parts = urlsplit(url)
    try:
        return parts.scheme == "https" and _place(parts) == _place(urlsplit(declared))
    except ValueError:  # a port that is no number
        return False


def host_of(url: str) -> str:
    """Return the host of a URL as it may be shown to a person."""
    return urlsplit(url).hostname or "(no host)"


def _place(parts: SplitResult) -> tuple[str | None, int, str | None]:
    return parts.hostname, parts.port or 443, parts.username
