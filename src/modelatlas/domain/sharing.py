"""What replicas tell one another, and how it stands with the cache that they share."""

from collections.abc import Mapping
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


class Told(Struct, frozen=True):
    """A state of a provider as it is told through the store, and when it was made.

    `held` are the bytes of what is held, under their hashes; `snapshot` those of the snapshot, which is kept
    by itself and is not told again.
    """

    made_at: datetime
    pointer: bytes
    held: Mapping[str, bytes]
    snapshot: bytes | None = None
