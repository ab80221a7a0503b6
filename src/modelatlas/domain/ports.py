"""What flows ask of the world, as small Protocols; `wiring` hands them the real parts."""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from modelatlas.domain.analytics import Coverage, DayTotals, PriceRank, PriceWeek, ProviderDay, Side, Span
from modelatlas.domain.catalog import Catalog
from modelatlas.domain.changes import ChangeQuery, Changes
from modelatlas.domain.history import ListingHistory, PastList, PlainSpell, PricesThen
from modelatlas.domain.ledger import Executor, Run, RunStatus, StoredList, StoredProvider
from modelatlas.domain.outcome import Fetched
from modelatlas.domain.pins import Pin
from modelatlas.domain.plan import Plan, ProviderKind
from modelatlas.domain.precedence import Quoted
from modelatlas.domain.refresh import ProviderState
from modelatlas.domain.sharing import Sharing, Told
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

    list_beforehand: Callable[[Snapshot], None]
    """Called, in a thread, with each list as it will be shown, before it is."""
    catalog_beforehand: Callable[[Catalog], None]
    """Called, in a thread, with each catalog that is to be shown, before it is."""

    @property
    def states(self) -> Mapping[str, ProviderState]:
        """What is held of each provider."""
        ...

    def put(self, *states: ProviderState) -> None:
        """Take new states in."""
        ...

    def hold(self, *states: ProviderState) -> None:
        """Take new states in without showing them."""
        ...

    def prepare(self, part: Snapshot) -> None:
        """Do what takes time before a list is put; blocks and belongs into a thread."""
        ...

    async def show(self, state: ProviderState) -> None:
        """Take a new state in once the catalog that shows it is ready; return then."""
        ...

    async def reshow(self) -> None:
        """Show anew what is held, once it is ready: what is published of the same lists is another now."""
        ...

    def put_references(self, references: Iterable[Snapshot]) -> None:
        """Take the reference catalog in: it stands in for providers that have no snapshot."""
        ...

    def put_settings(self, settings: str) -> None:
        """Take in what besides the content alters the answers."""
        ...


class Replicas(Protocol):
    """The other processes that serve the same catalog, as far as they share what they hear."""

    @property
    def status(self) -> Sharing:
        """How it stands with sharing."""
        ...

    async def start(self) -> None:
        """Take in what others know, if that can be had soon, and follow them from then on."""
        ...

    async def stop(self) -> None:
        """Follow no longer."""
        ...

    def turn(self, slug: str) -> AbstractAsyncContextManager[None]:
        """Enter when no other replica asks a provider; what one has published meanwhile is taken in first."""
        ...

    async def publish(self, state: ProviderState) -> None:
        """Let the others have a state, at once or once they can be reached; their absence raises nothing."""
        ...


class SnapshotStore(Protocol):
    """Where the last good snapshot of every provider is kept; calls block and belong into a thread."""

    def load(self) -> list[Snapshot]:
        """Return the last good snapshot of every provider."""
        ...

    def save(self, snapshot: Snapshot, payload: bytes) -> None:
        """Keep a snapshot and its payload in the place of the older ones, at once or not at all."""
        ...


class StateStore(Protocol):
    """Where the processes of one service tell one another of providers; calls block."""

    def made(self) -> Mapping[str, datetime]:
        """Return when the state of each provider was made."""
        ...

    def read(self, provider: str) -> Told | None:
        """Return what was told of a provider, with the bytes of its snapshot."""
        ...

    def tell(self, provider: str, told: Told) -> None:
        """Put a state in the place of an older one; a newer one stays. Its snapshot is kept already."""
        ...


class Ledger(Protocol):
    """The stored half: listings, prices, runs; calls block and belong into a thread."""

    def stored(self, providers: Collection[str] | None = None) -> Mapping[str, StoredProvider]:
        """Return what is stored of these providers (of all when None), read in one database snapshot."""
        ...

    def start_run(
        self, provider: str, at: datetime, workflow: str | None = None, executor: str | None = None
    ) -> Run:
        """Log a run as running and return it, or the provider's run that is running already (F44).

        The run of a workflow that has one is returned however it stands, so that a step may run twice.
        """
        ...

    def take_run(self, run: Run, executor: str) -> Run:
        """Note who has a running run in hand; return the run as it stands."""
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

    def these_runs(self, run_ids: Collection[int]) -> list[Run]:
        """Return those of these runs that there are, in the order in which they are asked for."""
        ...

    def running(self) -> list[Run]:
        """Return the runs that are running, oldest first."""
        ...


class StoredLists(Protocol):
    """The stored half as it is served; calls block and belong into a thread."""

    def load(self, known: Mapping[str, StoredList]) -> Mapping[str, StoredList]:
        """Return the active rows of each provider with a successful run, read at one moment.

        Those of the `known` that no run has written since are returned as they are.
        """
        ...


class Executors(Protocol):
    """The processes that run syncs on one store, each with a lease; calls block and belong into a thread."""

    def join(self, host: str, token: str, at: datetime, until: datetime) -> Executor:
        """Take the lowest slot of a host that no living process has, with a lease until then."""
        ...

    def beat(self, executor: Executor, until: datetime) -> bool:
        """Renew a lease; tell whether it was still this process's own."""
        ...

    def leave(self, executor: Executor, at: datetime) -> None:
        """End a lease now, so that what is unfinished is taken over at once."""
        ...

    def alive(self, at: datetime) -> frozenset[str]:
        """Return the ids of those with a lease."""
        ...

    def lapsed(self, at: datetime) -> frozenset[str]:
        """Return the ids of those whose lease has ended."""
        ...

    def forget(self, ids: Collection[str], at: datetime) -> None:
        """Forget those of these whose lease has ended."""
        ...


class History(Protocol):
    """The past of listings, from the first sync or replay of their provider on; calls block."""

    def of(self, provider: str, id_: str) -> ListingHistory | None:
        """Return all that was observed of a listing, or None when it was never seen."""
        ...

    def prices_at(self, provider: str, id_: str, at: datetime, unit: str | None = None) -> PricesThen | None:
        """Return the rules valid of a listing at an instant, of one unit or of all; None if never seen."""
        ...

    def list_at(self, provider: str, at: datetime) -> PastList | None:
        """Return a provider's list as it was last heard by an instant; None when it had not been yet."""
        ...

    def changes(self, asked: ChangeQuery) -> Changes:
        """Return what changed, the newest first."""
        ...

    def history_from(self) -> Mapping[str, datetime]:
        """Return since when each provider is observed."""
        ...

    def plain_spells(self, units: Collection[str]) -> list[PlainSpell]:
        """Return the unconditional prices of public listings in USD, by provider, id and time."""
        ...


class Analytics(Protocol):
    """What was listed and what it cost over time, made of facts; calls block."""

    def as_of(self) -> int:
        """Return a number that grows with each run that ends: while it is the same, so are the answers."""
        ...

    def totals(self, span: Span) -> list[DayTotals]:
        """Return the days of a span, the oldest first."""
        ...

    def listings(self, span: Span) -> list[ProviderDay]:
        """Return the days of providers, the oldest first."""
        ...

    def price_changes(self, span: Span) -> list[PriceWeek]:
        """Return the weeks that begin in a span and in which a price changed, the oldest first."""
        ...

    def extremes(self, unit: str, side: Side, limit: int) -> list[PriceRank]:
        """Return the cheapest or the dearest listings of a unit, the first place first."""
        ...

    def coverage(self) -> list[Coverage]:
        """Return a row for each provider that a run was ever logged of."""
        ...


class Pins(Protocol):
    """Exports that are kept; calls block."""

    def keep(self, pin: Pin, content: bytes) -> Pin:
        """Keep bytes; those that are kept already stay as they are. Return what is kept."""
        ...

    def all(self) -> list[Pin]:
        """Return every pin, the newest first."""
        ...

    def content(self, hash_: str) -> bytes | None:
        """Return the bytes of a pin, None where there is none."""
        ...


class PriceSource(Protocol):
    """Somebody who says prices."""

    def find(self, provider: str, id_: str, at: datetime) -> Quoted | None:
        """Return what it says at an instant of an id's prices; past and announced ones may be among them."""
        ...

    def slug_of(self, word: str) -> str | None:
        """Return the slug that a word for a provider, in lower case, means to it, or None."""
        ...


class Versioned(PriceSource, Protocol):
    """Somebody who says prices, and says the same for as long as the version is the same."""

    @property
    def version(self) -> str:
        """Which version it is."""
        ...


class Reference(Versioned, Protocol):
    """A catalog kept by others, in one version."""

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

    def written_at(self) -> datetime | None:
        """Return when the file that is read was written; None where it is a part of a package."""
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
