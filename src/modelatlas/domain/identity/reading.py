"""What an id says: lab, family, version, sizes, date, words, and how the weights are served.

Only words of the tables are taken away as serving. A word that no table knows stays part of the name as it
is spelled, so it can keep two models apart and never joins them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, Literal

from msgspec import Struct

from modelatlas.domain.identity.address import Address, address, grammar_of
from modelatlas.domain.identity.families import Found, find
from modelatlas.domain.identity.tables import Family, Manner, Tuned, lab_words, owners, tables
from modelatlas.domain.identity.tokens import Kind, Token, is_quantization, tokens

Key = tuple[str, ...]


class Reading(Struct, frozen=True, gc=False):
    """What an id says, in one spelling; equal keys are one model.

    `numbers` are versions, `words` what else tells models of a family apart. `family` is empty where only
    the lab is known: `words` are then the whole name. `is_base`: the pretrained model of a family in which
    the tuned one is meant otherwise; `tuned` is what the tuned one is called. `is_latest`: it is said to be
    the latest; `moves`: names of this kind point at one model now and at another later.
    """

    lab: str
    family: str = ""
    words: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    active: str = ""
    date: str = ""
    is_base: bool = False
    tuned: str = ""
    variant: tuple[str, ...] = ()
    is_latest: bool = False
    moves: bool = False

    @property
    def key(self) -> Key:
        """What makes this model another than others; the variant and the spelling are not in it."""
        return (
            self.lab,
            self.family,
            " ".join(self.words),
            " ".join(self.numbers),
            " ".join(self.sizes),
            self.active,
            self.date,
            "base" if self.is_base else "",
        )

    @property
    def told(self) -> str:
        """What was read, as a short text for people: `llama 3.1 8b`."""
        if not self.family:
            return f"all of a name of {self.lab}"
        said = (self.family, *self.numbers, *self.words, *self.sizes, self.active, self.date)
        return " ".join(filter(None, (*said, "base" if self.is_base else "")))


@lru_cache(maxsize=1_024)
def read_id(provider: str, id_: str) -> Reading | None:
    """Return what a provider's id says; None when it does not say who made the model."""
    at = address(provider, id_)
    if at.org is not None and at.org not in tables().words.copies:
        return _of_unknown(at.org, at)
    all_tokens = tokens(at.name)
    if not all_tokens:
        return None
    own = owners().get(provider.lower())
    found = find(all_tokens, provider.lower().partition("-")[0])
    if found is None and at.org is None and (maker := at.lab or own) and not all_tokens[0].text.isalpha():
        found = _find_by_lab(maker, all_tokens)  # deepseek.r1: the lab's word is the family's, too
    if at.lab is None and not tables().words.derivative.isdisjoint(token.text for token in all_tokens):
        return None  # somebody's, but nobody says whose
    if found is not None and _is_of_family(at, found.family, all_tokens, own):
        return _of_family(found, at, grammar_of(provider)[1], own)
    lab = at.org or at.lab or own
    return None if lab is None else _of_lab(lab, all_tokens, at)


def _is_of_family(at: Address, family: Family, found: Sequence[Token], own: str | None) -> bool:
    """Tell whether a name in which a family's words stand is of that family, whoever is named before it."""
    labs = tables().labs
    maker = at.lab or own
    if family.plain and maker is not None and maker != family.lab:
        return False
    if at.lab is None:
        return at.org is not None or own is None or own == family.lab or not labs[own].only
    if at.lab in (family.lab, own) or labs[at.lab].sells:
        return True
    return any(token.kind == "quantization" for token in found)


def _find_by_lab(lab: str, found: tuple[Token, ...]) -> Found | None:
    for word in tables().labs[lab].words:
        of = find((Token("word", word), *found), "")
        if of is not None and of.family.lab == lab:
            return of
    return None


def _of_lab(lab: str, found: Iterable[Token], at: Address) -> Reading:
    """Read a name of which only the lab is known: every word is part of it, but for the plainest tags."""
    words: list[str] = []
    tags = [*at.tags]
    for token in found:
        is_tag = token.kind == "quantization" or token.text in _PLAIN_TAGS
        (tags if is_tag else words).append(token.text)
    is_latest = at.is_latest or "latest" in words
    return Reading(
        lab,
        words=tuple(word for word in words if word != "latest"),
        variant=_variant(tags),
        is_latest=is_latest,
    )


def _of_unknown(org: str, at: Address) -> Reading | None:
    """Read a name of an organisation that no table knows: as it is spelled, but for the plainest tags."""
    pieces = [piece for piece in at.name.split("-") if piece]
    words = [piece for piece in pieces if piece not in _PLAIN_TAGS and not is_quantization(piece)]
    if not words:  # acme/q4: then it is the name
        return Reading(org, words=tuple(pieces)) if pieces else None
    tags = [piece for piece in pieces if piece not in words]
    return Reading(org, words=tuple(words), variant=_variant((*at.tags, *tags)), is_latest=at.is_latest)


def _of_family(found: Found, at: Address, manner: Manner, own: str | None) -> Reading:
    family = found.family
    texts = frozenset(token.text for token in found.rest)
    parts: defaultdict[Part, list[str]] = defaultdict(list)
    is_own = manner.dates == "own" and family.dates == "keep" and own != family.lab
    for index, token in enumerate(found.rest):
        is_last = index == len(found.rest) - 1
        part, text = _part_of(family, token, texts, last=is_last)
        if part == "date" and is_own and len(text) == _FULL:
            continue
        parts[part].append(text)
    words, numbers, sizes = parts["word"], parts["number"], parts["size"]
    date = "".join(parts["date"][-1:])
    said = frozenset((*words, *numbers, date))
    rule = next((rule for rule in family.tuned if _holds(rule, said, numbers)), None)
    is_base = False
    if rule is not None:
        bare = manner.bare if sizes and not date and rule.bare == "base" else "instruct"
        words, is_base = _without_tuning(rule, words, texts, bare)
    is_pinned = bool(date or sizes) or not _PINNED.isdisjoint(words)
    return Reading(
        family.lab,
        found.name,
        tuple(sorted(words)),
        tuple(sorted(numbers)),
        tuple(sorted(sizes)),
        "".join(parts["active"]),
        date,
        is_base=is_base,
        tuned=rule.words[0] if rule is not None else "",
        variant=_variant((*at.tags, *parts["tag"])),
        is_latest=at.is_latest or bool(parts["latest"]),
        moves=not is_pinned and not family.moving.isdisjoint(words),
    )


Part = Literal["word", "number", "size", "active", "date", "tag", "latest", "nothing"]
"""What a token says: something of the model, how it is served, that the id moves, or nothing."""


def _part_of(family: Family, token: Token, texts: frozenset[str], *, last: bool) -> tuple[Part, str]:
    text = token.text
    match token.kind:
        case "word":
            return _part_of_word(family, text, texts, last=last)
        case "number":
            return _part_of_number(family, text)
        case "date":
            date = _date(family, text)
            return ("date", date) if date else ("nothing", text)
        case "context" if family.context == "name" or text in family.keep:
            return "word", text
        case kind:
            return _PARTS[kind], text


def _part_of_number(family: Family, text: str) -> tuple[Part, str]:
    if text in family.drop or text == _FIRST_VERSION:
        return "nothing", text
    return "number", f"{text[0]}.{text[1]}" if family.glued and _TWO_DIGITS.fullmatch(text) else text


def _part_of_word(family: Family, text: str, texts: frozenset[str], *, last: bool) -> tuple[Part, str]:
    if text in family.drop or lab_words().get(text) == family.lab:
        return "nothing", text
    if text == "latest":
        return "latest", text
    if _is_serving(family, text, texts, last=last):
        return "tag", text
    if family.glued and _UNIT.fullmatch(text):  # m27 is m2.7
        return "word", f"{text[:2]}.{text[2]}"
    return "word", text


def _date(family: Family, text: str) -> str:
    """Return the date by which a model is known; a family's full dates may be those of a host."""
    if family.dates == "keep" or len(text) < _FULL:
        return text
    return text[4:] if text[4:] in family.dated else ""


def _is_serving(family: Family, text: str, texts: frozenset[str], *, last: bool) -> bool:
    words = tables().words
    if text in words.host or text in family.serving:
        return text not in family.keep
    if text in words.speed:
        if family.speed == "all" or text in family.speed:
            return True
        beside = family.speed_at.get(text, ())
        return not texts.isdisjoint(beside) or (family.sized and any(map(_SIZED.fullmatch, texts)))
    if text in words.thinking:
        return family.thinking == "serving" and texts.isdisjoint(family.thinks)
    return last and (text in family.effort or text in _REGION_TAILS)


def _holds(rule: Tuned, said: frozenset[str], numbers: Sequence[str]) -> bool:
    if rule.needs == "number" and not numbers:
        return False
    return not rule.from_ or not said.isdisjoint(rule.from_)


def _without_tuning(
    rule: Tuned, words: Sequence[str], texts: frozenset[str], bare: Literal["base", "instruct"]
) -> tuple[list[str], bool]:
    """Return the words without those of tuning, and whether the base model is meant."""
    is_tuned = not texts.isdisjoint(rule.words)
    rest = [word for word in words if word not in rule.words]
    if "base" in rest or (not is_tuned and "pt" in rest):
        return [word for word in rest if word not in ("base", "pt")], True
    return rest, bare == "base" and not is_tuned and texts.isdisjoint(_TUNED_OTHERWISE)


def _variant(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({_SPELLING.get(tag, tag) for tag in tags}))


_FULL: Final = 8
"""Digits of a date with its year."""
_PARTS: Final[dict[Kind, Part]] = {
    "quantization": "tag",
    "size": "size",
    "active": "active",
    "context": "tag",
}
_FIRST_VERSION: Final = "001"
_TWO_DIGITS: Final = re.compile(r"[1-9]\d")
_UNIT: Final = re.compile(r"[a-z]\d\d")
_SIZED: Final = re.compile(r"[\dx.]+b")
_PLAIN_TAGS: Final = frozenset({"free", "tee", "maas", "batch", "hf"})
_REGION_TAILS: Final = frozenset({"us", "eu", "global", "apac"})
_TUNED_OTHERWISE: Final = frozenset({"thinking", "think", "reasoning", "vl", "omni", "vision", "audio"})
_PINNED: Final = frozenset({"preview", "thinking"})
"""Words of which there is one release, in families whose names otherwise move."""
_SPELLING: Final = {
    "think": "thinking",
    "reasoning": "thinking",
    "nothink": "nonthinking",
    "nothinking": "nonthinking",
    "nonreasoning": "nonthinking",
    "f16": "fp16",
    "f32": "fp32",
}
