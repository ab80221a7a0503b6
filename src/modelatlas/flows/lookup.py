"""Lookup: what a model costs at a provider, by every source that knows, and whose word counts."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from modelatlas.domain.evaluation import Circumstances, Cost, evaluate
from modelatlas.domain.ports import PriceSource
from modelatlas.domain.precedence import Settled, settle

Reason = Literal["unknown_provider", "unknown_model"]


class Priced(Struct, frozen=True):
    """What is known of one id's prices at an instant: settled, or the reason why nothing is."""

    provider: str
    id: str
    settled: Settled | None = None
    reason: Reason | None = None

    def costs(self, asked: Circumstances) -> dict[str, Cost]:
        """Return what each unit costs in given circumstances; a unit that has no price then is left out."""
        if self.settled is None:
            return {}
        units = dict.fromkeys(choice.unit for choice in self.settled.choices)
        found = {unit: evaluate(self.settled.rules, unit, asked, self.settled.factors) for unit in units}
        return {unit: cost for unit, cost in found.items() if cost is not None}


class Lookup:
    """Asks price sources in turn; `known` names the slug of a word for a declared provider, or None."""

    def __init__(self, known: Callable[[str], str | None], sources: Sequence[PriceSource]) -> None:
        self._known = known
        self._sources = sources

    def slug_of(self, word: str) -> str | None:
        """Return the slug that a word means: ours, or a reference's own name for a provider."""
        slug = self._known(word)
        if slug is not None:
            return slug
        lower = word.strip().lower()
        named = (source.slug_of(lower) for source in self._sources)
        return next((slug for slug in named if slug is not None), None)

    def prices(self, word: str, id_: str, at: datetime) -> Priced:
        """Settle what all sources say of an id at an instant."""
        slug = self.slug_of(word)
        if slug is None:
            return Priced(word, id_, reason="unknown_provider")
        said = [quoted for source in self._sources if (quoted := source.find(slug, id_, at)) is not None]
        if not said:
            return Priced(slug, id_, reason="unknown_model")
        return Priced(slug, id_, settle(said, at))
