"""One catalog, ready to be cut into parts of answers: pages of a question share all but their listings."""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import structs

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.index.index import Index
from modelatlas.domain.index.space import Found
from modelatlas.domain.query import ModelQuery
from modelatlas.views.models_answer import (
    Frame,
    frame_json,
    is_for_listings,
    live_in,
    models_json,
    part_json,
    rows_json,
)
from modelatlas.views.rows import Pieces, RowsOf

MOST_FRAMES: Final = 256
"""Questions whose frames are kept, about 7 kB each."""


class Pages:
    """All parts of the answer to a question for listings: what they share was made once."""

    __slots__ = ("_found", "_leading", "_rows", "frame")

    def __init__(self, frame: Frame, found: Found, rows: Callable[[Sequence[int]], list[bytes]]) -> None:
        self.frame: Final = frame
        self._found = found
        self._leading = found.leading
        self._rows = rows

    def part(self, offset: int, limit: int | None) -> bytes:
        """Write one part as JSON."""
        end = None if limit is None else offset + limit
        places = self._found.between(offset, end) if self._leading is None else self._straight(offset, end)
        return part_json(offset, self.frame, self._rows(places))

    def _straight(self, begin: int, end: int | None) -> range:
        leading = self._leading or 0
        return range(begin, leading if end is None else min(end, leading))


class Parts:
    """The index of a catalog and its listings as JSON, in one order; may be asked from any thread."""

    def __init__(self, index: Index, encoded: RowsOf, *, simulated: bool) -> None:
        self.index: Final = index
        self._encoded = encoded
        self._simulated = simulated
        parts = index.catalog.snapshots.values()
        self._rows = [row for part in parts for row in encoded.of(part).values()]
        self._frames: dict[ModelQuery, Frame] = {}

    def written(self, query: ModelQuery) -> tuple[Pieces, tuple[str, ...]]:
        """Answer a question as JSON; name the providers whose own words are in the answer."""
        if is_for_listings(query):
            pages = self.pages(query)
            return Pieces(pages.part(query.offset, query.limit)), pages.frame.live
        catalog, find, simulated = self.index.catalog, self.index.select, self._simulated
        answer = models_json(catalog, query, self._encoded, simulated=simulated, find=find)
        return answer, live_in(catalog, query)

    def pages(self, query: ModelQuery) -> Pages:
        """Return the parts of the answer to a question for listings, whichever of them it asks for."""
        frame = self._frame(query)
        return Pages(frame, self.index.found(query), self._chosen(query) if query.fields else self._whole)

    def _whole(self, places: Sequence[int]) -> list[bytes]:
        rows = self._rows
        if isinstance(places, range):
            return rows[places.start : places.stop]
        return [rows[place] for place in places]

    def _chosen(self, query: ModelQuery) -> Callable[[Sequence[int]], list[bytes]]:
        index, encoded = self.index, self._encoded
        return lambda places: rows_json(index.catalog, index.listings(places), query, encoded)

    def _frame(self, query: ModelQuery) -> Frame:
        question = structs.replace(query, sort=None, fields=(), limit=0, offset=0)
        frame = self._frames.get(question)
        if frame is None:
            found = self.index.select(question)
            frame = frame_json(self.index.catalog, question, found, simulated=self._simulated)
            if len(self._frames) >= MOST_FRAMES:
                self._frames = {}
            self._frames[question] = frame
        return frame


def said(catalog: Catalog) -> str:
    """Return what a catalog says of itself in answers: its id, and since when each list is the same.

    Replicas that were apart know one list since different times; once they meet the newest word counts, under
    the same id.
    """
    since = ",".join(str(part.content_since.timestamp()) for part in catalog.snapshots.values())
    return f"{catalog.id} {since}"
