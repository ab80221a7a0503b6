"""What a source says of a service tier, put into rules of that tier alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, get_args

from msgspec import structs

from modelatlas.domain.evaluation import is_part_of_another, tiers_of
from modelatlas.domain.price import Factor, Rule, Tier

BESIDES: Final[tuple[Tier, ...]] = tuple(tier for tier in get_args(Tier) if tier != "standard")
"""The tiers besides the standard one."""


def said_of(tier: Tier, rules: Sequence[Rule], factors: Sequence[Factor], at: datetime) -> tuple[Rule, ...]:
    """Return what one source says of a tier, none where it does not price it at that instant.

    A unit that the tier does not name costs what it does in the standard tier, so its standard rules are
    repeated; not so for a part of a unit that the tier names (`evaluation.is_part_of_another`).
    """
    if tier not in tiers_of((*rules, *factors), at):
        return ()
    own = tuple(rule for rule in rules if rule.when.tier == tier)
    named = {rule.unit for rule in own}
    repeated = (
        structs.replace(rule, when=structs.replace(rule.when, tier=tier))
        for rule in rules
        if rule.when.tier == "standard"
        and rule.unit not in named
        and not is_part_of_another(rule.unit, rules, factors, tier)
    )
    return (*own, *repeated)
