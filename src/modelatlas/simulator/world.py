"""The simulated world: what every provider lists at this moment, and how that drifts."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from modelatlas.providers.contract import ModelList, OnePage, Provider
from modelatlas.providers.registry import declared as declared_providers
from modelatlas.simulator.chance import sample, whole
from modelatlas.simulator.generator import Generator, is_of_rows
from modelatlas.simulator.profiles import counts
from modelatlas.simulator.recordings import Recordings, load

SEED: Final = 20_261_123

NEW_A_MONTH: Final = 0.10
GONE_A_MONTH: Final = 0.08
REPRICED_A_MONTH: Final = 0.14
"""Parts of a list in one month, counted in OpenRouter's from 2025-08-22 to 2026-08-22 (347 on average)."""

_DAYS_A_MONTH: Final = 365.25 / 12
_LISTINGS_A_REJECTED: Final = 100
_LISTINGS_A_DUPLICATE: Final = 5_000
"""As in Featherless' list: three of 15,698 entries have the id of another (recorded, 2026-04)."""


class Contents(Struct, frozen=True):
    """What one list holds now: its entries in order, and the whole answer where it is sent as recorded."""

    entries: Sequence[bytes]
    whole: bytes | None = None


class Drifted(Struct, frozen=True):
    """How many listings of a provider are new, gone and repriced after a drift."""

    new: int
    gone: int
    repriced: int


class Stock:
    """One generated provider's listings: index -> how often its prices changed; new ones get the next."""

    def __init__(self, provider: Provider, seed: int, size: int) -> None:
        self.generator = Generator(provider, seed)
        self.first_size = size
        self.changes = dict.fromkeys(range(size), 0)
        self._next = size
        self._made: dict[str, Contents] = {}

    def contents(self, declared: ModelList) -> Contents:
        """Return a list's entries; made when first asked for."""
        if declared.name not in self._made:
            self._made[declared.name] = Contents(self._entries(declared))
        return self._made[declared.name]

    def rejected(self) -> int:
        """Count the entries among them that are deliberately no listings."""
        return sum(len(self._rejected(declared)) for declared in self.generator.provider.lists)

    def drift(self, days: float, step: int) -> Drifted:
        """Let so many days pass, as the step of this number."""
        slug, size, months = self.generator.provider.slug, len(self.changes), days / _DAYS_A_MONTH
        what = (self.generator.seed, slug, step)
        gone = sample(self.changes, whole(size * GONE_A_MONTH * months, "gone", *what), "gone", *what)
        for index in gone:
            del self.changes[index]
        priced = [index for index in self.changes if self.generator.reprices(index)]
        wanted = whole(len(priced) * REPRICED_A_MONTH * months, "repriced", *what)
        repriced = sample(priced, wanted, "repriced", *what)
        for index in repriced:
            self.changes[index] += 1
        new = whole(size * NEW_A_MONTH * months, "new", *what)
        self.changes.update(dict.fromkeys(range(self._next, self._next + new), 0))
        self._next += new
        self._made.clear()
        return Drifted(new, len(gone), len(repriced))

    def _entries(self, declared: ModelList) -> list[bytes]:
        entries = self.generator.entries(declared, self.changes)
        if is_of_rows(declared):
            return entries
        if isinstance(declared.paging, OnePage) and not declared.each:
            entries += entries[: len(entries) // _LISTINGS_A_DUPLICATE]
        return entries + self._rejected(declared)

    def _rejected(self, declared: ModelList) -> list[bytes]:
        return self.generator.rejected(declared, self.first_size // _LISTINGS_A_REJECTED)


class World:
    """Every provider that answers here, from a profile or from recordings."""

    def __init__(
        self, providers: Mapping[str, Provider], profile: str, seed: int, recordings: Recordings | None = None
    ) -> None:
        self.providers = {slug: each for slug, each in providers.items() if each.retired is None}
        self.profile = profile
        self.seed = seed
        self.recordings = recordings
        self.step = 0
        sizes = {} if recordings is not None else counts(profile, self.providers)
        self.stocks = {slug: Stock(self.providers[slug], seed, size) for slug, size in sizes.items()}

    def contents(self, provider: Provider, declared: ModelList) -> Contents | None:
        """Return what a list holds now; None where nothing was recorded of its provider."""
        if self.recordings is None:
            return self.stocks[provider.slug].contents(declared)
        recording = self.recordings.lists.get((provider.slug, declared.name))
        if recording is not None:
            untouched = recording.whole if isinstance(declared.paging, OnePage) else None
            return Contents(recording.entries, untouched)
        return Contents(()) if self.recordings.has(provider.slug) else None

    def listings(self) -> dict[str, int]:
        """Count the listings of every provider; of recordings, the entries of all its lists."""
        if self.recordings is None:
            return {slug: len(stock.changes) for slug, stock in self.stocks.items()}
        sizes = dict.fromkeys(sorted(slug for slug, _ in self.recordings.lists), 0)
        for (slug, _), recording in self.recordings.lists.items():
            sizes[slug] += len(recording.entries)
        return sizes

    def source(self, slug: str, name: str) -> str:
        """Say where a list of a recorded world comes from."""
        recordings = self.recordings
        if recordings is None:
            return "generated"
        recording = recordings.lists.get((slug, name))
        if recording is not None:
            return recording.file
        return (
            "empty: only another list was recorded" if recordings.has(slug) else "not recorded: answers 503"
        )

    def drift(self, days: float) -> dict[str, Drifted]:
        """Let so many days pass for every generated provider; recordings stay as they are."""
        self.step += 1
        return {slug: stock.drift(days, self.step) for slug, stock in self.stocks.items()}


def generated(profile: str, *, providers: Mapping[str, Provider] | None = None, seed: int = SEED) -> World:
    """Return a world of invented models, one of `PROFILES`; entries are made when first asked for."""
    return World(declared_providers() if providers is None else providers, profile, seed)


def recorded(directory: Path, *, providers: Mapping[str, Provider] | None = None) -> World:
    """Return a world of recordings. Raises `Misconfigured` where the directory holds none."""
    known = declared_providers() if providers is None else providers
    return World(known, "recordings", 0, load(directory, known))
