"""A plan being written: what every row of it has in common."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection

from modelatlas.domain.identity.match import Match


class Posting(Struct, frozen=True):
    """The transaction, the run, the row of the provider; when its list was seen, how read and matched.

    `reread` tells that rows of this provider were read by an older version.
    """

    connection: Connection
    run_id: int
    provider_id: int
    at: datetime
    reading: int
    matches: Mapping[str, Match]
    reread: bool = False

    @property
    def cause(self) -> str:
        """Who made a listing say something else: its provider, or a better reading of the same words."""
        return "reading" if self.reread else "provider"
