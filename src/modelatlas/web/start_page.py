"""The start page: what this is, how it is doing, and where to go."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from msgspec import Struct

from modelatlas.views.providers import ProviderView
from modelatlas.web.html import Html, link, prose, table, tag
from modelatlas.web.page import HOW_TO_BUILD

WHAT: Final = (
    "One exact, explained catalog of the models and prices of many inference providers: "
    "live, stored, and the difference of both listing by listing."
)
PLACES: Final = (
    ("/models?limit=20", "the first listings; without limit, all of them"),
    ("/models?q=llama&sort=input_price&limit=20", "the cheapest first, among those whose name has this word"),
    ("/providers", "every provider: outcome, age, counts, the key it needs"),
    ("/discrepancies", "why live and stored differ, listing by listing"),
    ("/docs", "every route, parameter and answer"),
    ("/openapi.json", "the same for programs"),
    ("/ready", "whether there is a catalog"),
)
NUMBERS: Final = frozenset({"listings", "priced", "stored"})


class State(Struct, frozen=True):
    """What the start page tells."""

    catalog: str
    rows: Sequence[ProviderView]
    ttl: timedelta
    simulated: bool


def start_page(state: State) -> Iterable[str | None]:
    """Write the body of the start page."""
    yield tag("h1", "Model Atlas")
    yield _banner() if state.simulated else None
    yield tag("p", WHAT)
    yield tag("p", prose(HOW_TO_BUILD), role="note")
    yield tag("p", tag("strong", _totals(state)))
    yield tag("p", "Catalog ", tag("code", state.catalog), ". ", _fleet(state))
    yield tag("h2", "Where to go")
    yield tag("ul", *(tag("li", link(place), ": ", about) for place, about in PLACES))
    yield tag("h2", "Providers")
    yield table(
        ("provider", "last fetch", "age", "from", "listings", "priced", "stored"),
        *(_row(row) for row in sorted(state.rows, key=lambda row: (-row.listings, row.slug))),
        numbers=NUMBERS,
    )


def age(seconds: int | None) -> str:
    """Write an age in its largest unit: `40s`, `4m`, `2h`, `3d`."""
    if seconds is None:
        return "-"
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _banner() -> Html:
    return tag(
        "p",
        "The providers are simulated: no live listing and no live price here is real.",
        class_="banner",
        role="note",
    )


def _totals(state: State) -> str:
    listings = sum(row.listings for row in state.rows)
    live = sum(row.live for row in state.rows)
    stored = sum(row.stored for row in state.rows)
    return f"{listings:,} listings · {live:,} live · {listings - live:,} from references · {stored:,} stored"


def _fleet(state: State) -> str:
    """Say of every provider that is asked at all how it is doing."""
    asked = [row for row in state.rows if row.kind is not None and row.retired is None]
    limit = state.ttl.total_seconds()
    fresh = sum(row.age_seconds is not None and row.age_seconds < limit for row in asked)
    failing = Counter(row.outcome.kind for row in asked if row.failures and row.outcome is not None)
    told = ", ".join(f"{count} {kind}" for kind, count in failing.most_common())
    return f"{fresh} of {len(asked)} providers fresh" + (f"; {told}." if told else ".")


def _row(row: ProviderView) -> tuple[str, ...]:
    share = "-" if row.priced_share is None else f"{row.priced_share:.0%}"
    return (
        link(f"/providers/{row.slug}", row.name),
        _outcome(row),
        age(row.age_seconds),
        row.origin or "-",
        f"{row.listings:,}",
        share,
        f"{row.stored:,}",
    )


def _outcome(row: ProviderView) -> Html:
    if row.retired is not None:
        return tag("span", f"retired: {row.retired}")
    if row.outcome is None:
        return tag("span", "known from a reference only" if row.kind is None else "not asked yet")
    if not row.failures:
        return tag("span", row.outcome.kind, class_="good")
    missing = row.key is not None and row.key.needed and not row.key.is_set
    hint = f": set {row.key.variables[0]}" if missing and row.key is not None else ""
    return tag("span", row.outcome.kind + hint, title=row.outcome.detail[:500], class_="bad")
