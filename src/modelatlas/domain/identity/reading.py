"""What an id says: lab, family, version, sizes, date, words, and how the weights are served.

Only words of the tables are taken away as serving. A word that no table knows stays part of the name as it
is spelled, so it can keep two models apart and never joins them.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from msgspec import Struct

from modelatlas.domain.identity.tables import (
    NO_MANNER,
    Family,
    Manner,
    Tuned,
    lab_words,
    manners,
    owners,
    tables,
)
from modelatlas.domain.identity.tokens import Token, tokens

REPOSITORY: Final = "repository"
"""The provider word by which ids are read as names of Hugging Face repositories."""

Key = tuple[str, ...]


class Reading(Struct, frozen=True, gc=False):
    """What an id says, in one spelling; equal keys are one model.

    `numbers` are versions, `words` what else tells models of a family apart. `is_base` is the pretrained
    model of a family whose tuned model is meant otherwise. `is_latest`: the id says that it moves.
    """

    lab: str
    family: str
    words: tuple[str, ...]
    numbers: tuple[str, ...]
    sizes: tuple[str, ...]
    active: str
    date: str
    is_base: bool
    variant: tuple[str, ...]
    is_latest: bool = False
    tuned: str = ""
    own: str = ""

    @property
    def key(self) -> Key:
        """What makes this model another than others; the variant and the spelling are not in it."""
        return (
            self.lab, self.family, " ".join(self.words), " ".join(self.numbers), " ".join(self.sizes),
            self.active, self.date, "base" if self.is_base else "",
        )  # fmt: skip


@cache
def grammar_of(provider: str) -> tuple[str, Manner]:
    """Return the name and the manner of a provider's ids, whatever word it goes by."""
    word = provider.lower()
    return manners().get(word) or manners().get(word.replace("_", "-")) or (word, NO_MANNER)


class Address(Struct, frozen=True, gc=False):
    """An id taken apart at its separators: who made it, if it says so, the name itself, and serving tags."""

    lab: str | None
    org: str | None
    name: str
    tags: tuple[str, ...]
    is_latest: bool


_REGION_DIRECTORY: Final = re.compile(r"[a-z]{2}(?:-gov)?-[a-z]+-\d")
_BEDROCK: Final = re.compile(r"(?:-v1|-v2(?=:)|(?<=b)-1)?(?::\d+)?(?::(?P<tag>\d+k|mm))?$")


def address(provider: str, id_: str) -> Address:
    """Take an id apart after the provider's manner."""
    grammar, manner = grammar_of(provider)
    text = id_.lower().strip()
    is_latest = text.startswith("~")
    text = text.removeprefix("~")
    tags: list[str] = []
    for prefix in manner.prefixes:
        text = text.removeprefix(prefix)
    org: str | None = None
    lab: str | None = None
    segments = [segment.removeprefix("@") for segment in text.split("/") if segment]
    if not segments:
        return Address(None, None, "", (), is_latest)
    if segments[0] == "accounts" and len(segments) > 3:
        segments = segments[3:]
    if len(segments) > 1 and all(token.kind == "quantization" for token in tokens(segments[-1])):
        tags += [token.text for token in tokens(segments.pop())]
    *before, name = segments
    for segment in before:
        if segment in lab_words():
            lab = lab_words()[segment]
        elif segment in ("us", "eu", "global", "apac", "us-gov") or _REGION_DIRECTORY.fullmatch(segment):
            tags.append(segment)
        elif segment == "tee":
            tags.append("tee")
        elif segment not in tables().words.path and segment != grammar and segment != provider.lower():
            org = segment
    first, dot, rest = name.partition(".")
    if dot and first in tables().words.region and rest.partition(".")[0] in lab_words():
        tags.append(first)
        first, dot, rest = rest.partition(".")
        name = f"{first}.{rest}"
    if dot and first in lab_words() and rest:
        lab, name = lab_words()[first], rest
        if grammar == "bedrock" and (at := _BEDROCK.search(name)):
            tags += [at["tag"]] if at["tag"] else []
            name = name[: at.start()]
    head, colon, tail = name.partition(":")
    if colon and head in lab_words() and "@" in tail:  # zai:glm@5.3
        lab, name = lab_words()[head], tail
    else:
        while colon and _is_tag(name.rpartition(":")[2]):
            name, _, tag = name.rpartition(":")
            tags.append(tag)
            colon = ":" if ":" in name else ""
        if name.endswith(":latest") and grammar == "ollama":
            name = name.removesuffix(":latest")
    return Address(lab, org, re.sub(r"@(?:default|00\d)$|(?<=\d{4})-00\d$", "", name), tuple(tags), is_latest)


@cache
def read_id(provider: str, id_: str) -> Reading | None:
    """Return what a provider's id says; None when it does not say who made the model."""
    at = address(provider, id_)
    found = list(tokens(at.name))
    if not found:
        return None
    grammar, manner = grammar_of(provider)
    tags = list(at.tags)
    found = _without_host(found, provider)
    name = _family_of(found)
    if name is None:
        lab = at.lab or (owners().get(provider.lower()) if at.org is None else None)
        org = lab or at.org
        return None if org is None else _opaque(org, found, tags, at.is_latest)
    family = tables().families[name]
    if at.org is not None:
        return _opaque(at.org, found, tags, at.is_latest)
    return _of_family(name, family, found, tags, manner, at)


def _of_family(
    name: str, family: Family, found: Sequence[Token], tags: list[str], manner: Manner, at: Address
) -> Reading:
    texts = {token.text for token in found}
    phrase = _phrase_in(name, family, found)
    words: list[str] = []
    numbers: list[str] = []
    sizes: list[str] = []
    active = date = ""
    is_latest = at.is_latest
    sized = any(token.kind == "size" for token in found)
    for index, token in enumerate(found):
        if index in phrase:
            continue
        kind, text = token.kind, token.text
        last = index == len(found) - 1
        if kind == "quantization":
            tags.append(text)
        elif kind == "size":
            sizes.append(text)
        elif kind == "active":
            active = text
        elif kind == "context":
            if family.context == "name":
                words.append(text)
            else:
                tags.append(text)
        elif kind == "date":
            date = _date(family, manner, text) or date
        elif kind == "number":
            if text in ("001", "01"):
                continue
            if family.glued and len(text) == 2 and text[0] != "0":
                text = f"{text[0]}.{text[1]}"
            numbers.append(text)
        elif text == "latest":
            is_latest = True
        elif text in family.drop or lab_words().get(text) == family.lab and text not in ("pro",):
            continue
        elif _is_serving(family, text, texts, sized=sized, last=last):
            tags.append(text)
        elif family.glued and re.fullmatch(r"[a-z]\d\d", text):
            words.append(f"{text[:2]}.{text[2]}")
        else:
            words.append(text)
    words, tuned, is_base = _tuning(family, words, numbers, sizes, texts, date, manner)
    return Reading(
        family.lab, name, tuple(sorted(words)), tuple(sorted(numbers)), tuple(sorted(sizes)), active, date,
        is_base, tuple(sorted(set(map(_tag, tags)))), is_latest, tuned,
    )  # fmt: skip


def _date(family: Family, manner: Manner, text: str) -> str:
    if family.dates == "keep":
        return text
    short = text[4:] if len(text) == 8 else text
    if short in family.dated:
        return short
    return "" if len(text) == 8 else text


def _is_serving(family: Family, text: str, texts: set[str], *, sized: bool, last: bool) -> bool:
    words = tables().words
    if text in words.host:
        return True
    if text in words.speed:
        if family.speed == "all" or text in family.speed or (family.sized and sized):
            return True
        return bool(texts.intersection(family.speed_at.get(text, ())))
    if text in words.thinking:
        return family.thinking == "serving" and not texts.intersection(family.thinks)
    if last and text in family.effort:
        return True
    return last and text in ("us", "eu", "global", "apac")


def _tuning(
    family: Family,
    words: list[str],
    numbers: Sequence[str],
    sizes: Sequence[str],
    texts: set[str],
    date: str,
    manner: Manner,
) -> tuple[list[str], str, bool]:
    rule = next((rule for rule in family.tuned if _holds(rule, texts, numbers, sizes, date)), None)
    if rule is None:
        return words, "", False
    said = [word for word in words if word in rule.words]
    rest = [word for word in words if word not in rule.words]
    if "base" in rest or ("pt" in rest and not said):
        return [word for word in rest if word not in ("base", "pt")], rule.words[0], True
    is_bare = not said and manner.bare == "base" and not {"thinking", "reasoning"} & texts
    return rest, rule.words[0], is_bare and rule.needs is None and bool(sizes)


def _holds(
    rule: Tuned, texts: set[str], numbers: Sequence[str], sizes: Sequence[str], date: str
) -> bool:
    if rule.needs == "number" and not numbers:
        return False
    if rule.needs == "size" and not sizes:
        return False
    return not rule.from_ or bool({*texts, *numbers, date}.intersection(rule.from_))


def _opaque(org: str, found: Iterable[Token], tags: list[str], is_latest: bool) -> Reading:
    words = tables().words
    kept: list[str] = []
    for token in found:
        if token.kind == "quantization" or token.text in ("free", "tee", "maas"):
            tags.append(token.text)
        elif token.text in words.host and token.text not in ("original", "standard", "default", "extended"):
            tags.append(token.text)
        elif token.text == "latest":
            is_latest = True
        else:
            kept.append(token.text)
    return Reading(
        org, "", tuple(kept), (), (), "", "", is_base=False, variant=tuple(sorted(set(map(_tag, tags)))),
        is_latest=is_latest,
    )  # fmt: skip


@cache
def _phrases() -> dict[str, tuple[tuple[str, tuple[str, ...], bool, bool], ...]]:
    """Return, for each first word of a family's phrase: the family, the phrase, derived, at the start only."""
    found: dict[str, list[tuple[str, tuple[str, ...], bool, bool]]] = {}
    for name, family in tables().families.items():
        for phrase in family.phrases or (name.replace("-", " "),):
            texts = tuple(phrase.removeprefix("^").split())
            entry = (name, texts, family.derived, phrase.startswith("^"))
            found.setdefault(texts[0], []).append(entry)
    return {first: tuple(entries) for first, entries in found.items()}


@cache
def _starters() -> frozenset[str]:
    return frozenset(_phrases())


def _candidates(found: Sequence[Token]) -> Iterable[tuple[tuple[bool, int, int], str, range]]:
    for index, token in enumerate(found):
        for name, texts, derived, at_start in _phrases().get(token.text, ()):
            end = index + len(texts)
            if at_start and index:
                continue
            if tuple(each.text for each in found[index:end]) == texts:
                yield (derived, len(texts), -index), name, range(index, end)


def _family_of(found: Sequence[Token]) -> str | None:
    return max(_candidates(found), default=((), None, None))[1]


def _phrase_in(name: str, family: Family, found: Sequence[Token]) -> range:
    at = max(each for each in _candidates(found) if each[1] == name)[2]
    first = found[at.start].text
    return range(at.start + 1, at.stop) if re.fullmatch(r"[a-z]\d+", first) else at  # o3 is word and version


def _without_host(found: list[Token], provider: str) -> list[Token]:
    """Drop a provider's or a lab's own word before the family's: `databricks-`, `zai-org-`, `openai-`."""
    at = max(_candidates(found), default=None)
    if at is None:
        return found
    lab = tables().families[at[1]].lab
    index, start = 0, at[2].start
    while index < start:
        pair = "-".join(token.text for token in found[index : index + 2])
        one = found[index].text
        if lab_words().get(pair) == lab and index + 2 <= start:
            index += 2
        elif lab_words().get(one) == lab or one == provider.lower().split("-")[0]:
            index += 1
        else:
            break
    return found[index:]


def _is_tag(text: str) -> bool:
    words = tables().words
    return (
        text in words.host or text in words.speed or text in words.thinking or text in words.effort
        or text in words.region or bool(re.fullmatch(r"\d+k|[12]m", text))
    )  # fmt: skip


_TAGS: Final = {
    "think": "thinking", "reasoning": "thinking", "nothink": "nonthinking", "nothinking": "nonthinking",
    "nonreasoning": "nonthinking", "f16": "fp16", "f32": "fp32",
}  # fmt: skip


def _tag(text: str) -> str:
    return _TAGS.get(text, text)
