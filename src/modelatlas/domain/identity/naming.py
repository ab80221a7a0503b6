"""The name of a model, `lab/name`: as its lab or its repository spells it, else composed of its tokens."""

from functools import cache
from sys import intern
from typing import Final

from msgspec import Struct

from modelatlas.domain.identity.reading import Key, Reading, read_id
from modelatlas.domain.identity.tables import Family, Names, tables


class Known(Struct, frozen=True, gc=False):
    """A model of the alias table: its name, the source of the fact, whether it moves, or is dated."""

    model: str
    source: str
    moves: bool = False
    is_dated: bool = False


@cache
def known() -> dict[Key, Known]:
    """Return the models of the alias table by the keys of all their names.

    How many parameters are active follows from the model, so a name that leaves that out is known, too,
    where it can mean one model only.
    """
    found: dict[Key, Known] = {}
    shorter: dict[Key, set[str]] = {}
    for lab, names in tables().aliases.items():
        for model, others in _models(names):
            own = _reading(lab, model)
            moves = own.moves or model in names.moving
            is_dated = own.date != "" or model in names.snapshots
            entry = Known(f"{lab}/{model}", names.source, moves, is_dated)
            for name in (model, *others):
                reading = _reading(lab, name)
                found[reading.key] = entry
                if reading.active:
                    shorter.setdefault(_without_active(reading.key), set()).add(entry.model)
        for name in names.moving:
            found[_reading(lab, name).key] = Known(f"{lab}/{name}", names.source, moves=True)
    sources = {entry.model: entry for entry in found.values()}
    clear = {key: sources[next(iter(models))] for key, models in shorter.items() if len(models) == 1}
    return {**clear, **found}


@cache
def known_ids() -> dict[str, Known]:
    """Return the models of whole ids that follow no manner; some begin with a provider and a blank."""
    return {
        id_: Known(_spelled(lab, model), names.source)
        for lab, names in tables().aliases.items()
        for id_, model in names.ids.items()
    }


def _spelled(lab: str, model: str) -> str:
    reading = _reading(lab, model)
    return named(reading).model if reading.family else f"{lab}/{model}"


def named(reading: Reading) -> Known:
    """Return the name of a model; the source is empty where no table knows it and its tokens say it.

    What is said to be the latest of models is an item of its own, unless there is but one dated release of
    it, or the name without that moves as well.
    """
    entry = known().get(reading.key) or Known(intern(compose(reading)), "", moves=reading.moves)
    if not reading.is_latest or entry.is_dated or (entry.moves and not _tells_latest(reading)):
        return entry
    return Known(f"{entry.model}-latest", entry.source, moves=True)


def _tells_latest(reading: Reading) -> bool:
    return reading.family != "" and tables().families[reading.family].latest == "own"


def compose(reading: Reading) -> str:
    """Return the name of a model that the alias table does not know."""
    if not reading.family:
        return f"{reading.lab}/{'-'.join(reading.words)}"
    family = tables().families[reading.family]
    words = sorted(set(reading.words) - {"base"}, key=_place)
    is_plain = bool(reading.sizes) and _OTHERWISE.isdisjoint(words)
    is_base = reading.is_base or "base" in reading.words
    tuning = "base" if is_base else reading.tuned if is_plain else ""
    tail = [*reading.sizes, reading.active, tuning, _date(family, reading.date)]
    dot = "-" if family.dashed else "."
    match family.style, [number.replace(".", dot) for number in reading.numbers]:
        case "glued", [first, *others]:
            parts = [f"{reading.family}{first}", *others, *words, *tail]
        case "v", [first, *others]:
            parts = [reading.family, f"v{first}", *others, *words, *tail]
        case "words first", numbers:
            parts = [reading.family, *words, *numbers, *tail]
        case _, numbers:
            parts = [reading.family, *numbers, *words, *tail]
    name = "-".join(filter(None, parts))
    return f"{reading.lab}/{name.removeprefix('o-') if reading.family == 'o' else name}"


_OTHERWISE: Final = frozenset({"thinking", "think", "reasoning"})


def _place(word: str) -> tuple[int, str]:
    """Return where a word stands in a name: versions such as `k2.6` first, then as `words.toml` says."""
    order = tables().words.order
    if not word.isalpha():
        return -1, word
    return (order.index(word) + 1 if word in order else order.index("pro")), word


def _date(family: Family, date: str) -> str:
    if family.date == "dashed" and len(date) == len("20250807"):
        return f"{date[:4]}-{date[4:6]}-{date[6:]}"
    if family.date == "month-year" and len(date) == len("2408"):
        return f"{date[2:]}-20{date[:2]}"
    return date


def _models(names: Names) -> list[tuple[str, tuple[str, ...]]]:
    dated = [(model, (f"{model}-{date}",)) for model, date in names.snapshots.items()]
    return [*dated, *((name, ()) for name in names.names), *names.models.items()]


def _reading(lab: str, name: str) -> Reading:
    reading = read_id("", f"{lab}/{name}")
    if reading is None:
        raise ValueError(f"aliases.toml: {lab}/{name} cannot be read")
    return reading


def _without_active(key: Key) -> Key:
    return (*key[:5], "", *key[6:])
