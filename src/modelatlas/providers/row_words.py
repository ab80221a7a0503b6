"""What the words of a price row tell: split, looked up, and put together to a unit and a condition."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from modelatlas.domain.price import Condition, Tier
from modelatlas.domain.units import PER
from modelatlas.providers.contract import Unfit
from modelatlas.providers.price_rows import LONGEST_PHRASE, Vocabulary

_TOKEN: Final = re.compile(
    r"\d+(?:\.\d+)*(?:[A-Za-z](?![a-z]))?|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\s_\-/(),.:A-Za-z\d]+"
)
"""`CacheWrite1hInput` has the words cache, write, 1h and input; a sign that is no separator is a word too."""

_SPELLED: Final = re.compile(r"[^\W\d_]+|\d+|\+")

_UNITS: Final[Mapping[tuple[str, str, str], str]] = {
    ("token", "input", "text"): "input_token",
    ("token", "output", "text"): "output_token",
    ("token", "read", "text"): "cache_read_token",
    ("token", "write", "text"): "cache_write_token",
    ("token", "write_1h", "text"): "cache_write_1h_token",
    ("token", "input", "audio"): "input_audio_token",
    ("token", "output", "audio"): "output_audio_token",
    ("token", "read", "audio"): "cache_read_audio_token",
    ("token", "write", "audio"): "cache_write_audio_token",
    ("token", "input", "image"): "input_image_token",
    ("token", "output", "image"): "output_image_token",
    ("token", "read", "image"): "cache_read_image_token",
    ("token", "input", "video"): "input_video_token",
    ("token", "output", "video"): "output_video_token",
    ("token", "output", "reasoning"): "reasoning_token",
    ("image", "input", "text"): "input_image",
    ("image", "output", "text"): "output_image",
    ("image", "input", "image"): "input_image",
    ("image", "output", "image"): "output_image",
}
"""Kind of thing, side or use of the cache, what it stands for -> our unit; other combinations stay unread."""

_PER: Final = {(kind, int(count)): per for per, (kind, count) in PER.items()}
_TIERS: Final[Mapping[str, Tier]] = {
    "standard": "standard",
    "batch": "batch",
    "flex": "flex",
    "priority": "priority",
}


class Told(Struct, frozen=True):
    """What words told: facet -> value."""

    facets: Mapping[str, str]

    def unit(self, kind: str) -> str:
        """Return our unit for a kind of thing. Raises `Unfit` when the words do not tell one of ours."""
        use = self.facets.get("cache") or self.facets.get("side")
        if use is None:
            raise Unfit("the words do not say whether input or output is billed")
        if "cache" in self.facets and self.facets.get("side") == "output":
            raise Unfit("the words say cache and output at once")
        of = self.facets.get("of", "text")
        unit = _UNITS.get((kind, use, of))
        if unit is None:
            raise Unfit(f"we have no unit for {kind}: {use}, {of}")
        return unit

    def when(self, region: str | None) -> Condition:
        """Return the condition; `region` is the row's own."""
        named = self.facets.get("region", "everywhere")
        if named == "own" and region is None:
            raise Unfit("a price of a region that the row does not name")
        place = {"everywhere": None, "own": region}.get(named, named)
        return Condition(tier=_TIERS[self.facets.get("tier", "standard")], region=place)


def words_of(text: str) -> list[tuple[str, int]]:
    """Split a text into words in small letters, each with where it begins."""
    return [(found[0].lower(), found.start()) for found in _TOKEN.finditer(text)]


def are_known(words: Sequence[str], known: Vocabulary) -> bool:
    """Tell whether all words are known, alone or in phrases."""
    return all(said is not None for said in _phrases(words, known))


def told(words: Sequence[str], known: Vocabulary) -> Told:
    """Return what known words tell together, the longest phrase first.

    Raises `Unfit` when they contradict each other, or when a word says why the row is not read.
    """
    said = sorted(pair for phrase in _phrases(words, known) for pair in phrase or ())
    reasons = [value for facet, value in said if facet == "unread"]
    if reasons:
        raise Unfit(reasons[0])
    facets: dict[str, str] = {}
    for facet, value in said:
        if facet != "nothing" and facets.setdefault(facet, value) != value:
            raise Unfit(f"the words say {facet} {facets[facet]} and {value} at once")
    return Told(facets)


def splits(text: str, known: Vocabulary) -> Iterator[tuple[str, list[str]]]:
    """Go through the ways to read a text as a name and then known words, the shortest name first."""
    found = words_of(text)
    words = [word for word, _ in found]
    for position, (_, start) in enumerate(found):
        if are_known(words[position:], known):
            yield text[:start].strip(" -_"), words[position:]


def spelled(name: str) -> tuple[str, ...]:
    """Return the letters and numbers of a name: `Llama 3.1 8B` is `Llama3-1-8B` and not `Llama 31 8B`.

    >>> spelled("Nova Pro") == spelled("NovaPro"), spelled("Command R") == spelled("Command R+")
    (True, False)
    """
    parts: list[str] = []
    for part in _SPELLED.findall(name.casefold()):
        if parts and part.isalpha() and parts[-1].isalpha():
            parts[-1] += part
        else:
            parts.append(part)
    return tuple(parts)


def has_words_of(text: str, name: str) -> bool:
    """Tell whether a text is a name, or its words in another order: `Claude4Sonnet`, `Claude Sonnet 4`."""
    one, other = (sorted(word for word, _ in words_of(each)) for each in (text, name))
    return spelled(text) == spelled(name) or one == other


def quotation(kind: str, count: int) -> str:
    """Return the quotation that covers so many of a kind of thing. Raises `Unfit` when there is none."""
    per = _PER.get((kind, count))
    if per is None:
        raise Unfit(f"we have no quotation of {count} of the kind {kind or '(not said)'}")
    return per


def _phrases(words: Sequence[str], known: Vocabulary) -> Iterator[tuple[tuple[str, str], ...] | None]:
    position = 0
    while position < len(words):
        for end in range(min(len(words), position + LONGEST_PHRASE), position, -1):
            said = known.get(" ".join(words[position:end]))
            if said is not None:
                yield said
                position = end
                break
        else:
            yield None
            position += 1
