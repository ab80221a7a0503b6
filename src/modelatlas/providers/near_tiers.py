"""Prices by service tier, as NEAR AI quotes them beside the plain ones."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import ALWAYS, Condition, Rule, Tier, Unread, usd_per_unit
from modelatlas.providers.amounts import read_price
from modelatlas.providers.contract import Entry, Unfit
from modelatlas.providers.fields import usd_text
from modelatlas.providers.payload import raw_text
from modelatlas.providers.price_path import Price

TIERS: Final[Mapping[str, Tier]] = {"default": "standard", "flex": "flex", "priority": "priority"}


def _per_million(key: str) -> Price:
    return usd_text(f"textPricing.tiers.{key}", per="1M tokens")


AMOUNTS: Final[Mapping[str, tuple[str, Price]]] = {
    "uncachedInput": ("input_token", _per_million("uncachedInput")),
    "cachedInput": ("cache_read_token", replace(_per_million("cachedInput"), zero="free")),
    "cacheWrite": ("cache_write_token", _per_million("cacheWrite")),
    "output": ("output_token", _per_million("output")),
}
"""Key -> our unit and how its amount is written (server code, 2026-08)."""


class TextPricing(Struct, frozen=True, forbid_unknown_fields=True):
    """All prices of text: tier -> length of the prompt -> key -> amount."""

    version: Any
    currency: str
    unit: str
    tiers: dict[str, dict[str, dict[str, Any]]]


def tier_prices(entry: Entry, listing: Listing) -> tuple[Listing, tuple[Unread, ...]]:
    """Read the prices of each tier of a model that has none of their own for long prompts.

    From how many tokens on a prompt is long is said nowhere, so a model that has them stays unread.
    """
    said = entry.get("textPricing")
    if said is None:
        return listing, ()
    try:
        rules = _rules_of(msgspec.convert(said, TextPricing), listing)
    except (msgspec.ValidationError, Unfit) as error:
        return listing, (Unread(listing.id, "textPricing", raw_text(said), str(error)),)
    return replace(listing, prices=(*listing.prices, *rules)), ()


def _rules_of(said: TextPricing, listing: Listing) -> list[Rule]:
    if (said.currency, said.unit) != ("USD", "million_tokens"):
        raise Unfit(f"amounts in {said.currency} for {said.unit}"[:100])
    plain = {rule.unit: rule for rule in listing.prices if rule.when == ALWAYS}
    rules: list[Rule] = []
    for name, lengths in said.tiers.items():
        if name not in TIERS:
            raise Unfit(f"a price of the tier {name}"[:100])
        if lengths.keys() != {"short"}:
            raise Unfit("by the length of the prompt, and how long is long is not said")
        for rule in _amounts(lengths["short"]):
            if name != "default":
                rules.append(replace(rule, when=Condition(tier=TIERS[name])))
            elif rule.unit not in plain:
                rules.append(rule)
            elif usd_per_unit(rule) != usd_per_unit(plain[rule.unit]):
                raise Unfit(f"another {rule.unit} than the plain one")
    return rules


def _amounts(said: Mapping[str, Any]) -> list[Rule]:
    if not said.keys() <= AMOUNTS.keys():
        raise Unfit(f"a price of {', '.join(sorted(said.keys() - AMOUNTS.keys()))}"[:100])
    given = {key: value for key, value in said.items() if value is not None}
    return [rule for key, value in given.items() for rule in read_price(*AMOUNTS[key], value, {})]
