"""Slots: the places of an example entry that may vary, and what an invented listing puts there."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from msgspec import Struct

from modelatlas.domain.listing import Listing
from modelatlas.domain.price import ALWAYS, Rule
from modelatlas.domain.units import PER
from modelatlas.providers.contract import ModelList
from modelatlas.providers.paths import PLACE, conditional_path, fields_of
from modelatlas.providers.price_path import Form, Price
from modelatlas.simulator.amounts import quoted
from modelatlas.simulator.conditions import amounts_under_conditions
from modelatlas.simulator.facts import Facts
from modelatlas.simulator.places import Place, at, leaves, place

Write = Callable[[Facts], object]
_DAY: Final = len("2026-08-31")


class Slot(Struct, frozen=True):
    """A place in an entry and the value that an invented listing has there."""

    place: Place
    value: Write


Group = tuple[Slot, ...]
"""Slots that must change together."""


def id_slots(declared: ModelList, entry: object) -> list[Group]:
    """Return the ways to give an entry another id, the most natural first."""
    places = [place(path) for path in PLACE.findall(declared.id) or [declared.id]]
    inner = [way for way in places if declared.each and way[0] == declared.each]
    outer = [way for way in places if way not in inner]
    hosts = tuple(Slot(way, lambda what: what.host) for way in inner)
    texts = [str(at(entry, way) or "") for way in outer]
    if len(outer) > 1:  # the lab and the model's name stand apart
        return [(Slot(outer[0], _lab(texts[0])), Slot(outer[-1], _id(texts[-1], keep_head=True)), *hosts)]
    heads = (True,) if declared.id_prefix or declared.id_of is not None else (False, True)
    ways = [_id(text, keep_head=keep) for text in texts[:1] for keep in heads]
    return [
        (*(Slot(way, write) for way in outer), *_echoes(entry, texts[0], write, outer), *hosts)
        for write in ways
    ]


def description_slots(declared: ModelList, entry: object, listing: Listing) -> Iterator[Group]:
    """Go through the slots of what an entry says of its model, where the reader finds something said."""
    for name, fields in declared.fields.items():
        for field in fields_of(name, fields):
            way = place(field.path)
            value = at(entry, way)
            writer = _WRITERS.get(name)
            if writer is not None and value is not None and getattr(listing, name) not in {None, ()}:
                write = writer(value)
                if write is not None:
                    yield (Slot(way, write),)


def price_slots(declared: ModelList, entry: object, listing: Listing) -> Iterator[Group]:
    """Go through the slots of an entry's amounts: at declared paths, and where a quirk must have found them.

    What a quirk or a condition has with the very text of a declared amount varies with that one: it may be
    told by it. Other amounts under conditions are twice those that hold always.
    """
    repeated = [place(path) for path in (*declared.quirk_paths, *map(conditional_path, declared.conditional))]
    left = {way: value for way, value in leaves(entry) if any(way[: len(each)] == each for each in repeated)}
    conditional = amounts_under_conditions(declared, entry)
    for rule in listing.prices:
        if rule.when != ALWAYS:
            under = conditional.get(_indexed(rule.path))
            if under is not None and rule.amount is not None and not under.times:
                yield (Slot(_indexed(rule.path), _amount(rule, under.scale / 2, under.form)),)
            continue
        price = declared.prices.get(rule.unit)
        own = price if price is not None and price.path == rule.path else None
        sent = rule.raw if own is None else at(entry, place(own.path))
        same = {way: left.pop(way) for way, value in list(left.items()) if _equal(value, sent)}
        if rule.amount is None:
            continue
        if own is None:
            yield _quirk_group(rule, same)
        elif own.times:
            yield (Slot(place(own.times[-1]), _factor(declared, rule.unit, own)),)
        else:
            write = _amount(rule, own.scale, own.form)
            yield tuple(Slot(way, write) for way in (place(own.path), *same))


def _indexed(path: str) -> Place:
    """Return the place that a quote names: a path in which lists have positions."""
    keys = path.replace("[", ".").replace("]", "").split(".")
    return tuple(int(key) if key.isdecimal() else key for key in keys)


def _quirk_group(rule: Rule, same: Mapping[Place, object]) -> Group:
    """Vary what a quirk turned into a rule, in the form and by the scale that it must have had."""
    sent = next((number for number in map(_number, same.values()) if number), None)
    if rule.amount is None or sent is None:
        return ()
    form = next(map(_form, same.values()))
    return tuple(Slot(way, _amount(rule, rule.amount / sent, form)) for way in same)


def free_slots(declared: ModelList, listing: Listing) -> Group:
    """Return slots that make a listing free; none where the declaration knows no zero that means free."""
    prices = {
        rule.unit: declared.prices[rule.unit] for rule in listing.prices if rule.unit in declared.prices
    }
    if "input_token" not in prices or prices["input_token"].zero != "free":
        return ()
    return tuple(Slot(place(price.path), _zero(price)) for price in prices.values() if price.zero == "free")


def _form(value: object) -> Form:
    if not isinstance(value, str):
        return "number"
    return "dollars" if value.startswith("$") else "text"


def _amount(rule: Rule, scale: Decimal, form: Form) -> Write:
    singles = PER[rule.per][1]

    def write(what: Facts) -> object:
        number = quoted(what.amount(rule.unit), singles, scale).normalize()
        return number if form == "number" else f"{'$' if form == 'dollars' else ''}{number:f}"

    return write


def _factor(declared: ModelList, unit: str, price: Price) -> Write:
    """Write the factor by which another unit's price at the same path becomes this one's."""
    others = (other for other, each in declared.prices.items() if each.path == price.path and not each.times)
    base = next(others, unit)
    return lambda what: (what.amount(unit) / what.amount(base)).normalize()


def _zero(price: Price) -> Write:
    return lambda _: "0" if price.form == "text" else 0


def _equal(value: object, other: object) -> bool:
    if isinstance(value, str):
        return value == other
    number = _number(value)
    return number is not None and number == _number(other)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return Decimal(str(value).removeprefix("$").replace(",", ""))
    except InvalidOperation:
        return None


def _id(text: str, *, keep_head: bool) -> Callable[[Facts], str]:
    """Write ids as the example's is written: case, depth and what stands after the colon."""
    base, colon, tail = text.partition(":")
    head, slash, last = base.rpartition("/")
    capital = any(char.isupper() for char in last)

    def write(what: Facts) -> str:
        lab, _, name = what.name.repository.partition("/")
        if not capital:
            lab, name = what.name.lab, what.name.short
        before = head if keep_head or "/" in head else lab
        return f"{before if slash else ''}{slash}{name}{colon}{tail}"

    return write


def _echoes(entry: object, text: str, write: Write, outer: list[Place]) -> list[Slot]:
    """Many entries say their id twice; both must change."""
    return [Slot(way, write) for way, value in leaves(entry) if text and value == text and way not in outer]


def _lab(value: object) -> Write:
    if isinstance(value, str) and value.islower():
        return lambda what: what.name.lab
    return lambda what: what.name.maker


def _lab_field(value: object) -> Write | None:
    return _lab(value) if isinstance(value, str) else None


def _name(value: object) -> Write | None:
    """Write names as the example's is written: with the maker, without, or like an id."""
    if not isinstance(value, str):
        return None
    if ": " in value:
        return lambda what: what.name.display
    return (lambda what: what.name.short) if value.islower() else (lambda what: " ".join(what.name.words))


def _released(value: object) -> Write | None:
    """Write another day in the form of this one; seconds since 1970 stay a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return lambda what: what.released_at
    if isinstance(value, str) and len(value) >= _DAY:
        return lambda what: what.released.isoformat() + value[_DAY:]
    return None


def _count(number: Callable[[Facts], int]) -> Callable[[object], Write | None]:
    def writer(value: object) -> Write | None:
        if isinstance(value, str) and value.isdecimal():
            return lambda what: str(number(what))
        return number if isinstance(value, int) and not isinstance(value, bool) else None

    return writer


def _repository(value: object) -> Write | None:
    return (lambda what: what.name.repository) if isinstance(value, str) else None


def _pinned(value: object) -> Write | None:
    """Write ids with a date: one, or a list of one."""
    if isinstance(value, list):
        inner = _pinned(value[0]) if value else None
        return None if inner is None else lambda what: [inner(what)]
    if not isinstance(value, str):
        return None
    head = "/" in value
    return lambda what: f"{f'{what.name.lab}/' if head else ''}{what.name.short}-{what.released:%Y%m%d}"


def _some_words(value: object) -> Write | None:
    """Write some of the example's words, `text` always."""
    if not isinstance(value, list) or len(value) <= 1:
        return None
    return lambda what: (
        [word for choice, word in enumerate(value) if word == "text" or what.happens(choice, _WORDS_KEPT)]
        or value[:1]
    )


_WORDS_KEPT: Final = 0.7
_WRITERS: Final[dict[str, Callable[[object], Write | None]]] = {
    "name": _name,
    "lab": _lab_field,
    "released": _released,
    "context_tokens": _count(lambda what: what.context_tokens),
    "max_output_tokens": _count(lambda what: what.max_output_tokens),
    "repository": _repository,
    "canonical_id": _pinned,
    "alias_of": _pinned,
    "aliases": _pinned,
    "input_modalities": _some_words,
    "supported_parameters": _some_words,
}
"""Field of a listing -> how to make its writer from the example's value; None if that form is unknown."""
