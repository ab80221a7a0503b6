"""What a provider said of a listing over time, and what that means for any instant of it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct, structs

from modelatlas.domain.evaluation import is_valid
from modelatlas.domain.listing import Listing
from modelatlas.domain.price import Rule, State
from modelatlas.domain.units import UNITS

SightingKind = Literal["new", "gone", "back"]

_ORDER = {unit: at for at, unit in enumerate(UNITS)}


class Spell(Struct, frozen=True):
    """A time in which the same was said of one price: `[begins, ends)`; it still holds where `ends` is None.

    Where `is_said` is False the provider said it no more: of `rule`, which is the one before, only unit,
    conditions, rank and source then count. `reading` is the version that read it, `replaced_in` the one
    that read the same words better and put another spell in its place.
    """

    rule: Rule
    begins: datetime
    ends: datetime | None = None
    reading: int = 1
    replaced_in: int | None = None
    is_said: bool = True

    @property
    def state(self) -> State | Literal["unknown"]:
        """What was said."""
        return self.rule.state if self.is_said else "unknown"

    @property
    def chain(self) -> tuple[str, object, object, object, int, str]:
        """What it is about: spells of one chain follow upon one another."""
        rule = self.rule
        return rule.unit, rule.when, rule.valid_from, rule.valid_to, rule.rank, rule.source


class Sighting(Struct, frozen=True):
    """When a listing was first seen, first missed, or seen again."""

    kind: SightingKind
    at: datetime


class ListingHistory(Struct, frozen=True):
    """All that was observed of one listing: sightings and spells, each from the oldest to the newest."""

    provider: str
    id: str
    visibility: str
    sightings: tuple[Sighting, ...]
    spells: tuple[Spell, ...]


class PastList(Struct, frozen=True):
    """A provider's list as it was at some instant; `heard_at` is when it had last been heard until then."""

    provider: str
    heard_at: datetime
    listings: tuple[Listing, ...]


class PricesThen(Struct, frozen=True):
    """The rules that had been said of a listing by an instant and were valid at it.

    `seen` tells whether it had been seen by then at all, `listed` whether it was still there.
    """

    seen: bool
    listed: bool
    rules: tuple[Rule, ...]


def as_read(spells: Iterable[Spell], reading: int | None = None) -> list[Spell]:
    """Return the spells as a version read them before any better reading, or as they are read today.

    A version knows nothing of what was heard after it was replaced.
    """
    if reading is None:
        return [each for each in spells if each.replaced_in is None]
    return [
        each
        for each in spells
        if each.reading <= reading and (each.replaced_in is None or each.replaced_in > reading)
    ]


def rules_at(spells: Iterable[Spell], at: datetime, reading: int | None = None) -> tuple[Rule, ...]:
    """Return the rules that the provider had said by an instant and that are valid at it, unit by unit.

    Which of them wins, in which circumstances, is `evaluation.evaluate`.
    """
    said = (
        each.rule
        for each in as_read(spells, reading)
        if each.is_said and each.begins <= at and (each.ends is None or at < each.ends)
    )
    return ordered(rule for rule in said if is_valid(rule, at))


def ordered(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return rules unit by unit, each unit's by their rank."""
    return tuple(sorted(rules, key=_order))


def is_listed(sightings: Sequence[Sighting], at: datetime) -> bool:
    """Tell whether a listing was there at an instant."""
    last = [each for each in sightings if each.at <= at][-1:]
    return bool(last) and last[0].kind != "gone"


def _order(rule: Rule) -> tuple[int, str, int]:
    return _ORDER.get(rule.unit, len(_ORDER)), rule.unit, rule.rank


class PlainSpell(Struct, frozen=True, gc=False):
    """A time in which one unit of a public listing cost the same, unconditionally: USD for one single unit.

    It holds until `ends`, and still where that is None. Of several at once the highest `rank` counts.
    """

    provider: str
    id: str
    name: str | None
    unit: str
    usd: Decimal
    rank: int
    begins: datetime
    ends: datetime | None


def while_listed(spell: PlainSpell, sightings: Iterable[Sighting]) -> Iterator[PlainSpell]:
    """Cut a spell to the times in which its listing was there, from its sightings, the oldest first."""
    begins: datetime | None = spell.begins
    for sighting in sightings:
        if spell.ends is not None and sighting.at >= spell.ends:
            break
        if sighting.kind == "gone":
            if begins is not None and begins < sighting.at:
                yield structs.replace(spell, begins=begins, ends=sighting.at)
            begins = None
        elif begins is None:
            begins = max(sighting.at, spell.begins)
    if begins is not None:
        yield structs.replace(spell, begins=begins)
