"""Texts that were kept of a listing's prices, read as the declaration reads them today (F4)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule
from modelatlas.providers.contract import ModelList, Number, Provider
from modelatlas.providers.paths import PLACE
from modelatlas.providers.payload import decode
from modelatlas.providers.price_path import Price
from modelatlas.providers.reading import Reader

_SOME_ID: Final = "a-listing"


class Rereader:
    """Reads kept texts of one provider; it knows the paths of its declaration, and what its quirk reads."""

    def __init__(self, provider: Provider) -> None:
        self._lists = [(declared, Reader(provider, declared)) for declared in provider.lists]
        self._read: dict[tuple[tuple[str, str], ...], Mapping[str, Sequence[Rule]]] = {}

    def __call__(self, texts: Mapping[str, str]) -> Mapping[str, Sequence[Rule]]:
        """Read texts (path -> text): path -> rules, none where the text means nothing.

        A path that cannot be read without the rest of its entry is missing.
        """
        key = tuple(texts.items())
        if key not in self._read:
            found: dict[str, Sequence[Rule]] = {}
            for declared, reader in self._lists:
                for path, rules in _read(declared, reader, texts).items():
                    found.setdefault(path, rules)
            self._read[key] = found
        return self._read[key]


def _read(declared: ModelList, reader: Reader, texts: Mapping[str, str]) -> dict[str, Sequence[Rule]]:
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
    return {path: found for path, found in rules.items() if path in known and path not in unread}


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
