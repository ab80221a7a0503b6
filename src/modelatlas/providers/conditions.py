"""How declarations say where prices stand that hold under conditions only."""

from collections.abc import Mapping

from msgspec import Struct

from modelatlas.domain.price import Tier
from modelatlas.providers.price_path import Price


class PartialPrices(Struct, frozen=True):
    """A list at `path` of amounts that stand above the prices declared under `of`, each under conditions.

    An item names by the keys of those prices what it says another amount of. All its conditions must hold, a
    later item wins over the ones before, and what it does not name stays as it is. `prompt_over` is the key
    of the tokens that a prompt must exceed; `hours` are the keys of two clock times in UTC, written as one
    number (`1030` is half past ten), `[start, end)`, which may wrap midnight.
    """

    path: str
    of: str
    prompt_over: str
    hours: tuple[str, str]


class PromptRanges(Struct, frozen=True):
    """A list at `path` of the amounts of some units by the length of the prompt, the shortest first.

    `amounts` says of each unit where in an item its price stands. An item holds from `start` (a key, absent
    for 0) up to but without `end` (a key, absent in the last one), for the whole request. A flat price of the
    same unit is that of the first item. `ignored` are paths in an item that we know and do not use.
    """

    path: str
    amounts: Mapping[str, Price]
    start: str
    end: str
    ignored: frozenset[str] = frozenset()


class PriceWhen(Struct, frozen=True):
    """Another price of one unit, at a path of its own: for a service tier, long prompts, a cache's lifetime.

    `prompt_from` is the path of the tokens from which on it holds, for the whole request.
    """

    unit: str
    price: Price
    tier: Tier = "standard"
    prompt_from: str | None = None
    cache_seconds: int | None = None


Conditional = PartialPrices | PromptRanges | PriceWhen
