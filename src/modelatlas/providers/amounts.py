"""From an amount as sent to the rules that it means, obeying one line of a declaration."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from modelatlas.domain.money import EXACT
from modelatlas.domain.price import Rule, State, Unread
from modelatlas.providers.column_reading import Said, read_column, said
from modelatlas.providers.columns import Columns
from modelatlas.providers.contract import Entry, Unfit
from modelatlas.providers.fields import dollar_text, instant, number, number_text, unix
from modelatlas.providers.paths import price_paths
from modelatlas.providers.payload import dig, raw_text
from modelatlas.providers.price_path import Price

_FORMS: Final[Mapping[str, Callable[[Any], Decimal]]] = {
    "number": number,
    "text": number_text,
    "dollars": dollar_text,
}


def read_amounts(unit: str, price: Price, columns: Columns) -> Said:
    """Read the amounts of many entries: the rules of each; equal amounts in equal company are read once."""
    paths = [path for path in price_paths(price) if path == price.path or columns.at(path).kinds]
    if not columns.at(price.path).kinds and price.free is None:
        return Said()
    if len(paths) == 1:
        return read_column(lambda value: read_price(unit, price, value, {}), columns.at(price.path))
    company = [columns.at(path) for path in paths]
    rows = list(zip(*(column.values for column in company), strict=True))
    if all(column.keys is column.values or not column.kinds for column in company):
        differing = dict(zip(rows, columns.entries, strict=True))
        meaning = {row: _attempt(unit, price, row[0], entry) for row, entry in differing.items()}
        return said([meaning[row] for row in rows])
    each = zip(rows, columns.entries, strict=True)
    return said([_attempt(unit, price, row[0], entry) for row, entry in each])


def read_prices(
    id_: str, found: Iterable[tuple[str, Price, Any]], entry: Entry
) -> tuple[tuple[Rule, ...], tuple[Unread, ...]]:
    """Read amounts (unit, declaration, value) of one entry: their rules, and what is not as declared."""
    rules: list[Rule] = []
    unread: list[Unread] = []
    for unit, price, value in found:
        read = _attempt(unit, price, value, entry)
        if isinstance(read, Unfit):
            unread.append(Unread(id_, price.path, raw_text(value), str(read)))
        else:
            rules.extend(read or ())
    return tuple(rules), tuple(unread)


def read_price(unit: str, price: Price, value: Any, entry: Entry) -> tuple[Rule, ...]:
    """Read one amount as declared: its rule, or none where the declaration says that it means nothing.

    A discount that ends stands above the full price for as long as it lasts. Raises `Unfit`.
    """
    _check_given(price, entry)
    is_free = price.free is not None and dig(entry, price.free) is True
    if value is None:
        return (_rule(unit, price, "free", raw="true"),) if is_free else ()
    amount = _FORMS[price.form](value)
    raw = raw_text(value)
    if price.varying is not None and price.varying(amount):
        return (_rule(unit, price, "varying", raw=raw),)
    if amount < 0:
        raise Unfit("expected an amount of 0 or more")
    if is_free and amount > 0:
        raise Unfit(f"an amount, although {price.free} is true")
    for path in price.times:
        factor = dig(entry, path)
        if factor is None:
            return ()
        amount, raw = EXACT.multiply(amount, _factor(factor)), f"{raw} x {raw_text(factor)}"
    full = _priced(unit, price, amount, raw, is_free=is_free or _ends_free(price, entry))
    return _discounted(full, price.discount, entry) if price.discount else full


def _attempt(unit: str, price: Price, value: Any, entry: Entry) -> tuple[Rule, ...] | Unfit | None:
    if value is None and price.free is None:
        return None
    try:
        return read_price(unit, price, value, entry)
    except Unfit as unfit:
        return unfit


def _check_given(price: Price, entry: Entry) -> None:
    if price.given is not None and (said := dig(entry, price.given[0])) != price.given[1]:
        raise Unfit(f"{price.given[0]} is {raw_text(said)[:100]}, expected {price.given[1]}")


def _ends_free(price: Price, entry: Entry) -> bool:
    if price.free_ending is None:
        return False
    path, ending = price.free_ending
    return raw_text(dig(entry, path)).endswith(ending)


def _factor(value: Any) -> Decimal:
    factor = number(value)
    if factor < 0:
        raise Unfit("expected a factor of 0 or more")
    return factor


def _priced(unit: str, price: Price, amount: Decimal, raw: str, *, is_free: bool) -> tuple[Rule, ...]:
    if amount:
        return (_rule(unit, price, "known", EXACT.multiply(amount, price.scale), raw),)
    return (_rule(unit, price, "free", raw=raw),) if is_free or price.zero == "free" else ()


def _rule(unit: str, price: Price, state: State, amount: Decimal | None = None, raw: str = "") -> Rule:
    return Rule(unit, state, amount, price.currency, price.per, raw, price.path)


def _discounted(full: tuple[Rule, ...], discount: tuple[str, ...], entry: Entry) -> tuple[Rule, ...]:
    """Take the discount off, below the full price when there is an instant from which that holds again."""
    path, *ending = discount
    off = dig(entry, path)
    if off is None:
        return full
    share = number(off)
    if not 0 <= share <= 1:
        raise Unfit(f"expected a fraction between 0 and 1 at {path}")
    if not share or not full or full[0].amount is None:
        return full
    ends = dig(entry, ending[0]) if ending else None
    amount = EXACT.multiply(full[0].amount, EXACT.subtract(Decimal(1), share))
    state: State = "known" if amount else "free"
    less = msgspec.structs.replace(
        full[0], state=state, amount=amount or None, raw=f"{full[0].raw} - {off} of it"
    )
    end = None if ends is None else instant(unix(ends))
    return (less,) if end is None else (msgspec.structs.replace(less, valid_to=end, rank=1), full[0])
