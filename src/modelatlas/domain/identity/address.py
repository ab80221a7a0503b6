"""An id taken apart at its separators: whose model it says to be, the name itself, and tags of serving."""

import re
from functools import lru_cache
from typing import Final

from msgspec import Struct

from modelatlas.domain.identity.tables import NO_MANNER, Manner, lab_words, manners, tables

REPOSITORY: Final = "repository"
"""The provider word by which ids are read as names of Hugging Face repositories."""


class Address(Struct, frozen=True, gc=False):
    """An id taken apart. `lab` is who is named as the maker; `org` is a name there that is no lab known."""

    lab: str | None
    org: str | None
    name: str
    tags: tuple[str, ...]
    is_latest: bool


_PATH_REGION: Final = re.compile(r"us|eu|global|apac|us-gov|[a-z]{2}(?:-gov)?-[a-z]+-\d")
_PATH_QUALITY: Final = re.compile(
    r"(?:\d+|max)-x-(?:\d+|max)|(?:\d+|max)-steps|low|medium|high|xhigh|max|hd|standard|\d-month-commitment"
)
_SEVERAL: Final = "/"
"""Stands for more unknown names in a path than one: then nothing is known of the last."""
_QUANTIZED: Final = re.compile(r"fp-?\d+|bf-?16|int-?\d")
_BEDROCK_MINOR: Final = re.compile(r"-v(\d):([1-9])(?=:|$)")
_BEDROCK_TAIL: Final = re.compile(r"(?:(?<=\d{8})-v\d|-v1|(?<=b)-1(?=:))?(?::0)?(?::(\d+k|mm))?$")
_VERSION_TAIL: Final = re.compile(r"@(?:default|00\d)$|(?<=\d{4})-00\d$")
_CONTEXT: Final = re.compile(r"\d+k|[12]m|\d{4,6}")


@lru_cache(maxsize=1_024)
def grammar_of(provider: str) -> tuple[str, Manner]:
    """Return the first word and the manner of a provider, whatever word it goes by."""
    word = provider.lower()
    return manners().get(word) or manners().get(word.replace("_", "-")) or (word, NO_MANNER)


def address(provider: str, id_: str) -> Address:
    """Take an id apart after the provider's manner.

    >>> address("bedrock", "us.anthropic.claude-opus-4-1-20250805-v1:0").name
    'claude-opus-4-1-20250805'
    """
    grammar, manner = grammar_of(provider)
    text = id_.lower().strip()
    is_latest = text.startswith("~")  # OpenRouter marks ids that move (recorded, 2026-08)
    text = text.removeprefix("~")
    for prefix in manner.prefixes:
        text = text.removeprefix(prefix)
    tags: list[str] = []
    lab, org, name = _path(text, {grammar, provider.lower()}, tags)
    lab, name = _dotted(lab, name, tags)
    if grammar == "bedrock":
        name = _BEDROCK_MINOR.sub(r"-v\1.\2", name)  # claude-v2:1 is 2.1
        if at := _BEDROCK_TAIL.search(name):
            tags += [at[1]] if at[1] else []
            name = name[: at.start()]
    head, _, tail = name.partition(":")
    if "@" in tail and head in lab_words():  # runware: zai:glm@5.3
        lab, name = lab_words()[head], tail
    if grammar == "ollama":
        name = name.removesuffix(":latest")
    while is_tag(name.rpartition(":")[2]) and ":" in name:
        name, _, tag = name.rpartition(":")
        tags.append(tag)
    if manner.revision:
        name = re.sub(manner.revision, r"\1", name)
    return Address(lab, org, _VERSION_TAIL.sub("", name), tuple(tags), is_latest)


def is_tag(text: str) -> bool:
    """Tell whether what stands after a colon says how weights are served."""
    words = tables().words
    return bool(
        text in words.host
        or text in words.speed
        or text in words.thinking
        or text in words.effort
        or text in words.region
        or text == "beta"  # OpenRouter: moderated otherwise (recorded, 2024)
        or _CONTEXT.fullmatch(text)
    )


def _path(text: str, own: set[str], tags: list[str]) -> tuple[str | None, str | None, str]:
    """Return lab, unknown organisation and name of a path."""
    segments = list(filter(None, text.split("/"))) or [""]
    match segments:
        case ["accounts", _, _, name]:  # fireworks
            segments = [name]
        case [first, *_, "models", name]:  # clarifai
            segments = [first, name]
    *before, last = segments
    if before and (_QUANTIZED.fullmatch(last) or (len(before) > 1 and is_tag(last))):
        tags.append(last.replace("-", ""))  # inference.net: .../fp-8, novita: .../turbo
        segments = before
    lab = org = None
    for segment in segments[:-1]:
        if segment in lab_words():
            lab, org = lab_words()[segment], None
        elif _PATH_REGION.fullmatch(segment) or segment == "tee" or _PATH_QUALITY.fullmatch(segment):
            tags.append(segment)
        elif not _is_host(segment, own):
            org = segment if org is None and lab is None else _SEVERAL
    return lab, org, segments[-1] if org != _SEVERAL else ""


def _is_host(segment: str, own: set[str]) -> bool:
    """Tell whether a part of a path names who serves the model, or how, and not who made it."""
    return segment.startswith("@") or segment in own or segment in manners() or segment in tables().words.path


def _dotted(lab: str | None, name: str, tags: list[str]) -> tuple[str | None, str]:
    """Return lab and name of `us.anthropic.claude-...`."""
    first, dot, rest = name.partition(".")
    if dot and first in tables().words.region and rest.partition(".")[0] in lab_words():
        tags.append(first)
        name = rest
        first, dot, rest = name.partition(".")
    if dot and first in lab_words() and rest:
        return lab_words()[first], rest
    return lab, name
