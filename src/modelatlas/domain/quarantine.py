"""Quarantine: a suspect price is kept back with its evidence, and never repaired.

What makes a price suspect is an independent source that says something quite different, or an amount outside
of the unit's absolute band. Our own last value is never an argument (F17b), and neither is a jump.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, Literal

from msgspec import Struct, structs

from modelatlas.domain.bands import BANDS
from modelatlas.domain.evaluation import Cost
from modelatlas.domain.money import EXACT
from modelatlas.domain.precedence import Choice, Said, Settled, agree

Suspicion = Literal["contradicted", "outside_band"]

APART: Final = Decimal(10)
"""Two amounts contradict each other when one is ten times the other or more: units slip by powers of ten."""


SLIPS: Final = tuple(Decimal(10) ** power for power in range(2, 10))
"""Factors by which units slip: cents, thousands, millions."""
NEARLY: Final = 20
"""A factor is met when it is missed by at most a twentieth."""


class Suspect(Struct, frozen=True):
    """A price that is kept back: who said it, why it is suspect, and what others say."""

    unit: str
    said: Said
    suspicion: Suspicion
    others: tuple[Said, ...]
    detail: str


def quarantined(settled: Settled, released: Iterable[str] = ()) -> tuple[Settled, tuple[Suspect, ...]]:
    """Take suspect prices out of what was settled; return what is left, and what was taken out.

    `released` are units that an operator let through. An independent source that agrees releases as well.
    """
    let_through = frozenset(released)
    suspects = [
        suspect
        for choice in settled.choices
        if choice.unit not in let_through and (suspect := suspected(choice)) is not None
    ]
    if not suspects:
        return settled, ()
    kept_back = {suspect.unit for suspect in suspects}
    left = structs.replace(
        settled,
        rules=tuple(rule for rule in settled.rules if rule.unit not in kept_back),
        choices=tuple(choice for choice in settled.choices if choice.unit not in kept_back),
    )
    return left, tuple(suspects)


def suspected(choice: Choice) -> Suspect | None:
    """Say why a price is suspect, or None: what an operator or a second source says, too, never is."""
    said = choice.chosen
    amount = said.cost.usd
    if said.source.startswith("operator") or not amount:
        return None
    independent = [other for other in choice.others if not _is_derived(other, said)]
    if any(agree(said.cost, other.cost) for other in independent):
        return None
    against = [other for other in independent if _contradicts(said.cost, other.cost)]
    apart = next(iter(against), None)
    if apart is not None and (said.source != "provider" or _is_slip(said, against)):
        detail = f"{apart.source} says {_ratio(said.cost, apart.cost)}"
        return Suspect(choice.unit, said, "contradicted", choice.others, detail)
    band = BANDS.get(choice.unit)
    if band is not None and not band.least <= amount <= band.most:
        detail = f"outside {band.least:f} to {band.most:f} USD for one: {band.reason}"
        return Suspect(choice.unit, said, "outside_band", choice.others, detail)
    return None


def _is_derived(other: Said, said: Said) -> bool:
    """Tell whether a word only repeats another one: borrowed from it, or of the same source."""
    return other.source == said.source or other.source.startswith("borrowed:")


def _contradicts(one: Cost, other: Cost) -> bool:
    if not one.usd or not other.usd:
        return False
    low, high = sorted((one.usd, other.usd))
    return EXACT.multiply(low, APART) <= high


def _is_slip(said: Said, against: Sequence[Said]) -> bool:
    """Tell whether a provider's own list looks misread: two others agree, or it is off by a power of ten.

    Lists do move tenfold, and a file that lags behind then is no evidence.
    """
    first = against[0]
    if any(agree(first.cost, other.cost) for other in against[1:]):
        return True
    low, high = sorted((said.cost.usd or Decimal(0), first.cost.usd or Decimal(0)))
    return any(abs(EXACT.subtract(high, EXACT.multiply(low, power))) * NEARLY <= high for power in SLIPS)


def _ratio(one: Cost, other: Cost) -> str:
    high, low = (one.usd, other.usd) if (one.usd or 0) > (other.usd or 0) else (other.usd, one.usd)
    times = (high or Decimal(0)) / (low or Decimal(1))
    return f"{times:.4g} times {'less' if high == one.usd else 'more'}"
