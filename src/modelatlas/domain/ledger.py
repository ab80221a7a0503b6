"""What the store knows of a provider: its rows, runs, exclusions, and an operator's word."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct

from modelatlas.domain.snapshot import Snapshot

RunStatus = Literal["running", "success", "partial", "failed", "cancelled", "skipped"]
OverrideKind = Literal["exclude", "keep"]

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class ListingWord(Struct, frozen=True):
    """An operator's word on whether a listing is stored, with a note and when it was said."""

    provider: str
    id: str
    kind: OverrideKind
    note: str
    said_at: datetime


class StoredListing(Struct, frozen=True, gc=False):
    """What a sync needs to know of one row of `models`; `digest` is the `listing_digest` last written."""

    id: str
    digest: bytes
    is_active: bool
    missed_runs: int = 0


class Run(Struct, frozen=True):
    """One logged attempt to write a provider's snapshot; counts are listings, `prices_changed` counts rules.

    `snapshot_at` and `snapshot_digest` name the list that was written, as it was heard. `skipped` are
    exclusions. `workflow` is the durable run behind it, `executor` the process that has it in hand; a
    run that was logged before there were any has neither.
    """

    id: int
    provider: str
    started_at: datetime
    status: RunStatus
    completed_at: datetime | None = None
    fetched: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    deactivated: int = 0
    prices_changed: int = 0
    error: str | None = None
    snapshot_at: datetime | None = None
    snapshot_digest: str | None = None
    workflow: str | None = None
    executor: str | None = None


class Active(Struct, frozen=True):
    """The active rows of each provider that the store knows: how many, and of some their ids."""

    counts: Mapping[str, int]
    ids: Mapping[str, frozenset[str]]


class StoredList(Struct, frozen=True):
    """A provider's active rows as a snapshot of origin `store`, as its successful run `run` left them.

    It is None where the rows cannot be read.
    """

    run: int
    snapshot: Snapshot | None


class Executor(Struct, frozen=True):
    """A process that runs syncs: its id (host and slot), and the token by which its lease is its own."""

    id: str
    token: str


class StoredProvider(Struct, frozen=True):
    """The stored half of one provider, read in one database snapshot.

    `last_success` is its last successful run, `synced_ids` the ids of the snapshot which that run wrote,
    `exclusions` what that run left out (id -> reason), `overrides` an operator's word (id -> kind).
    `last_attempt` is the newest run of any status.
    """

    provider: str
    rows: Mapping[str, StoredListing] = MappingProxyType({})
    last_success: Run | None = None
    synced_ids: frozenset[str] = frozenset()
    exclusions: Mapping[str, str] = _NOTHING
    overrides: Mapping[str, OverrideKind] = MappingProxyType({})
    last_attempt: Run | None = None

    @property
    def active(self) -> frozenset[str]:
        """The ids with `is_active`."""
        return frozenset(row.id for row in self.rows.values() if row.is_active)
