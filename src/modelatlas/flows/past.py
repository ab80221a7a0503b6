"""The past: the catalog, and the prices of one listing, as they were at an instant."""

from collections.abc import Collection
from datetime import datetime

from modelatlas.domain.catalog import catalog
from modelatlas.domain.past import Absent, PastCatalog, PricedThen, priced
from modelatlas.domain.ports import History
from modelatlas.domain.snapshot import Snapshot, snapshot


def past_catalog(history: History, providers: Collection[str], at: datetime) -> PastCatalog:
    """Put together the listings of these providers observed at an instant, with the rules valid then."""
    observed = history.history_from()
    parts: list[Snapshot] = []
    absent: list[Absent] = []
    for slug in sorted(providers):
        since = observed.get(slug)
        past = None if since is None or since > at else history.list_at(slug, at)
        if past is None:
            absent.append(Absent(slug, since))
        else:
            parts.append(snapshot(slug, past.heard_at, past.listings))
    return PastCatalog(at, catalog(parts), tuple(absent))


def priced_then(
    history: History, provider: str, id_: str, at: datetime, unit: str | None = None
) -> PricedThen:
    """Say what a listing cost at an instant by what its provider had said until then."""
    found = history.prices_at(provider, id_, at, unit)
    if found is None:
        return PricedThen((), "never_seen")
    if not found.listed:
        return PricedThen((), "gone" if found.seen else "not_seen_yet")
    return priced(found.rules, at)
