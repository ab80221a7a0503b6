"""Texts that were kept of a listing's prices, read as the declaration reads them today (F4)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, assert_never

from msgspec.structs import replace

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule
from modelatlas.providers.amounts import read_prices
from modelatlas.providers.conditions import PartialPrices, PriceWhen, PromptRanges
from modelatlas.providers.contract import ModelList, Number, Provider
from modelatlas.providers.paths import PLACE
from modelatlas.providers.payload import decode
from modelatlas.providers.price_path import Price
from modelatlas.providers.reading import Reader

_SOME_ID: Final = "a-listing"
_POSITION: Final = re.compile(r"\[[0-9]+\]")

_Read = Mapping[str, Sequence[Rule] | Rule]


class Rereader:
    """Reads kept texts of one provider; it knows the paths of its declaration, and what its quirk reads."""

    def __init__(self, provider: Provider) -> None:
        self._lists = [
            (declared, Reader(provider, declared), _amounts(declared)) for declared in provider.lists
        ]
        self._read: dict[tuple[tuple[str, str], ...], _Read] = {}

    def __call__(self, texts: Mapping[str, str]) -> _Read:
        """Read texts (path -> text): path -> rules, none where the text means nothing.

        An amount whose conditions stand elsewhere in its entry is one rule, without them. A path that cannot
        be read without the rest of its entry is missing.
        """
        key = tuple(texts.items())
        if key not in self._read:
            found: dict[str, Sequence[Rule] | Rule] = {}
            for declared, reader, amounts in self._lists:
                read = _read(declared, reader, texts) | _read_under_conditions(amounts, texts)
                for path, rules in read.items():
                    found.setdefault(path, rules)
            self._read[key] = found
        return self._read[key]


def _read(declared: ModelList, reader: Reader, texts: Mapping[str, str]) -> dict[str, Sequence[Rule] | Rule]:
    """Read texts as the only values of an entry of one list."""
    prices = {price.path: price for price in declared.prices.values() if price.path in texts}
    known = {path: text for path, text in texts.items() if path in prices or path in declared.quirk_paths}
    if not known:
        return {}
    entry: dict[str, Any] = {}
    for path in PLACE.findall(declared.id) or [declared.id]:
        _put(entry, path, _SOME_ID)
    for path, text in known.items():
        price = prices.get(path)
        _put(entry, path, _value(price, text))
        if price is not None and price.given is not None:  # else it would not have been read
            _put(entry, *price.given)
    reading = reader.read(entry)
    if not isinstance(reading.result, Listing):
        return {}
    rules: dict[str, list[Rule]] = {path: [] for path in prices}
    for rule in reading.result.prices:
        rules.setdefault(rule.path, []).append(rule)
    unread = {each.path for each in reading.unread}
    return {
        path: found
        for path, found in rules.items()
        if path in known and path not in unread and (found or not _may_be_free(prices.get(path)))
    }


def _may_be_free(price: Price | None) -> bool:
    """Tell whether what else an entry says may make a zero free."""
    return price is not None and (price.free is not None or price.free_ending is not None)


def _read_under_conditions(
    amounts: Mapping[str, tuple[str, Price]], texts: Mapping[str, str]
) -> dict[str, Rule]:
    """Read each text by itself as an amount that holds under conditions only."""
    found: dict[str, Rule] = {}
    for path, text in texts.items():
        declared = amounts.get(_POSITION.sub("[]", path))
        if declared is not None:
            unit, price = declared[0], replace(declared[1], path=path)
            rules, _ = read_prices(_SOME_ID, [(unit, price, _value(price, text))], {})
            if rules:
                found[path] = rules[0]
    return found


def _amounts(declared: ModelList) -> Mapping[str, tuple[str, Price]]:
    """Return where amounts stand that hold under conditions only, `[]` being any position in a list.

    A path that has a price without conditions, too, is not among them: its text says both.
    """
    found: dict[str, tuple[str, Price]] = {}
    for each in declared.conditional:
        match each:
            case PartialPrices():
                for unit, price in declared.prices.items():
                    found[f"{each.path}[].{price.path.removeprefix(f'{each.of}.')}"] = unit, price
            case PromptRanges():
                for unit, price in each.amounts.items():
                    found[f"{each.path}[].{price.path}"] = unit, price
            case PriceWhen():
                found[each.price.path] = each.unit, each.price
            case _:
                assert_never(each)
    both = {price.path for price in declared.prices.values()}
    return {path: found[path] for path in found.keys() - both}


def _value(price: Price | None, text: str) -> Any:
    """Return a value as it was received, from its text: a number, or a text that holds one."""
    if price is None or price.form != "number":
        return text
    try:
        value = decode(text.encode())
    except ValueError:
        return text
    return value if isinstance(value, int | Number) else text


def _put(entry: dict[str, Any], path: str, value: Any) -> None:
    *way, last = path.split(".")
    for key in way:
        inner = entry.setdefault(key, {})
        entry = inner if isinstance(inner, dict) else {}
    entry[last] = value
