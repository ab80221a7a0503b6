"""A plan being written: what every row of it has in common."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection


class Posting(Struct, frozen=True):
    """The transaction, the run, the row of the provider, when its list was seen and how it was read."""

    connection: Connection
    run_id: int
    provider_id: int
    at: datetime
    reading: int
