"""Short ways to read rows of price documents and to say what came of them."""

from decimal import Decimal
from typing import Any, Final

import msgspec

from modelatlas.domain.evaluation import Circumstances, evaluate
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule, Tier
from modelatlas.providers.contract import ModelList
from modelatlas.providers.payload import decode, rows_of
from modelatlas.providers.row_naming import Known, known
from modelatlas.providers.row_reading import RowPrices, read_rows
from tests.builders import NOON

CAPACITY: Final = "a price of capacity, not of use"
LONG: Final = "a price for long prompts, of which the length is not said"


def listed(provider: str, names: dict[str, str | None], **meters: frozenset[str]) -> Known:
    return known({id_: Listing(provider, id_, name=name) for id_, name in names.items()}, meters)


def read(of: ModelList, document: Any, to: Known) -> RowPrices:
    assert of.rows is not None
    return read_rows(of.rows, rows_of(of, decode(msgspec.json.encode(document))), to)


def cost(
    rules: tuple[Rule, ...], unit: str, tier: Tier = "standard", region: str | None = None
) -> Decimal | None:
    found = evaluate(rules, unit, Circumstances(NOON, tier=tier, region=region))
    return None if found is None else found.usd


def reasons(read_: RowPrices) -> list[str]:
    return [each.reason for each in read_.unread]
