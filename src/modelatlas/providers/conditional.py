"""From the prices of an entry that hold under conditions to rules: never flattened, never a guess.

What cannot be said exactly is kept unread, with the reason; so is every unit of which a set of rules says two
things at once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, assert_never

from msgspec import Struct
from msgspec.structs import replace

from modelatlas.domain.evaluation import MINUTES_A_DAY
from modelatlas.domain.price import Condition, PromptOver, Rule, Unread, Window, per_single_unit
from modelatlas.domain.rule_sets import contradictions
from modelatlas.providers.amounts import read_price
from modelatlas.providers.conditions import PartialPrices, PriceWhen, PromptRanges
from modelatlas.providers.contract import Entry, ModelList, Unfit
from modelatlas.providers.fields import count
from modelatlas.providers.payload import dig, leaf_paths, raw_text
from modelatlas.providers.price_path import Price

TWO_PRICES: Final = "two prices under the same conditions"

_RANKS_OF_A_PRICE: Final = 2
"""A discount that ends stands one rank above the full price."""
_MINUTES: Final = 60
_AN_HOUR: Final = 100
"""Clock times are written as one number: 1030 is half past ten."""


class Conditioned(Struct, frozen=True):
    """All rules of an entry, those that hold always first, and what was not read."""

    rules: tuple[Rule, ...]
    unread: tuple[Unread, ...] = ()


def read_conditional(
    declared: ModelList, entry: Entry, id_: str, always: Sequence[Rule], context_tokens: int | None
) -> Conditioned:
    """Read the prices under conditions of one entry, beside those that hold always."""
    rules = list(always)
    unread: list[Unread] = []
    for each in declared.conditional:
        match each:
            case PartialPrices():
                found = _partial_prices(declared.prices, each, entry, id_, {rule.unit for rule in always})
            case PromptRanges():
                found = _prompt_ranges(each, entry, id_, always, context_tokens)
            case PriceWhen():
                found = _price_when(each, entry, id_)
            case _:
                assert_never(each)
        rules.extend(found.rules)
        unread.extend(found.unread)
    whole = consistent(id_, rules)
    return Conditioned(whole.rules, (*unread, *whole.unread))


def consistent(id_: str, rules: Iterable[Rule]) -> Conditioned:
    """Leave out every unit of which the rules, each taken once, could say two things at once."""
    once = tuple(dict.fromkeys(rules))
    disputed = {one.unit for one, _ in contradictions(once)}
    return Conditioned(
        tuple(rule for rule in once if rule.unit not in disputed),
        tuple(Unread(id_, rule.path, rule.raw, TWO_PRICES) for rule in once if rule.unit in disputed),
    )


def _partial_prices(
    prices: Mapping[str, Price], each: PartialPrices, entry: Entry, id_: str, priced: Collection[str]
) -> Conditioned:
    said = dig(entry, each.path)
    if not isinstance(said, list):
        return _not_a_list(each.path, said, id_)
    by_key = {price.path.removeprefix(f"{each.of}."): unit for unit, price in prices.items()}
    rules: dict[tuple[str, Condition], Rule] = {}  # of two under one condition the later one always wins
    unread: list[Unread] = []
    for number, item in enumerate(said):
        try:
            amounts, when = _partial(each, item, by_key)
        except Unfit as unfit:
            unread.append(Unread(id_, f"{each.path}[]", raw_text(item), str(unfit)))
            continue
        for key, unit in amounts.items():
            price = replace(prices[unit], path=f"{each.path}[{number}].{key}")
            try:
                (rule,) = _above(unit, price, item[key], entry, priced)
            except Unfit as unfit:
                unread.append(Unread(id_, f"{each.path}[].{key}", raw_text(item), str(unfit)))
            else:
                rules[unit, when] = replace(rule, when=when, rank=number + 1)
    return Conditioned(tuple(rules.values()), tuple(unread))


def _above(unit: str, price: Price, value: Any, entry: Entry, priced: Collection[str]) -> tuple[Rule, ...]:
    """Read an amount that stands above another one of the same unit."""
    if unit not in priced:
        raise Unfit(f"it stands above a price of {unit}, of which there is none")
    return _said_of(unit, price, value, entry)


def _partial(each: PartialPrices, item: Any, by_key: Mapping[str, str]) -> tuple[dict[str, str], Condition]:
    """Return what an item names (key -> unit) and when it holds."""
    if not isinstance(item, dict):
        raise Unfit("expected an object")
    if unknown := item.keys() - {*by_key, each.prompt_over, *each.hours}:
        raise Unfit(f"an unknown condition or price: {', '.join(sorted(unknown))[:100]}")
    tokens, start, end = (item.get(key) for key in (each.prompt_over, *each.hours))
    if (start is None) != (end is None) or (tokens is None and start is None):
        raise Unfit("expected the length of a prompt, or hours with a begin and an end")
    over = None if tokens is None else PromptOver(_whole(tokens))
    windows = () if start is None else (_window(start, end),)
    return {key: by_key[key] for key in item if key in by_key}, Condition(windows=windows, prompt_over=over)


def _window(start: Any, end: Any) -> Window:
    begins, ends = _clock(start), _clock(end)
    if begins == ends:
        raise Unfit("hours that end when they begin")
    return Window(begins, ends)


def _clock(value: Any) -> int:
    """Return the minutes after midnight of a clock time."""
    hour, minute = divmod(_whole(value), _AN_HOUR)
    if minute >= _MINUTES or hour * _MINUTES + minute > MINUTES_A_DAY:
        raise Unfit("expected a clock time such as 1030")
    return hour * _MINUTES + minute


def _prompt_ranges(
    each: PromptRanges, entry: Entry, id_: str, always: Sequence[Rule], context_tokens: int | None
) -> Conditioned:
    said = dig(entry, each.path)
    if said is None or said == []:
        return Conditioned(())
    if not isinstance(said, list):
        return _not_a_list(each.path, said, id_)
    try:
        starts = _starts(each, said, context_tokens)
        rules = [
            rule
            for unit, price in each.amounts.items()
            for rule in _ranges_of(unit, price, each, list(zip(starts, said, strict=True)), entry, always)
        ]
    except Unfit as unfit:
        return Conditioned((), (Unread(id_, each.path, raw_text(said), str(unfit)),))
    return Conditioned(tuple(rules))


def _starts(each: PromptRanges, items: Sequence[Any], context_tokens: int | None) -> list[int]:
    """Return from how many tokens on each range holds; they must follow each other without gap."""
    known = {each.start, each.end, *each.ignored, *(price.path for price in each.amounts.values())}
    for item in items:
        if not isinstance(item, dict):
            raise Unfit("expected a list of objects")
        if unknown := leaf_paths(item) - known:
            raise Unfit(f"an unknown key in a range: {', '.join(sorted(unknown))[:100]}")
    starts = [0 if item.get(each.start) is None else _whole(item[each.start]) for item in items]
    ends = [None if item.get(each.end) is None else _whole(item[each.end]) for item in items]
    if any(end != start for end, start in zip(ends, starts[1:], strict=False)):
        raise Unfit("expected ranges that begin where the one before ends")
    if any(first >= second for first, second in pairwise(starts)):
        raise Unfit("expected ranges from the shortest to the longest prompt")
    if ends[-1] is not None and context_tokens is not None and ends[-1] < context_tokens:
        raise Unfit(f"no price from {ends[-1]} tokens on")
    return starts


def _ranges_of(
    unit: str,
    price: Price,
    each: PromptRanges,
    ranges: Sequence[tuple[int, Any]],
    entry: Entry,
    always: Sequence[Rule],
) -> list[Rule]:
    amounts = [dig(item, price.path) for _, item in ranges]
    if all(amount is None for amount in amounts):
        return []
    if any(amount is None for amount in amounts):
        raise Unfit(f"no {unit} for prompts of every length")
    rules = [
        replace(rule, when=_from(start), rank=rank * _RANKS_OF_A_PRICE + rule.rank)
        for rank, ((start, _), amount) in enumerate(zip(ranges, amounts, strict=True))
        for rule in _said_of(unit, replace(price, path=f"{each.path}[{rank}].{price.path}"), amount, entry)
    ]
    flat = [rule for rule in always if rule.unit == unit]
    if not flat:
        return rules
    if [_billed(rule) for rule in flat] != [_billed(rule) for rule in rules[:1]]:
        raise Unfit(f"the first range differs from the flat price of {unit}")
    return rules[1:]


def _from(start: int) -> Condition:
    """Return the condition of a first length; every prompt has a token."""
    return Condition() if start <= 1 else Condition(prompt_over=PromptOver(start, inclusive=True))


def _price_when(each: PriceWhen, entry: Entry, id_: str) -> Conditioned:
    value = dig(entry, each.price.path)
    if value is None:
        return Conditioned(())
    try:
        rules = read_price(each.unit, each.price, value, entry)
        over = _length(each, entry) if rules else None
    except Unfit as unfit:
        return Conditioned((), (Unread(id_, each.price.path, raw_text(value), str(unfit)),))
    when = Condition(prompt_over=over, tier=each.tier, cache_seconds=each.cache_seconds)
    above = 0 if over is None and each.cache_seconds is None else _RANKS_OF_A_PRICE
    return Conditioned(tuple(replace(rule, when=when, rank=rule.rank + above) for rule in rules))


def _length(each: PriceWhen, entry: Entry) -> PromptOver | None:
    if each.prompt_from is None:
        return None
    said = dig(entry, each.prompt_from)
    tokens = None if said is None else count(said)
    if tokens is None:
        raise Unfit(f"a price of long prompts, and no length at {each.prompt_from}")
    return PromptOver(tokens, inclusive=True)


def _said_of(unit: str, price: Price, value: Any, entry: Entry) -> tuple[Rule, ...]:
    """Read an amount that must say something: the price without the condition would hold in its place."""
    rules = () if value is None else read_price(unit, price, value, entry)
    if not rules:
        raise Unfit("a zero that does not say free" if value is not None else "expected an amount")
    return rules


def _billed(rule: Rule) -> tuple[object, ...]:
    amount = None if rule.amount is None else per_single_unit(rule.amount, rule.per)
    return rule.state, rule.currency, amount, rule.valid_from, rule.valid_to


def _whole(value: Any) -> int:
    return 0 if value == 0 and type(value) is int else count(value) or 0


def _not_a_list(path: str, said: Any, id_: str) -> Conditioned:
    if said is None:
        return Conditioned(())
    return Conditioned((), (Unread(id_, path, raw_text(said), "expected a list"),))
