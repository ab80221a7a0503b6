"""What is known of one id's prices at one provider, by all sources together, at an instant."""

from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from modelatlas.domain.costing import Bill, bill
from modelatlas.domain.evaluation import Circumstances, Cost, evaluate
from modelatlas.domain.precedence import Settled
from modelatlas.domain.price import Tier
from modelatlas.domain.quarantine import Suspect
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
}
"""The service tier as answers name it -> ours."""


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
        if self.settled is None:
            return {}
        settled = self.settled
        units = dict.fromkeys(rule.unit for rule in settled.rules)
        found = {unit: evaluate(settled.rules, unit, asked, settled.factors) for unit in units}
        return {unit: cost for unit, cost in found.items() if cost is not None}

    def bill(self, usage: Usage, asked: Circumstances) -> Bill:
        """Return what a usage costs in given circumstances; nothing is known where there are no prices."""
        if self.settled is None:
            return bill((), (), usage, asked)
        return bill(self.settled.rules, self.settled.factors, usage, asked)


def tier_of(usage: Usage, asked: Tier | None) -> Tier:
    """Return the tier that was asked for, else the one that a usage names, else the standard one."""
    return asked or TIERS.get(usage.tier or "standard", "standard")
