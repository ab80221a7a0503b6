"""The facts about names, read once from `tables/*.toml`: labs, families, words, manners, aliases."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from msgspec import Struct, convert, field

Style = Literal["", "glued", "v", "words first"]


class Lab(Struct, frozen=True):
    """Who makes models: the words that stand for it, and the provider words whose bare ids are its own."""

    source: str | None = None
    words: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    only: bool = False
    sells: bool = False


class Tuned(Struct, frozen=True):
    """Words that name the tuned model; `from_` are tokens of which one must be there, none for always."""

    words: tuple[str, ...]
    from_: tuple[str, ...] = field(default=(), name="from")
    needs: Literal["number"] | None = None
    bare: Literal["base", "tuned"] = "base"


class Family(Struct, frozen=True):
    """How one family is named; the head of `families.toml` explains each field."""

    lab: str
    phrases: tuple[str, ...] = ()
    derived: bool = False
    plain: bool = False
    speed: Literal["all"] | tuple[str, ...] = ()
    serving: tuple[str, ...] = ()
    speed_at: dict[str, tuple[str, ...]] = {}
    sized: bool = False
    thinking: Literal["serving", "name"] = "name"
    thinks: tuple[str, ...] = ()
    effort: tuple[str, ...] = ()
    tuned: tuple[Tuned, ...] = ()
    keep: frozenset[str] = frozenset()
    drop: frozenset[str] = frozenset()
    dates: Literal["keep", "lab"] = "keep"
    dated: frozenset[str] = frozenset()
    glued: bool = False
    context: Literal["name", "variant"] = "variant"
    moving: frozenset[str] = frozenset()
    latest: Literal["", "own"] = ""
    style: Style = ""
    dashed: bool = False
    date: Literal["", "dashed", "month-year"] = ""


class Manner(Struct, frozen=True):
    """What is particular to the ids of one provider; the head of `providers.toml` explains each field."""

    source: str | None = None
    words: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    bare: Literal["base", "instruct"] = "instruct"
    dates: Literal["own", "lab"] = "lab"
    revision: str = ""
    pinned: str = ""


class Words(Struct, frozen=True):
    """Words that say how weights are served, tuned or reached."""

    speed: frozenset[str]
    host: frozenset[str]
    thinking: frozenset[str]
    effort: frozenset[str]
    region: frozenset[str]
    path: frozenset[str]
    copies: frozenset[str]
    derivative: frozenset[str]
    order: tuple[str, ...]


class Names(Struct, frozen=True):
    """The models of one lab that have more than one name; the head of `aliases.toml` explains each field."""

    source: str
    names: tuple[str, ...] = ()
    moving: tuple[str, ...] = ()
    snapshots: dict[str, str] = {}
    models: dict[str, tuple[str, ...]] = {}
    ids: dict[str, str] = {}


class Tables(Struct, frozen=True):
    """All the facts."""

    labs: dict[str, Lab]
    families: dict[str, Family]
    providers: dict[str, Manner]
    words: Words
    aliases: dict[str, Names]


@cache
def tables() -> Tables:
    """Return the facts. Raises `msgspec.ValidationError` where a table is not of its shape."""
    return convert({name: _read(name) for name in Tables.__struct_fields__}, Tables)


@cache
def lab_words() -> dict[str, str]:
    """Return each word that stands for a lab, with its lab."""
    return {word: lab for lab, its in tables().labs.items() for word in (lab, *its.words)}


@cache
def owners() -> dict[str, str]:
    """Return each provider word whose bare ids are of one lab, with that lab."""
    return {word: lab for lab, its in tables().labs.items() for word in its.own}


@cache
def manners() -> dict[str, tuple[str, Manner]]:
    """Return each provider word that has a manner of its own, with the provider's first word."""
    return {word: (name, its) for name, its in tables().providers.items() for word in (name, *its.words)}


NO_MANNER: Final = Manner()
"""How ids of a provider are read that has no entry."""


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("tables", f"{name}.toml").read_text(encoding="utf-8"))
