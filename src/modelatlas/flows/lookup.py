"""Lookup: what a model costs at a provider, by every source that knows, and whose word counts."""

from collections.abc import Callable, Sequence
from datetime import datetime

from modelatlas.domain.borrowing import Borrowed
from modelatlas.domain.ports import History, PriceSource
from modelatlas.domain.precedence import Quoted
from modelatlas.domain.priced import Priced, priced
from modelatlas.domain.releases import NONE_RELEASED, Releases
from modelatlas.domain.snapshot import Snapshot


class Heard:
    """The providers' own lists as a `domain.ports.PriceSource`.

    A list says what holds since it began to say so; of the time before it says nothing. Listings of the
    account behind a key are for those who may see all.
    """

    def __init__(self, part: Callable[[str], Snapshot | None], *, sees_all: bool) -> None:
        self._part = part
        self._sees_all = sees_all

    def find(self, provider: str, id_: str, at: datetime) -> Quoted | None:
        """Return what a provider's list says of an id, where it said so at that instant."""
        part = self._part(provider)
        if part is None or at < part.content_since:
            return None
        listing = part.find(id_)
        if listing is None or (listing.visibility == "account" and not self._sees_all):
            return None
        own = tuple(
            rule for rule in listing.prices if rule.source == "provider"
        )  # a stored list has others, too
        return Quoted("provider", "provider", own, listing.factors)

    def slug_of(self, word: str) -> str | None:
        """Return the word itself where such a provider has a list."""
        return None if self._part(word) is None else word


class Remembered:
    """What providers were observed to say before, as a `domain.ports.PriceSource`; asked after `heard`."""

    def __init__(self, heard: Heard, history: History) -> None:
        self._heard = heard
        self._history = history

    def find(self, provider: str, id_: str, at: datetime) -> Quoted | None:
        """Return what the list says now, if it said so at that instant, else what was observed then."""
        said = self._heard.find(provider, id_, at)
        if said is not None:
            return said
        found = self._history.prices_at(provider, id_, at, None)
        own = () if found is None or not found.listed else found.rules
        rules = tuple(rule for rule in own if rule.source == "provider")
        return Quoted("provider", "provider", rules) if rules else None

    def slug_of(self, word: str) -> str | None:
        """Return the word itself where such a provider has a list."""
        return self._heard.slug_of(word)


class Lent:
    """What is borrowed for listings, as a `domain.ports.PriceSource`; `loans` are those of one provider."""

    def __init__(self, loans: Callable[[str], Borrowed]) -> None:
        self._loans = loans

    def find(self, provider: str, id_: str, at: datetime) -> Quoted | None:
        """Return what is borrowed for a listing."""
        return self._loans(provider).find(provider, id_, at)

    def slug_of(self, word: str) -> str | None:
        """Return None: who borrows is known by its list."""
        del word
        return None


class Lookup:
    """Asks price sources in turn; `known` names the slug of a word for a declared provider, or None."""

    def __init__(
        self,
        known: Callable[[str], str | None],
        sources: Sequence[PriceSource],
        released: Releases = NONE_RELEASED,
    ) -> None:
        self._known = known
        self._sources = tuple(sources)
        self._released = released

    def slug_of(self, word: str) -> str | None:
        """Return the slug that a word means: ours, or a reference's own name for a provider."""
        lower = word.strip().lower()
        slug = self._known(lower)
        if slug is not None:
            return slug
        named = (source.slug_of(lower) for source in self._sources)
        return next((slug for slug in named if slug is not None), None)

    def prices(self, word: str, id_: str, at: datetime) -> Priced:
        """Settle what all sources say of an id at an instant; suspect prices are kept back."""
        slug = self.slug_of(word)
        if slug is None:
            return Priced(word, id_, at, reason="unknown_provider")
        return priced(slug, id_, at, self.said(slug, id_, at), self._released.get((slug, id_), ()))

    def said(self, slug: str, id_: str, at: datetime) -> list[Quoted]:
        """Return what all sources say of an id at an instant."""
        return [quoted for source in self._sources if (quoted := source.find(slug, id_, at)) is not None]
