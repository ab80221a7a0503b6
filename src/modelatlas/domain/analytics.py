"""What the store says of a longer time: one value for each row that a view of it answers with."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct


class DayTotals(Struct, frozen=True):
    """What was listed at the end of a day (UTC), as observed; `priced_listings` have a price of some unit."""

    day: str
    providers: int
    listings: int
    priced_listings: int
    canonical_models: int


class ProviderDay(Struct, frozen=True):
    """What one provider listed at the end of a day (UTC), as observed."""

    day: str
    provider: str
    listings: int
    priced_listings: int


class PriceWeek(Struct, frozen=True):
    """How often prices of a provider changed in the week that begins on a Monday (UTC).

    `changes` counts units of listings; `up` and `down` are those of known amounts in one currency,
    `listings` counts the listings that are concerned.
    """

    week: str
    provider: str
    changes: int
    up: int
    down: int
    became_known: int
    became_free: int
    became_varying: int
    became_unknown: int
    listings: int


class PriceRank(Struct, frozen=True):
    """An unconditional price in USD for one single unit, and its place among all of the unit, from 1 on."""

    unit: str
    provider: str
    id: str
    model: str | None
    usd: Decimal
    cheapest: int
    dearest: int


class Coverage(Struct, frozen=True):
    """What is stored of a provider, and how fresh it is.

    `heard_at` is when the list of the last successful run was fetched, `changed_at` when a row last changed,
    `failed_since` counts the runs since then that failed.
    """

    provider: str
    listings: int
    priced_listings: int
    matched_listings: int
    listings_with_context: int
    heard_at: datetime | None
    changed_at: datetime | None
    last_run_at: datetime
    last_run_status: str
    failed_since: int


class Span(Struct, frozen=True):
    """A span of days, both included, as ISO 8601 dates, and the providers; what is None does not limit."""

    since: str | None = None
    until: str | None = None
    providers: frozenset[str] | None = None


Side = Literal["cheapest", "dearest"]
