"""Models and listings side by side: the same facts of each, and which of them differ."""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from modelatlas.domain.headline import varies_by
from modelatlas.domain.identity.models import Model, Priced, spreads
from modelatlas.domain.money import EXACT, plain
from modelatlas.domain.query import MILLION
from modelatlas.domain.units import UNITS

PER_MILLION: Final = frozenset({"token", "character"})
"""Kinds of units whose prices are shown for a million."""


class Column(Struct, frozen=True):
    """What is compared, and its facts by name; a fact that nobody states is not there."""

    name: str
    facts: dict[str, str]


class Comparison(Struct, frozen=True):
    """Columns side by side; `differing` are the facts that are not equal in all of them."""

    columns: tuple[Column, ...]
    facts: tuple[str, ...]
    differing: tuple[str, ...]


def column(name: str, model: Model) -> Column:
    """Return the facts of a model, or of one listing as a model with one offer."""
    listings = [offer.listing for offer in model.offers]
    facts = {
        "model": model.id,
        "providers": ", ".join(model.providers),
        "listings": str(len(listings)),
        "variants": _words("+".join(offer.match.variant) for offer in model.offers),
        "mode": _words(listing.mode for listing in listings),
        "context": _range(listing.context_tokens for listing in listings),
        "max output": _range(listing.max_output_tokens for listing in listings),
        "input modalities": _words(word for listing in listings for word in listing.input_modalities),
        "output modalities": _words(word for listing in listings for word in listing.output_modalities),
        "released": min((listing.released for listing in listings if listing.released), default=""),
        "retires": min((listing.retires_at for listing in listings if listing.retires_at), default=""),
    }
    for spread in spreads(model):
        million = UNITS[spread.unit] in PER_MILLION
        label = f"{spread.unit} USD{' per million' if million else ''}"
        text = _price(spread.least, spread.most, free=spread.free, million=million)
        depends = {word for listing in listings for word in varies_by(listing.prices, spread.unit)}
        facts[label] = f"{text}, by {_words(depends)}" if depends else text
    return Column(name, {fact: text for fact, text in facts.items() if text})


def comparison(columns: Sequence[Column]) -> Comparison:
    """Put columns side by side, the facts in the order in which they first occur."""
    facts = tuple(dict.fromkeys(fact for each in columns for fact in each.facts))
    differing = tuple(fact for fact in facts if len({each.facts.get(fact) for each in columns}) > 1)
    return Comparison(tuple(columns), facts, differing)


def _price(least: Priced | None, most: Priced | None, *, free: int, million: bool) -> str:
    """Write the cheapest and the dearest offer: `0.1 (groq) to 0.9 (together)`, `free (near)` aside."""
    parts = ["free"] if free else []
    if least is not None and most is not None:
        low, high = (_amount(each, million=million) for each in (least, most))
        parts.append(low if least.usd == most.usd else f"{low} to {high}")
    return ", ".join(parts) or "varies"


def _amount(priced: Priced, *, million: bool) -> str:
    usd = EXACT.multiply(priced.usd, MILLION) if million else priced.usd
    return f"{plain(usd)} ({priced.offer.listing.provider})"


def _words(words: Iterable[str | None]) -> str:
    return ", ".join(sorted({word for word in words if word}))


def _range(counts: Iterable[int | None]) -> str:
    said = sorted({count for count in counts if count is not None})
    if not said:
        return ""
    return str(said[0]) if len(said) == 1 else f"{said[0]} to {said[-1]}"
