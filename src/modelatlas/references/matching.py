"""Which ids an entry of a reference stands for: clauses over the lower-cased id, as data."""

import re
from collections.abc import Callable, Mapping
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
