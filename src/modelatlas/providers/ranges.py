"""Prices by ranges of prompt lengths that are named in words, as Alibaba quotes them."""

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Condition, PromptOver, Rule, Tier, Unread
from modelatlas.providers.amounts import read_price
from modelatlas.providers.conditional import consistent
from modelatlas.providers.contract import Entry, Unfit
from modelatlas.providers.fields import usd_text
from modelatlas.providers.payload import raw_text

# `input_token_cache` is a hit of the implicit cache. Where it has a price the explicit one's stays unread.
UNITS: Final[Mapping[str, tuple[str, Tier]]] = {
    "input_token": ("input_token", "standard"),
    "output_token": ("output_token", "standard"),
    "input_token_batch": ("input_token", "batch"),
    "output_token_batch": ("output_token", "batch"),
    "input_token_cache": ("cache_read_token", "standard"),
    "input_token_cache_read": ("cache_read_token", "standard"),
    "input_token_cache_creation_5m": ("cache_write_token", "standard"),
    "input_token_cache_creation_1h": ("cache_write_1h_token", "standard"),
    "image_number": ("output_image", "standard"),
}
# The international list is in US dollars and English. The mainland list, in yuan, names its units in
# Chinese; no currency is said, so these are refused (documented, 2026-09).
PER: Final = {"Per 1M tokens": "1M tokens", "per image": "image"}
_NAME: Final = re.compile(r"(?:([0-9]{1,6})([km])<)?(?:Input|输入)(?:<=([0-9]{1,6})([km]))?", re.IGNORECASE)
_POWERS: Final = {"k": 1_000, "m": 1_000_000}
_ROUNDED_BY: Final = Decimal("1.048576")
"""A window of 131,072 tokens ends with the range `Input<=128k`."""
_IMPLICIT: Final = "input_token_cache"
_EXPLICIT: Final = "input_token_cache_read"
_PATH: Final = "prices[].prices[].price"


class Quote(Struct):
    """One price of a range."""

    type: str
    price: str
    price_unit: str
    time_band: str | None = None


class Range(Struct):
    """The prices for one range of prompt lengths; `Default` is for all."""

    range_name: str
    prices: list[Quote]


class Bounds(Struct, frozen=True):
    """The tokens that the prompts of a range exceed, and the most that they have; None is no end."""

    over: int = 0
    most: int | None = None


def ranged_prices(entry: Entry, listing: Listing) -> tuple[Listing, tuple[Unread, ...]]:
    """Read the prices of each range of prompt lengths and of the batch tier.

    A unit that is priced by time of day stays unread, since the hours are said nowhere; so does one that is
    not priced for prompts of every length.
    """
    said = entry.get("prices")
    try:
        ranges = msgspec.convert([] if said is None else said, list[Range])
    except msgspec.ValidationError as error:
        return listing, (Unread(listing.id, "prices", raw_text(said), str(error)),)
    rules: list[Rule] = []
    unread: list[Unread] = []
    types = dict.fromkeys(quote.type for each in ranges for quote in each.prices)
    for type_ in types:
        quotes = [(each, quote) for each in ranges for quote in each.prices if quote.type == type_]
        try:
            rules.extend(rules_of(_known(type_, types), quotes, listing.context_tokens or 0))
        except Unfit as unfit:
            unread.extend(
                Unread(listing.id, _PATH, f"{each.range_name}: {raw_text(asdict(quote))}", str(unfit))
                for each, quote in quotes
            )
    whole = consistent(listing.id, rules)
    return replace(listing, prices=whole.rules), (*unread, *whole.unread)


def rules_of(type_: str, quotes: Sequence[tuple[Range, Quote]], context_tokens: int) -> list[Rule]:
    """Read all prices of one type, the shortest prompts first; raises `Unfit` when any cannot be said."""
    unit, tier = UNITS[type_]
    if any(quote.time_band not in {None, "standard"} for _, quote in quotes):
        raise Unfit("by time of day, and the hours are not said")
    ranges = sorted(((bounds_of(each), quote) for each, quote in quotes), key=lambda each: each[0].over)
    begins = sorted({bounds.over for bounds, _ in ranges})
    ends = dict(pairwise(begins))
    if begins[0] or any(bounds.most != ends.get(bounds.over, bounds.most) for bounds, _ in ranges):
        raise Unfit(f"no {unit} for prompts of every length, or two")
    most = ranges[-1][0].most
    if most is not None and most * _ROUNDED_BY < context_tokens:
        raise Unfit(f"no {unit} for the longest prompts")
    rules: list[Rule] = []
    for bounds, quote in ranges:
        if quote.price_unit not in PER:
            raise Unfit(f"a price {quote.price_unit}")
        over = PromptOver(bounds.over) if bounds.over else None
        read = read_price(unit, usd_text(_PATH, per=PER[quote.price_unit]), quote.price, {})
        if not read and len(ranges) > 1:
            raise Unfit("a zero that does not say free")
        rules.extend(
            replace(each, when=Condition(prompt_over=over, tier=tier), rank=begins.index(bounds.over))
            for each in read
        )
    return rules


def _known(type_: str, beside: Collection[str]) -> str:
    """Return a type that can be read beside the others; raises `Unfit`."""
    if type_ not in UNITS:
        raise Unfit(f"a price of the type {type_}")
    if type_ == _EXPLICIT and _IMPLICIT in beside:
        raise Unfit("a second cache, beside the one that is read by itself")
    return type_


def bounds_of(named: Range) -> Bounds:
    """Read a range such as `32k<Input<=128k`; raises `Unfit`.

    Its `k` is a thousand: two gateways bill the same models from 32,001 tokens on (recorded, 2026-08).
    """
    if named.range_name == "Default":
        return Bounds()
    found = _NAME.fullmatch(named.range_name)
    if found is None:
        raise Unfit(f"a price for the range {named.range_name}"[:100])
    over, over_power, most, most_power = found.groups("")
    return Bounds(_tokens(over, over_power) if over else 0, _tokens(most, most_power) if most else None)


def _tokens(number: str, power: str) -> int:
    return int(number) * _POWERS[power.lower()]
