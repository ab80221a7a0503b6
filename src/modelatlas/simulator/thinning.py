"""What an example says that most listings do not: examples are dense, so that they show every path."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from modelatlas.domain.listing import Listing
from modelatlas.providers.contract import ModelList
from modelatlas.providers.paths import conditional_path, fields_of, left_unread
from modelatlas.providers.reading import EntryReading
from modelatlas.simulator.facts import Facts
from modelatlas.simulator.places import Place, at, drop, leaves, place, put

_FIELDS: Final = {
    "alias_of": 0.02,
    "retires_at": 0.03,
    "deprecated_at": 0.03,
    "knowledge_cutoff": 0.5,
    "repository": 0.7,
    "quantization": 0.5,
    "max_output_tokens": 0.8,
    "supported_parameters": 0.8,
}
"""Field -> the part of the listings that have it; others have all."""

_STATUS: Final = 0.03
_CONDITIONAL: Final = 0.06
_UNREAD: Final = 0.0

_UNITS: Final = {
    "input_token": 1.0,
    "output_token": 1.0,
    "cache_read_token": 0.5,
    "cache_write_token": 0.15,
    "input_image_token": 0.15,
    "web_search": 0.1,
}
_OTHER_UNITS: Final = 0.03
"""The parts of those priced by token that are also priced by such a unit."""


class Option(Struct, frozen=True):
    """A place that such a part of the listings keeps; the others have another value there, or nothing."""

    place: Place
    kept: float
    otherwise: object = None

    def take(self, entry: object) -> None:
        """Make an entry one that does not keep it."""
        if self.otherwise is None:
            drop(entry, self.place)
        else:
            put(entry, self.place, self.otherwise)


def options(declared: ModelList, entry: object, reading: EntryReading) -> list[Option]:
    """Return what may be left out of an example, deeper and later places first: none moves another."""
    listing = reading.result
    if not isinstance(listing, Listing):
        return []
    found = {
        option.place: option
        for option in (
            *_prices(declared, listing),
            *_quirk_items(declared, entry),
            *_fields(declared),
            *(Option(place(path), _CONDITIONAL) for path in _seldom(declared)),
            *_status(declared, entry, listing),
            *(
                Option(place(each.path), _UNREAD)
                for each in reading.unread
                if each.path not in dict(left_unread(declared))
            ),
        )
        if at(entry, option.place) is not None
    }
    return [
        found[way] for way in sorted(found, key=lambda way: [str(key).zfill(9) for key in way], reverse=True)
    ]


def _seldom(declared: ModelList) -> Iterator[str]:
    """Go through the paths of prices under conditions, and of those that are left unread."""
    yield from map(conditional_path, declared.conditional)
    yield from (path for path, _ in left_unread(declared))


def thin(entry: object, chosen: tuple[Option, ...], what: Facts) -> None:
    """Leave out of an entry what this listing does not keep."""
    for choice, option in enumerate(chosen):
        if not what.happens(choice, option.kept):
            option.take(entry)


def _prices(declared: ModelList, listing: Listing) -> Iterator[Option]:
    if any(rule.unit == "input_token" for rule in listing.prices):
        for unit, price in declared.prices.items():
            kept = _UNITS.get(unit, _OTHER_UNITS)
            if kept < 1 and not price.times:
                yield Option(place(price.path), kept)
            elif kept < 1:
                yield Option(place(price.times[-1]), kept)


def _quirk_items(declared: ModelList, entry: object) -> Iterator[Option]:
    """What a quirk reads, and objects in lists there: a price each, mostly."""
    quirk = [place(path) for path in declared.quirk_paths]
    yield from (Option(way, _OTHER_UNITS) for way in quirk)
    for way, _ in leaves(entry):
        if any(way[: len(start)] == start for start in quirk):
            last = max((depth for depth, key in enumerate(way) if isinstance(key, int)), default=None)
            if last is not None and isinstance(at(entry, way[: last + 1]), dict):
                yield Option(way[: last + 1], _CONDITIONAL)


def _fields(declared: ModelList) -> Iterator[Option]:
    for name, kept in _FIELDS.items():
        for field in fields_of(name, declared.fields[name]) if name in declared.fields else ():
            yield Option(place(field.path), kept)


def _status(declared: ModelList, entry: object, listing: Listing) -> Iterator[Option]:
    """What makes the example's status a special one."""
    if listing.status != "active" and "status" in declared.fields:
        for field in fields_of("status", declared.fields["status"]):
            value = at(entry, place(field.path))
            yield Option(place(field.path), _STATUS, not value if isinstance(value, bool) else None)
