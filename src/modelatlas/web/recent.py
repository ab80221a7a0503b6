"""Catalogs that were served lately: pages of them can be had until ten minutes after they were replaced."""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode

from msgspec import Struct

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.errors import CatalogError
from modelatlas.domain.identity.matches import Matches, Words

LIFE: Final = timedelta(minutes=10)
MOST_UNPAGED: Final = 16
"""Replaced catalogs of which no page but the last was ever asked for, and which are kept all the same."""


class Gone(CatalogError):
    """A page of a catalog that is no longer kept: 410; `first` is where its question begins anew."""

    def __init__(self, message: str, first: str) -> None:
        super().__init__(message)
        self.first = first


def gone(id_: str | None, query: bytes) -> Gone:
    """Return the error of a question about a catalog that is not kept, with the URL of its first page."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    left = [(name, value) for name, value in pairs if name not in {"cursor", "catalog", "offset"}]
    first = f"/models?{urlencode(left, safe=',/:')}".removesuffix("?")
    return Gone(f"the catalog {(id_ or '')[:40]!r} is no longer kept: begin anew with {first[:500]}", first)


class Old(Struct):
    """A catalog with the operators' words that were served with it."""

    catalog: Catalog
    matches: Matches
    paged: bool = False
    until: datetime | None = None


class Recent:
    """The catalog of this moment, and those before it; most of their lists are the same values."""

    def __init__(self) -> None:
        self._kept: dict[str, Old] = {}
        self._now = ""

    def see(self, catalog: Catalog, words: Words, now: datetime) -> None:
        """Take note of the catalog that is served now."""
        if catalog.id != self._now:
            if self._now in self._kept:
                self._kept[self._now].until = now + LIFE
            self._now = catalog.id
            self._kept[catalog.id] = Old(catalog, Matches(words), paged=False)
            self._forget(now)

    def paged(self, id_: str) -> None:
        """Take note that somebody is going through the pages of a catalog."""
        if id_ in self._kept:
            self._kept[id_].paged = True

    def of(self, id_: str, now: datetime) -> Old | None:
        """Return a catalog that is kept still."""
        found = self._kept.get(id_)
        if found is None or (found.until is not None and found.until <= now):
            return None
        return found

    def _forget(self, now: datetime) -> None:
        self._kept = {id_: old for id_, old in self._kept.items() if old.until is None or old.until > now}
        unpaged = [id_ for id_, old in self._kept.items() if not old.paged and id_ != self._now]
        for id_ in unpaged[:-MOST_UNPAGED]:
            del self._kept[id_]
