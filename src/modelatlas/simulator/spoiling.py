"""The faults that are in the list itself: all well-formed, but missing, doubled, renamed or mis-scaled."""

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from modelatlas.providers.contract import ModelList
from modelatlas.providers.price_path import Price
from modelatlas.simulator.conditions import amounts_under_conditions
from modelatlas.simulator.places import Place, at, place, put
from modelatlas.simulator.templates import encode

_SLIP: Final = 1_000_000
_DOUBLED: Final = 10
"""One of so many entries is doubled."""

Spoil = Callable[[ModelList, Sequence[bytes]], Sequence[bytes]]


def spoiled(declared: ModelList, entries: Sequence[bytes], faults: Collection[str]) -> Sequence[bytes]:
    """Return the entries as these faults leave them; those that are not in the list do nothing here."""
    for name, spoil in SPOILERS.items():
        if name in faults:
            entries = spoil(declared, entries)
    return entries


def _empty(_declared: ModelList, _entries: Sequence[bytes]) -> Sequence[bytes]:
    return ()


def _half(_declared: ModelList, entries: Sequence[bytes]) -> Sequence[bytes]:
    return entries[: len(entries) // 2]


def _doubled(_declared: ModelList, entries: Sequence[bytes]) -> Sequence[bytes]:
    return [*entries, *entries[: -(-len(entries) // _DOUBLED)]]


def _renamed(declared: ModelList, entries: Sequence[bytes]) -> Sequence[bytes]:
    way = next((place(price.path) for price in declared.prices.values()), place(declared.id))

    def rename(entry: object) -> None:
        holder = at(entry, way[:-1])
        if isinstance(holder, dict) and way[-1] in holder:
            holder[f"new_{way[-1]}"] = holder.pop(way[-1])

    return _changed(declared, entries, rename)


def _slipped(declared: ModelList, entries: Sequence[bytes]) -> Sequence[bytes]:
    ways = {place(price.path): price for price in declared.prices.values()}

    def slip(entry: object) -> None:
        for way, price in {**amounts_under_conditions(declared, entry), **ways}.items():
            _multiply(entry, way, price)

    return _changed(declared, entries, slip)


def _multiply(entry: object, way: Place, price: Price) -> None:
    sent = at(entry, way)
    if sent is None or isinstance(sent, dict | list | bool):
        return
    try:
        amount = Decimal(str(sent)) * _SLIP
    except ArithmeticError:
        return
    put(entry, way, format(amount, "f") if price.form == "text" else amount)


def _changed(
    declared: ModelList, entries: Sequence[bytes], change: Callable[[object], None]
) -> Sequence[bytes]:
    """Apply a change to every entry, or to every offer of every entry where it holds many."""

    def one(raw: bytes) -> bytes:
        entry = msgspec.json.decode(raw)
        offers = entry.get(declared.each) if declared.each and isinstance(entry, dict) else None
        if isinstance(offers, list):
            for position, offer in enumerate(offers):
                whole = {**entry, declared.each: offer}
                change(whole)
                offers[position] = whole[declared.each]
        else:
            change(entry)
        return encode(entry)

    return [one(raw) for raw in entries]


SPOILERS: Final[Mapping[str, Spoil]] = {
    "empty-list": _empty,
    "half-list": _half,
    "duplicate-ids": _doubled,
    "renamed-field": _renamed,
    "unit-slip": _slipped,
}
"""Fault -> what it does to the entries, in the order in which they are done."""
