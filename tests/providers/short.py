"""Short ways to read one entry of a provider."""

import json
from decimal import Decimal
from typing import Any

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import ALWAYS, usd_per_unit
from modelatlas.domain.snapshot import Snapshot
from modelatlas.providers.assembling import read_snapshot
from modelatlas.providers.payload import decode
from modelatlas.providers.reading import read_entry
from modelatlas.providers.registry import declared
from tests.builders import NOON


def received(entry: Any) -> Any:
    return decode(json.dumps(entry).encode())


def one(slug: str, list_: str | None = None, **entry: Any) -> Listing:
    """Read one entry of a provider's list; its id is `a` unless said."""
    provider = declared()[slug]
    of = provider.list_named(list_)
    assert of is not None
    result = read_entry(provider, {of.id: "a", **entry}, of)
    assert isinstance(result, Listing)
    return result


def snapshot_of(slug: str, rows: list[Any]) -> Snapshot:
    return read_snapshot(declared()[slug], {"models": [json.dumps({"data": rows}).encode()]}, NOON)


def said(listing: Listing) -> dict[str, Decimal | None]:
    """Return USD for one single unit of the prices that hold always."""
    return {rule.unit: usd_per_unit(rule) for rule in listing.prices if rule.when == ALWAYS}
