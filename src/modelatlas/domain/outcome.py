"""What came of a fetch: a new snapshot, or why the last good one stays."""

from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from modelatlas.domain.snapshot import Snapshot

Kind = Literal[
    "ok",
    "unchanged",
    "not_configured",
    "unauthorised",
    "rate_limited",
    "timeout",
    "unreachable",
    "bad_status",
    "unreadable",
    "suspicious_shrink",
    "retired",
]

KINDS: Final[dict[str, str]] = {
    "ok": "a new snapshot was read and published",
    "unchanged": "the provider said the same as before",
    "not_configured": "a key is needed and not set; nothing was fetched",
    "unauthorised": "the provider refused the key",
    "rate_limited": "the provider asked to come back later",
    "timeout": "the provider did not finish its answer in time",
    "unreachable": "no connection to the provider could be made",
    "bad_status": "the provider answered with an error",
    "unreadable": "the answer has not the declared shape",
    "suspicious_shrink": "far fewer listings than before; held until seen again or released by an operator",
    "retired": "the provider is gone or never had a list; it is not fetched",
}
"""Kind -> what it means to a person."""

GOOD: Final = frozenset({"ok", "unchanged"})
"""Only these move the clock; every other outcome keeps the last good snapshot."""


class Outcome(Struct, frozen=True):
    """What came of one fetch of one provider.

    `detail` says to a person what was met and what to do. `listings` is the count read when the kind is
    `ok`. `retry_after` are the seconds that the provider asked to wait.
    """

    provider: str
    kind: Kind
    at: datetime
    detail: str = ""
    listings: int | None = None
    retry_after: float | None = None
    seconds: float | None = None

    @property
    def good(self) -> bool:
        """Tell whether the provider was heard."""
        return self.kind in GOOD


class Fetched(Struct, frozen=True):
    """What a fetch brought: always an outcome; a snapshot exactly when the outcome is `ok`.

    `payload` is what the provider sent, page after page, as one zstd-compressed JSON array. `late` is the
    outcome of a list of prices that is not in the snapshot: prices it may have are missing there.
    """

    outcome: Outcome
    snapshot: Snapshot | None = None
    payload: bytes = b""
    late: Outcome | None = None
