"""Which ids an entry of a reference stands for: clauses over the lower-cased id, as data."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct

from modelatlas.domain.errors import Unreadable

Kind = Literal["equals", "starts_with", "ends_with", "contains", "regex", "or", "and"]
KINDS: Final[tuple[Kind, ...]] = ("equals", "starts_with", "ends_with", "contains", "regex", "or", "and")


class Clause(Struct, frozen=True, gc=False):
    """One test of an id by a text, or all (`and`) or any (`or`) of several."""

    kind: Kind
    text: str = ""
    parts: tuple["Clause", ...] = ()

    def matches(self, id_: str) -> bool:
        """Tell whether the clause holds for a lower-cased id."""
        if self.kind in {"or", "and"}:
            found = (part.matches(id_) for part in self.parts)
            return any(found) if self.kind == "or" else all(found)
        return _TESTS[self.kind](id_, self.text if self.kind == "regex" else self.text.lower())

    def exact_ids(self) -> frozenset[str] | None:
        """Return the ids that the clause stands for, or None when it also stands for others."""
        if self.kind == "equals":
            return frozenset({self.text})
        if self.kind != "or":
            return None
        named = [part.exact_ids() for part in self.parts]
        return None if None in named else frozenset().union(*(ids for ids in named if ids is not None))


class Clauses:
    """Clauses in an order, asked for the first that holds; most ids are found by name."""

    def __init__(self, clauses: Iterable[Clause | None]) -> None:
        self._named: dict[str, int] = {}
        self._others: list[tuple[int, Clause]] = []
        for at, whole in enumerate(clauses):
            for each in () if whole is None else _alternatives(whole):
                if each.kind == "equals":
                    self._named.setdefault(each.text.lower(), at)
                else:
                    self._others.append((at, each))

    def first(self, id_: str) -> int | None:
        """Return the place of the first clause that holds for a lower-cased id."""
        named = self._named.get(id_)
        for at, each in self._others:
            if named is not None and at >= named:
                break
            if each.matches(id_):
                return at
        return named


def _alternatives(whole: Clause) -> Iterator[Clause]:
    """Go through the clauses of which one is enough."""
    if whole.kind != "or":
        yield whole
    for part in whole.parts if whole.kind == "or" else ():
        yield from _alternatives(part)


def clause(said: object) -> Clause:
    """Read a clause: an object whose one set member of `KINDS` (`or_` and `and_` too) says it all.

    Raises `Unreadable` for any other shape, and for a regular expression that is none.
    """
    for kind in KINDS:
        value = getattr(said, kind, None) or getattr(said, f"{kind}_", None)
        if isinstance(value, str):
            if kind == "regex":
                _checked(value)
            return Clause(kind, value)
        if isinstance(value, list):
            return Clause(kind, parts=tuple(map(clause, value)))
    raise Unreadable(f"{said!r:.100}: expected one of {', '.join(KINDS)}")


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _checked(pattern: str) -> None:
    try:
        _compiled(pattern)
    except re.error as error:
        raise Unreadable(f"{pattern!r:.100}: expected a regular expression ({error})") from error


_TESTS: Final[Mapping[str, Callable[[str, str], bool]]] = MappingProxyType(
    {
        "equals": str.__eq__,
        "starts_with": str.startswith,
        "ends_with": str.endswith,
        "contains": str.__contains__,
        "regex": lambda id_, pattern: _compiled(pattern).search(id_) is not None,
    }
)
"""Kind -> the test of an id by a text."""
