"""No provider to ask: what is known is what the store and the references know."""

from modelatlas.domain.errors import Unavailable
from modelatlas.domain.outcome import Fetched


class Unasked:
    """A `domain.ports.Fetcher` of who only reads."""

    async def fetch(self, slug: str) -> Fetched:
        """Raise `Unavailable`."""
        raise Unavailable(f"{slug} is not asked here: what only reads the store fetches nothing")
