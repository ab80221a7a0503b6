"""Rows of price documents, and lists of meters, for invented models: made from the declared examples alone.

A row is kept only if the declaration's own reader finds in it what it finds in the example: one listing,
the same unit under the same conditions.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from decimal import Decimal
from hashlib import blake2b
from typing import Final

import msgspec
from msgspec import Struct

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule, Unread
from modelatlas.domain.units import PER
from modelatlas.providers.contract import ModelList
from modelatlas.providers.paths import PLACE
from modelatlas.providers.payload import decode, dig, rows_of
from modelatlas.providers.price_rows import PriceRows
from modelatlas.providers.row_naming import Known, known, read_meters
from modelatlas.providers.row_reading import read_row
from modelatlas.providers.row_words import has_words_of, splits
from modelatlas.simulator.paging import documented
from modelatlas.simulator.places import Place, leaves, place, put
from modelatlas.simulator.templates import encode

_NANO: Final = Decimal("1E-9")


class Model(Struct, frozen=True):
    """An invented listing that a row prices: its number, id and name, and what one of each unit costs."""

    index: int
    listing: Listing
    amount: Callable[[str], Decimal]


class _Example(Struct, frozen=True):
    """An example, what the declaration's reader makes of it, and the id that it prices."""

    item: object
    rule: Rule
    priced: str


class RowMaker:
    """The maker of the rows of one price document; `examples` are the listings that its examples price."""

    def __init__(self, declared: ModelList, how: PriceRows, examples: Mapping[str, Listing]) -> None:
        self._declared = declared
        self._how = how
        self._is_by_id = any(usage.by == "id" and usage.path == how.key for usage in how.usages)
        self._examples = [
            _Example(item, rule, expected.id)
            for item, expected in declared.examples
            if isinstance(expected, Listing)
            and expected.id in examples
            and (rule := self._read(item, examples[expected.id])) is not None
        ]

    def rows(self, model: Model) -> Iterator[bytes]:
        """Go through the rows that price a model: as those of one of the example's models do."""
        made: defaultdict[str, list[object]] = defaultdict(list)
        for example in self._examples:
            item = self._of(example, model)
            read = self._read(item, model.listing)
            if read is not None and _alike(read, example.rule):
                made[example.priced].append(item)
        if made:
            yield from map(encode, list(made.values())[model.index % len(made)])

    def _of(self, example: _Example, model: Model) -> object:
        how, item = self._how, deepcopy(example.item)
        named = model.listing.name or model.listing.id.replace("-", " ")
        for usage in how.usages:
            text = dig(item, usage.path)
            form = re.fullmatch(usage.pattern, text) if isinstance(text, str) else None
            if form is not None:
                new = model.listing.id if usage.by == "id" else named
                put(item, place(usage.path), _renamed(how, form, new, _elsewhere(how, item)))
                break
        if how.name:
            put(item, place(how.name), f"{named}{how.name_ending}")
        if how.key and not self._is_by_id:
            key = str(dig(item, how.key))
            for way, value in list(leaves(item)):
                if isinstance(value, str) and key in value:
                    put(item, way, value.replace(key, keyed(key, model.index)))
        self._price(item, example.rule, model.amount(example.rule.unit))
        return item

    def _price(self, item: object, rule: Rule, single: Decimal) -> None:
        """Put another amount in the place of the example's, wherever the document has it."""
        document = documented(self._declared, [encode(item)], {})
        (row,) = rows_of(self._declared, msgspec.json.decode(document))
        sent = dig(row, self._how.amount)
        amount = (single * PER[rule.per][1]).normalize()
        for way, value in list(_all(item)):
            if value == sent and type(value) is not str:
                put(item, way, _written(self._how, sent, amount))
            elif value == sent and way[-1] == place(self._how.amount)[-1]:
                put(item, way, f"${amount:f}" if self._how.form == "dollars" else f"{amount:f}")

    def _read(self, item: object, listing: Listing) -> Rule | None:
        (row,) = rows_of(self._declared, decode(documented(self._declared, [encode(item)], {})))
        found = read_row(self._how, row, self._known(row, listing))
        return None if isinstance(found, Unread) else found[1]

    def _known(self, row: object, listing: Listing) -> Known:
        meter = dig(row, self._how.meter) if self._how.meter else None
        meters = {meter.lower(): frozenset({listing.id})} if isinstance(meter, str) else {}
        return known({listing.id: listing}, meters)


def meters_entry(declared: ModelList, model: Model) -> bytes | None:
    """Write the entry of a list of meters that is of a model; None where its id cannot be put together."""
    match PLACE.findall(declared.id):
        case [name_at, version_at] if declared.examples and "-" in model.listing.id:
            item = deepcopy(dict(declared.examples[0][0]))
        case _:
            return None
    name, _, version = model.listing.id.rpartition("-")
    put(item, place(name_at), name)
    put(item, place(version_at), version)
    meters = read_meters(declared, [item])
    for way, value in list(leaves(item)):
        if isinstance(value, str) and value.lower() in meters:
            put(item, way, keyed(value, model.index))
    return encode(item)


def keyed(key: str, index: int) -> str:
    """Return another key of the same form, a different one for each number."""
    noise = blake2b(f"{key} {index}".encode(), digest_size=32).hexdigest()
    chars = iter(noise if key == key.lower() else noise.upper())
    return "".join(next(chars) if char.isalnum() else char for char in key)


def _renamed(how: PriceRows, form: re.Match[str], new: str, elsewhere: str) -> str:
    """Return the text of a usage with another name in it, written as the old one is."""
    text, group = form.string, "name" if form.groupdict().get("name") else "rest"
    old = form.groupdict().get(group) or ""
    if group == "rest":
        ways = [name for name, _ in splits(old, how.words)]
        fitting = [name for name in ways if not elsewhere or has_words_of(name, elsewhere)]
        old = fitting[0] if fitting else ""
    if not old:
        return text
    written = new if " " in old else new.replace(" ", "-")
    start = form.start(group)
    return f"{text[:start]}{written}{text[start + len(old) :]}"


def _elsewhere(how: PriceRows, item: object) -> str:
    value = dig(item, how.name) if how.name else None
    return value.removesuffix(how.name_ending) if isinstance(value, str) else ""


def _written(how: PriceRows, sent: object, amount: Decimal) -> object:
    if how.form != "money" or not isinstance(sent, dict):
        return amount
    nanos = max(int(amount / _NANO), 1)
    return {**sent, "units": str(nanos // 10**9), "nanos": nanos % 10**9}


def _alike(made: Rule, example: Rule) -> bool:
    return (made.unit, made.per, made.when, made.currency) == (
        example.unit,
        example.per,
        example.when,
        example.currency,
    )


def _all(value: object, way: Place = ()) -> Iterator[tuple[Place, object]]:
    """Go through all values, also those that hold others, with their places."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*way, key), inner
        yield from _all(inner, (*way, key))
