"""Quarantine: a suspect price is kept back with its evidence, and never repaired.

What makes a price suspect is an independent source that says something quite different, or an amount outside
of the unit's absolute band. Our own last value is never an argument (F17b), and neither is a jump.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

from msgspec import Struct, structs

from modelatlas.domain.bands import BANDS
from modelatlas.domain.evaluation import Cost, is_valid
from modelatlas.domain.money import EXACT
from modelatlas.domain.precedence import Choice, Said, Settled, agree
from modelatlas.domain.price import ALWAYS, usd_per_unit
from modelatlas.domain.releases import Release
from modelatlas.domain.sources import teller_of

Suspicion = Literal["contradicted", "outside_band"]

APART: Final = Decimal(10)
"""Two amounts contradict each other when one is ten times the other or more: units slip by powers of ten."""


SLIPS: Final = tuple(Decimal(10) ** power for power in range(2, 10))
"""Factors by which units slip: cents, thousands, millions."""
NEARLY: Final = 20
"""A factor is met when it is missed by at most a twentieth."""


class Suspect(Struct, frozen=True):
    """A price that is kept back: who said it, why it is suspect, and what others say.

    `against` is the word that contradicts it, where one does; `detail` says it all to a person.
    """

    unit: str
    said: Said
    suspicion: Suspicion
    others: tuple[Said, ...]
    detail: str
    against: Said | None = None


def quarantined(
    settled: Settled, at: datetime, released: Iterable[Release] = ()
) -> tuple[Settled, tuple[Suspect, ...]]:
    """Take suspect prices out of what was settled at an instant; return what is left, and what was taken out.

    What an operator let through stays, as long as it is the same amount. An independent source that agrees
    releases as well. A suspect price under conditions takes the whole unit along: without it the plain price
    would answer under those conditions, too. Where the plain price is another source's, it stays: that one
    does not price the tier.
    """
    let_through = tuple(released)

    def is_kept(suspect: Suspect) -> bool:
        return not any(release.covers(suspect.said) for release in let_through)

    plain = [each for choice in settled.choices if (each := suspected(choice)) is not None and is_kept(each)]
    conditional = [each for each in _conditional(settled, at) if is_kept(each)]
    if not plain and not conditional:
        return settled, ()
    counting = _counting(settled)
    completing = {(each.unit, each.said.source) for each in conditional} - set(counting.items())
    kept_back = {
        each.unit for each in (*plain, *conditional) if (each.unit, each.said.source) not in completing
    }
    left = structs.replace(
        settled,
        rules=tuple(
            rule
            for rule in settled.rules
            if rule.unit not in kept_back and (rule.unit, rule.source) not in completing
        ),
        choices=tuple(choice for choice in settled.choices if choice.unit not in kept_back),
    )
    return left, (*plain, *conditional)


def suspected(choice: Choice) -> Suspect | None:
    """Say why a price is suspect, or None: what an operator or a second source says, too, never is."""
    said = choice.chosen
    amount = said.cost.usd
    if said.standing == "operator" or not amount:
        return None
    independent = [other for other in choice.others if not _is_derived(other, said)]
    if any(agree(said.cost, other.cost) for other in independent):
        return None
    against = [other for other in independent if _contradicts(said.cost, other.cost)]
    apart = next(iter(against), None)
    if apart is not None and (said.standing != "provider" or _is_slip(said, against)):
        detail = f"{apart.source} says {_ratio(said.cost, apart.cost)}"
        return Suspect(choice.unit, said, "contradicted", choice.others, detail, apart)
    outside = _outside_band(choice.unit, amount)
    return None if outside is None else Suspect(choice.unit, said, "outside_band", choice.others, outside)


def _counting(settled: Settled) -> dict[str, str]:
    """Return the source that counts of each unit: its rules stand before those that complete its tiers."""
    return {rule.unit: rule.source for rule in reversed(settled.rules)}


def _conditional(settled: Settled, at: datetime) -> list[Suspect]:
    """Find the first rule of each unit and source whose conditional amount is outside of the band.

    Looked at are rules that are valid at the instant: a wrong one that is over, or that is announced, must
    not keep back the right one of today.
    """
    found: dict[tuple[str, str], Suspect] = {}
    for rule in settled.rules:
        key = rule.unit, rule.source
        if rule.when == ALWAYS or not is_valid(rule, at) or key in found:
            continue
        amount = usd_per_unit(rule)
        standing = teller_of(rule.source)
        outside = _outside_band(rule.unit, amount) if amount and standing != "operator" else None
        if outside is not None:
            said = Said(rule.source, standing, Cost(rule.unit, rule.state, amount, rule.currency, rule))
            detail = f"under conditions ({rule.path or rule.raw}) {outside}"
            found[key] = Suspect(rule.unit, said, "outside_band", (), detail)
    return list(found.values())


def _outside_band(unit: str, amount: Decimal) -> str | None:
    """Say that an amount is outside of its unit's band, and of which; None when it is inside."""
    band = BANDS.get(unit)
    if band is None or band.least <= amount <= band.most:
        return None
    return f"outside {band.least:f} to {band.most:f} USD for one: {band.reason}"


def _is_derived(other: Said, said: Said) -> bool:
    """Tell whether a word only repeats another one: borrowed from it, or of the same source."""
    return other.source == said.source or teller_of(other.source) == "borrowed"


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


def times(one: Cost, other: Cost) -> Decimal | None:
    """Return how many times the larger amount is the smaller one, to 28 digits; None without two amounts."""
    if not one.usd or not other.usd:
        return None
    return max(one.usd, other.usd) / min(one.usd, other.usd)


def ratio_text(ratio: Decimal) -> str:
    """Write a ratio with at most four digits after the point.

    >>> ratio_text(Decimal("1E+1")), ratio_text(Decimal("2.50")), ratio_text(Decimal(20) / 3)
    ('10', '2.5', '6.6667')
    """
    return f"{ratio:.4f}".rstrip("0").rstrip(".")


def _ratio(said: Cost, other: Cost) -> str:
    """Say how the other one's word compares with what was said."""
    way = "less" if (other.usd or 0) < (said.usd or 0) else "more"
    return f"{ratio_text(times(said, other) or Decimal(0))} times {way}"
