"""The history of a listing derived anew from its quotes: what a corrected declaration makes of them (F4).

Quotes are what was received, so that a better reading needs no other source. Pure functions of what was kept.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from modelatlas.domain.price import Rule
from modelatlas.storage.prices import Fact, Key, Quote, by_key, fact, following

Meaning = Callable[[Mapping[str, str]], Mapping[str, Sequence[Rule] | Rule]]
"""Reads the texts of one listing (path -> text) as they are read today: path -> rules, none where the text
means nothing; or one rule, which holds under the conditions under which it was heard. A path whose text
cannot be read without the rest of its entry is missing."""

SaidNow = Mapping[tuple[str, str], Sequence[Rule]]
"""Path and text -> the rules that they were just read as, within their entry."""


class Kept(NamedTuple):
    """A quote as it was kept, with its row number and the version that read it."""

    id: int
    quote: Quote
    reading: int
    observed_at: datetime


class Stretch(NamedTuple):
    """A row of the history without its number: a fact, the quote that it was read from, `[from, to)`."""

    fact: Fact
    quote: int
    valid_from: datetime
    valid_to: datetime | None

    @property
    def said(self) -> tuple[Fact, datetime, datetime | None]:
        """What it says, wherever it was read."""
        return self.fact, self.valid_from, self.valid_to


class Healing(NamedTuple):
    """What a better reading makes of a history: stretches to add, and the rows that they supersede.

    `superseded` holds row -> the position in `added` of what stands in its place.
    """

    added: tuple[Stretch, ...]
    superseded: Mapping[int, int]


def healing(
    history: Mapping[int, Stretch], quotes: Sequence[Kept], meaning: Meaning, said_now: SaidNow
) -> Healing:
    """Compare a history (row -> stretch) with what is derived today from the quotes, oldest first."""
    today = derived(quotes, meaning, said_now)
    same = {each.said for each in history.values()} & {each.said for each in today}
    added = [each for each in today if each.said not in same]
    superseded: dict[int, int] = {}
    for number, row in history.items():
        if row.said not in same:
            at = _instead_of(row, added)
            if at is None:  # nobody says any more that this was ever a price
                at = len(added)
                added.append(row._replace(fact=row.fact.unsaid()))
            superseded[number] = at
    return Healing(tuple(added), superseded)


def derived(quotes: Sequence[Kept], meaning: Meaning, said_now: SaidNow) -> list[Stretch]:
    """Derive a history from quotes, oldest first.

    What a text means is asked of the provider's own list where it still stands there, then of `meaning`;
    where neither knows, it is what it was read as.
    """
    now = {id_: said_now[text] for id_, text in _standing(quotes).items() if text in said_now}
    live: dict[tuple[str, Key], Kept] = {}
    holding: dict[Key, Stretch] = {}
    done: list[Stretch] = []
    for at, group in groupby(quotes, key=lambda each: each.observed_at):
        heard = list(group)
        for each in heard:
            _hear(live, each)
        facts = _facts(live.values(), meaning, now)
        begins, begun = following(holding, by_key(facts), at)
        for new in begun:
            quote = facts.get(new) or _last_of(new.key, heard)
            ended = holding.get(new.key)
            if ended is not None:
                done.append(ended._replace(valid_to=begins))
            holding[new.key] = Stretch(new, quote, begins, None)
    return [*done, *holding.values()]


def _standing(quotes: Iterable[Kept]) -> dict[int, tuple[str, str]]:
    """Return quote -> text for the the last texts that were heard at their paths, as long as they stood."""
    standing: dict[str, list[Kept]] = {}
    for each in quotes:
        before = standing.get(each.quote.path, [])
        goes_on = bool(before) and before[-1].quote.raw == each.quote.raw
        standing[each.quote.path] = [*before, each] if goes_on else [each]
    return {each.id: each.quote.text for some in standing.values() for each in some}


def _hear(live: dict[tuple[str, Key], Kept], new: Kept) -> None:
    """Take a quote in: it replaces what stood at its place, and older readings of the same text."""
    if not new.quote.fact.is_said:
        live.pop(new.quote.place, None)
        return
    for place, each in list(live.items()):
        if each.quote.text == new.quote.text and each.reading < new.reading:
            del live[place]
    live[new.quote.place] = new


def _facts(live: Iterable[Kept], meaning: Meaning, now: Mapping[int, Sequence[Rule]]) -> dict[Fact, int]:
    """Return what the texts of this moment bill -> the quote that says so."""
    quotes = list(live)
    texts = {each.quote.text for each in quotes}
    alone = {path for path, times in Counter(path for path, _ in texts).items() if times == 1}
    read = meaning({path: raw for path, raw in sorted(texts) if path in alone})
    facts: dict[Fact, int] = {}
    for each in quotes:
        for said in _said_by(each.quote.fact, now.get(each.id, read.get(each.quote.path))):
            facts.setdefault(said, each.id)
    return facts


def _said_by(heard: Fact, rules: Sequence[Rule] | Rule | None) -> Iterable[Fact]:
    """Return what a text bills that was read as this fact when it was heard."""
    if rules is None:
        return (heard,)
    if isinstance(rules, Rule):
        return (fact(rules)._replace(condition=heard.condition, rank=heard.rank),)
    return map(fact, rules)


def _last_of(key: Key, heard: Sequence[Kept]) -> int:
    """Return the quote by which a price was not said any more."""
    return next((each.id for each in heard if each.quote.fact.key == key), heard[-1].id)


def _instead_of(row: Stretch, added: Sequence[Stretch]) -> int | None:
    """Return the position of what stands in the place of a row: of the same text, or the same chain."""
    same_text = [at for at, each in enumerate(added) if each.quote == row.quote and each.fact.is_said]
    same_chain = [
        at
        for at, each in enumerate(added)
        if each.fact.key == row.fact.key
        and each.valid_from <= row.valid_from
        and (each.valid_to is None or row.valid_from < each.valid_to)
    ]
    return next((at for at in same_text if at in same_chain), next(iter([*same_text, *same_chain]), None))
