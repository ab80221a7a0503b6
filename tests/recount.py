"""Dated lists counted by hand: json and Decimal, and nothing of the program that is checked with it."""

import json
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

UNITS = {
    "prompt": "input_token",
    "completion": "output_token",
    "input_cache_read": "cache_read_token",
    "input_cache_write": "cache_write_token",
    "internal_reasoning": "reasoning_token",
    "request": "request",
    "web_search": "web_search",
}
"""What OpenRouter calls a price -> the unit."""
ZERO_IS_FREE = {"prompt", "completion", "input_cache_read", "input_cache_write"}
"""Elsewhere a zero says that it is not billed apart."""

Prices = dict[str, Any]
"""Unit -> USD of one, `free` or `varying`."""


class Step(NamedTuple):
    """What happened from one list to the next."""

    new: set[str]
    gone: set[str]
    back: set[str]
    repriced: set[tuple[str, str]]


def lists(payloads: list[bytes]) -> list[dict[str, Prices]]:
    """Id -> prices, of each payload."""
    found = []
    for payload in payloads:
        entries: dict[str, Any] = {}
        for entry in filter(is_readable, json.loads(payload)["data"]):
            other = entries.get(entry["id"])
            if other is None or entry.get("created", 0) > other.get("created", 0):
                entries[entry["id"]] = entry
        found.append({id_: prices(entry.get("pricing") or {}) for id_, entry in entries.items()})
    return found


def is_readable(entry: Any) -> bool:
    """Tell whether an entry names a model."""
    return isinstance(entry, dict) and isinstance(entry.get("id"), str) and entry["id"] != ""


def steps(found: list[dict[str, Prices]]) -> list[Step]:
    """What happened between each list and the next; the first of all follows upon nothing."""
    ever: set[str] = set()
    counted = []
    for before, after in pairwise([{}, *found]):
        new = after.keys() - ever
        both = before.keys() & after.keys()
        counted.append(
            Step(
                set(new),
                before.keys() - after.keys(),
                after.keys() - before.keys() - new,
                {
                    (id_, unit)
                    for id_ in both
                    for unit in before[id_].keys() | after[id_].keys()
                    if before[id_].get(unit) != after[id_].get(unit)
                },
            )
        )
        ever |= after.keys()
    return counted


def prices(pricing: dict[str, Any]) -> Prices:
    said: Prices = {}
    for key, unit in UNITS.items():
        if pricing.get(key) is not None:
            amount = Decimal(pricing[key])
            if amount < 0:
                said[unit] = "varying"
            elif amount > 0:
                said[unit] = amount
            elif key in ZERO_IS_FREE:
                said[unit] = "free"
    image = pricing.get("image")  # the same amount as a token of the prompt: an image is billed by its tokens
    if image is not None and Decimal(image) > 0:
        said["input_image_token" if image == pricing.get("prompt") else "input_image"] = Decimal(image)
    return said
