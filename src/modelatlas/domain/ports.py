"""What flows ask of the world, as small Protocols; `wiring` hands them the real parts."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.ledger import Run, RunStatus, StoredProvider
from modelatlas.domain.outcome import Fetched
from modelatlas.domain.plan import Plan, ProviderKind
from modelatlas.domain.precedence import Quoted
from modelatlas.domain.refresh import ProviderState
from modelatlas.domain.snapshot import Snapshot


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Return this instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        ...


class Fetcher(Protocol):
    """The providers, as a thing that can be asked for one provider's snapshot."""

    async def fetch(self, slug: str) -> Fetched:
        """Fetch and read one provider's lists; never raises for what a provider does."""
        ...


class Cache(Protocol):
    """Where the newest state of every provider is held to be served at once."""

    @property
    def catalog(self) -> Catalog:
        """The catalog of this moment, complete."""
        ...

    @property
    def states(self) -> Mapping[str, ProviderState]:
        """What is held of each provider."""
        ...

    def put(self, *states: ProviderState) -> None:
        """Take new states in."""
        ...

    def put_references(self, references: Iterable[Snapshot]) -> None:
        """Take the reference catalog in: it stands in for providers that have no snapshot."""
        ...

    def put_settings(self, settings: str) -> None:
        """Take in what besides the content alters the answers."""
        ...


class SnapshotStore(Protocol):
    """Where the last good snapshot of every provider is kept; calls block and belong into a thread."""

    def load(self) -> list[Snapshot]:
        """Return the last good snapshot of every provider."""
        ...

    def save(self, snapshot: Snapshot, payload: bytes) -> None:
        """Keep a snapshot and its payload in the place of the older ones, at once or not at all."""
        ...


class Ledger(Protocol):
    """The stored half: listings, prices, runs; calls block and belong into a thread."""

    def stored(self, providers: Collection[str] | None = None) -> Mapping[str, StoredProvider]:
        """Return what is stored of these providers (of all when None), read in one database snapshot."""
        ...

    def start_run(self, provider: str, at: datetime) -> Run:
        """Log a run as running and return it."""
        ...

    def apply(self, run: Run, plan: Plan, *, name: str, kind: ProviderKind, at: datetime) -> Run:
        """Write a plan, its exclusions and the run's end in one transaction; return the ended run.

        Raises `Unavailable`, having written nothing, when the plan was overtaken by another run.
        """
        ...

    def end_run(self, run: Run, status: RunStatus, at: datetime, error: str | None = None) -> Run:
        """Log the end of a run that wrote nothing."""
        ...

    def runs(self, provider: str | None = None, limit: int = 50) -> list[Run]:
        """Return the newest runs first."""
        ...

    def run(self, run_id: int) -> Run | None:
        """Return one run, or None."""
        ...


class PriceSource(Protocol):
    """Somebody who says prices."""

    def find(self, provider: str, id_: str, at: datetime) -> Quoted | None:
        """Return what it says at an instant of an id's prices; past and announced ones may be among them."""
        ...

    def slug_of(self, word: str) -> str | None:
        """Return the slug that a word for a provider, in lower case, means to it, or None."""
        ...


class Reference(PriceSource, Protocol):
    """A catalog kept by others, in one version."""

    @property
    def version(self) -> str:
        """Which version it is."""
        ...

    def count(self) -> int:
        """Count its entries."""
        ...

    def snapshots(self, at: datetime) -> Iterable[Snapshot]:
        """Return a snapshot with origin `reference` for each provider it knows."""
        ...


class ReferenceSource(Protocol):
    """Where a reference comes from; calls block, and may take a second."""

    @property
    def name(self) -> str:
        """What the reference is called."""
        ...

    @property
    def url(self) -> str | None:
        """Where its document is fetched; None where it is not fetched at all."""
        ...

    def fetched_at(self) -> datetime | None:
        """Return when the kept copy of a fetched document was written; None without one."""
        ...

    def load(self) -> Reference:
        """Read the reference. Raises `CatalogError`."""
        ...

    def read(self, document: bytes) -> Reference:
        """Read a document of it. Raises `CatalogError`."""
        ...

    def keep(self, document: bytes) -> None:
        """Keep a fetched document in the place of the older copy, whole or not at all."""
        ...
