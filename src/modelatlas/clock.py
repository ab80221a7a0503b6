"""The only reader of the time."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock; see `domain.ports.Clock`."""

    def now(self) -> datetime:
        """Return this instant, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()
