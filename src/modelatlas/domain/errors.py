"""Errors, named by who acts on them.

CatalogError
├── Unavailable     wait: timeout, 5xx, 429; the last good snapshot is served meanwhile
├── Refused         the operator: a key is missing, wrong, or not allowed to do this
├── Unreadable      the developer: the payload has not the declared shape
├── Misconfigured   the operator, at start and never later
└── BadRequest      the caller: a question that cannot be answered as asked
"""


class CatalogError(Exception):
    """Any error of ours; its text holds the value, what was expected and the next step."""


class Unavailable(CatalogError):
    """A provider does not answer now; `retry_after` are the seconds it asked for, if it did."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Refused(CatalogError):
    """A key is missing, wrong or not allowed to do this."""


class Unreadable(CatalogError):
    """A payload has not the shape that its provider's declaration says."""


class Misconfigured(CatalogError):
    """A setting cannot be obeyed; raised at start."""


class BadRequest(CatalogError):
    """A question names something that does not exist or a value that cannot be."""


class NotFound(CatalogError):
    """The thing asked for does not exist."""
