"""The past as values: a catalog as it was at an instant, and what a listing cost then."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from msgspec import Struct

from modelatlas.domain.catalog import Catalog
from modelatlas.domain.evaluation import Circumstances, Cost, evaluate
from modelatlas.domain.price import Rule

Reason = Literal["never_seen", "not_seen_yet", "gone", "no_price"]


class Absent(Struct, frozen=True):
    """A provider of which nothing is known at an instant; it is observed since `history_from`, if at all."""

    provider: str
    history_from: datetime | None


class PastCatalog(Struct, frozen=True):
    """A catalog as it was, and the providers that were asked for and are not in it."""

    at: datetime
    catalog: Catalog
    absent: tuple[Absent, ...]


class PricedThen(Struct, frozen=True):
    """What each unit of a listing cost at an instant, or why none did."""

    costs: tuple[Cost, ...]
    reason: Reason | None = None


def priced(rules: Iterable[Rule], at: datetime) -> PricedThen:
    """Say what each unit costs at an instant, in the standard tier and for the shortest prompt."""
    said = tuple(rules)
    asked = Circumstances(at)
    costs = [evaluate(said, unit, asked) for unit in dict.fromkeys(rule.unit for rule in said)]
    known = tuple(cost for cost in costs if cost is not None)
    return PricedThen(known, None if known else "no_price")
