"""What is true of one invented listing, before it takes the shape of some provider's entry."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from itertools import accumulate
from typing import Final

from msgspec import Struct

from modelatlas.simulator.amounts import amount
from modelatlas.simulator.chance import pick, roll
from modelatlas.simulator.naming import HOSTS, Name, name_of

_CONTEXTS: Final = (
    4_096,
    8_192,
    16_384,
    32_768,
    32_768,
    65_536,
    131_072,
    131_072,
    200_000,
    262_144,
    1_048_576,
)
_OUTPUTS: Final = (2_048, 4_096, 8_192, 16_384, 32_768)
_FIRST_DAY: Final = date(2023, 3, 1)
_DAYS: Final = 1_340
_SHELVES: Final = 3_000
"""Each provider begins somewhere within the first so many numbers: many models have several offers."""

ROW_SIZES: Final = (1, 4, 2, 7, 3, 1, 5, 2)
"""How many offers the entries hold, by turns, where one entry holds many."""

_ROW_ENDS: Final = tuple(accumulate(ROW_SIZES))


class Facts(Struct, frozen=True):
    """One listing: the model's number and name, who offers it within its entry, and what is said of it.

    `noise` are bytes by which small choices are made, 0 to 255 each.
    """

    number: int
    name: Name
    host: str
    released: date
    context_tokens: int
    max_output_tokens: int
    amount: Callable[[str], Decimal]
    noise: bytes

    @property
    def released_at(self) -> int:
        """The moment of release in seconds since 1970: some second of that day."""
        midnight = datetime(self.released.year, self.released.month, self.released.day, tzinfo=UTC)
        return int(midnight.timestamp()) + roll("second", self.number) % 86_400

    def happens(self, choice: int, part: float) -> bool:
        """Make the small choice of this number: yes for such a part of all listings."""
        return self.noise[choice % len(self.noise)] < part * 256


def facts(seed: int, provider: str, index: int, changes: int = 0, *, host: str = HOSTS[0]) -> Facts:
    """Return the facts of a provider's entry of this index, whose prices changed so many times."""
    number = index + roll(seed, "shelf", provider) % _SHELVES
    context = pick(_CONTEXTS, seed, "context", number)
    return Facts(
        number=number,
        name=name_of(number),
        host=host,
        released=_FIRST_DAY + timedelta(days=roll(seed, "released", number) % _DAYS),
        context_tokens=context,
        max_output_tokens=min(context, pick(_OUTPUTS, seed, "output", number)),
        amount=lambda unit: amount(unit, number, seed, f"{provider} {host}", changes),
        noise=blake2b(f"{seed} {provider} {number} {host}".encode()).digest(),
    )


def row_of(index: int) -> tuple[int, int]:
    """Return the entry that holds an offer, and the offer's place in it, where entries hold many offers."""
    turns, rest = divmod(index, _ROW_ENDS[-1])
    row = bisect_right(_ROW_ENDS, rest)
    return turns * len(ROW_SIZES) + row, rest - _ROW_ENDS[row] + ROW_SIZES[row]
