"""How much of the service one client may have at once."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from modelatlas.domain.errors import CatalogError

AT_ONCE: Final = 2
"""Batches of one client under way at the same time."""


class TooMany(CatalogError):
    """A client has as many questions under way as it may have: 429."""


class Bounds:
    """Counts what each client has under way."""

    def __init__(self) -> None:
        self._under_way: Counter[str] = Counter()

    @contextmanager
    def one(self, scope: Mapping[str, Any]) -> Iterator[None]:
        """Count one question of a client while it lasts. Raises `TooMany`."""
        client = scope.get("client")
        name = str(client[0]) if client else ""
        if self._under_way[name] >= AT_ONCE:
            raise TooMany(f"{AT_ONCE} questions of yours are under way: wait for one to end")
        self._under_way[name] += 1
        try:
            yield
        finally:
            self._under_way[name] -= 1
            if not self._under_way[name]:
                del self._under_way[name]
