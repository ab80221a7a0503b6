"""What was seen in many entries and not read, entry by entry."""

from collections.abc import Mapping, Sequence
from typing import Any

from modelatlas.domain.price import Unread
from modelatlas.providers.columns import Column
from modelatlas.providers.contract import Unfit
from modelatlas.providers.payload import raw_text


class UnreadRows:
    """What was not read of many entries, by row."""

    def __init__(self, ids: Sequence[str]) -> None:
        self._ids = ids
        self._rows: dict[int, list[Unread]] = {}

    def ordered(self, order: Sequence[int]) -> dict[int, tuple[Unread, ...]]:
        """Return what was not read by the positions of the entries in an order of them."""
        if not self._rows:
            return {}
        return {at: tuple(self._rows[row]) for at, row in enumerate(order) if row in self._rows}

    def add(self, row: int, path: str, value: Any, reason: str) -> None:
        """Keep a value that is not read."""
        self._rows.setdefault(row, []).append(Unread(self._ids[row], path, raw_text(value), reason))

    def extend(self, row: int, unread: Sequence[Unread]) -> None:
        """Keep what else was not read of one entry."""
        if unread:
            self._rows.setdefault(row, []).extend(unread)

    def add_unfit(self, path: str, column: Column, unfit: Mapping[int, Unfit]) -> None:
        """Keep the values of a path that are not of the declared form."""
        for row, reason in unfit.items():
            self.add(row, path, column.values[row], str(reason))

    def add_said(self, path: str, column: Column, reason: str) -> None:
        """Keep all values of a path, for one reason."""
        for row, value in enumerate(column.values) if column.kinds else ():
            if value is not None:
                self.add(row, path, value, reason)
