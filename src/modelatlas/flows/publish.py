"""Publish: lists as they are shown, made once for each list, and again when prices turn or sources change."""

import threading
from collections.abc import Collection, Mapping
from datetime import datetime

from msgspec import structs

from modelatlas.domain.ports import Clock, PriceSource
from modelatlas.domain.publishing import NONE_RELEASED, Published, Releases, published
from modelatlas.domain.snapshot import Snapshot


class Publisher:
    """Published lists by provider; may be asked from any thread."""

    def __init__(self, clock: Clock, sources: Collection[PriceSource] = ()) -> None:
        self._clock = clock
        self._sources = tuple(sources)
        self._released: Releases = NONE_RELEASED
        self._kept: dict[tuple[str, bool], tuple[str, Published]] = {}
        self._lock = threading.Lock()

    @property
    def kept(self) -> Mapping[str, Published]:
        """What is published of each provider at the moment, references last."""
        return {slug: found for (slug, _), (_, found) in sorted(self._kept.items(), reverse=True)}

    @property
    def released(self) -> Releases:
        """Which prices operators let out of quarantine."""
        return self._released

    def has_turned(self) -> bool:
        """Tell whether a price has begun or ended since its list was published."""
        now = self._clock.now()
        return any(_has_turned(found, now) for _, found in self._kept.values())

    def take(self, sources: Collection[PriceSource]) -> None:
        """Ask these sources from now on."""
        with self._lock:
            self._sources, self._kept = tuple(sources), {}

    def obey(self, released: Releases) -> None:
        """Let these prices out of quarantine from now on."""
        with self._lock:
            self._released, self._kept = released, {}

    def of(self, part: Snapshot) -> Snapshot:
        """Return a list as it is published now."""
        return self.whole(part).snapshot

    def whole(self, part: Snapshot) -> Published:
        """Return a list as it is published now, with what is kept back and who disagrees."""
        now = self._clock.now()
        key = part.provider, part.origin == "reference"
        kept = self._kept.get(key)
        if kept is not None and kept[0] == part.digest and not _has_turned(kept[1], now):
            return _as_of(kept[1], part)
        found = published(part, self._sources, now, self._released)
        with self._lock:
            self._kept[key] = part.digest, found
        return found


def _has_turned(found: Published, now: datetime) -> bool:
    return found.until is not None and now >= found.until


def _as_of(found: Published, part: Snapshot) -> Published:
    """Return the same for a list that was heard again."""
    if (found.snapshot.fetched_at, found.snapshot.content_since) == (part.fetched_at, part.content_since):
        return found
    again = structs.replace(found.snapshot, fetched_at=part.fetched_at, content_since=part.content_since)
    return structs.replace(found, snapshot=again)
