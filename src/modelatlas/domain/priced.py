"""What is known of one id's prices at one provider, by all sources together, at an instant."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct, structs

from modelatlas.domain.costing import Bill, bill
from modelatlas.domain.evaluation import Ambiguous, Circumstances, Cost, evaluate
from modelatlas.domain.precedence import Quoted, Settled, settle
from modelatlas.domain.price import Tier
from modelatlas.domain.quarantine import Suspect, quarantined
from modelatlas.domain.releases import Release
from modelatlas.domain.usage import Usage

Reason = Literal["unknown_provider", "unknown_model", "no_price"]

REASONS: Final[dict[Reason, str]] = {
    "unknown_provider": "no declared provider and no reference has this name",
    "unknown_model": "no source knows this id at this provider",
    "no_price": "sources know this id and none of them prices it",
}
"""Reason -> what it means to a person."""

TIERS: Final[dict[str, Tier]] = {
    "batch": "batch",
    "flex": "flex",
    "priority": "priority",
    "standard": "standard",
    "default": "standard",
    "auto": "standard",
    "on_demand": "standard",
    "on_demand_flex": "flex",
    "on_demand_priority": "priority",
}
"""The service tier as answers name it, in lower case -> ours."""


class Priced(Struct, frozen=True):
    """An id's prices, settled, with what is kept back; or the reason why there are none."""

    provider: str
    id: str
    at: datetime
    settled: Settled | None = None
    suspects: tuple[Suspect, ...] = ()
    reason: Reason | None = None

    def costs(self, asked: Circumstances) -> dict[str, Cost]:
        """Return what each unit costs in given circumstances; a unit that has no price then is left out."""
        return self.evaluated(asked)[0]

    def evaluated(self, asked: Circumstances) -> tuple[dict[str, Cost], dict[str, str]]:
        """Return what each unit costs in given circumstances, and why others cost nothing that is known.

        The reasons are those of units in quarantine, and of units of which the source that counts says two
        things; a unit that has no price in these circumstances is in neither.
        """
        costs: dict[str, Cost] = {}
        reasons = {each.unit: f"in quarantine: {each.detail}" for each in self.suspects}
        if self.settled is None:
            return costs, reasons
        reasons |= {each.unit: f"{each.source}: {each.reason}" for each in self.settled.unsettled}
        for unit in dict.fromkeys(rule.unit for rule in self.settled.rules):
            try:
                cost = evaluate(self.settled.rules, unit, asked, self.settled.factors)
            except Ambiguous as both:
                reasons[unit] = str(both)
                continue
            if cost is not None:
                costs[unit] = cost
        return costs, {unit: why for unit, why in reasons.items() if unit not in costs}

    def bill(self, usage: Usage, asked: Circumstances) -> Bill:
        """Return what a usage costs in given circumstances; nothing is known where there are no prices."""
        if self.settled is None:
            return bill((), (), usage, asked)
        return bill(self.settled.rules, self.settled.factors, usage, asked)


def priced(
    provider: str, id_: str, at: datetime, said: Sequence[Quoted], released: Iterable[Release] = ()
) -> Priced:
    """Settle what sources say of an id at an instant; suspect prices are kept back."""
    if not said:
        return Priced(provider, id_, at, reason="unknown_model")
    settled, suspects = quarantined(settle(said, at), at, released)
    if not settled.rules and not suspects and not settled.unsettled:
        return Priced(provider, id_, at, settled, reason="no_price")
    return Priced(provider, id_, at, settled, suspects)


class Costed(Struct, frozen=True):
    """What a usage costs at whoever's prices: the usage as it was read, the tier, and the bill."""

    priced: Priced
    usage: Usage
    tier: Tier
    bill: Bill


def costed(priced: Priced, usage: Usage, tier: Tier | None = None, region: str | None = None) -> Costed:
    """Price a usage; why prices are not known, or are kept back, is among the bill's reasons."""
    used = tier_of(usage, tier)
    found = priced.bill(usage, Circumstances(priced.at, usage.prompt_tokens, used, region))
    why: tuple[str, ...] = () if priced.reason is None else (f"{priced.reason}: {REASONS[priced.reason]}",)
    if tier is None and usage.tier is not None and usage.tier.lower() not in TIERS:
        why += (f"the tier {usage.tier[:40]!r} is not known here: say which one counts",)
    suspects = tuple(f"{each.unit} is in quarantine: {each.detail}" for each in priced.suspects)
    unsettled = () if priced.settled is None else priced.settled.unsettled
    twice = tuple(f"{each.unit} is not settled: {each.source}: {each.reason}" for each in unsettled)
    total = None if why else found.usd
    whole = structs.replace(found, usd=total, reasons=(*why, *found.reasons, *suspects, *twice))
    return Costed(priced, usage, used, whole)


def tier_of(usage: Usage, asked: Tier | None) -> Tier:
    """Return the tier that was asked for, else the one that a usage names, else the standard one."""
    return asked or TIERS.get((usage.tier or "standard").lower(), "standard")
