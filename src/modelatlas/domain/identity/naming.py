"""The name of a model, `lab/name`: as its lab or its repository spells it, else composed of its tokens."""

from functools import cache

from msgspec import Struct

from modelatlas.domain.identity.reading import Key, Reading, read_id
from modelatlas.domain.identity.tables import Family, Names, tables


class Known(Struct, frozen=True, gc=False):
    """A model of the alias table: its name, the source of the fact, whether the name moves."""

    model: str
    source: str
    moves: bool = False


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
            entry = Known(f"{lab}/{model}", names.source)
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
        id_: Known(f"{lab}/{model}", names.source)
        for lab, names in tables().aliases.items()
        for id_, model in names.ids.items()
    }


def compose(reading: Reading) -> str:
    """Return the name of a model that the alias table does not know."""
    if not reading.family:
        return f"{reading.lab}/{'-'.join(reading.words)}"
    family = tables().families[reading.family]
    words = sorted(reading.words, key=lambda word: (_place(family, word), word))
    tail = [*reading.sizes, reading.active, "base" if reading.is_base else reading.tuned, reading.date]
    match family.style, reading.numbers:
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


def _place(family: Family, word: str) -> int:
    return family.order.index(word) if word in family.order else len(family.order)


def _models(names: Names) -> list[tuple[str, tuple[str, ...]]]:
    dated = [(model, (f"{model}-{date}",)) for model, date in names.snapshots.items()]
    return [*dated, *names.models.items()]


def _reading(lab: str, name: str) -> Reading:
    reading = read_id("", f"{lab}/{name}")
    if reading is None:
        raise ValueError(f"aliases.toml: {lab}/{name} cannot be read")
    return reading


def _without_active(key: Key) -> Key:
    return (*key[:5], "", *key[6:])
