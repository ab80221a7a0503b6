"""The name of a model, `lab/name`: as its lab or its repository spells it, else composed of its tokens."""

from functools import cache
from typing import Final

from msgspec import Struct

from modelatlas.domain.identity.reading import REPOSITORY, Key, Reading, read_id
from modelatlas.domain.identity.tables import Family, Names, tables


class Known(Struct, frozen=True, gc=False):
    """A model that the alias table knows under a key: its name, the source, whether the name moves."""

    model: str
    source: str
    moves: bool = False


@cache
def known() -> dict[Key, Known]:
    """Return the models of the alias table by the keys of all their names."""
    found: dict[Key, Known] = {}
    for lab, names in tables().aliases.items():
        for model, others in _models(names):
            entry = Known(f"{lab}/{model}".lower(), names.source)
            for name in (model, *others):
                found[_key(lab, name)] = entry
        for name in names.moving:
            found[_key(lab, name)] = Known(f"{lab}/{name}", names.source, moves=True)
    return found


@cache
def known_ids() -> dict[str, Known]:
    """Return the models of whole ids that follow no manner."""
    return {
        id_.lower(): Known(f"{lab}/{model}" if "/" not in model else model, names.source)
        for lab, names in tables().aliases.items()
        for id_, model in names.ids.items()
    }


def compose(reading: Reading) -> str:
    """Return the name of a model that no table knows."""
    if not reading.family:
        return f"{reading.lab}/{'-'.join(reading.words)}"
    family = tables().families[reading.family]
    words = sorted(reading.words, key=lambda word: (_place(family, word), word))
    tuning = "base" if reading.is_base else reading.tuned
    tail = [*words, *reading.sizes, reading.active, tuning, reading.date]
    parts = [reading.family, *reading.numbers, *tail]
    if family.style == "glued" and reading.numbers:
        parts = [reading.family + reading.numbers[0], *reading.numbers[1:], *tail]
    elif family.style == "words first":
        parts = [reading.family, *words, *(each.replace(".", "-") for each in reading.numbers), reading.date]
    name = "-".join(filter(None, parts)).removeprefix("o-" if reading.family == "o" else _NONE)
    return f"{reading.lab}/{name}"


_NONE: Final = "\0"


def _place(family: Family, word: str) -> int:
    return family.order.index(word) if word in family.order else len(family.order)


def _models(names: Names) -> list[tuple[str, tuple[str, ...]]]:
    dated = [(model, (f"{model}-{date}",)) for model, date in names.snapshots.items()]
    return [*dated, *names.models.items()]


def _key(lab: str, name: str) -> Key:
    reading = read_id(REPOSITORY, f"{lab}/{name}")
    if reading is None:
        raise ValueError(f"aliases.toml: {lab}/{name} cannot be read")
    return reading.key
