"""Which family a name is of: found by the words that name it, wherever in the name they stand."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from msgspec import Struct

from modelatlas.domain.identity.tables import Family, lab_words, manners, tables
from modelatlas.domain.identity.tokens import Token


class Phrase(Struct, frozen=True):
    """Words that name a family; those of them that are its name and tell its models not apart."""

    family: str
    texts: tuple[str, ...]
    said: frozenset[str]
    at_start: bool


class Found(Struct, frozen=True):
    """A family found in a name: the rest of the name, without words of hosts and labs before it."""

    name: str
    family: Family
    rest: tuple[Token, ...]


def find(found: Sequence[Token], host: str) -> Found | None:
    """Return the family of a name: one made from others' models before theirs, then the longest phrase."""
    best = max(_candidates(found, host), key=lambda each: each[0], default=None)
    if best is None:
        return None
    _, phrase, index = best
    family = tables().families[phrase.family]
    start = _after_host(found, index, family.lab, host)
    rest = tuple(token for token in found[start:] if token.text not in phrase.said)
    return Found(phrase.family, family, rest)


def _candidates(found: Sequence[Token], host: str) -> Iterator[tuple[tuple[bool, int, int], Phrase, int]]:
    for index, token in enumerate(found):
        for phrase in _phrases().get(token.text, ()):
            texts = phrase.texts
            if len(texts) > 1 and tuple(each.text for each in found[index : index + len(texts)]) != texts:
                continue
            family = tables().families[phrase.family]
            if phrase.at_start and _after_host(found, index, family.lab, host) != index:
                continue
            yield (family.derived, len(texts), -index), phrase, index


def _after_host(found: Sequence[Token], end: int, lab: str, host: str) -> int:
    """Return where a name begins after the provider's or its lab's own words: `databricks-`, `zai-org-`."""
    at = 0
    while at < end:
        one = found[at].text
        if at + 2 <= end and lab_words().get(f"{one}-{found[at + 1].text}") == lab:
            at += 2
        elif lab_words().get(one) == lab or one == host or one in manners():
            at += 1
        else:
            break
    return at


@cache
def _phrases() -> dict[str, tuple[Phrase, ...]]:
    by_first: dict[str, tuple[Phrase, ...]] = {}
    for name, family in tables().families.items():
        own = name.split("-")
        for text in family.phrases or (" ".join(own),):
            texts = tuple(text.removeprefix(_START).split())
            phrase = Phrase(name, texts, frozenset(own), text.startswith(_START))
            by_first[texts[0]] = (*by_first.get(texts[0], ()), phrase)
    return by_first


_START: Final = "^"
