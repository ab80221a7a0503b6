"""From the rows of a price document to the prices of listings: total and pure, whatever a row holds.

A row whose unit, words or model are not known for sure is kept unread, with the reason: no price is guessed.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from modelatlas.domain.listing import Mode
from modelatlas.domain.price import Condition, Rule, Unread, per_single_unit
from modelatlas.providers.contract import Entry, Unfit
from modelatlas.providers.fields import dollar_text, moment, money, number, number_text, text
from modelatlas.providers.paths import PLACE
from modelatlas.providers.payload import dig, raw_text
from modelatlas.providers.price_rows import Counted, PriceRows, Usage
from modelatlas.providers.row_naming import Known
from modelatlas.providers.row_words import (
    Told,
    are_known,
    has_words_of,
    quotation,
    splits,
    told,
    words_of,
)

UNKNOWN_ID: Final = "a price of an unknown id"
UNKNOWN_METER: Final = "no model is billed by this meter"
TWO_WAYS: Final = "its words can be read in two ways"
UNKNOWN_WORDS: Final = "its usage has words that are not known"
DIFFERENT: Final = "rows of one document say different prices"

_FORMS: Final[Mapping[str, Callable[[Any], Decimal]]] = {
    "number": number,
    "text": number_text,
    "dollars": dollar_text,
    "money": money,
}
_CURRENCY: Final = re.compile("[A-Z]{3}")
_LONGEST_NAME: Final = 300
_LONGEST_UNIT: Final = 60


class RowPrices(Struct, frozen=True):
    """What the rows of a document say: listing id -> its rules, and what was not read."""

    rules: Mapping[str, tuple[Rule, ...]]
    unread: tuple[Unread, ...]


class _Unlisted(Exception):
    """A row is understood and prices what is not listed; the text is its name."""


Way = tuple[str, Sequence[str]]
"""A way to read a row: the model's name, and known words."""


def read_rows(how: PriceRows, rows: Iterable[Any], listed: Known) -> RowPrices:
    """Read the rows of a document."""
    said: defaultdict[str, list[Rule]] = defaultdict(list)
    unread: list[Unread] = []
    for row in rows:
        found = read_row(how, row, listed)
        if isinstance(found, Unread):
            unread.append(found)
        else:
            ids, rule = found
            for id_ in ids:
                said[id_].append(rule)
    settled = {id_: _settled(id_, rules) for id_, rules in said.items()}
    unread.extend(each for _, left in settled.values() for each in left)
    priced = {id_: rules for id_, (rules, _) in settled.items() if rules}
    return RowPrices({**priced, **dict(_routed(how, priced, listed))}, tuple(unread))


def read_row(how: PriceRows, row: Any, listed: Known) -> tuple[tuple[str, ...], Rule] | Unread:
    """Read one row: the listings that it prices and the rule, or why it is not read."""
    if not isinstance(row, dict):
        return Unread("", "", raw_text(row), "not an object")
    quote = _quote(how, row)
    try:
        _check_only(how, row)
        ids, said = _meaning(how, row, listed)
        modes = frozenset(listed.listings[id_].mode for id_ in ids)
        return ids, replace(_rule(how, row, said, modes), raw=quote)
    except _Unlisted as unlisted:
        return Unread(str(unlisted)[:_LONGEST_NAME], how.amount, quote, UNKNOWN_ID)
    except Unfit as unfit:
        return Unread(_name(how, row)[:_LONGEST_NAME], how.amount, quote, str(unfit))


def _check_only(how: PriceRows, row: Entry) -> None:
    for only in how.only:
        if dig(row, only.path) not in only.values:
            raise Unfit(only.otherwise)


def _meaning(how: PriceRows, row: Entry, listed: Known) -> tuple[tuple[str, ...], Told]:
    """Return which listings a row prices and what its words tell. Raises `Unfit` and `_Unlisted`."""
    usage, parts = _form(how, row)
    ways = _ways(how, parts, _name(how, row))
    if not ways:
        raise Unfit(UNKNOWN_WORDS)
    if how.meters:
        return _by_meter(how, ways, listed.billed_by(dig(row, how.meter)), listed)
    fitting = [(ids, words) for name, words in ways if (ids := listed.named(name, usage.by))]
    if len(fitting) > 1:
        raise Unfit(TWO_WAYS)
    if not fitting:
        name, words = ways[0]
        told(words, how.words)  # a reason of theirs says more than an unknown name
        raise _Unlisted(name)
    ids, words = fitting[0]
    said = told(words, how.words)
    if len(ids) > 1:
        raise Unfit("several models have this name")
    return tuple(ids), said


def _form(how: PriceRows, row: Entry) -> tuple[Usage, Mapping[str, str | None]]:
    """Return the first form in which a row says what it bills, with its parts. Raises `Unfit`."""
    for usage in how.usages:
        value = dig(row, usage.path)
        found = re.fullmatch(usage.pattern, value) if isinstance(value, str) else None
        if found is not None:
            return usage, found.groupdict()
    raise Unfit("its usage is written in no form that is known")


def _ways(how: PriceRows, parts: Mapping[str, str | None], elsewhere: str) -> list[Way]:
    """Return the ways to read the parts of a usage; none where it holds an unknown word."""
    rest = parts.get("rest")
    if rest is None:
        texts = (value for name, value in sorted(parts.items()) if name.startswith("words") and value)
        words = [word for each in texts for word, _ in words_of(each)]
        return [(parts.get("name") or elsewhere, words)] if are_known(words, how.words) else []
    ways = splits(rest, how.words)
    if not elsewhere:
        return list(ways)
    return [(elsewhere, words) for name, words in ways if has_words_of(name, elsewhere)]


def _by_meter(
    how: PriceRows, ways: Sequence[Way], ids: frozenset[str], listed: Known
) -> tuple[tuple[str, ...], Told]:
    """Take the listings from the meter, and what the words tell from all ways to read them.

    What comes before the known words must be a shortened name of the listings. Where it could itself be told
    by words, the ways must all tell the same.
    """
    present = tuple(sorted(ids & listed.listings.keys()))
    meanings = []
    for name, words in ways:
        if present and all(listed.is_of(name, id_) for id_ in present):
            with suppress(Unfit):
                meanings.append(told(words, how.words))
    if not meanings:
        told(ways[0][1], how.words)  # a reason of the words says more than those below
        if not ids:
            raise Unfit(UNKNOWN_METER)
        raise Unfit(UNKNOWN_WORDS) if present else _Unlisted(min(ids))
    if any(meaning != meanings[0] for meaning in meanings):
        raise Unfit(TWO_WAYS)
    return present, meanings[0]


def _rule(how: PriceRows, row: Entry, said: Told, modes: frozenset[Mode | None]) -> Rule:
    """Return the rule of a row whose words are known, of listings of these modes. Raises `Unfit`."""
    counted = _counted(how, row, said, modes)
    amount = dig(row, how.amount)
    if amount is None:
        raise Unfit("no amount")
    is_free = isinstance(amount, str) and amount in how.free
    number_ = Decimal(0) if is_free else _FORMS[how.form](amount)
    if number_ < 0:
        raise Unfit("expected an amount of 0 or more")
    if number_ == 0 and how.zero == "unsaid" and not is_free:
        raise Unfit("zero, which is not said to mean free")
    region = text(dig(row, how.region) or "") if how.region else None
    when = said.when(region)
    return Rule(
        counted.unit or said.unit(counted.kind),
        "known" if number_ else "free",
        number_ or None,
        _currency(how, row),
        quotation(counted.kind, counted.count),
        path=how.amount,
        when=when,
        valid_from=moment(dig(row, how.since)) if how.since else None,
        rank=0 if when.region is None else 1,
    )


def _counted(how: PriceRows, row: Entry, said: Told, modes: frozenset[Mode | None]) -> Counted:
    """Return how many of which kind of thing a row prices. Raises `Unfit`."""
    unit_text = dig(row, how.unit)
    counted = how.units.get(unit_text) if isinstance(unit_text, str) else None
    if counted is None:
        raise Unfit(f"the unit text {raw_text(unit_text)[:_LONGEST_UNIT]!r} is not known")
    kind = counted.kind or said.facets.get("kind", "")
    count = str(counted.count)
    if said.facets.get("kind", kind) != kind or said.facets.get("count", count) != count:
        raise Unfit("the words and the unit text disagree about what is counted")
    if counted.modes and not modes <= set(counted.modes):
        raise Unfit(f"of what {raw_text(unit_text)} is meant is only known of models for {counted.modes[0]}")
    return replace(counted, kind=kind)


def _currency(how: PriceRows, row: Entry) -> str:
    place = PLACE.fullmatch(how.currency)
    said = how.currency if place is None else dig(row, place[1])
    if not isinstance(said, str) or _CURRENCY.fullmatch(said) is None:
        raise Unfit("expected a currency of three letters")
    return said


def _settled(id_: str, rules: Sequence[Rule]) -> tuple[tuple[Rule, ...], list[Unread]]:
    """Keep one rule of a unit under a condition; where rows differ, those with dates follow each other.

    Equal prices that several rows say are kept once. Differing ones without dates are all kept unread. The
    first of several dates is none here: its price holds as the document is heard.
    """
    same: defaultdict[tuple[str, Condition], list[Rule]] = defaultdict(list)
    for rule in sorted(rules, key=_order):
        same[rule.unit, rule.when].append(rule)
    kept: list[Rule] = []
    unread: list[Unread] = []
    for group in same.values():
        prices = {(_billed(rule), rule.valid_from): rule for rule in reversed(group)}
        rows = sorted(prices.values(), key=_order)
        dates = [rule.valid_from for rule in rows]
        if len({_billed(rule) for rule in rows}) == 1:
            kept.append(replace(rows[0], valid_from=None))
        elif None not in dates and len(set(dates)) == len(dates):
            begins, ends = (None, *dates[1:]), (*dates[1:], None)
            kept.extend(
                replace(rule, valid_from=begin, valid_to=end)
                for rule, begin, end in zip(rows, begins, ends, strict=True)
            )
        else:
            unread.extend(Unread(id_, rule.path, rule.raw, DIFFERENT) for rule in group)
    return tuple(kept), unread


def _routed(
    how: PriceRows, priced: Mapping[str, tuple[Rule, ...]], listed: Known
) -> Iterator[tuple[str, tuple[Rule, ...]]]:
    """Go through the listings that are another model called through other regions, with what that costs."""
    for id_, listing in listed.listings.items() if how.routes else ():
        rules = priced.get(listing.canonical_id or "", ())
        route, _, base = id_.partition(".")
        if base == listing.canonical_id and route in how.routes:
            region = how.routes[route] or None
            held = tuple(
                replace(rule, when=replace(rule.when, region=None), rank=0)
                for rule in rules
                if rule.when.region == region
            )
            if held:
                yield id_, held


def _order(rule: Rule) -> tuple[str, str, str, str]:
    return rule.unit, repr(rule.when), rule.valid_from or "", rule.raw


def _billed(rule: Rule) -> tuple[str, Decimal | None]:
    return rule.currency, None if rule.amount is None else per_single_unit(rule.amount, rule.per)


def _name(how: PriceRows, row: Entry) -> str:
    value = dig(row, how.name) if how.name else None
    return value.removesuffix(how.name_ending).strip() if isinstance(value, str) else ""


def _quote(how: PriceRows, row: Entry) -> str:
    """Return what a row says in its own words: amount, unit text and usage.

    A NUL, which PostgreSQL keeps in no text (https://www.postgresql.org/docs/15/datatype-character.html), is
    told by a replacement character.
    """
    amount, unit, *usages = (
        "" if (value := dig(row, path)) is None else raw_text(value)
        for path in (how.amount, how.unit, *(usage.path for usage in how.usages))
    )
    quote = f"{amount} per {unit}: {', '.join(dict.fromkeys(usages))}"
    return quote.replace("\0", "\N{REPLACEMENT CHARACTER}")
