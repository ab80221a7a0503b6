"""How it stands with the cache that replicas share."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

SharingKind = Literal["off", "connected", "away"]


class Sharing(Struct, frozen=True):
    """Whether snapshots are shared with other replicas: `off` without REDIS_URL, `away` while Redis is.

    `since` is when it came to be so. `detail` is what was met, without addresses or keys.
    """

    state: SharingKind
    since: datetime | None = None
    detail: str = ""
