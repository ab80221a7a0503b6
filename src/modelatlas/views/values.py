"""What one source says of a unit, beside what others say: amount, text, place and date."""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from modelatlas.domain.borrowing import BORROWED
from modelatlas.domain.money import plain
from modelatlas.domain.precedence import Said, Standing
from modelatlas.domain.price import State
from modelatlas.domain.publishing import Published
from modelatlas.domain.references import ReferenceState
from modelatlas.views.models import BilledView, WhenView, price_view


class QuoteView(Struct, frozen=True):
    """Where a price was read: the path in the provider's entry, and the text that stood there."""

    path: str
    raw: str


class ValueView(Struct, frozen=True, kw_only=True):
    """What one source says of a unit in the standard tier, for a short prompt, now.

    `standing` is how much its word counts. `usd` is for one single unit, null when it varies or is in another
    currency. `when` is null unless it holds under conditions that are met. `as_of` is since when the source
    says so, an instant or a day, null where it does not tell. `published` marks the one that counts.
    """

    source: str
    standing: Standing
    state: State
    usd: str | None
    billed: BilledView | None
    when: WhenView | None
    quote: QuoteView
    as_of: str | None
    published: bool


AsOf = Callable[[str], str | None]
"""From a source to since when it says what it says."""


def value_view(said: Said, as_of: AsOf, *, published: bool = False) -> ValueView:
    """Show what a source says."""
    rule = said.cost.rule
    priced = price_view(rule)
    return ValueView(
        source=said.source,
        standing=said.standing,
        state=said.cost.state,
        usd=None if said.cost.usd is None else plain(said.cost.usd),
        billed=priced.billed,
        when=priced.when,
        quote=QuoteView(rule.path, rule.raw),
        as_of=as_of(said.source),
        published=published,
    )


class Dates:
    """Since when sources say what they say of one provider's listings."""

    def __init__(self, kept: Mapping[str, Published], references: Iterable[ReferenceState]) -> None:
        self._kept = kept
        self._references = {state.name: state for state in references}

    def of(self, provider: str) -> AsOf:
        """Return the dates of those who speak of a provider's listings."""

        def as_of(source: str) -> str | None:
            if source == "provider":
                return self._since(provider)
            if source.startswith(BORROWED):
                return self._since(source.removeprefix(BORROWED).partition("/")[0])
            name, _, version = source.partition("@")
            kind, _, name = name.partition(":")
            if kind == "curated":
                return version or None
            state = self._references.get(name)
            return None if state is None or state.since is None else state.since.isoformat()

        return as_of

    def _since(self, provider: str) -> str | None:
        found = self._kept.get(provider)
        if found is None or found.snapshot.origin == "reference":
            return None
        return found.snapshot.content_since.isoformat()
