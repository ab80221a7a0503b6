"""What is held of a reference: which version, since when, and what went wrong."""

from datetime import datetime

from msgspec import Struct


class ReferenceState(Struct, frozen=True):
    """What is held of one reference.

    `listings` counts its entries. `since` is when this version began to be held. `fetched_at` is when its
    document was last received, for one that is fetched. `problem` says why it is not loaded, or could not be
    fetched anew.
    """

    name: str
    url: str | None = None
    version: str | None = None
    listings: int = 0
    fetched_at: datetime | None = None
    tried_at: datetime | None = None
    problem: str | None = None
    since: datetime | None = None
