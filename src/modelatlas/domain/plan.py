"""What a sync would write: a pure function of a snapshot, the stored rows and the policy."""

from collections.abc import Container, Mapping
from typing import Final, Literal

from msgspec import Struct

from modelatlas.domain.ledger import OverrideKind, StoredListing, StoredProvider
from modelatlas.domain.listing import Listing, is_priced
from modelatlas.domain.snapshot import Snapshot, listing_digest

ExclusionReason = Literal["operator_excluded", "no_price", "price_quarantined", "inactive_upstream"]
ProviderKind = Literal["lab", "host", "gateway"]

GRACE_RUNS: Final = 3
"""A listing that vanished stays active for this many missed runs."""


class Exclusion(Struct, frozen=True, order=True, gc=False):
    """A listing that sync left out, with the reason."""

    id: str
    reason: ExclusionReason


class Policy(Struct, frozen=True):
    """What is left out and how long a vanished listing stays.

    Gateways resell: their listings without any price are left out. Hosts and labs keep theirs.
    """

    kind: ProviderKind
    grace_runs: int = GRACE_RUNS


class Write(Struct, frozen=True, gc=False):
    """One listing to be written, with its digest."""

    listing: Listing
    digest: bytes


class Plan(Struct, frozen=True):
    """What a sync would write for one provider; nothing in it has happened yet.

    `inserted` are new rows; `updated` rows whose content changed or that come back; `missed` rows that
    this snapshot lacks and that stay as they are, with their new count of missed runs; `deactivated` ids
    whose rows become inactive. What is excluded is observed all the same: `appeared` are new rows that
    are not active, `left_out` rows that say something else, come back or become inactive.
    """

    snapshot: Snapshot
    inserted: tuple[Write, ...]
    updated: tuple[Write, ...]
    unchanged: int
    missed: tuple[tuple[str, int], ...]
    deactivated: tuple[str, ...]
    exclusions: tuple[Exclusion, ...]
    appeared: tuple[Write, ...] = ()
    left_out: tuple[Write, ...] = ()

    @property
    def rows_written(self) -> int:
        """Count the rows of `models` that applying this would write."""
        gone = {*self.deactivated, *(write.listing.id for write in self.left_out)}
        return len(self.inserted) + len(self.updated) + len(self.missed) + len(self.appeared) + len(gone)


def plan(
    snapshot: Snapshot, stored: StoredProvider, policy: Policy, suspects: Container[str] = frozenset()
) -> Plan:
    """Compare a snapshot with the stored rows and say what to write, by digest alone.

    `suspects` are the ids of listings of which a price is in quarantine.
    """
    exclusions = tuple(
        Exclusion(listing.id, reason)
        for listing in snapshot.listings
        if (reason := exclusion_reason(listing, policy, stored.overrides, suspects)) is not None
    )
    excluded = {exclusion.id for exclusion in exclusions}
    inserted: list[Write] = []
    updated: list[Write] = []
    appeared: list[Write] = []
    left_out: list[Write] = []
    unchanged = 0
    for listing in snapshot.listings:
        active = listing.id not in excluded
        digest = listing_digest(listing)
        row = stored.rows.get(listing.id)
        if row is None:
            (inserted if active else appeared).append(Write(listing, digest))
        elif _differs(row, digest, active=active):
            (updated if active else left_out).append(Write(listing, digest))
        elif active:
            unchanged += 1
    missed, gone = _missing(snapshot, stored, policy)
    return Plan(
        snapshot,
        tuple(inserted),
        tuple(updated),
        unchanged,
        tuple(missed),
        tuple(sorted([*gone, *(id_ for id_ in excluded if _is_active(stored, id_))])),
        exclusions,
        tuple(appeared),
        tuple(left_out),
    )


def exclusion_reason(
    listing: Listing,
    policy: Policy,
    overrides: Mapping[str, OverrideKind],
    suspects: Container[str] = frozenset(),
) -> ExclusionReason | None:
    """Say why a listing is left out, or None; an operator's word comes first and can also keep it in."""
    match overrides.get(listing.id):
        case "exclude":
            return "operator_excluded"
        case "keep":
            return None
        case _:
            pass
    if listing.status == "inactive":
        return "inactive_upstream"
    if policy.kind == "gateway" and not is_priced(listing):
        return "price_quarantined" if listing.id in suspects else "no_price"
    return None


def _differs(row: StoredListing, digest: bytes, *, active: bool) -> bool:
    return row.digest != digest or row.is_active != active or row.missed_runs > 0


def _is_active(stored: StoredProvider, id_: str) -> bool:
    row = stored.rows.get(id_)
    return row is not None and row.is_active


def _missing(
    snapshot: Snapshot, stored: StoredProvider, policy: Policy
) -> tuple[list[tuple[str, int]], list[str]]:
    """Split the rows that the snapshot lacks: those that stay (with their count), those that go.

    Of a row that is not active only its first absence counts.
    """
    listed = {listing.id for listing in snapshot.listings}
    stay: list[tuple[str, int]] = []
    gone: list[str] = []
    for row in stored.rows.values():
        if row.id in listed:
            continue
        if not row.is_active:
            if row.missed_runs == 0:
                stay.append((row.id, 1))
            continue
        override = stored.overrides.get(row.id)
        missed = row.missed_runs + 1
        if override == "exclude" or (override != "keep" and missed > policy.grace_runs):
            gone.append(row.id)
        elif override != "keep" or row.missed_runs == 0:
            stay.append((row.id, missed))
    return sorted(stay), gone
