"""The shape of a price document: rows that say by themselves what they price, in what unit and when.

Such a row has an amount, its own unit text, and words such as `cache-read-tokens-batch`. A declaration says
what each of these words means; a row with any other word is kept unread.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from msgspec import Struct

from modelatlas.domain.listing import Mode

Facet = Literal["side", "cache", "of", "kind", "count", "tier", "region", "unread", "nothing"]
"""What a word of a row can tell.

`side`: `input` or `output`. `cache`: `read`, `write` or `write_1h`. `of`: what the tokens stand for.
`kind`: the kind of thing that is counted, and `count`: how many of it, where the unit text does not say.
`tier`: one of `domain.price.Tier`. `region`: where a price holds; `everywhere` is no condition, `own` is the
row's own region. `unread`: why a row with this word is not read. `nothing`: the word changes nothing.
"""

LONGEST_PHRASE: Final = 4
"""Words that are told something together, at most."""

Vocabulary = Mapping[str, tuple[tuple[Facet, str], ...]]
"""One or several words in small letters -> what they tell."""


class Usage(Struct, frozen=True, kw_only=True):
    """One form of the text at `path` that says what a row bills.

    The groups of `pattern` are: `name`, the model's; `words` (or `words1`, `words2`), words of the vocabulary
    and nothing else; `rest`, the name as it may be written there, then words of the vocabulary. A `name` is
    the `id` of a listing, or the `name` of exactly one.
    """

    path: str
    pattern: str
    by: Literal["id", "name"] = "name"


class Counted(Struct, frozen=True):
    """What a unit text says: so many of a kind of thing, which is empty where the words tell it.

    `unit` is what is billed, where the text alone says that: of models for one of the `modes`, or of all.
    """

    count: int
    kind: str
    unit: str = ""
    modes: tuple[Mode, ...] = ()


class Only(Struct, frozen=True):
    """Rows with another value at `path` than these (or none at all) are kept unread, with the reason."""

    path: str
    values: tuple[Any, ...]
    otherwise: str


class Layout(Struct, frozen=True):
    """How rows stand in a document: `unfold` returns them, and raises `Unreadable` where there are none.

    `fold` is the way back, where the document has no plain list of entries that could be shortened.
    """

    unfold: Callable[[Any], list[Any]]
    fold: Callable[[list[Any]], Any] | None = None


class PriceRows(Struct, frozen=True, kw_only=True):
    """What stands where in the rows of a price document.

    `name` is the path of the model's name where the words do not hold it; `name_ending` is what it ends in
    that is no part of it. `meters` is the list of meters that says which listing the meter at `meter` bills;
    then no name is looked for. `units` are the unit texts of the source -> what they count; `free` are texts
    in the place of an amount that mean free. `currency` is an ISO 4217 code, or a path in braces.
    `region` and `since` are paths: of the region, and of the instant from which a price holds. `key` is the
    path of what tells rows apart. `routes` are the beginnings of ids by which a model is called through other
    regions -> the region of the rows that price such a call; empty for those that have none. What a zero
    means is said.
    """

    usages: tuple[Usage, ...]
    words: Vocabulary
    amount: str
    unit: str
    units: Mapping[str, Counted]
    form: Literal["number", "text", "dollars", "money"] = "number"
    free: tuple[str, ...] = ()
    currency: str = "USD"
    zero: Literal["free", "unsaid"] = "unsaid"
    name: str = ""
    name_ending: str = ""
    meters: str = ""
    meter: str = ""
    region: str = ""
    since: str = ""
    key: str = ""
    routes: Mapping[str, str] = {}
    only: tuple[Only, ...] = ()
    layout: Layout | None = None


class Meters(Struct, frozen=True):
    """Where an entry names the meters of a listing; `[]` in the path goes through every item of a list."""

    path: str


def vocabulary(**told: Mapping[str, str]) -> Vocabulary:
    """Declare words: facet -> what it can be -> the words for that, with commas between them.

    Raises `ValueError` for a phrase of more than `LONGEST_PHRASE` words.

    >>> vocabulary(side={"input": "in, inp"}, cache={"read": "cached in"})["cached in"]
    (('cache', 'read'),)
    """
    words: dict[str, tuple[tuple[Any, str], ...]] = {}
    for facet, values in told.items():
        for value, texts in values.items():
            for text in map(str.strip, texts.split(",")):
                words[text] = (*words.get(text, ()), (facet, value))
    longest = max(words, key=lambda phrase: phrase.count(" "), default="")
    if longest.count(" ") >= LONGEST_PHRASE:
        raise ValueError(f"{longest!r}: expected at most {LONGEST_PHRASE} words")
    return words
