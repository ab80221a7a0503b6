"""Why live and stored differ: each listing that one side lacks has one reason, and the counts add up.

L are the ids of a provider's live snapshot, S the ids of its active rows. Each id of L without S counts +1,
each of S without L counts -1, so that |L| - |S| is the sum. What no rule explains is `unexplained`, a
bucket that is printed and must be empty.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Final, Literal

from msgspec import Struct

from modelatlas.domain.ledger import StoredProvider
from modelatlas.domain.snapshot import Snapshot

Sign = Literal[1, -1]

LIVE_ONLY: Final[Mapping[str, str]] = {
    "operator_excluded": "an operator excluded this listing from the store",
    "provider_not_synced": "this provider is not in PRICING_SYNC_PROVIDERS and was never synced",
    "provider_never_synced": "this provider is in PRICING_SYNC_PROVIDERS and no run has succeeded yet",
    "no_price": "a gateway's listing without any price is left out of the store",
    "price_quarantined": "the price is in quarantine",
    "inactive_upstream": "the provider itself says that this listing is inactive",
    "appeared_since_sync": "the provider listed this after the last successful run",
}
STORED_ONLY: Final[Mapping[str, str]] = {
    "operator_kept": "an operator keeps this listing although the provider dropped it",
    "no_live_snapshot": "this provider has no live snapshot at the moment",
    "missing_grace": "the provider dropped this; it stays stored for a few missed runs",
    "vanished_since_sync": "the provider dropped this after the last successful run",
    "live_behind": "the last run wrote a newer list than the live catalog holds",
}
UNEXPLAINED: Final = "unexplained"


class Difference(Struct, frozen=True, order=True, gc=False):
    """One listing that one side lacks: sign +1 is live only, -1 stored only."""

    provider: str
    id: str
    sign: Sign
    reason: str


class ProviderDiscrepancy(Struct, frozen=True):
    """One provider's two counts and each listing of the difference; without a snapshot `live` is None."""

    provider: str
    live: int | None
    stored: int
    differences: tuple[Difference, ...]

    @property
    def by_reason(self) -> dict[str, int]:
        """Signed count of each reason, the largest first."""
        counts: Counter[str] = Counter()
        for difference in self.differences:
            counts[difference.reason] += difference.sign
        return dict(sorted(counts.items(), key=lambda item: (-abs(item[1]), item[0])))


class Discrepancies(Struct, frozen=True):
    """The whole difference of one catalog and one reading of the store."""

    catalog: str
    providers: tuple[ProviderDiscrepancy, ...]

    @property
    def live(self) -> int:
        """Count all live listings; reference listings are not among them."""
        return sum(part.live or 0 for part in self.providers)

    @property
    def stored(self) -> int:
        """Count all active rows."""
        return sum(part.stored for part in self.providers)

    @property
    def by_reason(self) -> dict[str, int]:
        """Signed count of each reason over all providers, the largest first."""
        counts: Counter[str] = Counter()
        for part in self.providers:
            counts.update(part.by_reason)
        return dict(sorted(counts.items(), key=lambda item: (-abs(item[1]), item[0])))

    @property
    def unexplained(self) -> int:
        """Count the listings that no rule explains; anything but 0 is a fault of ours."""
        return sum(
            difference.reason == UNEXPLAINED for part in self.providers for difference in part.differences
        )


def discrepancies(
    catalog_id: str,
    live: Mapping[str, Snapshot],
    stored: Mapping[str, StoredProvider],
    synced: Collection[str],
) -> Discrepancies:
    """Explain every difference between live snapshots and stored rows.

    `synced` are the slugs of `PRICING_SYNC_PROVIDERS`. A provider in neither mapping does not occur.
    """
    parts = [
        provider_discrepancy(
            slug, live.get(slug), stored.get(slug, StoredProvider(slug)), in_list=slug in synced
        )
        for slug in sorted({*live, *(slug for slug, part in stored.items() if part.active)})
    ]
    return Discrepancies(catalog_id, tuple(parts))


def provider_discrepancy(
    slug: str, live: Snapshot | None, stored: StoredProvider, *, in_list: bool
) -> ProviderDiscrepancy:
    """Explain the difference of one provider, listing by listing."""
    live_ids = frozenset(listing.id for listing in live.listings) if live is not None else frozenset()
    active = stored.active
    only_live = (
        Difference(slug, id_, 1, live_only_reason(id_, stored, in_list=in_list)) for id_ in live_ids - active
    )
    only_stored = (
        Difference(slug, id_, -1, stored_only_reason(id_, live, stored)) for id_ in active - live_ids
    )
    return ProviderDiscrepancy(
        slug,
        None if live is None else len(live_ids),
        len(active),
        tuple(sorted([*only_live, *only_stored])),
    )


def live_only_reason(id_: str, stored: StoredProvider, *, in_list: bool) -> str:
    """Return the first reason that holds for a listing that is live and not stored."""
    if stored.overrides.get(id_) == "exclude":
        return "operator_excluded"
    if stored.last_success is None:
        return "provider_never_synced" if in_list else "provider_not_synced"
    excluded = stored.exclusions.get(id_)
    if excluded is not None and excluded in LIVE_ONLY:
        return excluded
    return UNEXPLAINED if id_ in stored.synced_ids else "appeared_since_sync"


def stored_only_reason(id_: str, live: Snapshot | None, stored: StoredProvider) -> str:
    """Return the first reason that holds for a listing that is stored and not live."""
    run = stored.last_success
    if stored.overrides.get(id_) == "keep":
        return "operator_kept"
    if live is None:
        return "no_live_snapshot"
    if stored.rows[id_].missed_runs > 0:
        return "missing_grace"
    if run is None or run.snapshot_at is None or run.snapshot_digest == live.heard_digest:
        return UNEXPLAINED
    return "vanished_since_sync" if live.fetched_at > run.snapshot_at else "live_behind"
